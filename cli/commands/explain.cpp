// `ruff explain`: the page of a rule, which stands in the rule's own file.

#include <algorithm>

#include "cli/command.h"
#include "core/lint/rule.h"

namespace ruff::cli {
namespace {

std::string rule_list() {
    std::string text;
    std::string_view group;
    for (const lint::Rule& rule : lint::all_rules()) {
        if (lint::group_title(rule.group) != group) {
            group = lint::group_title(rule.group);
            text += (text.empty() ? "" : "\n") + std::string(group) + "\n";
        }
        text += "    " + std::string(rule.name) + (rule.is_default ? "" : " (off by default)") + "\n";
    }
    return text;
}

int run(const Arguments& arguments) {
    if (arguments.operands.empty()) {
        print(rule_list());
        return kExitSuccess;
    }
    for (const std::string_view name : arguments.operands) {
        const lint::Rule* rule = lint::find_rule(name);
        if (rule == nullptr) return usage_error("explain: " + lint::describe_unknown_rule(name));
        print(lint::rule_page(*rule));
    }
    return kExitSuccess;
}

}  // namespace

extern const CommandBody explain_command = {
    .run = run,
    .about = "Shows what a rule finds and why, what to write instead, and how safe its fix is. Without a name it lists\n"
             "the rules.",
    .examples = "ruff explain push-in-loop  # the page of one rule",
};

}  // namespace ruff::cli
