#include "core/syntax/ast.h"

namespace ruff::syntax {

std::string_view node_kind_name(NodeKind kind) {
    static constexpr std::string_view kNames[] = {
#define RUFF_NODE(Type, name) #name,
#include "core/syntax/nodes.def"
    };
    return kNames[static_cast<std::size_t>(kind)];
}

const Expr* leftmost_step(const Node& node) {
    switch (node.kind) {
        case NodeKind::BinaryExpr: return node.to<BinaryExpr>().left;
        case NodeKind::PipeExpr: return node.to<PipeExpr>().left;
        case NodeKind::CallExpr: return node.to<CallExpr>().callee;
        case NodeKind::IndexExpr: return node.to<IndexExpr>().object;
        case NodeKind::SliceExpr: return node.to<SliceExpr>().object;
        case NodeKind::MemberExpr: return node.to<MemberExpr>().object;
        case NodeKind::PropagateExpr: return node.to<PropagateExpr>().operand;
        default: return nullptr;
    }
}

const Expr& without_parens(const Expr& node) {
    const Expr* inner = &node;
    while (const auto* paren = inner->as<ParenExpr>()) inner = paren->inner;
    return *inner;
}

}  // namespace ruff::syntax
