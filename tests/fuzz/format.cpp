// Any bytes are formatted, or left alone where nothing is known about them: what the formatter promises holds at every
// width, for whole files, ranges and what was just typed.

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>

#include "core/syntax/parser.h"
#include "formatter/format.h"
#include "tests/format/properties.h"

using namespace ruff;

namespace {

void require(const std::string& flaws) {
    if (flaws.empty()) return;
    std::fputs(flaws.c_str(), stderr);
    std::abort();
}

/// Whatever the place: what comes out says what went in.
void check_parts(const syntax::SyntaxTree& tree, std::uint32_t place) {
    const std::uint32_t line = tree.source->lines().line_of(place);
    const formatter::FormatResult parts[] = {
        formatter::format_range(tree, line, line + 2, {}),
        formatter::format_typed(tree, place, '}', {}),
        formatter::format_typed(tree, place, '\n', {}),
    };
    for (const formatter::FormatResult& part : parts) {
        if (part.status == formatter::FormatStatus::Untouched) continue;
        require(formatter::compare_content(tree, *syntax::parse_file(make_source("part.ruff", part.text))));
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string text(reinterpret_cast<const char*>(data), size);
    const auto tree = syntax::parse_file(make_source("fuzz.ruff", text));
    const auto length = static_cast<std::uint32_t>(tree->text().size());
    for (const formatter::LayoutOptions options : {formatter::LayoutOptions{}, {20, 2}}) {
        require(tests::flaws_of(text, options));
    }
    check_parts(*tree, length / 2);
    check_parts(*tree, length);
    if (!tree->has_errors) {
        // What a directive keeps has the blanks of its author.
        if (text.find("ruff:") == std::string::npos) require(tests::flaws_with_other_blanks(text));
        require(tests::flaws_of_bytecode("/fuzz/main.ruff", text));
    }
    return 0;
}
