#include "lsp/options.h"

#include "lsp/check.h"
#include "lsp/transport/stdio.h"

namespace ruff::lsp {

int run_lsp(const LspOptions& options) {
    if (!options.check.empty()) return check_files(options.check);
    if (!options.replay.empty()) return replay(options.replay);
    return serve({options.record});
}

}  // namespace ruff::lsp
