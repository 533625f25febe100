#include <algorithm>
#include <limits>
#include <optional>

#include "core/lint/code_shape.h"

namespace ruff::lint {
namespace {

using namespace syntax;

constexpr std::size_t kNoLimit = std::numeric_limits<std::size_t>::max();

struct Arity {
    std::size_t least = 0;
    std::size_t most = kNoLimit;
};

/// Of all rows of the name together.
Arity arity_of(const BuiltinRow& builtin) {
    Arity arity{kNoLimit, 0};
    for (const BuiltinRow& row : all_builtins()) {
        if (row.name != builtin.name || !(row.is_function())) continue;
        arity.least = std::min<std::size_t>(arity.least, row.required_count);
        arity.most = row.has_rest ? kNoLimit : std::max<std::size_t>(arity.most, row.positional_count);
        if (row.has_rest) break;
    }
    return arity.most == kNoLimit ? Arity{builtin.required_count, kNoLimit} : arity;
}

Arity arity_of(List<Node> params) {
    Arity arity{0, 0};
    for (const Node* param : params) {
        if (param->is<RestParam>()) return {arity.least, kNoLimit};
        ++arity.most;
        const auto* plain = param->as<Param>();
        if (plain == nullptr || plain->default_value == nullptr) arity.least = arity.most;
    }
    return arity;
}

/// The declaration a name leads to, also in another module; null when it is no function.
const FuncDecl* declaration_of(const sema::SemanticModel& model, sema::BindingId id) {
    if (id == sema::kNone) return nullptr;
    const sema::Binding& binding = model.bindings[id];
    if (binding.kind == sema::BindingKind::Function) return binding.declaration->as<FuncDecl>();
    if (binding.kind != sema::BindingKind::Imported || binding.target == sema::kNone) return nullptr;
    const sema::SemanticModel* module = model.imports[binding.index].module;
    return module == nullptr ? nullptr : declaration_of(*module, binding.target);
}

std::string plural(std::size_t count) {
    return std::to_string(count) + (count == 1 ? " argument" : " arguments");
}

std::string describe(std::string_view name, Arity arity, std::size_t got) {
    std::string text = std::string(name) + " expects ";
    if (arity.most == kNoLimit) text += "at least " + plural(arity.least);
    else if (arity.least != arity.most) text += std::to_string(arity.least) + " to " + plural(arity.most);
    else text += plural(arity.most);
    return text + ", got " + std::to_string(got);
}

/// What a call is certainly of, and how that shows in the message.
struct Callee {
    std::string_view name;
    Arity arity;
};

std::optional<Callee> callee_of(const Context& context, const CallExpr& call) {
    const auto* name = call.callee->as<NameExpr>();
    if (name != nullptr) {
        if (const BuiltinRow* builtin = builtin_of(context, *name)) return Callee{name->name.text(), arity_of(*builtin)};
        const FuncDecl* declaration = declaration_of(context.model, context.model.binding_of(*name));
        if (declaration != nullptr) return Callee{declaration->name.text(), arity_of(declaration->params)};
    }
    const FunctionRef function = name != nullptr || call.callee->is<MemberExpr>() ? called_function(context, *call.callee) : FunctionRef{};
    if (!function) return std::nullopt;
    List<Node> params = function.params();
    if (!params.empty() && params[0]->is<SelfParam>()) params = params.subspan(1);
    return Callee{function.name().empty() ? "<lambda>" : function.name(), arity_of(params)};
}

void check_calls(Context& context) {
    context.each<CallExpr>([&](const CallExpr& call) {
        const std::size_t got = call.arguments.size() + (is_piped(context, call) ? 1 : 0);
        for (const Node* argument : call.arguments) {
            if (argument->is<Spread>() || argument->is<NamedArgument>()) return;
        }
        const std::optional<Callee> callee = callee_of(context, call);
        if (!callee || (got >= callee->arity.least && got <= callee->arity.most)) return;
        context.report(call, describe(callee->name, callee->arity, got));
    });
}

const EnumVariant* variant_of(const EnumDecl& type, std::string_view name) {
    for (const EnumVariant* variant : type.variants) {
        if (variant->name.text() == name) return variant;
    }
    return nullptr;
}

/// `Shape::Circle(1, 2)`, and `Shape::Circle` without its arguments.
void check_variants(Context& context) {
    context.each<VariantExpr>([&](const VariantExpr& expression) {
        const auto* call = context.parent(expression)->as<CallExpr>();
        if (call != nullptr && call->callee != &expression) call = nullptr;
        const sema::TypeTable& table = context.types().table();
        const sema::Type type = context.type_of(expression);
        const bool is_made_by_call = table.single_kind(type) == ValueKind::Function;
        const EnumDecl* declared = context.types().enum_of(is_made_by_call ? table.data(type).element : type);
        const EnumVariant* variant = declared == nullptr ? nullptr : variant_of(*declared, expression.variant.text());
        if (variant == nullptr || variant->payload.empty()) return;
        std::size_t got = 0;
        if (call != nullptr) {
            got = call->arguments.size() + (is_piped(context, *call) ? 1 : 0);
            for (const Node* argument : call->arguments) {
                if (argument->is<Spread>() || argument->is<NamedArgument>()) return;
            }
        }
        const std::size_t wanted = variant->payload.size();
        if (got == wanted) return;
        const Node& whole = call != nullptr ? static_cast<const Node&>(*call) : expression;
        context.report(whole, describe(context.tree.text(expression), {wanted, wanted}, got));
    });
}

void check(Context& context) {
    check_calls(context);
    check_variants(context);
}

}  // namespace

extern const RuleBody wrong_arity_rule = {check, R"md(Finds calls with too few or too many arguments: of builtins, of functions and lambdas of the file, of imported functions,
of methods of known structs, and of variants.

Executed, such a call raises `f expects 2 arguments, got 1`. Calls with `...spread` or named arguments, and of what is not known to be
one certain function, are left alone.

```ruff no-run
func add(a, b) { return a + b }
print(add(1))
```

Use instead:

```ruff no-run
func add(a, b) { return a + b }
print(add(1, 2))
```

There is no fix.
)md"};

}  // namespace ruff::lint
