// Inlay hints: parameter names before literal arguments, and the types of variables that do not say theirs. Both are off
// until the settings `rufflang.inlayHints.parameterNames` and `.types` switch them on.

#include "core/syntax/walk.h"
#include "lsp/analysis/receivers.h"
#include "lsp/features/describe.h"
#include "lsp/features/request.h"

namespace ruff::lsp {

using namespace ruff::syntax;

namespace {

constexpr int kTypeHint = 1;
constexpr int kParameterHint = 2;

bool is_literal(const Node& node) {
    if (const auto* sign = node.as<UnaryExpr>()) return is_literal(*sign->operand);
    switch (node.kind) {
        case NodeKind::IntLiteral:
        case NodeKind::FloatLiteral:
        case NodeKind::BoolLiteral:
        case NodeKind::NullLiteral:
        case NodeKind::StringLiteral: return true;
        default: return false;
    }
}

class Hints {
public:
    Hints(const Request& request, Span range) : request_(request), file_(*request.file), range_(range) {}

    Json run() {
        walk(*request_.tree().root, [this](const Node& node) {
            if (!node.is<File>() && !range_.overlaps(request_.tree().span(node))) return false;
            if (const auto* call = node.as<CallExpr>(); call != nullptr && request_.client().shows_parameter_names) add_names(*call);
            if (request_.client().shows_types) add_types(node);
            return true;
        });
        return std::move(list_);
    }

private:
    void add(std::uint32_t offset, std::string label, int kind) {
        Json hint = make_object("position", request_.snapshot.position(file_.source(), offset), "label", std::move(label), "kind", kind);
        if (kind == kParameterHint) hint.set("paddingRight", true);
        list_.push(std::move(hint));
    }

    void add_names(const CallExpr& call) {
        const Entity callee = callee_of(file_, call);
        const bool is_method = without_parens(*call.callee).is<MemberExpr>();
        const std::vector<ParameterText> parameters = callee.row != nullptr ? parameters_of(*callee.row, is_method) : parameters_of(callee);
        // One argument says what it is by the name of the function.
        if (call.arguments.size() < 2 && callee.row != nullptr) return;
        for (std::size_t i = 0; i < std::min(call.arguments.size(), parameters.size()); ++i) {
            if (call.arguments[i]->is<Spread>() || parameters[i].is_rest) return;
            if (!is_literal(*call.arguments[i]) || parameters[i].name.empty()) continue;
            add(request_.tree().span(*call.arguments[i]).begin, parameters[i].name + " =", kParameterHint);
        }
    }

    void add_types(const Node& node) {
        const Node* pattern = nullptr;
        const Node* value = nullptr;
        if (const auto* binding = node.as<Binding>(); binding != nullptr && binding->type == nullptr) {
            pattern = binding->pattern;
            value = binding->value;
        } else if (const auto* assign = node.as<Assign>()) {
            pattern = assign->target;
            value = assign->value;
        }
        if (pattern == nullptr || says_its_type(*value)) return;
        const sema::BindingId id = file_.model->binding_of(*pattern);
        if (id == sema::kNone || file_.model->bindings[id].declaration != pattern) return;
        const std::string type = type_text_of(file_, id);
        constexpr std::size_t kLongest = 60;
        if (!type.empty() && type.size() <= kLongest) add(request_.tree().span(*pattern).end, ": " + type, kTypeHint);
    }

    static bool says_its_type(const Node& value) {
        return is_literal(value) || value.is<StructExpr>() || value.is<FuncExpr>() || value.is<LambdaExpr>();
    }

    const Request& request_;
    const Analysis& file_;
    const Span range_;
    Json list_{Json::Array{}};
};

}  // namespace

Answer inlay_hint(const Request& request) {
    const Client& client = request.client();
    if (!client.shows_parameter_names && !client.shows_types) return Json::Array{};
    return Hints(request, request.span()).run();
}

}  // namespace ruff::lsp
