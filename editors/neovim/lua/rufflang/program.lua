-- Which program `ruff` is: a linter for Python goes by the same name, and one of ours may be older than the server.
local M = {}

local function ask(...)
  local output = vim.fn.system({ ... })
  return vim.v.shell_error == 0, output
end

--- What is at `path` and the first line that it says of itself: "rufflang", "old" (ours, without a language server),
--- "other" (Astral's linter, or anything else), "broken" (it does not answer) or "missing".
function M.identify(path)
  if vim.fn.executable(path) ~= 1 then return "missing", "" end
  local answers, output = ask(path, "--version")
  local line = output:match("^[^\r\n]*") or ""
  if not answers then return "broken", "" end
  if not line:find("(rufflang)", 1, true) then return "other", line end
  return ask(path, "help", "lsp") and "rufflang" or "old", line
end

--- What is wrong and what to do about it, for the kinds but "rufflang".
function M.explain(path, kind, line)
  local set_path = "set `path` in require('rufflang').setup"
  if kind == "missing" then return "no `" .. path .. "` found", "Put it in PATH, or " .. set_path .. "." end
  if kind == "broken" then return "`" .. path .. "` does not answer --version", "Install Ruff anew, or " .. set_path .. "." end
  if kind == "old" then
    return "`" .. path .. "` (" .. line .. ") has no language server", "Install a newer Ruff, or " .. set_path .. "."
  end
  return "`" .. path .. "` is another program: " .. line, set_path:gsub("^s", "S") .. " to the `ruff` of the Ruff language."
end

return M
