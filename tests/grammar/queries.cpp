#include "tests/grammar/queries.h"

#include <algorithm>
#include <map>
#include <memory>

#include "tests/grammar/parsed_text.h"
#include "tests/support/runner/diff.h"
#include "tests/support/runner/files.h"
#include "tests/support/runner/sections.h"

namespace ruff::tests {
namespace {

namespace fs = std::filesystem;

struct QueryDeleter {
    void operator()(TSQuery* query) const { ts_query_delete(query); }
    void operator()(TSQueryCursor* cursor) const { ts_query_cursor_delete(cursor); }
};
using QueryPtr = std::unique_ptr<TSQuery, QueryDeleter>;

std::string_view error_name(TSQueryError error) {
    switch (error) {
        case TSQueryErrorNone: return "none";
        case TSQueryErrorSyntax: return "syntax";
        case TSQueryErrorNodeType: return "unknown node type";
        case TSQueryErrorField: return "unknown field";
        case TSQueryErrorCapture: return "unknown capture in a predicate";
        case TSQueryErrorStructure: return "a pattern that can never match";
        case TSQueryErrorLanguage: return "language";
    }
    return "";
}

/// The query of a file, or why there is none.
QueryPtr read_query(const fs::path& path, std::string& mistake) {
    std::string text = read_file(path).value_or("");
    uint32_t offset = 0;
    TSQueryError error = TSQueryErrorNone;
    QueryPtr query(ts_query_new(tree_sitter_ruff(), text.data(), static_cast<uint32_t>(text.size()), &offset, &error));
    if (!query) {
        auto line = std::count(text.begin(), text.begin() + offset, '\n') + 1;
        mistake = path.native() + ":" + std::to_string(line) + ": " + std::string(error_name(error)) + "\n";
    }
    return query;
}

std::string_view capture_name(const TSQuery& query, uint32_t index) {
    uint32_t length = 0;
    const char* name = ts_query_capture_name_for_id(&query, index, &length);
    return {name, length};
}

/// The steps of a predicate as texts: a capture is `@name`.
std::vector<std::string> predicate_words(const TSQuery& query, const TSQueryPredicateStep* steps, uint32_t count) {
    std::vector<std::string> words;
    for (uint32_t i = 0; i < count; ++i) {
        uint32_t length = 0;
        if (steps[i].type == TSQueryPredicateStepTypeString) {
            words.emplace_back(ts_query_string_value_for_id(&query, steps[i].value_id, &length), length);
        } else if (steps[i].type == TSQueryPredicateStepTypeCapture) {
            words.push_back("@" + std::string(capture_name(query, steps[i].value_id)));
        }
    }
    return words;
}

/// `#any-of?`, the one predicate of the highlight queries.
bool satisfies_predicates(const TSQuery& query, const TSQueryMatch& match, const ParsedText& parsed) {
    uint32_t count = 0;
    const TSQueryPredicateStep* steps = ts_query_predicates_for_pattern(&query, match.pattern_index, &count);
    std::vector<std::string> words = predicate_words(query, steps, count);
    if (words.empty() || words[0] != "any-of?") return true;
    for (uint16_t i = 0; i < match.capture_count; ++i) {
        const TSQueryCapture& capture = match.captures[i];
        if ("@" + std::string(capture_name(query, capture.index)) != words[1]) continue;
        if (std::find(words.begin() + 2, words.end(), parsed.text(capture.node)) == words.end()) return false;
    }
    return true;
}

struct Span {
    uint32_t begin;
    uint32_t end;
    bool operator<(const Span& other) const {
        return begin != other.begin ? begin < other.begin : end > other.end;
    }
};

/// For each captured text the last capture that it has, which is the one that an editor shows.
std::map<Span, std::string> classes_of(const TSQuery& query, const ParsedText& parsed) {
    std::unique_ptr<TSQueryCursor, QueryDeleter> cursor(ts_query_cursor_new());
    ts_query_cursor_exec(cursor.get(), &query, parsed.root());
    std::map<Span, std::pair<uint16_t, std::string>> best;
    TSQueryMatch match;
    while (ts_query_cursor_next_match(cursor.get(), &match)) {
        if (!satisfies_predicates(query, match, parsed)) continue;
        for (uint16_t i = 0; i < match.capture_count; ++i) {
            TSNode node = match.captures[i].node;
            std::string name(capture_name(query, match.captures[i].index));
            if (name.starts_with('_') || name == "spell") continue;
            auto& entry = best[{ts_node_start_byte(node), ts_node_end_byte(node)}];
            if (entry.second.empty() || match.pattern_index >= entry.first) entry = {match.pattern_index, name};
        }
    }
    std::map<Span, std::string> classes;
    for (auto& [span, entry] : best) classes[span] = entry.second;
    return classes;
}

std::string highlight_text(const fs::path& query_path, std::string_view source, std::string& mistake) {
    QueryPtr query = read_query(query_path, mistake);
    if (!query) return "";
    ParsedText parsed{std::string(source)};
    std::string text;
    for (const auto& [span, name] : classes_of(*query, parsed)) {
        std::string token = std::string(source.substr(span.begin, span.end - span.begin));
        if (token.find('\n') != std::string::npos) token = token.substr(0, token.find('\n')) + " …";
        text += name + std::string(name.size() < 24 ? 24 - name.size() : 1, ' ') + token + "\n";
    }
    return text;
}

}  // namespace

void discover_queries(const Context& context, std::vector<TestCase>& cases) {
    for (const fs::path& path : find_files(context.root / "grammar/queries", ".scm")) {
        std::string editor = path.parent_path().filename().string();
        cases.push_back({"grammar/queries/" + editor + "/" + path.stem().string(), path, 0});
    }
    for (TestCase& test : discover_sections(context, "grammar/highlights", ".txt")) {
        test.name = "grammar/highlights/" + test.name.substr(test.name.rfind('/') + 1);
        cases.push_back(std::move(test));
    }
}

Outcome run_query(const TestCase& test) {
    std::string mistake;
    QueryPtr query = read_query(test.path, mistake);
    return query && ts_query_pattern_count(query.get()) > 0 ? pass() : fail(mistake);
}

Outcome run_highlights(const TestCase& test, const Context& context) {
    static fs::path query_folder;
    query_folder = context.root / "grammar/queries";
    return run_section(test, [](const Section& section) {
        // `title (editor)`
        std::size_t paren = section.title.rfind('(');
        std::string editor = paren == std::string::npos ? "nvim" : section.title.substr(paren + 1);
        if (editor.ends_with(')')) editor.pop_back();
        std::string mistake;
        std::string text = highlight_text(query_folder / editor / "highlights.scm", section.input, mistake);
        return mistake.empty() ? text : mistake;
    });
}

}  // namespace ruff::tests
