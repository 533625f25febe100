// Any bytes parse: a tree in which children lie inside their parents and follow each other, ids are dense, a file
// without diagnostics has no error nodes, and every diagnostic can be shown.

#include <cstdint>
#include <cstdlib>
#include <vector>

#include "core/support/render.h"
#include "core/syntax/dump.h"
#include "core/syntax/parser.h"
#include "core/syntax/walk.h"

using namespace ruff;
using namespace ruff::syntax;

namespace {

void require(bool holds) {
    if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    std::string text(reinterpret_cast<const char*>(data), size);
    ParseResult tree = parse_file(make_source("fuzz.ruff", text));
    require(tree->root != nullptr && tree->source->text().size() <= size);
    bool has_error_nodes = false;
    std::vector<bool> seen(tree->node_count);
    walk(*tree->root, [&](const Node& node) {
        require(node.id < tree->node_count && !seen[node.id]);
        seen[node.id] = true;
        require(node.first_token <= node.last_token && node.last_token < tree->tokens.size());
        has_error_nodes |= node.is<ErrorNode>();
        Span span = tree->span(node);
        std::uint32_t before = span.begin;
        for_each_child(node, [&](const Node& child) {
            Span inner = tree->span(child);
            if (child.is_missing) return;
            require(span.contains(inner) && inner.begin >= before);
            before = inner.end;
        });
        return true;
    });
    require(!has_error_nodes || tree->has_errors);
    require(tree->has_errors == !tree->diagnostics.empty());
    require(!tree->has_grammar_errors || tree->has_errors);
    for (const Diagnostic& diagnostic : tree->diagnostics) {
        require(diagnostic.span.begin <= diagnostic.span.end);
        require(diagnostic.span.end <= tree->source->text().size());
        require(!diagnostic.message.empty() && !diagnostic.code.empty());
    }
    require(render_diagnostics(*tree->source, tree->diagnostics).size() < 1'000'000);
    (void)dump_ast(*tree);
    return 0;
}
