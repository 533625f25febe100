#include "tests/grammar/normal_form.h"

#include <algorithm>
#include <array>
#include <map>

#include "core/lang/operators.h"

namespace ruff::tests {
namespace {

using namespace ruff::syntax;

// ---- From core/syntax ----------------------------------------------------------------------------------------

std::string_view keyword_text(BindingKeyword keyword) {
    switch (keyword) {
        case BindingKeyword::Let: return "let";
        case BindingKeyword::Mut: return "mut";
        case BindingKeyword::Const: return "const";
    }
    return "";
}

std::string_view test_text(TestKind kind) {
    switch (kind) {
        case TestKind::Test: return "test";
        case TestKind::Group: return "test_group";
        case TestKind::Setup: return "test_setup";
        case TestKind::Teardown: return "test_teardown";
    }
    return "";
}

/// What is written of a node besides its children.
struct Attributes {
    std::string text;

    void add(std::string_view attribute) { text += " +" + std::string(attribute); }

    void operator()(const char* field, bool is_set) {
        // The value of `true` and `false` is their text, which the position tells.
        if (is_set && std::string_view(field) != "value") add(field);
    }
    void operator()(const char*, BindingKeyword keyword) { add(keyword_text(keyword)); }
    void operator()(const char*, TestKind kind) { add(test_text(kind)); }
    void operator()(const char*, AssignOp op) { add(operator_text(op)); }
    void operator()(const char*, BinaryOp op) { add(operator_text(op)); }
    void operator()(const char*, UnaryOp op) { add(operator_text(op)); }
    template <class T>
    void operator()(const char*, const T&) {}
};

class CoreConversion {
public:
    explicit CoreConversion(const SyntaxTree& tree) : tree_(tree) {}

    NormalForm run() {
        convert(*tree_.root, "", 0);
        form_.front().begin = form_.front().end = 0;
        return std::move(form_);
    }

private:
    struct Children {
        CoreConversion& conversion;
        std::uint32_t depth;

        void operator()(const char* field, const Name& name) {
            if (name) conversion.name(name, is_optional_role(field) ? field : "", depth);
        }
        void operator()(const char*, std::span<const Name> names) {
            for (const Name& name : names) conversion.name(name, "", depth);
        }
        void operator()(const char*, std::span<const StringPart> parts) {
            for (const StringPart& part : parts) conversion.part(part, depth);
        }
        template <class T>
        void operator()(const char*, List<T> children) {
            for (const T* child : children) conversion.convert(*child, "", depth);
        }
        template <class T>
        void operator()(const char* field, const T& child) {
            if constexpr (std::is_pointer_v<T>) {
                if (child != nullptr) conversion.convert(*child, is_optional_role(field) ? field : "", depth);
            }
        }
    };

    void add(std::string label, std::string_view role, Span span, std::uint32_t depth) {
        if (!role.empty()) label = std::string(role) + ":" + label;
        form_.push_back({depth, span.begin, span.end, std::move(label)});
    }

    void name(const Name& name, std::string_view role, std::uint32_t depth) {
        add("name", role, tree_.span(name), depth);
    }

    void part(const StringPart& part, std::uint32_t depth) {
        if (part.expression == nullptr) return;
        add("interpolation", "", part.span, depth);
        convert(*part.expression, "", depth + 1);
    }

    void children(const Node& node, std::uint32_t depth) {
        visit(node, [&](const auto& typed) { typed.fields(Children{*this, depth}); });
    }

    void convert(const Node& node, std::string_view role, std::uint32_t depth) {
        switch (node.kind) {
            case NodeKind::ExprStmt: return convert(*node.to<ExprStmt>().expression, role, depth);
            case NodeKind::LiteralPattern: return convert(*node.to<LiteralPattern>().literal, role, depth);
            case NodeKind::IfBranch: return children(node, depth);
            case NodeKind::DictKey: return key(node.to<DictKey>(), depth);
            case NodeKind::PatternField: return pattern_field(node.to<PatternField>(), depth);
            case NodeKind::FieldInit:
                if (node.to<FieldInit>().value == nullptr) return add("name", role, tree_.span(node), depth);
                break;
            case NodeKind::NamePattern:
            case NodeKind::WildcardPattern:
            case NodeKind::DictShorthand:
            case NodeKind::NameExpr: return add("name", role, tree_.span(node), depth);
            case NodeKind::NullType: return add("null", role, tree_.span(node), depth);
            default: break;
        }
        plain(node, node_kind_name(node.kind), role, depth);
    }

    void plain(const Node& node, std::string_view kind, std::string_view role, std::uint32_t depth) {
        Attributes attributes;
        visit(node, [&](const auto& typed) { typed.fields(attributes); });
        add(std::string(kind) + attributes.text, role, tree_.span(node), depth);
        children(node, depth + 1);
    }

    void key(const DictKey& key, std::uint32_t depth) {
        if (key.key_kind == KeyKind::Word) return name(key.word, "", depth);
        if (key.key_kind != KeyKind::Computed) return convert(*key.value, "", depth);
        add("computed_key", "", tree_.span(key), depth);
        convert(*key.value, "", depth + 1);
    }

    void pattern_field(const PatternField& field, std::uint32_t depth) {
        if (field.key != nullptr) return plain(field, "pattern_field", "", depth);
        if (field.default_value == nullptr) return convert(*field.pattern, "", depth);
        plain(field, "default_pattern", "", depth);
    }

    const SyntaxTree& tree_;
    NormalForm form_;
};

// ---- From tree-sitter ----------------------------------------------------------------------------------------

/// Nodes that only hold others.
constexpr std::array<std::string_view, 11> kHolders = {
    "struct_body", "enum_body",      "match_body", "params", "lambda_params",  "arguments",
    "payload",     "type_arguments", "finally",    "except", "pattern_payload"};

/// Nodes that are called otherwise in core/syntax.
const std::map<std::string_view, std::string_view> kOtherNames = {
    {"identifier", "name"}, {"word", "name"}, {"true", "bool"}, {"false", "bool"}, {"negative", "unary"}};

class SitterConversion {
public:
    explicit SitterConversion(const ParsedText& parsed) : parsed_(parsed) {}

    NormalForm run() {
        convert(parsed_.root(), "", 0);
        form_.front().begin = form_.front().end = 0;
        return std::move(form_);
    }

private:
    template <class Function>
    static void for_each_child(TSNode node, Function&& function) {
        TSTreeCursor cursor = ts_tree_cursor_new(node);
        bool has_child = ts_tree_cursor_goto_first_child(&cursor);
        while (has_child) {
            const char* field = ts_tree_cursor_current_field_name(&cursor);
            function(ts_tree_cursor_current_node(&cursor), std::string_view(field == nullptr ? "" : field));
            has_child = ts_tree_cursor_goto_next_sibling(&cursor);
        }
        ts_tree_cursor_delete(&cursor);
    }

    std::string_view type(TSNode node) const { return ts_node_type(node); }

    void add(std::string label, std::string_view role, TSNode node, std::uint32_t depth) {
        if (!role.empty()) label = std::string(role) + ":" + label;
        form_.push_back({depth, ts_node_start_byte(node), ts_node_end_byte(node), std::move(label)});
    }

    void convert(TSNode node, std::string_view role, std::uint32_t depth) {
        std::string_view kind = type(node);
        if (kind == "comment" || kind == "doc_comment" || kind == "not_in") return;
        if (kind.starts_with("string_") || kind == "escape_sequence") return;
        if (std::find(kHolders.begin(), kHolders.end(), kind) != kHolders.end()) return children(node, depth);
        auto other = kOtherNames.find(kind);
        std::string label(other == kOtherNames.end() ? kind : other->second);
        add(label + attributes(node, kind), role, node, depth);
        if (kind != "self_param") children(node, depth + 1);
    }

    void children(TSNode node, std::uint32_t depth) {
        std::string_view kind = type(node);
        for_each_child(node, [&](TSNode child, std::string_view field) {
            if (!ts_node_is_named(child)) return;
            bool is_path = field == "path" && (type(child) == "identifier" || type(child) == "member");
            bool goes_on = field == "else" && type(child) == "if";
            if (is_path) {
                add("path", "", child, depth);
                path_names(child, depth + 1);
            } else if (goes_on) {
                children(child, depth);
            } else {
                convert(child, role_of(kind, field), depth);
            }
        });
    }

    static std::string_view role_of(std::string_view parent, std::string_view field) {
        if (parent == "except") return field == "name" ? "error_name" : "except";
        if (parent == "finally") return "finally";
        return is_optional_role(field) ? field : "";
    }

    // The names of `a.b.c`, which is members here and a path there.
    void path_names(TSNode node, std::uint32_t depth) {
        if (type(node) == "identifier") return add("name", "", node, depth);
        for_each_child(node, [&](TSNode child, std::string_view field) {
            if (field == "object" || field == "name") {
                if (type(child) == "member") path_names(child, depth);
                else add("name", "", child, depth);
            }
        });
    }

    std::string attributes(TSNode node, std::string_view kind) {
        std::string text;
        for_each_child(node, [&](TSNode child, std::string_view field) {
            std::string_view word = parsed_.text(child);
            if (type(child) == "payload" || type(child) == "pattern_payload") text += " +has_payload";
            if (type(child) == "string_start" && word.starts_with('r')) text += " +raw";
            if (field == "operator") text += operator_attribute(kind, type(child), word);
            if (ts_node_is_named(child)) return;
            if (field == "keyword" || field == "kind") text += " +" + std::string(word);
            if (field == "async" || field == "generator" || field == "all" || field == "default") {
                text += " +" + std::string(field);
            }
            if (kind == "self_param" && word == "mut") text += " +mut";
            if (kind == "negative") text += " +-";
        });
        return text;
    }

    static std::string operator_attribute(std::string_view kind, std::string_view type, std::string_view word) {
        if (kind == "pipe") return "";
        if (kind == "member") return word == "?." ? " +optional" : "";
        if (kind == "range" || kind == "range_pattern") return word == "..=" ? " +inclusive" : "";
        if (type == "not_in") return " +not in";
        if (word == "and") return " +&&";
        if (word == "or") return " +||";
        if (word == "not") return " +!";
        if (word == "=") return " +:=";
        return " +" + std::string(word);
    }

    const ParsedText& parsed_;
    NormalForm form_;
};

}  // namespace

bool is_optional_role(std::string_view field) {
    constexpr std::array<std::string_view, 12> kRoles = {"type",  "default", "result",     "low",    "high",    "alias",
                                                         "else",  "guard",   "error_name", "except", "finally", "second"};
    return std::find(kRoles.begin(), kRoles.end(), field) != kRoles.end();
}

NormalForm normal_form(const SyntaxTree& tree) { return CoreConversion(tree).run(); }

NormalForm normal_form(const ParsedText& parsed) { return SitterConversion(parsed).run(); }

std::string normal_text(const NormalForm& form, std::string_view source) {
    std::string text;
    for (const NormalNode& node : form) {
        std::string excerpt(source.substr(node.begin, std::min<std::size_t>(node.end - node.begin, 40)));
        std::replace(excerpt.begin(), excerpt.end(), '\n', ' ');
        text += std::string(2 * static_cast<std::size_t>(node.depth), ' ') + node.label + "  " +
                std::to_string(node.begin) + "-" + std::to_string(node.end) + "  " + excerpt + "\n";
    }
    return text;
}

}  // namespace ruff::tests
