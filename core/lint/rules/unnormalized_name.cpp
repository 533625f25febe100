#include <algorithm>
#include <map>

#include "core/lint/code_shape.h"
#include "core/support/utf8.h"

namespace ruff::lint {
namespace {

using namespace syntax;

/// The names of a file with letters beyond ASCII, and where each stands.
using Spellings = std::map<std::string_view, std::vector<std::uint32_t>>;

Spellings spellings_of(const SyntaxTree& tree) {
    Spellings spellings;
    const auto is_ascii = [](std::string_view text) {
        return std::all_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; });
    };
    if (is_ascii(tree.text())) return spellings;
    for (std::uint32_t i = 0; i < tree.tokens.size(); ++i) {
        const std::string_view text = tree.tokens[i].kind == TokenKind::Name ? tree.text(tree.tokens[i]) : std::string_view{};
        if (!is_ascii(text)) spellings[text].push_back(i);
    }
    return spellings;
}

/// How often the file names a variable of its own so that no other file sees.
std::size_t count_local_uses(const Context& context, std::string_view spelling) {
    return static_cast<std::size_t>(std::count_if(
        context.model.references.begin(), context.model.references.end(), [&](const sema::Reference& reference) {
            const sema::Binding& binding = context.model.bindings[reference.binding];
            return binding.is_variable() && !binding.is_exported && context.model.name(reference.binding) == spelling;
        }));
}

void check(Context& context) {
    const Spellings spellings = spellings_of(context.tree);
    for (const auto& [spelling, tokens] : spellings) {
        const std::string normal = utf8::to_nfc(spelling);
        if (normal == spelling) continue;
        const bool is_confusing = spellings.contains(normal);
        Diagnostic& finding = context.report(context.tree.tokens[tokens.front()].span(),
                                             "the name `" + normal + "` is written with combining characters" +
                                                 (is_confusing ? " here, and without them elsewhere in this file" : ""));
        finding.notes.push_back("names are compared as they are written: two that look alike are two names");
        const bool is_local = count_local_uses(context, spelling) == tokens.size();
        Fix& fix = finding.fixes.emplace_back();
        fix.title = "Write `" + normal + "` in Unicode's normal form C";
        fix.safety = is_local && !is_confusing ? FixSafety::Safe : FixSafety::Unsafe;
        for (const std::uint32_t token : tokens) fix.edits.push_back({context.tree.tokens[token].span(), normal});
    }
}

}  // namespace

extern const RuleBody unnormalized_name_rule = {check, R"md(Finds names that are not in Unicode's normal form C: whose letters are written as a base letter and combining characters, where there is
one character for both.

Names are compared as they are written. `größe` can be written with one character for `ö`, or with `o` and a combining diaeresis; both look
the same on the screen, and are two variables. Texts that were copied from file names or web pages often have the second form.

Each spelling is reported once in a file, at its first place.

```ruff no-run
größe := 1
print(größe)
```

Use instead:

```ruff no-run
größe := 1
print(größe)
```

The fix writes the name in normal form C everywhere in the file. It is unsafe where the other form is there too, and for names that other
files may use: exports, fields, methods, keys.
)md"};

}  // namespace ruff::lint
