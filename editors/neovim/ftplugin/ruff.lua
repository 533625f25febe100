-- How a buffer of Ruff behaves.
if vim.b.did_ftplugin then return end
vim.b.did_ftplugin = true

vim.bo.commentstring = "# %s"
vim.bo.comments = "s1:/*,mb:*,ex:*/,:///,://,:#"
vim.bo.suffixesadd = ".ruff"
vim.bo.expandtab = true
vim.bo.shiftwidth = 4
vim.bo.softtabstop = 4
vim.bo.formatprg = vim.fn.shellescape(require("rufflang").options.path) .. " fmt -"
vim.cmd("compiler! ruff")
vim.b.undo_ftplugin =
  "setlocal commentstring< comments< suffixesadd< expandtab< shiftwidth< softtabstop< formatprg< makeprg< errorformat<"

require("rufflang").attach(vim.api.nvim_get_current_buf())
