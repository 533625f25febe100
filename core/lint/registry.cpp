#include <vector>

#include "core/lint/rule.h"
#include "core/support/edit_distance.h"

namespace ruff::lint {

#define RUFF_RULE(id, name, group, severity, is_default) extern const RuleBody id##_rule;
#include "core/lang/rules.def"

namespace {

constexpr Rule kRules[] = {
#define RUFF_RULE(id, name, group, severity, is_default) \
    {RuleId::id, name, RuleGroup::group, Severity::severity, is_default, &id##_rule},
#include "core/lang/rules.def"
};

}  // namespace

std::span<const Rule> all_rules() {
    return kRules;
}

const Rule* find_rule(std::string_view name) {
    for (const Rule& rule : kRules) {
        if (rule.name == name) return &rule;
    }
    return nullptr;
}

std::string describe_unknown_rule(std::string_view name) {
    std::vector<std::string_view> names;
    for (const Rule& rule : kRules) names.push_back(rule.name);
    const std::string_view near = nearest_name(name, names);
    std::string text = "unknown rule `" + std::string(name) + "`";
    if (near.empty()) return text + "; `ruff explain` lists the rules";
    return text + "; did you mean `" + std::string(near) + "`?";
}

std::string_view group_title(RuleGroup group) {
    switch (group) {
        case RuleGroup::Async: return "misuse of async";
        case RuleGroup::Names: return "names";
        case RuleGroup::Errors: return "certain errors";
        case RuleGroup::Suspicious: return "suspicious";
    }
    return "";
}

std::string rule_page(const Rule& rule) {
    std::string text = "# " + std::string(rule.name) + "\n\n";
    text += "Group: " + std::string(group_title(rule.group)) + ". Severity: " + std::string(severity_name(rule.severity)) +
            ". " + (rule.is_default ? "On by default." : "Off by default.") + "\n\n";
    text += rule.body->page;
    return text;
}

}  // namespace ruff::lint
