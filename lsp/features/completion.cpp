// Completion. What is asked for is decided by the tokens before the cursor, not by the tree: while something is typed
// the tree around it is broken, the tokens are not. The tree and the types behind it answer what the receiver of a `.`
// is, which call is open, which struct literal lacks which fields.
//
// The list is complete for what was typed, so a client may filter it on while typing goes on. Documentation, and the
// import that a name of another file needs, wait for `completionItem/resolve` where the client can ask for them.

#include <algorithm>
#include <array>
#include <set>

#include "core/lang/tokens.h"
#include "core/sema/resolver.h"
#include "lsp/analysis/receivers.h"
#include "lsp/features/describe.h"
#include "lsp/features/edits.h"
#include "lsp/features/imports.h"
#include "lsp/features/matching.h"
#include "lsp/features/request.h"

namespace ruff::lsp {

using namespace ruff::syntax;

namespace {

enum ItemKind {
    kMethod = 2, kFunction = 3, kField = 5, kVariable = 6, kModule = 9, kProperty = 10, kEnum = 13, kKeyword = 14,
    kSnippet = 15, kEnumMember = 20, kConstant = 21, kStruct = 22,
};

/// What a name that is offered leads to, so that resolving it finds its documentation again.
struct Origin {
    std::string path;                       // file of its declaration
    std::uint32_t token = kNoToken;         // of its name
    const BuiltinRow* row = nullptr;
    std::string import;                     // the module that has to be imported for it
};

struct Item {
    std::string label;
    int kind = kVariable;
    std::string detail;
    std::string label_detail;  // `(a, b)` right behind the label
    std::string insert;        // a snippet where `is_snippet`; else empty for the label
    bool is_snippet = false;
    char group = '5';          // sorts before the label
    bool is_deprecated = false;
    Origin origin;
};

/// Text inside a snippet.
std::string escape_snippet(std::string_view text) {
    std::string out;
    for (const char c : text) {
        if (c == '$' || c == '}' || c == '\\') out += '\\';
        out += c;
    }
    return out;
}

struct SnippetRow { std::string_view label, body, detail; };
constexpr SnippetRow kSnippets[] = {
    {"func", "func ${1:name}(${2}) {\n    $0\n}", "a function"},
    {"async func", "async func ${1:name}(${2}) {\n    $0\n}", "an async function"},
    {"if", "if ${1:condition} {\n    $0\n}", "a condition"},
    {"if else", "if ${1:condition} {\n    $2\n} else {\n    $0\n}", "a condition with both ways"},
    {"for", "for ${1:item} in ${2:items} {\n    $0\n}", "a loop over a collection"},
    {"while", "while ${1:condition} {\n    $0\n}", "a loop with a condition"},
    {"match", "match ${1:value} {\n    case ${2:pattern}: {\n        $0\n    }\n    default: { }\n}", "a choice by pattern"},
    {"try", "try {\n    $1\n} except ${2:e} {\n    $0\n}", "a block whose errors are caught"},
    {"struct", "struct ${1:Name} {\n    ${2:field}\n}", "a struct"},
    {"enum", "enum ${1:Name} {\n    ${2:Variant}\n}", "an enum"},
    {"spawn", "spawn {\n    $0\n}", "a task on another core"},
    {"test", "test \"${1:what it shows}\" {\n    $0\n}", "a test"},
};

class Completer {
public:
    explicit Completer(const Request& request)
        : request_(request), file_(*request.file), tree_(request.tree()), offset_(request.offset()) {}

    Json run() {
        if (is_in_text()) return Json::Array{};
        find_prefix();
        choose();
        return list();
    }

private:
    // --- where the cursor is ----------------------------------------------------------------------------------

    /// In a comment, or in a string outside its interpolations.
    [[nodiscard]] bool is_in_text() const {
        for (const Comment& comment : tree_.comments) {
            const bool runs_on = comment.kind != CommentKind::Block;
            if (comment.span.begin < offset_ && (offset_ < comment.span.end || (runs_on && offset_ == comment.span.end))) return true;
        }
        const Token& token = tree_.tokens[tree_.token_at(offset_)];
        const bool is_string = token.kind >= TokenKind::String && token.kind <= TokenKind::StringTail;
        if (!is_string || offset_ <= token.begin) return false;
        return offset_ < token.end;
    }

    /// The word that is being typed, and the token before it.
    void find_prefix() {
        const std::uint32_t at = tree_.token_at(offset_);
        const Token& token = tree_.tokens[at];
        prefix_ = {offset_, offset_};
        before_ = token.begin < offset_ ? static_cast<std::int64_t>(at) : static_cast<std::int64_t>(at) - 1;
        if (is_word(token.kind) && token.begin < offset_ && offset_ <= token.end) {
            prefix_ = {token.begin, offset_};
            replaced_ = token.span();
            before_ = static_cast<std::int64_t>(at) - 1;
        } else {
            replaced_ = prefix_;
        }
        // A word that ends right before what begins at the cursor.
        if (token.begin == offset_ && before_ >= 0) {
            const Token& last = tree_.tokens[static_cast<std::size_t>(before_)];
            if (is_word(last.kind) && last.end == offset_) {
                prefix_ = replaced_ = last.span();
                --before_;
            }
        }
        typed_ = std::string(tree_.text(prefix_));
    }

    [[nodiscard]] TokenKind kind_before(std::int64_t distance = 0) const {
        const std::int64_t at = before_ - distance;
        return at < 0 ? TokenKind::Eof : tree_.tokens[static_cast<std::size_t>(at)].kind;
    }
    [[nodiscard]] std::uint32_t token_before() const { return static_cast<std::uint32_t>(before_); }
    [[nodiscard]] bool is_on_line_of_before() const {
        return before_ >= 0 && tree_.text(Span{tree_.tokens[token_before()].end, prefix_.begin}).find('\n') == std::string_view::npos;
    }

    void choose() {
        switch (kind_before()) {
            case TokenKind::Dot:
            case TokenKind::QuestionDot: return is_in_import() ? add_modules() : add_members();
            case TokenKind::ColonColon: return add_variants();
            case TokenKind::KwImport: return is_from_import() ? add_exports() : add_modules();
            case TokenKind::KwLet:
            case TokenKind::KwMut:
            case TokenKind::KwConst:
            case TokenKind::KwFunc:
            case TokenKind::KwStruct:
            case TokenKind::KwEnum:
            case TokenKind::KwAs:
            case TokenKind::KwExcept: return;  // a new name
            case TokenKind::Arrow: return add_types();
            case TokenKind::Name:
                if (tree_.token_text(token_before()) == "from" && is_on_line_of_before() && begins_line(token_before())) return add_modules();
                break;
            default: break;
        }
        if (is_in_import()) return is_from_import() ? add_exports() : add_modules();
        if (is_type_place()) return add_types();
        if (add_fields()) return;
        add_named_arguments();
        add_scope();
    }

    [[nodiscard]] bool begins_line(std::uint32_t token) const { return token == 0 || tree_.tokens[token].newline_before(); }

    /// The first token of the line the cursor is on.
    [[nodiscard]] std::uint32_t line_begin() const {
        std::uint32_t at = before_ < 0 ? 0 : token_before();
        while (at > 0 && !tree_.tokens[at].newline_before()) --at;
        return at;
    }
    [[nodiscard]] bool is_in_import() const {
        if (before_ < 0 || !is_on_line_of_before()) return false;
        const std::uint32_t first = line_begin();
        if (tree_.tokens[first].kind == TokenKind::KwImport) return true;
        return tree_.token_text(first) == "from" && first + 1 <= token_before() + 1 && is_word(tree_.tokens[first + 1].kind) &&
               first < token_before();
    }
    [[nodiscard]] bool is_from_import() const {
        const std::uint32_t first = line_begin();
        if (tree_.token_text(first) != "from") return false;
        for (std::uint32_t at = first; at <= token_before(); ++at) {
            if (tree_.tokens[at].kind == TokenKind::KwImport) return true;
        }
        return false;
    }

    /// Behind the `:` of a parameter, a field or a variable with a keyword.
    [[nodiscard]] bool is_type_place() const {
        if (kind_before() != TokenKind::Colon || !is_word(kind_before(1))) return false;
        const TokenKind two = kind_before(2);
        if (two == TokenKind::KwLet || two == TokenKind::KwMut || two == TokenKind::KwConst) return true;
        for (const Node* node : path_around()) {
            if (const auto* param = node->as<Param>()) return param->pattern->last_token + 1 == token_before();
            if (const auto* field = node->as<StructField>()) return field->name.token + 1 == token_before();
        }
        return false;
    }

    [[nodiscard]] std::vector<const Node*> path_around() const {
        std::vector<const Node*> path = file_.path_to(before_ < 0 ? offset_ : tree_.tokens[token_before()].begin);
        std::reverse(path.begin(), path.end());
        return path;
    }

    // --- items ------------------------------------------------------------------------------------------------

    void add(Item item) {
        const int score = match_score(typed_, item.label);
        if (score == 0 || !seen_.insert(item.label + (item.origin.import.empty() ? "" : "\n" + item.origin.import)).second) return;
        items_.push_back(std::move(item));
    }

    void add_entity(const Entity& entity, char group) {
        if (!entity || match_score(typed_, entity.name()) == 0) return;
        Item item;
        item.label = entity.name();
        item.group = group;
        item.origin.path = entity.file == nullptr ? std::string() : entity.file->path();
        item.origin.token = entity.token;
        switch (entity.kind) {
            case EntityKind::Function:
            case EntityKind::Method:
                item.kind = entity.kind == EntityKind::Method ? kMethod : kFunction;
                add_call(item, parameters_of(entity));
                break;
            case EntityKind::Struct: item.kind = kStruct; break;
            case EntityKind::Enum: item.kind = kEnum; break;
            case EntityKind::Module: item.kind = kModule; break;
            case EntityKind::Field:
                item.kind = kField;
                item.detail = declaration_text(entity);
                break;
            case EntityKind::Variant:
                item.kind = kEnumMember;
                item.detail = declaration_text(entity);
                if (entity.declaration->to<EnumVariant>().has_payload) add_payload(item, entity.declaration->to<EnumVariant>());
                break;
            default: {
                const sema::Binding& binding = entity.file->model->bindings[entity.binding];
                item.kind = binding.declared_as == sema::DeclaredAs::Const ? kConstant : kVariable;
                item.detail = type_text_of(*entity.file, entity.binding);
            }
        }
        add(std::move(item));
    }

    void add_payload(Item& item, const EnumVariant& variant) const {
        std::vector<ParameterText> parts;
        for (const Name& name : variant.payload) parts.push_back({std::string(name.text()), std::string(name.text()), false, true});
        add_call(item, parts);
    }

    /// Parentheses behind the name, with the cursor inside where there is something to write.
    void add_call(Item& item, const std::vector<ParameterText>& parameters) const {
        for (const ParameterText& each : parameters) item.label_detail += (item.label_detail.empty() ? "(" : ", ") + each.text;
        item.label_detail += item.label_detail.empty() ? "()" : ")";
        if (!request_.client().has_snippets || is_called_already()) return;
        item.is_snippet = true;
        item.insert = escape_snippet(item.label) + (parameters.empty() ? "()$0" : "($0)");
    }

    [[nodiscard]] bool is_called_already() const {
        const std::uint32_t end = replaced_.end;
        return end < tree_.text().size() && tree_.text()[end] == '(';
    }

    void add_row(const BuiltinRow& row, std::string_view label, bool is_method, char group) {
        if (match_score(typed_, label) == 0) return;
        Item item;
        item.label = label;
        item.origin.row = &row;
        item.group = group;
        if (row.form == BuiltinForm::Constant) {
            item.kind = kConstant;
        } else {
            item.kind = is_method ? kMethod : kFunction;
            add_call(item, parameters_of(row, is_method));
        }
        item.detail = row.result_type;
        add(std::move(item));
    }

    void add_word(std::string_view word, int kind, char group, std::string_view detail = {}) {
        Item item;
        item.label = word;
        item.kind = kind;
        item.group = group;
        item.detail = detail;
        add(std::move(item));
    }

    // --- members ----------------------------------------------------------------------------------------------

    /// The expression that ends before the dot: the longest of those that bind as tightly as a member does.
    [[nodiscard]] const Node* receiver_expression() const {
        const std::uint32_t dot = token_before();
        if (dot == 0) return nullptr;
        const Node* found = nullptr;
        for (const Node* node : file_.path_to(tree_.tokens[dot - 1].begin)) {
            if (const auto* member = node->as<MemberExpr>(); member != nullptr && member->object->last_token == dot - 1) return member->object;
            const bool is_postfix = node->kind >= NodeKind::IntLiteral && node->kind <= NodeKind::PropagateExpr;
            if (found == nullptr && is_postfix && node->last_token == dot - 1 && !node->is_missing) found = node;
        }
        return found;
    }

    void add_members() {
        const Node* expression = receiver_expression();
        const Receiver receiver = expression == nullptr ? Receiver{} : receiver_of(file_, *expression);
        switch (receiver.kind) {
            case Receiver::Kind::Module: return add_exports_of(*receiver.file);
            case Receiver::Kind::Struct: return add_struct_members(*receiver.file, *receiver.type);
            case Receiver::Kind::Builtin:
                if (receiver.value_kind == ValueKind::Error) add_error_fields();
                return add_methods_of(receiver.value_kind);
            case Receiver::Kind::Unknown: break;
        }
        // Nothing is known of it: the members of every struct of the file, then all methods there are.
        for (const sema::StructInfo& type : file_.model->structs) add_struct_members(file_, *type.declaration);
        for (const BuiltinRow& row : all_builtins()) {
            if (row.is_method()) add_row(row, row.name, true, '7');
        }
    }

    void add_struct_members(const Analysis& file, const StructDecl& type) {
        for (const Node* member : type.members) {
            const auto* field = member->as<StructField>();
            const auto* method = member->as<FuncDecl>();
            const std::string_view name = field != nullptr ? field->name.text() : method != nullptr ? method->name.text() : std::string_view{};
            if (!name.empty()) add_entity(member_of(file, type, name), field != nullptr ? '1' : '2');
        }
    }

    void add_methods_of(ValueKind kind) {
        for (const BuiltinRow& row : all_builtins()) {
            if (row.is_method() && find_builtin_method(kind, row.name) == &row) add_row(row, row.name, true, '2');
        }
    }

    void add_error_fields() {
        for (const std::string_view field : {"message", "kind", "hint", "value", "stack", "file", "line", "column", "cause", "suppressed", "errors"}) {
            add_word(field, kField, '1');
        }
    }

    void add_variants() {
        const std::uint32_t sign = token_before();
        if (sign == 0) return;
        const std::string_view name = tree_.token_text(sign - 1);
        const Mention* mention = nullptr;
        const std::span<const Mention> found = file_.mentions().at_token(sign - 1);
        if (!found.empty()) mention = found.data();
        Entity entity = mention == nullptr ? entity_of(file_, file_.model->lookup(name, tree_.tokens[sign].begin)) : mention->entity;
        if (entity.kind == EntityKind::Enum) {
            for (const EnumVariant* variant : entity.declaration->to<EnumDecl>().variants) {
                if (variant->name) add_entity(variant_of(*entity.file, entity.declaration->to<EnumDecl>(), variant->name.text()), '1');
            }
        } else if (name == "Result" || name == "Option") {
            for (const std::string_view word : name == "Result" ? std::array{"Ok", "Err"} : std::array{"Some", "None"}) {
                add_word(word, kEnumMember, '1');
            }
        }
    }

    // --- imports ----------------------------------------------------------------------------------------------

    void add_modules() {
        // What of the path is written already: `a.b.`
        std::string written;
        for (std::uint32_t at = line_begin() + 1; before_ >= 0 && at <= token_before(); ++at) {
            if (tree_.tokens[at].kind != TokenKind::KwImport) written += tree_.token_text(at);
        }
        for (const std::string& name : importable_modules(request_.snapshot, *file_.text)) {
            if (!name.starts_with(written)) continue;
            const std::string rest = name.substr(written.size());
            add_word(rest.substr(0, rest.find('.')), kModule, '1', name);
        }
    }

    void add_exports() {
        for (const Node* import : sema::collect_imports(tree_)) {
            if (import->first_token != line_begin()) continue;
            if (const Analysis* module = imported_file(file_, *import)) return add_exports_of(*module);
        }
        // The statement is broken: by the path as it stands.
        std::string name;
        for (std::uint32_t at = line_begin() + 1; at <= token_before() && tree_.tokens[at].kind != TokenKind::KwImport; ++at) name += tree_.token_text(at);
        const std::string path = request_.snapshot.find_module(*file_.text, name);
        if (path.empty()) return;
        module_ = request_.snapshot.analysis(path);
        if (module_ != nullptr) add_exports_of(*module_);
    }

    void add_exports_of(const Analysis& module) {
        for (const sema::BindingId id : module.model->exports) add_entity(local_entity_of(module, id), '1');
    }

    // --- types, fields, arguments -------------------------------------------------------------------------------

    void add_types() {
        for (const std::string_view name : {"int", "float", "string", "bool", "null", "any", "bytes", "array", "dict", "set", "range", "func",
                                            "Promise", "Task", "Channel", "Result", "Option", "Generator"}) {
            add_word(name, kStruct, '3');
        }
        for (const sema::BindingId id : file_.model->visible_at(offset_)) {
            const Entity entity = entity_of(file_, id);
            const bool is_type = entity.kind == EntityKind::Struct || entity.kind == EntityKind::Enum || entity.kind == EntityKind::Module;
            if (is_type) add_entity(entity, '2');
        }
    }

    /// Inside the braces of a struct literal where a field may begin: those that are not given yet.
    bool add_fields() {
        if (kind_before() != TokenKind::LeftBrace && kind_before() != TokenKind::Comma) return false;
        for (const Node* node : path_around()) {
            if (node->is<Block>() || node->is<CallExpr>() || node->is<ArrayExpr>() || node->is<DictExpr>()) return false;
            const auto* literal = node->as<StructExpr>();
            if (literal == nullptr) continue;
            const Entity type = type_entity_of(file_, *literal->path);
            if (type.kind != EntityKind::Struct) return false;
            return add_missing_fields(*literal, type);
        }
        return false;
    }

    bool add_missing_fields(const StructExpr& literal, const Entity& type) {
        std::set<std::string_view> given;
        for (const Node* entry : literal.entries) {
            const auto* field = entry->as<FieldInit>();
            if (field != nullptr && field->name && !tree_.span(field->name).touches(offset_)) given.insert(field->name.text());
        }
        for (const Node* member : type.declaration->to<StructDecl>().members) {
            const auto* field = member->as<StructField>();
            if (field == nullptr || field->name.is_missing() || given.contains(field->name.text())) continue;
            Item item;
            item.label = field->name.text();
            item.kind = kField;
            item.group = '1';
            item.detail = type.file->tree->text(*field);
            item.insert = item.label + ": ";
            item.origin = {type.file->path(), field->name.token, nullptr, {}};
            add(std::move(item));
        }
        return true;
    }

    /// `name = ` for the parameters of the call that the cursor is in.
    void add_named_arguments() {
        if (kind_before() != TokenKind::LeftParen && kind_before() != TokenKind::Comma) return;
        for (const Node* node : path_around()) {
            if (node->is<Block>() || node->is<ArrayExpr>() || node->is<DictExpr>() || node->is<LambdaExpr>()) return;
            const auto* call = node->as<CallExpr>();
            if (call == nullptr) continue;
            const Entity callee = callee_of(file_, *call);
            for (const ParameterText& each : callee.row != nullptr ? std::vector<ParameterText>{} : parameters_of(callee)) {
                if (each.name.empty() || each.is_rest) continue;
                Item item;
                item.label = each.name + " = ";
                item.kind = kProperty;
                item.group = '4';
                item.detail = each.text;
                add(std::move(item));
            }
            return;
        }
    }

    // --- names in scope -----------------------------------------------------------------------------------------

    void add_scope() {
        for (const sema::BindingId id : file_.model->visible_at(offset_)) {
            const sema::Binding& binding = file_.model->bindings[id];
            // The word that is being typed may be a declaration of itself.
            if (binding.name_token != kNoToken && tree_.tokens[binding.name_token].span() == replaced_ && !replaced_.is_empty()) continue;
            if (binding.kind == sema::BindingKind::Self) {
                add_word("self", kVariable, '1');
                continue;
            }
            Entity entity = entity_of(file_, id);
            if (is_alias(binding)) entity = local_entity_of(file_, id);
            add_entity(entity, binding.scope == 0 ? '3' : '2');
        }
        for (const BuiltinRow& row : all_builtins()) {
            if (row.is_function() || row.form == BuiltinForm::Constant) add_row(row, row.name, false, '6');
        }
        for (const std::string_view word : {"Ok", "Err", "Some", "None"}) add_word(word, kEnumMember, '6');
        add_keywords();
        add_unimported();
    }

    static bool is_alias(const sema::Binding& binding) {
        const auto* item = binding.declaration == nullptr ? nullptr : binding.declaration->as<ImportItem>();
        return item != nullptr && item->alias;
    }

    void add_keywords() {
        const bool begins_statement = before_ < 0 || !is_on_line_of_before() || kind_before() == TokenKind::LeftBrace ||
                                      kind_before() == TokenKind::Semicolon;
        if (begins_statement && request_.client().has_snippets) {
            for (const SnippetRow& row : kSnippets) {
                Item item;
                item.label = row.label;
                item.kind = kSnippet;
                item.detail = row.detail;
                item.insert = row.body;
                item.is_snippet = true;
                item.group = '7';
                add(std::move(item));
            }
        }
        for (const std::string_view word : reserved_words()) add_word(word, kKeyword, '8');
    }

    /// Exports of other files that are not imported yet; taking one adds the import.
    void add_unimported() {
        constexpr std::size_t kShortest = 2;
        if (typed_.size() < kShortest) return;
        for (const ImportableName& each : importable_names(request_.snapshot, file_, request_.stop)) {
            Item item;
            item.label = each.name;
            item.kind = each.kind == EntityKind::Function ? kFunction : each.kind == EntityKind::Struct ? kStruct
                        : each.kind == EntityKind::Enum   ? kEnum
                                                          : kVariable;
            item.detail = "from " + each.module;
            item.group = '9';
            item.origin = {each.path, each.token, nullptr, each.module};
            add(std::move(item));
        }
    }

    // --- the answer -----------------------------------------------------------------------------------------------

    Json list() {
        Json list{Json::Array{}};
        for (const Item& item : items_) list.push(item_json(item));
        return make_object("isIncomplete", typed_.size() < 2, "items", std::move(list));
    }

    Json item_json(const Item& item) {
        const Client& client = request_.client();
        Json json = make_object("label", item.label, "kind", item.kind, "sortText", std::string(1, item.group) + item.label);
        if (!item.detail.empty()) json.set("detail", item.detail);
        if (client.has_label_details && !item.label_detail.empty()) json.set("labelDetails", make_object("detail", item.label_detail));
        if (item.is_snippet) json.set("insertTextFormat", 2);
        if (item.is_snippet && item.insert.find('\n') != std::string::npos) json.set("insertTextMode", 2);
        json.set("textEdit", text_edit(item.insert.empty() ? item.label : item.insert));
        add_origin(json, item);
        return json;
    }

    /// With both ranges where the client lets a person choose between inserting and replacing.
    Json text_edit(const std::string& text) const {
        if (!request_.client().has_insert_replace) return make_object("range", request_.range(prefix_), "newText", text);
        return make_object("newText", text, "insert", request_.range(prefix_), "replace", request_.range(replaced_));
    }

    void add_origin(Json& json, const Item& item) {
        const Client& client = request_.client();
        if (item.origin.row == nullptr && item.origin.token == kNoToken) return;
        Json data = make_object("uri", file_.text->uri);
        if (item.origin.row != nullptr) data.set("builtin", static_cast<int>(item.origin.row->id));
        if (item.origin.token != kNoToken) data.set("path", item.origin.path).set("token", item.origin.token);
        if (!item.origin.import.empty()) data.set("import", item.origin.import).set("name", item.label);
        if (!item.origin.import.empty() && !client.resolves_completion_edits) {
            json.set("additionalTextEdits", edits_json(request_.snapshot, file_.source(), import_edits(file_, item.origin.import, item.label)));
        }
        json.set("data", std::move(data));
    }

    const Request& request_;
    const Analysis& file_;
    const SyntaxTree& tree_;
    const std::uint32_t offset_;
    Span prefix_;              // what was typed of the word
    Span replaced_;            // the whole word
    std::string typed_;
    std::int64_t before_ = -1; // the token before the word
    std::vector<Item> items_;
    std::set<std::string> seen_;
    std::shared_ptr<const Analysis> module_;
};

/// The declaration that the data of an item names.
Entity entity_of_data(const Request& request, const Json& data, std::shared_ptr<const Analysis>& file) {
    file = request.snapshot.analysis(data["path"].text());
    if (file == nullptr) return {};
    for (const Mention& mention : file->mentions().at_token(static_cast<std::uint32_t>(data["token"].integer().value_or(0)))) {
        return mention.entity;
    }
    return {};
}

Json documentation_json(const Request& request, const std::string& markdown) {
    return markup(markdown, request.client().has_markdown_docs);
}

}  // namespace

Answer completion(const Request& request) { return Completer(request).run(); }

Answer resolve_completion(const Request& request) {
    Json item = request.params;
    const Json& data = request.params["data"];
    if (const auto id = data["builtin"].integer(); id && *id >= 0 && *id < kBuiltinCount) {
        const BuiltinRow& row = builtin_row(static_cast<BuiltinId>(*id));
        item.set("documentation", documentation_json(request, markdown_of(row)));
        return item;
    }
    std::shared_ptr<const Analysis> file;
    const Entity entity = entity_of_data(request, data, file);
    if (entity) item.set("documentation", documentation_json(request, markdown_of(entity)));
    if (data.has("import") && !item.has("additionalTextEdits")) {
        const std::shared_ptr<const Analysis> importer = request.snapshot.analysis_of_uri(data["uri"].text());
        if (importer != nullptr) {
            item.set("additionalTextEdits", edits_json(request.snapshot, importer->source(),
                                                       import_edits(*importer, data["import"].text(), data["name"].text())));
        }
    }
    return item;
}

}  // namespace ruff::lsp
