-- Ruff for Neovim: colours by tree-sitter where the parser is there, and the language server.
--
-- From Neovim 0.11 on the server is started by `vim.lsp.enable`, with lsp/rufflang.lua. Before, `attach` starts it: one
-- client for each root folder. A server that ends by itself is started again after 1, 2 and 4 seconds; then a message
-- says where to look.

local M = {}

M.options = {
  -- The program to run; looked up in PATH when it has no slash.
  path = "ruff",
  -- Started for buffers of Ruff without being asked.
  starts_server = true,
  settings = {},
}

local kRestartDelays = { 1000, 2000, 4000 }
local clients = {} -- root folder -> client id
local restarts = {} -- root folder -> how often its server was started again

--- What is at `path`: "rufflang", "other" (Astral's linter of the same name, or anything else) or "missing", and what
--- it says of itself.
function M.identify(path)
  if vim.fn.executable(path) ~= 1 then return "missing", "" end
  local output = vim.fn.system({ path, "--version" })
  local line = (output:match("^[^\r\n]*") or "")
  return line:find("(rufflang)", 1, true) and "rufflang" or "other", line
end

--- The folder that a file belongs to: the nearest with a rufflang.toml or .git, or else its own.
function M.root_of(file)
  local folder = vim.fn.fnamemodify(file, ":p:h")
  local at = folder
  while true do
    for _, marker in ipairs({ "rufflang.toml", ".git" }) do
      local path = at .. "/" .. marker
      if vim.fn.filereadable(path) == 1 or vim.fn.isdirectory(path) == 1 then return at end
    end
    local above = vim.fn.fnamemodify(at, ":h")
    if above == at then return folder end
    at = above
  end
end

local function say(message, level) vim.notify("Ruff: " .. message, level or vim.log.levels.WARN) end

local said = {}
local function say_once(message)
  if said[message] then return end
  said[message] = true
  say(message)
end

--- Whether the server can be started; says once why not.
function M.is_available()
  local kind, line = M.identify(M.options.path)
  if kind == "missing" then
    say_once("no `" .. M.options.path .. "` found. Put it in PATH or set `path` in require('rufflang').setup.")
  elseif kind == "other" then
    say_once("`" .. M.options.path .. "` is another program (" .. line ..
      "). Set `path` in require('rufflang').setup to the `ruff` of the Ruff language.")
  end
  return kind == "rufflang"
end

local start

local function on_exit(root, code)
  clients[root] = nil
  if code == 0 then return end
  local count = (restarts[root] or 0) + 1
  restarts[root] = count
  local delay = kRestartDelays[count]
  if not delay then
    vim.schedule(function()
      say("the server ended " .. #kRestartDelays + 1 .. " times and is not started again. See " .. vim.lsp.get_log_path())
    end)
    return
  end
  vim.defer_fn(function()
    for _, buffer in ipairs(vim.api.nvim_list_bufs()) do
      local is_ours = vim.api.nvim_buf_is_loaded(buffer) and vim.bo[buffer].filetype == "ruff"
      if is_ours and M.root_of(vim.api.nvim_buf_get_name(buffer)) == root then start(buffer, root) end
    end
  end, delay)
end

start = function(buffer, root)
  if not clients[root] then
    clients[root] = vim.lsp.start_client({
      name = "rufflang",
      cmd = { M.options.path, "lsp" },
      root_dir = root,
      settings = { rufflang = M.options.settings },
      workspace_folders = { { uri = vim.uri_from_fname(root), name = vim.fn.fnamemodify(root, ":t") } },
      on_exit = function(code) on_exit(root, code) end,
    })
  end
  if clients[root] then vim.lsp.buf_attach_client(buffer, clients[root]) end
end

--- Sets a buffer of Ruff up; the file type plugin calls it.
function M.attach(buffer)
  pcall(function() vim.treesitter.start(buffer, "ruff") end)
  local is_built_in = vim.fn.has("nvim-0.11") == 1
  if is_built_in or not M.options.starts_server or not M.is_available() then return end
  start(buffer, M.root_of(vim.api.nvim_buf_get_name(buffer)))
end

--- Stops the servers and starts them again.
function M.restart()
  for root, id in pairs(clients) do
    vim.lsp.stop_client(id, true)
    clients[root] = nil
  end
  restarts = {}
  for _, buffer in ipairs(vim.api.nvim_list_bufs()) do
    if vim.api.nvim_buf_is_loaded(buffer) and vim.bo[buffer].filetype == "ruff" then M.attach(buffer) end
  end
end

--- `setup { path = …, starts_server = …, settings = … }`. Not needed where the defaults are right.
function M.setup(options)
  M.options = vim.tbl_deep_extend("force", M.options, options or {})
  if vim.fn.has("nvim-0.11") == 1 and M.options.starts_server then
    vim.lsp.config("rufflang", { cmd = { M.options.path, "lsp" }, settings = { rufflang = M.options.settings } })
    vim.lsp.enable("rufflang")
  end
end

return M
