#pragma once

#include <tree_sitter/api.h>

#include <memory>
#include <string>
#include <string_view>

/// Ruff text parsed by the tree-sitter grammar, for the tests of grammar/.

extern "C" const TSLanguage* tree_sitter_ruff(void);

namespace ruff::tests {

struct TreeDeleter {
    void operator()(TSTree* tree) const { ts_tree_delete(tree); }
    void operator()(TSParser* parser) const { ts_parser_delete(parser); }
};
using TreePtr = std::unique_ptr<TSTree, TreeDeleter>;
using ParserPtr = std::unique_ptr<TSParser, TreeDeleter>;

/// A parser with the language set; null when the library refuses the grammar's ABI.
[[nodiscard]] ParserPtr make_parser();

/// Parses `text`, reusing what `old_tree` (which has been told of the edit) shares with it.
[[nodiscard]] TreePtr parse_text(TSParser& parser, std::string_view text, const TSTree* old_tree = nullptr);

/// A tree and the text it is of.
class ParsedText {
  public:
    explicit ParsedText(std::string text);

    [[nodiscard]] TSNode root() const { return ts_tree_root_node(tree_.get()); }
    [[nodiscard]] bool has_error() const { return ts_node_has_error(root()); }
    [[nodiscard]] std::string_view text() const { return text_; }
    [[nodiscard]] std::string_view text(TSNode node) const {
        return std::string_view(text_).substr(ts_node_start_byte(node),
                                              ts_node_end_byte(node) - ts_node_start_byte(node));
    }

  private:
    std::string text_;
    TreePtr tree_;
};

/// The tree as tree-sitter's corpus files write it: one node a line, indented, with the names of fields.
[[nodiscard]] std::string tree_text(TSNode node);

/// Brings a tree written by hand into that form.
[[nodiscard]] std::string format_tree_text(std::string_view text);

}  // namespace ruff::tests
