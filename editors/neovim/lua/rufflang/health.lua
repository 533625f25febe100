-- `:checkhealth rufflang`
local M = {}

local health = vim.health or {}
local report = {
  start = health.start or require("health").report_start,
  ok = health.ok or require("health").report_ok,
  warn = health.warn or require("health").report_warn,
  error = health.error or require("health").report_error,
}

local function check_program()
  local program = require("rufflang.program")
  local path = require("rufflang").options.path
  local kind, line = program.identify(path)
  if kind == "rufflang" then
    report.ok("`" .. path .. "` is " .. line)
  else
    local wrong, advice = program.explain(path, kind, line)
    report.error(wrong, { advice })
  end
end

local function check_server()
  local list = (vim.lsp.get_clients or vim.lsp.get_active_clients)()
  local running = vim.tbl_filter(function(client) return client.name == "rufflang" end, list)
  for _, client in ipairs(running) do
    report.ok("the server runs for " .. (client.config.root_dir or "files without a root folder"))
  end
  if #running == 0 then report.ok("no server runs; one is started with the first file of Ruff") end
end

local function check_parser()
  local is_well, loaded = pcall(vim.treesitter.require_language or vim.treesitter.language.add, "ruff")
  local has_parser = is_well and loaded
  if has_parser then
    report.ok("the tree-sitter parser is there")
  else
    report.warn("no tree-sitter parser: colours come from syntax/ruff.vim",
      { "Build parser/ruff.so as :help rufflang-parser says." })
  end
end

function M.check()
  report.start("Ruff")
  check_program()
  check_server()
  check_parser()
end

return M
