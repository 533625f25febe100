#include "core/lint/code_shape.h"

namespace ruff::lint {
namespace {

using namespace syntax;

constexpr double kLongestInSeconds = 60;

void check(Context& context) {
    context.each<CallExpr>([&](const CallExpr& call) {
        const BuiltinRow* builtin = builtin_of(context, *call.callee);
        if (builtin == nullptr || (builtin->name != "sleep" && builtin->name != "async_sleep") || call.arguments.size() != 1) return;
        const auto* time = call.arguments[0]->as<FloatLiteral>();
        if (time == nullptr || time->value <= 0 || time->value >= kLongestInSeconds) return;
        if (static_cast<double>(static_cast<int>(time->value)) == time->value) return;
        Diagnostic& finding = context.report(*time, "`" + std::string(builtin->name) + "` takes milliseconds");
        const auto milliseconds = static_cast<long>(time->value * 1000 + 0.5);
        finding.help = "write `" + std::to_string(milliseconds) + "` if seconds are meant";
        finding.fixes.push_back({"Write `" + std::to_string(milliseconds) + "`", FixSafety::Unsafe, {{finding.span, std::to_string(milliseconds)}}});
    });
}

}  // namespace

extern const RuleBody sleep_in_seconds_rule = {check, R"md(Finds `sleep(0.5)` and `async_sleep(1.5)`: a time with a fraction, shorter than 60.

Both take milliseconds. Whole numbers are left alone, because `sleep(1)` may well mean one millisecond.

```ruff no-run
sleep(0.5)
```

Use instead:

```ruff no-run
sleep(500)
```

The fix takes the number for seconds. It is unsafe, because the program waits longer.
)md"};

}  // namespace ruff::lint
