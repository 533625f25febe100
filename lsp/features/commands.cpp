#include "lsp/features/commands.h"

#include "lsp/features/code_actions.h"
#include "lsp/features/edits.h"
#include "lsp/session/server.h"

namespace ruff::lsp {

const std::vector<std::string_view>& server_commands() {
    static const std::vector<std::string_view> kCommands{"rufflang.server.fixAll", "rufflang.server.organizeImports"};
    return kCommands;
}

/// Both commands take the URI of a document and have the client apply what they come to.
void Server::execute_command(const std::shared_ptr<Call>& call, const Json& params) {
    const std::string_view command = params["command"].text();
    const bool is_fix = command == server_commands()[0];
    if (!is_fix && command != server_commands()[1]) {
        return reply(*call, bad_params("no command is called `" + std::string(command) + "`"));
    }
    const Json::Array& arguments = params["arguments"].items();
    const std::string_view uri = arguments.empty() ? std::string_view{} : arguments[0].text();
    const std::shared_ptr<const Analysis> file = snapshot_->analysis_of_uri(uri);
    if (file == nullptr) return reply(*call, bad_params("`" + std::string(command) + "` expects the URI of a document"));
    if (!workspace_.client().can_apply_edits) return reply(*call, refuse("the client cannot apply edits"));
    WorkspaceEdit edit(*snapshot_);
    edit.add(*file->text, is_fix ? fix_all_edits(*file) : organize_imports_edits(*file));
    if (!edit.is_empty()) {
        ask("workspace/applyEdit", make_object("label", is_fix ? "Fix all" : "Organize imports", "edit", edit.take()), nullptr);
    }
    reply(*call, Json());
}

}  // namespace ruff::lsp
