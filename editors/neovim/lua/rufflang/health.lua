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
  local ruff = require("rufflang")
  local kind, line = ruff.identify(ruff.options.path)
  if kind == "rufflang" then
    report.ok("`" .. ruff.options.path .. "` is " .. line)
  elseif kind == "other" then
    report.error("`" .. ruff.options.path .. "` is another program: " .. line,
      { "Set `path` in require('rufflang').setup to the `ruff` of the Ruff language." })
  else
    report.error("no `" .. ruff.options.path .. "` found",
      { "Put it in PATH, or set `path` in require('rufflang').setup." })
  end
end

local function check_parser()
  local has_parser = pcall(vim.treesitter.require_language or vim.treesitter.language.add, "ruff")
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
  check_parser()
end

return M
