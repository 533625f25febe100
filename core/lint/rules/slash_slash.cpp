#include <cctype>

#include "core/lint/code_shape.h"

namespace ruff::lint {
namespace {

using namespace syntax;

bool is_number(std::string_view text) {
    if (text.empty()) return false;
    for (const char c : text) {
        if (std::isdigit(static_cast<unsigned char>(c)) == 0 && c != '_' && c != '.') return false;
    }
    return std::isdigit(static_cast<unsigned char>(text.front())) != 0 && std::isdigit(static_cast<unsigned char>(text.back())) != 0;
}

std::string_view leading_name(std::string_view text) {
    std::size_t size = 0;
    while (size < text.size() && (std::isalnum(static_cast<unsigned char>(text[size])) != 0 || text[size] == '_')) ++size;
    return text.substr(0, size);
}

/// A number, a variable that is visible there, or a call of something that is.
bool is_operand(const Context& context, std::string_view text, std::uint32_t offset) {
    if (is_number(text)) return true;
    const std::string_view name = leading_name(text);
    if (name.empty()) return false;
    const bool is_variable = context.model.lookup(name, offset) != sema::kNone;
    if (name.size() == text.size()) return is_variable;
    const bool is_call = text[name.size()] == '(' && text.back() == ')' && text.find('(', name.size() + 1) == std::string_view::npos;
    return is_call && (is_variable || find_builtin(name) != nullptr);
}

bool may_be_divided(const Node& value) {
    return value.is<IntLiteral>() || value.is<FloatLiteral>() || value.is<NameExpr>() || value.is<CallExpr>() ||
           value.is<MemberExpr>() || value.is<IndexExpr>() || value.is<ParenExpr>() || value.is<BinaryExpr>();
}

void check_value(Context& context, const Node& statement, const Node* value) {
    if (value == nullptr || !may_be_divided(*value) || statement.last_token + 1 >= context.tree.tokens.size()) return;
    for (const Comment& comment : context.tree.comments_before(statement.last_token + 1)) {
        if (comment.kind != CommentKind::Slashes || comment.starts_line) return;
        std::string_view text = context.tree.text(comment.span).substr(2);
        const std::size_t begin = text.find_first_not_of(" \t"), last = text.find_last_not_of(" \t\r");
        if (begin == std::string_view::npos) return;
        text = text.substr(begin, last - begin + 1);
        if (!is_operand(context, text, context.tree.span(statement).end)) return;
        const Span slashes{comment.span.begin, comment.span.begin + 2};
        Diagnostic& finding = context.report(comment.span, "`//` begins a comment, so nothing is divided by `" + std::string(text) + "`");
        finding.help = "write `/`, which truncates for two ints, or begin the comment with `#`";
        finding.fixes.push_back({"Divide with `/`", FixSafety::Unsafe, {{slashes, "/"}}});
        return;
    }
}

void check(Context& context) {
    context.each<Binding>([&](const Binding& statement) { check_value(context, statement, statement.value); });
    context.each<Assign>([&](const Assign& statement) { check_value(context, statement, statement.value); });
    context.each<Return>([&](const Return& statement) { check_value(context, statement, statement.value); });
}

}  // namespace

extern const RuleBody slash_slash_rule = {check, R"md(Finds a `//` comment behind the value of a binding, assignment or `return` that is a single number, the name of a visible
variable, or a call, and nothing else.

`//` divides in Python. In Ruff it begins a comment, so `7 // 2` is 7.

```ruff no-run
half := 7  // 2
```

Use instead:

```ruff no-run
half := 7 / 2
```

The fix writes `/`. It is unsafe, because the value changes.
)md"};

}  // namespace ruff::lint
