#include <algorithm>

#include "core/lint/code_shape.h"

namespace ruff::lint {
namespace {

using namespace syntax;

/// The variants that an enum, a result or an option has, and those that some arm is for.
struct Coverage {
    std::string owner;  // as written in the patterns
    const EnumDecl* declaration = nullptr;
    std::vector<std::string_view> covered;
    bool is_known = false;
};

const Node& plain_pattern(const Node& pattern) {
    const Node* at = &pattern;
    while (const auto* paren = at->as<ParenPattern>()) at = paren->inner;
    return *at;
}

/// Notes a pattern of one variant; false when it is something else.
bool add_variant(const Context& context, Coverage& coverage, const Node& pattern_in) {
    const Node& pattern = plain_pattern(pattern_in);
    if (const auto* choice = pattern.as<OrPattern>()) {
        return std::all_of(choice->alternatives.begin(), choice->alternatives.end(),
                           [&](const Node* each) { return add_variant(context, coverage, *each); });
    }
    const auto* variant = pattern.as<VariantPattern>();
    if (variant == nullptr) return false;
    const std::string owner(context.tree.text(*variant->path));
    if (coverage.is_known && coverage.owner != owner) return false;
    coverage.is_known = true;
    coverage.owner = owner;
    coverage.covered.push_back(variant->variant.text());
    if (coverage.declaration == nullptr) coverage.declaration = context.types().enum_of(context.type_of(pattern));
    return true;
}

/// The variants that no arm fits; nothing when the match has an arm that is not of the enum.
std::vector<const EnumVariant*> missing_variants(const Context& context, const Match& match, Coverage& coverage) {
    std::vector<const EnumVariant*> missing;
    for (const Node* node : match.arms) {
        const auto* arm = node->as<MatchArm>();
        if (arm == nullptr || arm->is_default || !add_variant(context, coverage, *arm->pattern)) return missing;
    }
    if (coverage.declaration == nullptr) return missing;
    for (const EnumVariant* variant : coverage.declaration->variants) {
        const bool is_covered = std::find(coverage.covered.begin(), coverage.covered.end(), variant->name.text()) != coverage.covered.end();
        if (!is_covered) missing.push_back(variant);
    }
    return missing;
}

std::string case_text(const std::string& owner, const EnumVariant& variant) {
    std::string text = "case " + owner + "::" + std::string(variant.name.text());
    if (variant.payload.empty()) return text;
    text += '(';
    for (const Name& name : variant.payload) text += (text.ends_with('(') ? "" : ", ") + std::string(name.text());
    return text + ")";
}

/// New arms before the closing brace, indented as the last one is.
void offer_fix(const Context& context, Diagnostic& finding, const Match& match, const Coverage& coverage,
               const std::vector<const EnumVariant*>& missing) {
    const Span last = context.tree.span(*match.arms.back());
    const SourceFile& source = *context.tree.source;
    const Span first = context.tree.span(*match.arms.front());
    const std::uint32_t line = source.lines().line_of(first.begin);
    if (line == source.lines().line_of(context.tree.span(match).begin)) return;  // on one line
    const std::string_view text = context.tree.text();
    std::uint32_t indent_begin = first.begin;
    while (indent_begin > 0 && (text[indent_begin - 1] == ' ' || text[indent_begin - 1] == '\t')) --indent_begin;
    const std::string indent(text.substr(indent_begin, first.begin - indent_begin));
    std::string arms;
    for (const EnumVariant* variant : missing) arms += "\n" + indent + case_text(coverage.owner, *variant) + ": { }";
    std::uint32_t end = last.end;
    while (end < text.size() && text[end] != '\n') ++end;  // behind a comment of the last arm
    const bool stays_inside = end < context.tree.span(match).end;
    if (stays_inside) finding.fixes.push_back({"Add the missing cases", FixSafety::Unsafe, {{{end, end}, arms}}});
}

void check(Context& context) {
    context.each<Match>([&](const Match& match) {
        if (match.arms.empty()) return;
        Coverage coverage;
        const std::vector<const EnumVariant*> missing = missing_variants(context, match, coverage);
        if (missing.empty()) return;
        std::string names;
        for (const EnumVariant* variant : missing) {
            names += (names.empty() ? "`" : ", `") + coverage.owner + "::" + std::string(variant->name.text()) + "`";
        }
        const Span head = context.tree.tokens[match.first_token].span().joined(context.tree.span(*match.subject));
        Diagnostic& finding = context.report(head, "no case fits " + names);
        finding.help = "add a case for what is missing, or a `default`";
        offer_fix(context, finding, match, coverage, missing);
    });
}

}  // namespace

extern const RuleBody non_exhaustive_match_rule = {check, R"md(Finds a `match` whose arms are all variants of one enum, but not all of its variants, and that has no `default`.

What no arm fits does nothing, or gives null. With an arm for each variant, a variant that is added to the enum later is found here. A
variant with an arm for some of its payloads counts as dealt with.

```ruff no-run
enum Status { Ready, Failed(reason), Waiting }
func show(status) {
    match status {
        case Status::Ready: print("ready")
        case Status::Failed(reason): print(reason)
    }
}
```

Use instead:

```ruff no-run
enum Status { Ready, Failed(reason), Waiting }
func show(status) {
    match status {
        case Status::Ready: print("ready")
        case Status::Failed(reason): print(reason)
        case Status::Waiting: print("waiting")
    }
}
```

The fix adds empty cases. It is unsafe: what belongs there is for the program to say.
)md"};

}  // namespace ruff::lint
