#include <algorithm>

#include "core/lint/code_shape.h"

namespace ruff::lint {
namespace {

using namespace syntax;

const Node& plain_pattern(const Node& pattern) {
    const Node* at = &pattern;
    while (const auto* paren = at->as<ParenPattern>()) at = paren->inner;
    return *at;
}

bool fits_all(const Node& pattern);

/// Whether the pattern fits whatever this one fits: both are the same constant, or the first takes any payload.
bool covers(const Context& context, const Node& first_in, const Node& second_in) {
    const Node& first = plain_pattern(first_in);
    const Node& second = plain_pattern(second_in);
    if (fits_all(first)) return true;
    if (const auto* choice = second.as<OrPattern>()) {
        return std::all_of(choice->alternatives.begin(), choice->alternatives.end(),
                           [&](const Node* each) { return covers(context, first, *each); });
    }
    if (const auto* choice = first.as<OrPattern>()) {
        return std::any_of(choice->alternatives.begin(), choice->alternatives.end(),
                           [&](const Node* each) { return covers(context, *each, second); });
    }
    if (first.kind != second.kind) return false;
    if (first.is<NonePattern>()) return true;
    if (const auto* literal = first.as<LiteralPattern>()) {
        const Node& other = *second.to<LiteralPattern>().literal;
        return literal->literal->kind == other.kind && context.tree.text(*literal->literal) == context.tree.text(other);
    }
    if (const auto* wrapper = first.as<WrapperPattern>()) {
        const auto& other = second.to<WrapperPattern>();
        return wrapper->name.text() == other.name.text() && covers(context, *wrapper->inner, *other.inner);
    }
    const auto* variant = first.as<VariantPattern>();
    if (variant == nullptr) return false;
    const auto& other = second.to<VariantPattern>();
    if (context.tree.text(*variant->path) != context.tree.text(*other.path) || variant->variant.text() != other.variant.text()) return false;
    if (!variant->has_payload) return true;
    if (!other.has_payload || variant->elements.size() != other.elements.size()) return false;
    for (std::size_t i = 0; i < variant->elements.size(); ++i) {
        if (!covers(context, *variant->elements[i], *other.elements[i])) return false;
    }
    return true;
}

bool fits_all(const Node& pattern_in) {
    const Node& pattern = plain_pattern(pattern_in);
    if (const auto* choice = pattern.as<OrPattern>()) {
        return std::any_of(choice->alternatives.begin(), choice->alternatives.end(), [](const Node* each) { return fits_all(*each); });
    }
    return pattern.is<NamePattern>() || pattern.is<WildcardPattern>();
}

void check(Context& context) {
    context.each<Match>([&](const Match& match) {
        std::vector<const MatchArm*> before;
        for (const Node* node : match.arms) {
            const auto* arm = node->as<MatchArm>();
            if (arm == nullptr) return;
            for (const MatchArm* earlier : before) {
                const bool is_hidden = arm->is_default ? fits_all(*earlier->pattern) : covers(context, *earlier->pattern, *arm->pattern);
                if (!is_hidden) continue;
                const Span head = arm->is_default ? context.tree.tokens[arm->first_token].span() : context.tree.span(*arm->pattern);
                Diagnostic& finding = context.report(head, "nothing reaches this case: an earlier one fits all that it fits");
                finding.tags.is_unnecessary = true;
                finding.labels.push_back({context.tree.span(*earlier->pattern), "the earlier one", nullptr});
                break;
            }
            if (!arm->is_default && arm->guard == nullptr) before.push_back(arm);
        }
    });
}

}  // namespace

extern const RuleBody unreachable_case_rule = {check, R"md(Finds arms of a `match` that nothing can reach, because an earlier one fits everything that they fit: behind a name or `_`, and a second
arm for the same constant or variant. Arms with a guard hide nothing.

The first arm that fits wins. A name in a pattern binds and fits everything; it does not compare with a variable of that name.

```ruff no-run
func size(n) {
    return match n {
        case 0: "none"
        case other: "some"
        case 1: "one"
    }
}
```

Use instead:

```ruff no-run
func size(n) {
    return match n {
        case 0: "none"
        case 1: "one"
        case other: "some"
    }
}
```

There is no fix.
)md"};

}  // namespace ruff::lint
