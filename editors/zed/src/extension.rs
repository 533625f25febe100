//! Tells Zed how the language server is started: by the path in the settings (`lsp.rufflang.binary`), or as the `ruff` in
//! PATH, which a linter for Python may hide.

use zed_extension_api::settings::LspSettings;
use zed_extension_api::{self as zed, Command, LanguageServerId, Result, Worktree};

struct RuffExtension;

const NOT_FOUND: &str = "no ruff in PATH: install Ruff, or set lsp.rufflang.binary.path in the settings";

impl zed::Extension for RuffExtension {
    fn new() -> Self {
        Self
    }

    fn language_server_command(&mut self, server: &LanguageServerId, worktree: &Worktree) -> Result<Command> {
        let binary = LspSettings::for_worktree(server.as_ref(), worktree).ok().and_then(|settings| settings.binary);
        let (path, arguments) = binary.map_or((None, None), |binary| (binary.path, binary.arguments));
        Ok(Command {
            command: path.or_else(|| worktree.which("ruff")).ok_or(NOT_FOUND)?,
            args: arguments.unwrap_or_else(|| vec!["lsp".into()]),
            env: worktree.shell_env(),
        })
    }
}

zed::register_extension!(RuffExtension);
