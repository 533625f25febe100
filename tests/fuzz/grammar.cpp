// Any bytes parse with the tree-sitter grammar, and parsing anew after an edit gives the tree of parsing from scratch.
// What the scanner keeps between tokens is what goes wrong here, if anything does.

#include <tree_sitter/api.h>

#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

extern "C" const TSLanguage* tree_sitter_ruff(void);

namespace {

constexpr std::size_t kMaxSize = 4096;

TSTree* parse(TSParser* parser, std::string_view text, const TSTree* old_tree) {
    return ts_parser_parse_string(parser, old_tree, text.data(), static_cast<uint32_t>(text.size()));
}

TSPoint point_at(std::string_view text, std::size_t offset) {
    TSPoint point{0, 0};
    for (char c : text.substr(0, offset)) {
        point.row += c == '\n';
        point.column = c == '\n' ? 0 : point.column + 1;
    }
    return point;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size < 2 || size > kMaxSize) return 0;
    std::string text(reinterpret_cast<const char*>(data) + 2, size - 2);
    TSParser* parser = ts_parser_new();
    if (!ts_parser_set_language(parser, tree_sitter_ruff())) std::abort();
    TSTree* tree = parse(parser, text, nullptr);

    std::size_t at = (data[0] | data[1] << 8) % (text.size() + 1);
    TSPoint point = point_at(text, at);
    auto byte = static_cast<uint32_t>(at);
    TSInputEdit edit{byte, byte, byte + 1, point, point, {point.row, point.column + 1}};
    text.insert(at, 1, "x\"{(}$"[data[0] % 6]);
    ts_tree_edit(tree, &edit);
    TSTree* edited = parse(parser, text, tree);
    TSTree* fresh = parse(parser, text, nullptr);
    // Recovery may differ from one way to the other; whether the text is accepted may not.
    if (ts_node_has_error(ts_tree_root_node(edited)) != ts_node_has_error(ts_tree_root_node(fresh))) std::abort();
    ts_tree_delete(tree);
    ts_tree_delete(edited);
    ts_tree_delete(fresh);
    ts_parser_delete(parser);
    return 0;
}
