#include "tests/support/runner/sections.h"

#include <set>

#include "tests/support/runner/diff.h"
#include "tests/support/runner/files.h"

namespace ruff::tests {
namespace {

struct LineAt {
    std::string_view text;
    std::size_t begin;  // bytes of the file
    std::size_t end;    // behind its line end
};

std::vector<LineAt> lines_with_places(std::string_view text) {
    std::vector<LineAt> lines;
    for (std::size_t at = 0; at < text.size();) {
        std::size_t newline = text.find('\n', at);
        std::size_t end = newline == std::string_view::npos ? text.size() : newline + 1;
        lines.push_back({text.substr(at, (newline == std::string_view::npos ? end : newline) - at), at, end});
        at = end;
    }
    return lines;
}

bool begins_section(std::string_view line) {
    return line == ">>>" || line.starts_with(">>> ");
}

}  // namespace

SectionFile read_sections(std::string_view text) {
    SectionFile file;
    std::vector<LineAt> lines = lines_with_places(text);
    std::size_t i = 0;
    while (i < lines.size() && !begins_section(lines[i].text)) ++i;
    while (i < lines.size()) {
        Section section;
        section.title = lines[i].text.substr(std::min<std::size_t>(4, lines[i].text.size()));
        section.line = i + 1;
        for (++i; i < lines.size() && lines[i].text != "<<<" && !begins_section(lines[i].text); ++i) {
            section.input += text.substr(lines[i].begin, lines[i].end - lines[i].begin);
        }
        if (i == lines.size() || lines[i].text != "<<<") {
            file.mistakes.push_back("line " + std::to_string(section.line) + ": `>>>` without `<<<`");
            continue;
        }
        section.expected_begin = lines[i].end;
        section.expected_end = lines[i].end;
        std::size_t last_line_begin = section.expected_end;
        for (++i; i < lines.size() && !begins_section(lines[i].text); ++i) {
            last_line_begin = lines[i].begin;
            section.expected_end = lines[i].end;
        }
        bool is_separated = i < lines.size() && text.substr(last_line_begin, 1) == "\n" &&
                            last_line_begin < section.expected_end;
        if (is_separated) section.expected_end = last_line_begin;
        section.expected = text.substr(section.expected_begin, section.expected_end - section.expected_begin);
        file.sections.push_back(std::move(section));
    }
    if (file.sections.empty() && file.mistakes.empty()) file.mistakes.push_back("the file has no `>>>` case");
    return file;
}

std::string case_name_of(std::string_view title) {
    std::string name;
    for (char c : title) {
        bool is_plain = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '.' ||
                        static_cast<unsigned char>(c) >= 0x80;
        if (c >= 'A' && c <= 'Z') name += static_cast<char>(c - 'A' + 'a');
        else if (is_plain) name += c;
        else if (!name.empty() && name.back() != '-') name += '-';
    }
    while (name.ends_with('-')) name.pop_back();
    return name.empty() ? "untitled" : name;
}

std::vector<TestCase> discover_sections(const Context& context, std::string_view folder, std::string_view extension) {
    std::vector<TestCase> cases;
    std::filesystem::path base = context.root / "tests" / folder;
    for (const std::filesystem::path& path : find_files(base, extension)) {
        std::filesystem::path relative = path.lexically_relative(base).replace_extension();
        std::string stem = std::string(folder) + "/" + relative.generic_string();
        SectionFile file = read_sections(read_file(path).value_or(""));
        if (!file.mistakes.empty()) {
            cases.push_back({stem, path, 0});
            continue;
        }
        std::set<std::string> names;
        for (std::size_t i = 0; i < file.sections.size(); ++i) {
            std::string name = stem + "/" + case_name_of(file.sections[i].title);
            if (!names.insert(name).second) name += "-line-" + std::to_string(file.sections[i].line);
            cases.push_back({name, path, i});
        }
    }
    return cases;
}

Outcome run_section(const TestCase& test, std::string (*transform)(const Section& section)) {
    SectionFile file = read_sections(read_file(test.path).value_or(""));
    if (!file.mistakes.empty()) {
        std::string text;
        for (const std::string& mistake : file.mistakes) text += test.path.native() + ": " + mistake + "\n";
        return fail(text);
    }
    const Section& section = file.sections.at(test.index);
    std::string actual = transform(section);
    if (!actual.empty() && !actual.ends_with('\n')) actual += '\n';
    if (actual == section.expected) return pass();
    return fail(test.path.native() + ":" + std::to_string(section.line) + " (- expected, + actual)\n" +
                    diff_lines(section.expected, actual),
                {{test.path, section.expected_begin, section.expected_end, actual}});
}

}  // namespace ruff::tests
