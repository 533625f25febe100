#pragma once

#include <vector>

#include "core/syntax/ast.h"

namespace ruff::syntax {

/// Preorder and postorder in one pass and without recursion, so trees of any depth are fine. `enter(const Node&)`
/// returns whether to go into the children; `leave(const Node&)` is called after them, for each entered node.
template <class Enter, class Leave>
void walk(const Node& root, Enter&& enter, Leave&& leave) {
    struct Step {
        const Node* node;
        bool is_leaving;
    };
    std::vector<Step> steps{{&root, false}};
    std::vector<const Node*> children;
    while (!steps.empty()) {
        Step step = steps.back();
        steps.pop_back();
        if (step.is_leaving) {
            leave(*step.node);
            continue;
        }
        if (!enter(*step.node)) continue;
        steps.push_back({step.node, true});
        children.clear();
        for_each_child(*step.node, [&](const Node& child) { children.push_back(&child); });
        for (auto child = children.rbegin(); child != children.rend(); ++child) steps.push_back({*child, false});
    }
}

/// Preorder only.
template <class Enter>
void walk(const Node& root, Enter&& enter) {
    walk(root, enter, [](const Node&) {});
}

}  // namespace ruff::syntax
