#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "core/support/diagnostic.h"

namespace ruff::lint {

class Context;

/// The rows of core/lang/rules.def.
enum class RuleId : std::uint8_t {
#define RUFF_RULE(id, name, group, severity, is_default) id,
#include "core/lang/rules.def"
};

inline constexpr std::size_t kRuleCount = 0
#define RUFF_RULE(...) +1
#include "core/lang/rules.def"
    ;

enum class RuleGroup : std::uint8_t { Async, Names, Errors, Suspicious };

/// What the file of a rule defines; its row of rules.def holds the rest.
struct RuleBody {
    /// Reports what it finds to the context. Null for what another stage finds: the resolver, the suppressions.
    void (*check)(Context& context) = nullptr;
    /// Markdown without a title: what it finds, why, an example, what to write instead, how safe its fix is.
    std::string_view page;
};

struct Rule {
    RuleId id;
    std::string_view name;
    RuleGroup group;
    Severity severity;
    bool is_default;  ///< on unless switched off
    const RuleBody* body;
};

/// In the order of the table.
[[nodiscard]] std::span<const Rule> all_rules();
/// Null when there is none of that name.
[[nodiscard]] const Rule* find_rule(std::string_view name);
/// "unknown rule `push-loop`; did you mean `push-in-loop`?"
[[nodiscard]] std::string describe_unknown_rule(std::string_view name);
/// `misuse of async`, `names`, `certain errors`, `suspicious`.
[[nodiscard]] std::string_view group_title(RuleGroup group);
/// The page with its title and a line of facts, as `ruff explain` shows it.
[[nodiscard]] std::string rule_page(const Rule& rule);

}  // namespace ruff::lint
