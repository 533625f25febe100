-- Ruff for Neovim: colours by tree-sitter where the parser is there, and the language server.
--
-- From Neovim 0.11 on the server is started by `vim.lsp.enable`, with lsp/rufflang.lua. Before, `attach` starts it: one
-- client for each root folder. Either way only a `ruff` of the Ruff language is started, and one that ends by itself is
-- started again as restarts.lua says; then a message says where to look.
local program = require("rufflang.program")
local restarts = require("rufflang.restarts")

local M = {}

M.options = {
  -- The program to run; looked up in PATH when it has no slash.
  path = "ruff",
  -- Started for buffers of Ruff without being asked.
  starts_server = true,
  -- Formats with the server whenever a buffer is written.
  format_on_save = false,
  settings = {},
}

M.identify = program.identify

local clients = {} -- root folder -> client id; before 0.11
local has_enabled = false -- from 0.11 on
local available = {} -- path -> whether its server can be started

local function is_built_in() return vim.fn.has("nvim-0.11") == 1 end

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

--- Whether the server can be started; says why not, once for each path.
function M.is_available()
  local path = M.options.path
  if available[path] == nil then
    local kind, line = program.identify(path)
    available[path] = kind == "rufflang"
    if kind ~= "rufflang" then
      local wrong, advice = program.explain(path, kind, line)
      say(wrong .. ". " .. advice)
    end
  end
  return available[path]
end

local function ruff_buffers()
  return vim.tbl_filter(function(buffer)
    return vim.api.nvim_buf_is_loaded(buffer) and vim.bo[buffer].filetype == "ruff"
  end, vim.api.nvim_list_bufs())
end

--- A server ended. `start_again` is called after a while if it was not meant to; `key` tells servers apart.
function M.on_exit(key, code, signal, start_again)
  if restarts.is_intended(code, signal) or vim.v.exiting ~= vim.NIL then return end
  local delay = restarts.delay_after_end(key, vim.loop.now())
  if delay then
    vim.defer_fn(start_again, delay)
  else
    say("the server keeps ending and is not started again. See " .. vim.lsp.get_log_path() ..
      "; :RuffRestart tries it again.", vim.log.levels.ERROR)
  end
end

local function start(buffer, root)
  if not clients[root] then
    local start_again = function()
      for _, each in ipairs(ruff_buffers()) do
        if M.root_of(vim.api.nvim_buf_get_name(each)) == root then start(each, root) end
      end
    end
    clients[root] = vim.lsp.start_client({
      name = "rufflang",
      cmd = { M.options.path, "lsp" },
      root_dir = root,
      settings = { rufflang = M.options.settings },
      init_options = { rufflang = M.options.settings },
      workspace_folders = { { uri = vim.uri_from_fname(root), name = vim.fn.fnamemodify(root, ":t") } },
      on_exit = function(code, signal)
        clients[root] = nil
        vim.schedule(function() M.on_exit(root, code, signal, start_again) end)
      end,
    })
  end
  if clients[root] then vim.lsp.buf_attach_client(buffer, clients[root]) end
end

--- Has Neovim 0.11 start the server for every buffer of Ruff.
local function enable()
  if not has_enabled then
    vim.lsp.config("rufflang", { cmd = { M.options.path, "lsp" }, settings = { rufflang = M.options.settings } })
  end
  has_enabled = true
  if vim.v.vim_did_enter == 1 then
    vim.lsp.enable("rufflang")
  else
    -- `enable` serves the buffers that are there already only from then on.
    vim.api.nvim_create_autocmd("VimEnter", { once = true, callback = function() vim.lsp.enable("rufflang") end })
  end
end

--- For lsp/rufflang.lua: `on_exit` of the built-in configuration.
function M.on_built_in_exit(code, signal)
  vim.schedule(function()
    M.on_exit("", code, signal, function() vim.lsp.enable("rufflang") end)
  end)
end

local function format_before_saving(buffer)
  vim.api.nvim_create_autocmd("BufWritePre", {
    buffer = buffer,
    group = vim.api.nvim_create_augroup("rufflang_format_" .. buffer, {}),
    callback = function()
      if M.options.format_on_save then M.format() end
    end,
  })
end

--- Formats the current buffer with the server; returns when it has.
function M.format()
  if vim.lsp.buf.format then
    vim.lsp.buf.format({ name = "rufflang", timeout_ms = 2000 })
  else
    vim.lsp.buf.formatting_sync(nil, 2000)
  end
end

local function serve(buffer)
  if not is_built_in() then
    start(buffer, M.root_of(vim.api.nvim_buf_get_name(buffer)))
  else
    -- Neovim has opened a buffer without a name under an address that names nothing.
    for _, client in ipairs(vim.lsp.get_clients({ name = "rufflang", bufnr = buffer })) do
      vim.lsp.buf_detach_client(buffer, client.id)
    end
    enable()
  end
end

--- The protocol has no address for a buffer without a name: it is served once it has one. Naming a buffer takes its own
--- autocommands away, so these are everyone's.
local function serve_when_named(buffer)
  local group = vim.api.nvim_create_augroup("rufflang_named_" .. buffer, {})
  vim.api.nvim_create_autocmd({ "BufFilePost", "BufWritePost" }, {
    group = group,
    callback = function(event)
      if event.buf ~= buffer then return end
      vim.api.nvim_create_augroup("rufflang_named_" .. buffer, {})
      format_before_saving(buffer)
      serve(buffer)
    end,
  })
end

--- Sets a buffer of Ruff up; the file type plugin calls it.
function M.attach(buffer)
  pcall(function() vim.treesitter.start(buffer, "ruff") end)
  format_before_saving(buffer)
  if not M.options.starts_server or not M.is_available() then return end
  if vim.api.nvim_buf_get_name(buffer) == "" then
    serve_when_named(buffer)
  elseif not has_enabled then
    serve(buffer)
  end
end

local function stop()
  if is_built_in() then
    vim.lsp.enable("rufflang", false)
    for _, client in ipairs(vim.lsp.get_clients({ name = "rufflang" })) do client:stop(true) end
    has_enabled = false
  end
  for root, id in pairs(clients) do
    vim.lsp.stop_client(id, true)
    clients[root] = nil
  end
end

--- Stops the servers and starts them again; looks anew which program there is.
function M.restart()
  stop()
  restarts.forget()
  available = {}
  for _, buffer in ipairs(ruff_buffers()) do M.attach(buffer) end
end

--- `setup { path = …, starts_server = …, format_on_save = …, settings = … }`. Not needed where the defaults are right.
function M.setup(options) M.options = vim.tbl_deep_extend("force", M.options, options or {}) end

return M
