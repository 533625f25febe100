#include "tests/grammar/parsed_text.h"

#include <cstdlib>

namespace ruff::tests {

ParserPtr make_parser() {
    ParserPtr parser(ts_parser_new());
    if (!ts_parser_set_language(parser.get(), tree_sitter_ruff())) return nullptr;
    return parser;
}

TreePtr parse_text(TSParser& parser, std::string_view text, const TSTree* old_tree) {
    return TreePtr(ts_parser_parse_string(&parser, old_tree, text.data(), static_cast<uint32_t>(text.size())));
}

ParsedText::ParsedText(std::string text) : text_(std::move(text)) {
    ParserPtr parser = make_parser();
    tree_ = parse_text(*parser, text_);
}

std::string tree_text(TSNode node) {
    char* flat = ts_node_string(node);
    std::string text = format_tree_text(flat);
    std::free(flat);
    return text;
}

std::string format_tree_text(std::string_view text) {
    std::string formatted;
    int depth = 0;
    bool is_quoted = false;
    bool has_label = false;  // `name: ` stands before the next node
    for (std::size_t i = 0; i < text.size(); ++i) {
        char c = text[i];
        if (is_quoted) {
            formatted += c;
            is_quoted = c != '"' && c != '\'';
        } else if (c == '(') {
            if (depth > 0 && !has_label) formatted += "\n" + std::string(2 * static_cast<std::size_t>(depth), ' ');
            has_label = false;
            formatted += c;
            ++depth;
        } else if (c == ')') {
            formatted += c;
            --depth;
        } else if (c == '"' || c == '\'') {
            formatted += " ";
            formatted += c;
            is_quoted = true;
        } else if (c != ' ' && c != '\n' && c != '\t') {
            std::size_t end = text.find_first_of(" \n\t()\"'", i);
            std::string_view word = text.substr(i, end - i);
            if (word.back() == ':') {
                formatted += "\n" + std::string(2 * static_cast<std::size_t>(depth), ' ') + std::string(word) + " ";
                has_label = true;
            } else {
                if (formatted.back() != '(') formatted += " ";
                formatted += word;
            }
            i += word.size() - 1;
        }
    }
    return formatted + "\n";
}

}  // namespace ruff::tests
