#include "lsp/features/code_actions.h"

namespace ruff::lsp {
void offer_extractions(const ActionPlace&, std::vector<CodeAction>&) {}
void offer_rewrites(const ActionPlace&, std::vector<CodeAction>&) {}
}  // namespace ruff::lsp
