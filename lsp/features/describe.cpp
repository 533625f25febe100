#include "lsp/features/describe.h"

#include "lsp/analysis/receivers.h"

namespace ruff::lsp {

using namespace ruff::syntax;

namespace {

/// Source text on one line.
std::string one_line(std::string_view text) {
    std::string out;
    for (const char c : text) {
        const bool is_blank = c == ' ' || c == '\t' || c == '\n' || c == '\r';
        if (!is_blank) out += c;
        else if (!out.empty() && out.back() != ' ') out += ' ';
    }
    return out;
}

std::string source_of(const Analysis& file, const Node& node) { return one_line(file.tree->text(node)); }

/// The source from the beginning of a node up to its body.
std::string head_of(const Analysis& file, const Node& node, const Node& body) {
    const Span whole = file.tree->span(node);
    const std::uint32_t end = file.tree->span(body).begin;
    std::string head = one_line(file.tree->text(Span{whole.begin, std::max(whole.begin, end)}));
    while (head.ends_with(' ')) head.pop_back();
    return head;
}

std::string struct_text(const Analysis& file, const StructDecl& type) {
    std::string text = "struct " + std::string(type.name.text()) + " {";
    for (const Node* member : type.members) {
        if (member->is<StructField>()) text += "\n    " + source_of(file, *member);
    }
    for (const Node* member : type.members) {
        const auto* method = member->as<FuncDecl>();
        if (method != nullptr) text += "\n    " + head_of(file, *method, *method->body);
    }
    return text + (type.members.empty() ? " }" : "\n}");
}

std::string_view keyword_of(const sema::Binding& binding) {
    switch (binding.declared_as) {
        case sema::DeclaredAs::Let: return "let ";
        case sema::DeclaredAs::Const: return "const ";
        case sema::DeclaredAs::Mut: return "mut ";
        case sema::DeclaredAs::Bare: return "";
    }
    return "";
}

std::string variable_text(const Entity& entity) {
    const sema::Binding& binding = entity.file->model->bindings[entity.binding];
    std::string text;
    if (binding.kind == sema::BindingKind::Variable) text = keyword_of(binding);
    else if (binding.kind == sema::BindingKind::Loop) text = "for ";
    else if (binding.kind == sema::BindingKind::Except) text = "except ";
    else if (binding.kind == sema::BindingKind::Pattern) text = "case ";
    text += entity.name();
    const std::string type = type_text_of(*entity.file, entity.binding);
    if (!type.empty()) text += ": " + type;
    if (binding.declared_as == sema::DeclaredAs::Const) {
        const Node* statement = statement_of(entity);
        const auto* constant = statement == nullptr ? nullptr : statement->as<Binding>();
        constexpr std::size_t kMaxValue = 60;
        if (constant != nullptr && constant->pattern->is<NamePattern>()) {
            const std::string value = source_of(*entity.file, *constant->value);
            if (value.size() <= kMaxValue) text += " := " + value;
        }
    }
    return text;
}

std::string parameter_text(const Entity& entity) {
    const Node* parent = entity.file->parent(*entity.declaration);
    if (const auto* param = parent == nullptr ? nullptr : parent->as<Param>(); param != nullptr && param->type != nullptr) {
        return source_of(*entity.file, *param);
    }
    return variable_text(entity);
}

std::string module_text(const Entity& entity) {
    const std::string text = entity.declaration == nullptr ? "" : source_of(*entity.file, *entity.declaration);
    return text.empty() ? entity.file->path() : text;
}

}  // namespace

std::string declaration_text(const Entity& entity) {
    if (entity.row != nullptr) return std::string(entity.row->signature);
    if (entity.file == nullptr) return std::string(entity.word);
    const Analysis& file = *entity.file;
    switch (entity.kind) {
        case EntityKind::Function:
        case EntityKind::Method: {
            const auto& function = entity.declaration->to<FuncDecl>();
            return head_of(file, function, *function.body);
        }
        case EntityKind::Struct: return struct_text(file, entity.declaration->to<StructDecl>());
        case EntityKind::Enum:
        case EntityKind::Field:
        case EntityKind::Variant: return source_of(file, *entity.declaration);
        case EntityKind::Variable: return variable_text(entity);
        case EntityKind::Parameter: return parameter_text(entity);
        case EntityKind::Self: return "self";
        case EntityKind::Module: return module_text(entity);
        case EntityKind::None:
        case EntityKind::Builtin:
        case EntityKind::Constructor: break;
    }
    return {};
}

const Node* statement_of(const Entity& entity) {
    if (entity.file == nullptr) return nullptr;
    for (const Node* node = entity.declaration; node != nullptr; node = entity.file->parent(*node)) {
        switch (node->kind) {
            case NodeKind::Binding:
            case NodeKind::Assign:
            case NodeKind::FuncDecl:
            case NodeKind::StructDecl:
            case NodeKind::EnumDecl:
            case NodeKind::EnumVariant:
            case NodeKind::StructField:
            case NodeKind::Import:
            case NodeKind::FromImport: return node;
            case NodeKind::Block:
            case NodeKind::File:
            case NodeKind::Param:
            case NodeKind::MatchArm: return nullptr;
            default: break;
        }
    }
    return nullptr;
}

namespace {

std::string_view constructor_doc(std::string_view word) {
    if (word == "Ok") return "`Ok(v)`: a result that holds a value. `e?` gives the value.";
    if (word == "Err") return "`Err(e)`: a result that holds an error. `e?` returns it from the function.";
    if (word == "Some") return "`Some(v)`: an option that holds a value. `e?` gives the value.";
    return "`None`: an option without a value. `e?` returns it from the function.";
}

/// The comment block that a file begins with.
std::string module_doc(const Analysis& module) {
    std::string text;
    std::uint32_t next_line = 0;
    for (const Comment& comment : module.tree->comments) {
        const std::uint32_t line = module.source().lines().line_of(comment.span.begin);
        if (comment.kind == CommentKind::Shebang) {
            next_line = line + 1;
            continue;
        }
        if (line != next_line || comment.next_token != 0 || comment.kind == CommentKind::Block) break;
        std::string_view words = module.tree->text(comment.span);
        words.remove_prefix(std::min(words.find_first_not_of("#/"), words.size()));
        if (words.starts_with(' ')) words.remove_prefix(1);
        text += std::string(words) + "\n";
        next_line = line + 1;
    }
    return text;
}

}  // namespace

std::string documentation_of(const Entity& entity) {
    if (entity.row != nullptr) return std::string(entity.row->doc);
    if (entity.kind == EntityKind::Constructor) return std::string(constructor_doc(entity.word));
    if (entity.file == nullptr) return {};
    if (entity.kind == EntityKind::Module) {
        const Analysis* module = entity.declaration == nullptr ? entity.file : imported_file(*entity.file, *entity.declaration);
        return module == nullptr ? std::string() : module_doc(*module);
    }
    const Node* statement = statement_of(entity);
    return statement == nullptr ? std::string() : doc_comment(*entity.file->tree, *statement);
}

std::string code_block(std::string_view code) { return "```ruff\n" + std::string(code) + "\n```"; }

Json markup(const std::string& markdown, bool is_markdown) {
    if (is_markdown) return make_object("kind", "markdown", "value", markdown);
    std::string plain;
    for (std::size_t at = 0; at < markdown.size();) {
        const std::size_t end = std::min(markdown.find('\n', at), markdown.size() - 1) + 1;
        if (markdown.compare(at, 3, "```") != 0) plain.append(markdown, at, end - at);
        at = end;
    }
    return make_object("kind", "plaintext", "value", plain);
}

std::string markdown_of(const BuiltinRow& first) {
    std::string text;
    for (const BuiltinRow* row = &first;;) {
        if (!text.empty()) text += "\n\n---\n\n";
        text += code_block(row->signature) + "\n\n" + std::string(row->doc);
        if (!row->example.empty()) text += "\n\n" + code_block(row->example);
        if (row->next_with_name < 0) return text;
        row = &all_builtins()[static_cast<std::size_t>(row->next_with_name)];
    }
}

std::string markdown_of(const Entity& entity) {
    if (entity.row != nullptr) return markdown_of(*entity.row);
    std::string text = code_block(declaration_text(entity));
    const std::string docs = documentation_of(entity);
    if (!docs.empty()) text += "\n\n" + docs;
    return text;
}

std::vector<ParameterText> parameters_of(const Entity& function) {
    std::vector<ParameterText> parameters;
    if (function.declaration == nullptr || !function.declaration->is<FuncDecl>()) return parameters;
    for (const Node* node : function.declaration->to<FuncDecl>().params) {
        ParameterText parameter{source_of(*function.file, *node), {}, false, false};
        if (const auto* param = node->as<Param>()) {
            if (const auto* pattern = param->pattern->as<NamePattern>()) parameter.name = pattern->name.text();
            parameter.is_required = param->default_value == nullptr;
        } else if (const auto* rest = node->as<RestParam>()) {
            parameter.name = rest->name.text();
            parameter.is_rest = true;
        } else {
            continue;
        }
        parameters.push_back(std::move(parameter));
    }
    return parameters;
}

std::vector<ParameterText> parameters_of(const BuiltinRow& row, bool is_method) {
    std::vector<ParameterText> parameters;
    for (std::size_t i = is_method ? 1 : 0; i < row.parameters.size(); ++i) {
        const BuiltinParameter& each = row.parameters[i];
        std::string text = (each.is_rest ? "..." : "") + std::string(each.name) + ": " + std::string(each.type);
        if (!each.default_text.empty() || each.default_kind != DefaultKind::Required) {
            const std::string quote = each.default_kind == DefaultKind::String ? "\"" : "";
            const std::string_view value = each.default_kind == DefaultKind::Null ? "null" : each.default_text;
            text += " = " + quote + std::string(value) + quote;
        }
        parameters.push_back({std::move(text), std::string(each.name), each.is_rest, each.is_required()});
    }
    return parameters;
}

std::string signature_of(const BuiltinRow& row, bool is_method) {
    std::string text = std::string(row.name) + "(";
    for (const ParameterText& each : parameters_of(row, is_method)) text += (text.ends_with('(') ? "" : ", ") + each.text;
    text += ")";
    if (!row.result_type.empty()) text += " -> " + std::string(row.result_type);
    return text;
}

Span name_span(const Entity& entity) {
    if (entity.file == nullptr || entity.token == kNoToken) return {};
    return entity.file->tree->tokens[entity.token].span();
}

}  // namespace ruff::lsp
