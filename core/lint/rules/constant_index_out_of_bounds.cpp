#include "core/lint/code_shape.h"

namespace ruff::lint {
namespace {

using namespace syntax;

/// The literal that a name was set to, once and for all; or the node itself.
const Node& value_of(const Context& context, const Node& node) {
    const Node& inner = without_parens(node);
    const sema::BindingId id = inner.is<NameExpr>() ? context.model.binding_of(inner) : sema::kNone;
    if (id == sema::kNone) return inner;
    const sema::Binding& binding = context.model.bindings[id];
    if (binding.kind != sema::BindingKind::Variable || binding.is_reassigned || binding.is_changed || binding.declaration == nullptr) return inner;
    const Node* parent = context.parent(*binding.declaration);
    if (const auto* declared = parent->as<Binding>()) {
        if (declared->pattern == binding.declaration) return without_parens(*declared->value);
    }
    if (const auto* assigned = parent->as<Assign>()) {
        if (assigned->target == binding.declaration) return without_parens(*assigned->value);
    }
    return inner;
}

/// How many elements a literal has; nothing if that cannot be told.
std::optional<std::int64_t> length_of(const Node& node) {
    if (const auto* array = node.as<ArrayExpr>()) {
        for (const Node* element : array->elements) {
            if (element->is<Spread>() || element->is<ErrorNode>()) return std::nullopt;
        }
        return static_cast<std::int64_t>(array->elements.size());
    }
    const auto* text = node.as<StringLiteral>();
    if (text == nullptr || !text->is_plain()) return std::nullopt;
    std::int64_t count = 0;
    for (const char c : text->value()) count += (static_cast<unsigned char>(c) & 0xC0) != 0x80 ? 1 : 0;
    return count;
}

std::optional<std::int64_t> constant_of(const Node& index) {
    const Node& inner = without_parens(index);
    if (const auto* number = inner.as<IntLiteral>()) return number->value;
    const auto* unary = inner.as<UnaryExpr>();
    const auto* number = unary != nullptr && unary->op == UnaryOp::Negate ? unary->operand->as<IntLiteral>() : nullptr;
    if (number == nullptr || number->value < 0) return std::nullopt;
    return -number->value;
}

void check(Context& context) {
    context.each<IndexExpr>([&](const IndexExpr& index) {
        const std::optional<std::int64_t> at = constant_of(*index.index);
        if (!at || is_in_try(context, index)) return;
        const Node& literal = value_of(context, *index.object);
        const std::optional<std::int64_t> length = length_of(literal);
        if (!length || (*at < *length && *at >= -*length)) return;
        Diagnostic& finding = context.report(*index.index, "Index out of bounds: " + std::to_string(*at));
        finding.help = "there " + std::string(*length == 1 ? "is 1 element" : "are " + std::to_string(*length) + " elements");
        if (&literal != &without_parens(*index.object)) finding.labels.push_back({context.tree.span(literal), "set here", nullptr});
    });
}

}  // namespace

extern const RuleBody constant_index_out_of_bounds_rule = {check, R"md(Finds a literal index outside of an array or string that is written out: in place, or in a variable that is set once and never changed.

Executed, such an index raises `Index out of bounds`. The body of a `try` with an `except` is left alone.

```ruff no-run
sizes := ["small", "large"]
print(sizes[2])
```

Use instead:

```ruff no-run
sizes := ["small", "large"]
print(sizes[-1])
```

There is no fix.
)md"};

}  // namespace ruff::lint
