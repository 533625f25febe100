#pragma once

#include <algorithm>
#include <cstddef>
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
    while (!steps.empty()) {
        Step step = steps.back();
        steps.pop_back();
        if (step.is_leaving) {
            leave(*step.node);
            continue;
        }
        if (!enter(*step.node)) continue;
        steps.push_back({step.node, true});
        const auto first_child = static_cast<std::ptrdiff_t>(steps.size());
        for_each_child(*step.node, [&](const Node& child) { steps.push_back({&child, false}); });
        std::reverse(steps.begin() + first_child, steps.end());
    }
}

/// Preorder only.
template <class Enter>
void walk(const Node& root, Enter&& enter) {
    std::vector<const Node*> nodes{&root};
    while (!nodes.empty()) {
        const Node* node = nodes.back();
        nodes.pop_back();
        if (!enter(*node)) continue;
        const auto first_child = static_cast<std::ptrdiff_t>(nodes.size());
        for_each_child(*node, [&](const Node& child) { nodes.push_back(&child); });
        std::reverse(nodes.begin() + first_child, nodes.end());
    }
}

}  // namespace ruff::syntax
