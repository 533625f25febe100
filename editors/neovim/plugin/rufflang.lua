-- Commands of the plugin.
if vim.g.loaded_rufflang then return end
vim.g.loaded_rufflang = true

vim.api.nvim_create_user_command("RuffRestart", function() require("rufflang").restart() end,
  { desc = "Starts the language server of Ruff again" })
vim.api.nvim_create_user_command("RuffRun", function()
  vim.cmd("split | terminal " .. vim.fn.shellescape(require("rufflang").options.path) .. " run " ..
    vim.fn.shellescape(vim.fn.expand("%:p")))
end, { desc = "Runs the file of this buffer" })

-- Neovim 0.11 starts servers by itself.
if vim.fn.has("nvim-0.11") == 1 then require("rufflang").setup() end
