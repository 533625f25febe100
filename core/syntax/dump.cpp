#include "core/syntax/dump.h"

#include <charconv>

#include "core/support/utf8.h"

namespace ruff::syntax {
namespace {

void append_quoted(std::string& out, std::string_view text) {
    static constexpr char kHex[] = "0123456789abcdef";
    out += '"';
    for (std::size_t at = 0; at < text.size();) {
        utf8::Decoded decoded = utf8::decode(text, at);
        auto byte = static_cast<unsigned char>(text[at]);
        if (byte == '"' || byte == '\\') {
            out += '\\';
            out += text[at];
        } else if (byte == '\n') {
            out += "\\n";
        } else if (byte == '\t') {
            out += "\\t";
        } else if (byte == '\r') {
            out += "\\r";
        } else if (byte < 0x20 || byte == 0x7F || !decoded.is_valid) {
            out += "\\x";
            out += kHex[byte >> 4];
            out += kHex[byte & 15];
        } else {
            out += text.substr(at, decoded.size);
        }
        at += decoded.size;
    }
    out += '"';
}

std::string_view text_of(BindingKeyword keyword) {
    switch (keyword) {
        case BindingKeyword::Let: return "let";
        case BindingKeyword::Mut: return "mut";
        case BindingKeyword::Const: return "const";
    }
    return "";
}

std::string_view text_of(TestKind kind) {
    switch (kind) {
        case TestKind::Test: return "test";
        case TestKind::Group: return "test_group";
        case TestKind::Setup: return "test_setup";
        case TestKind::Teardown: return "test_teardown";
    }
    return "";
}

std::string_view text_of(KeyKind kind) {
    switch (kind) {
        case KeyKind::Word: return "word";
        case KeyKind::String: return "string";
        case KeyKind::Number: return "number";
        case KeyKind::Computed: return "computed";
    }
    return "";
}

// The left spine of a chain can be of any length, so the printer keeps its own stack: what is still to be printed, as
// text or as a node, last first.
class AstPrinter {
public:
    explicit AstPrinter(std::string& out) : out_(out) {}

    void print(const Node& root) {
        pending_.push_back({&root, {}, 0});
        while (!pending_.empty()) {
            Item item = std::move(pending_.back());
            pending_.pop_back();
            if (item.node == nullptr) {
                out_ += item.text;
            } else {
                indent_ = item.indent;
                expand(*item.node);
            }
        }
    }

    // The visitor of `fields`.
    void operator()(const char* name, const Node* child) {
        if (child == nullptr) return;
        field(name);
        node(*child, indent_);
    }
    template <class T>
    void operator()(const char* name, List<T> children) {
        if (children.empty()) return;
        field(name);
        bool has_lines = std::string_view(name) == "body" || std::string_view(name) == "members" ||
                         std::string_view(name) == "arms" || std::string_view(name) == "branches";
        text("[");
        bool is_first = true;
        for (const T* child : children) {
            if (has_lines) {
                text("\n" + std::string((indent_ + 1) * 2, ' '));
            } else if (!is_first) {
                text(" ");
            }
            node(*child, indent_ + (has_lines ? 1 : 0));
            is_first = false;
        }
        text("]");
    }
    void operator()(const char* name, std::span<const StringPart> parts) {
        if (parts.empty()) return;
        field(name);
        text("[");
        for (const StringPart& part : parts) {
            if (&part != parts.data()) text(" ");
            if (part.expression != nullptr) {
                node(*part.expression, indent_);
            } else {
                quoted(part.text);
            }
        }
        text("]");
    }
    void operator()(const char* name, std::span<const Name> names) {
        if (names.empty()) return;
        field(name);
        text("[");
        for (const Name& n : names) {
            if (&n != names.data()) text(" ");
            quoted(n.text());
        }
        text("]");
    }
    void operator()(const char* name, const Name& value) {
        if (value.is_missing()) return;
        field(name);
        quoted(value.text());
    }
    void operator()(const char* name, bool value) {
        if (value) scalar(name, "true");
    }
    void operator()(const char* name, std::int64_t value) {
        scalar(name, std::to_string(static_cast<std::uint64_t>(value)));
    }
    void operator()(const char* name, double value) {
        char buffer[32];
        auto end = std::to_chars(buffer, buffer + sizeof buffer, value).ptr;
        scalar(name, {buffer, static_cast<std::size_t>(end - buffer)});
    }
    void operator()(const char* name, BindingKeyword value) { scalar(name, text_of(value)); }
    void operator()(const char* name, TestKind value) { scalar(name, text_of(value)); }
    void operator()(const char* name, KeyKind value) { scalar(name, text_of(value)); }
    void operator()(const char* name, AssignOp value) { scalar(name, operator_text(value)); }
    void operator()(const char* name, BinaryOp value) { scalar(name, operator_text(value)); }
    void operator()(const char* name, UnaryOp value) { scalar(name, operator_text(value)); }

private:
    struct Item {
        const Node* node;
        std::string text;
        std::size_t indent;
    };

    void expand(const Node& node) {
        if (node.is_missing && node.is<ErrorNode>()) {
            out_ += "(missing)";
            return;
        }
        items_.clear();
        text("(" + std::string(node_kind_name(node.kind)));
        visit(node, [&](const auto& typed) { typed.fields(*this); });
        // A true literal says so, a false one too.
        if (const auto* literal = node.as<BoolLiteral>(); literal != nullptr && !literal->value) scalar("value", "false");
        text(")");
        pending_.insert(pending_.end(), std::make_move_iterator(items_.rbegin()), std::make_move_iterator(items_.rend()));
    }
    void field(const char* name) { text(" " + std::string(name) + ": "); }
    void scalar(const char* name, std::string_view value) {
        field(name);
        text(std::string(value));
    }
    void quoted(std::string_view value) {
        std::string quoted;
        append_quoted(quoted, value);
        text(std::move(quoted));
    }
    void text(std::string text) {
        if (!items_.empty() && items_.back().node == nullptr) {
            items_.back().text += text;
        } else {
            items_.push_back({nullptr, std::move(text), 0});
        }
    }
    void node(const Node& node, std::size_t indent) { items_.push_back({&node, {}, indent}); }

    std::string& out_;
    std::vector<Item> pending_;
    std::vector<Item> items_;  // of the node being expanded
    std::size_t indent_ = 0;
};

void append_position(std::string& out, const SyntaxTree& tree, std::uint32_t offset) {
    LineColumn position = tree.source->lines().position(offset, PositionEncoding::Utf32);
    out += std::to_string(position.line + 1) + ":" + std::to_string(position.column + 1) + " ";
}

std::string_view comment_kind_name(CommentKind kind) {
    switch (kind) {
        case CommentKind::Hash: return "Hash";
        case CommentKind::Slashes: return "Slashes";
        case CommentKind::Doc: return "Doc";
        case CommentKind::Block: return "Block";
        case CommentKind::Shebang: return "Shebang";
    }
    return "";
}

}  // namespace

std::string dump_tokens(const SyntaxTree& tree) {
    std::string out;
    for (std::uint32_t i = 0; i < tree.tokens.size(); ++i) {
        for (const Comment& comment : tree.comments_before(i)) {
            out += "# ";
            append_position(out, tree, comment.span.begin);
            out += comment_kind_name(comment.kind);
            out += ' ';
            append_quoted(out, tree.text(comment.span));
            out += '\n';
        }
        const Token& token = tree.tokens[i];
        append_position(out, tree, token.begin);
        out += token_kind_name(token.kind);
        out += ' ';
        append_quoted(out, tree.text(token));
        if (token.newline_before()) out += " newline";
        if (token.was_reported()) out += " error";
        out += '\n';
    }
    return out;
}

std::string dump_node(const SyntaxTree&, const Node& node) {
    std::string out;
    AstPrinter(out).print(node);
    return out;
}

std::string dump_ast(const SyntaxTree& tree) { return dump_node(tree, *tree.root) + "\n"; }

}  // namespace ruff::syntax
