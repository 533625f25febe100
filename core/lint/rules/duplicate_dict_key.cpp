#include <charconv>
#include <map>
#include <optional>

#include "core/lint/code_shape.h"

namespace ruff::lint {
namespace {

using namespace syntax;

/// A number so that equal keys give equal text: `1` and `1.0` are one key, and so are `0` and `-0.0`.
std::string number_text(const Node& node) {
    const auto* unary = node.as<UnaryExpr>();
    const Node& literal = unary == nullptr ? node : *unary->operand;
    const bool is_negative = unary != nullptr;
    if (const auto* whole = literal.as<IntLiteral>()) {
        return (is_negative && whole->value != 0 ? "#-" : "#") + std::to_string(whole->value);
    }
    const double value = literal.to<FloatLiteral>().value;
    const std::string sign = is_negative && value != 0 ? "#-" : "#";
    if (value < 9e18 && static_cast<double>(static_cast<std::int64_t>(value)) == value) {
        return sign + std::to_string(static_cast<std::int64_t>(value));
    }
    char digits[32];
    const auto end = std::to_chars(digits, digits + sizeof digits, value).ptr;
    return sign + std::string(digits, end);
}

/// What the key is, for keys that are written out.
std::optional<std::string> key_text(const Node& entry) {
    if (const auto* name = entry.as<DictShorthand>()) return "\"" + std::string(name->name.text());
    const auto* pair = entry.as<DictEntry>();
    if (pair == nullptr) return std::nullopt;
    const DictKey& key = *pair->key;
    if (key.key_kind == KeyKind::Word) return "\"" + std::string(key.word.text());
    if (key.value == nullptr || !is_plain_literal(*key.value)) return std::nullopt;
    if (const auto* text = key.value->as<StringLiteral>()) return "\"" + std::string(text->value());
    if (const auto* truth = key.value->as<BoolLiteral>()) return truth->value ? "true" : "false";
    return number_text(*key.value);
}

void check(Context& context) {
    context.each<DictExpr>([&](const DictExpr& dict) {
        std::map<std::string, const Node*> seen;
        for (const Node* entry : dict.entries) {
            if (entry->is<Spread>()) seen.clear();
            const std::optional<std::string> key = key_text(*entry);
            if (!key) continue;
            const auto [earlier, is_new] = seen.emplace(*key, entry);
            if (is_new) continue;
            const auto* pair = entry->as<DictEntry>();
            const Node& shown = pair == nullptr ? *entry : *pair->key;
            context.report(shown, "the key `" + std::string(context.tree.text(shown)) + "` is given twice; the later value wins")
                .labels.push_back({context.tree.span(*earlier->second), "first given here", nullptr});
        }
    });
}

}  // namespace

extern const RuleBody duplicate_dict_key_rule = {check, R"md(Finds a key that is written twice in one dict.

The later value wins, so the earlier one is lost. `a` and `"a"` are one key, and so are `1` and `1.0`; `1` and `"1"` are two. Behind
`...spread` a key may be given again, to override it.

```ruff no-run
options := {"host": "a", "port": 80, "host": "b"}
```

Use instead:

```ruff no-run
options := {"host": "b", "port": 80}
```

There is no fix.
)md"};

}  // namespace ruff::lint
