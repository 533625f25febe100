-- The configuration of the language server for Neovim 0.11 and later: `vim.lsp.enable("rufflang")`.
return {
  cmd = { "ruff", "lsp" },
  filetypes = { "ruff" },
  root_markers = { "rufflang.toml", ".git" },
  settings = { rufflang = {} },
  on_exit = function(code, signal) require("rufflang").on_built_in_exit(code, signal) end,
}
