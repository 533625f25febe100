-- Commands of the plugin, and those that the server's code lenses name.
if vim.g.loaded_rufflang then return end
vim.g.loaded_rufflang = true

local function command(name, description, body)
  vim.api.nvim_create_user_command(name, body, { desc = description })
end
command("RuffRestart", "Starts the language server of Ruff again", function() require("rufflang").restart() end)
command("RuffRun", "Runs the file of this buffer", function() require("rufflang.run").file() end)
command("RuffTest", "Runs the test at the cursor", function() require("rufflang.run").test() end)

local function file_of(lens) return vim.uri_to_fname(lens.arguments[1]) end
vim.lsp.commands["rufflang.runFile"] = function(lens) require("rufflang.run").file(file_of(lens)) end
vim.lsp.commands["rufflang.runTest"] = function(lens)
  require("rufflang.run").test(file_of(lens), lens.arguments[2])
end
