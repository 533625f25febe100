-- What the plugin does, checked in a running Neovim: `ruff-tests --only editors/neovim` starts it.
-- Prints one line a check and `N passed, N failed`.
local passed, failed = 0, 0
local function check(name, is_right, seen)
  if is_right then
    passed = passed + 1
  else
    failed = failed + 1
    print("FAILED " .. name .. ": " .. vim.inspect(seen))
  end
end

local folder = vim.fn.tempname()
vim.fn.mkdir(folder .. "/deep", "p")
local function write(name, lines, mode)
  vim.fn.writefile(lines, folder .. "/" .. name)
  if mode then vim.fn.setfperm(folder .. "/" .. name, mode) end
  return folder .. "/" .. name
end
local messages = {}
vim.notify = function(message) table.insert(messages, message) end

local ruff = require("rufflang")
local ours = write("ours", { "#!/bin/sh", "echo 'ruff (rufflang) 0.1.0'" }, "rwxr-xr-x")
local astral = write("astral", { "#!/bin/sh", "echo 'ruff 0.6.9'" }, "rwxr-xr-x")

-- Which program it is
check("ours", ruff.identify(ours) == "rufflang", ruff.identify(ours))
check("Astral's", ruff.identify(astral) == "other", ruff.identify(astral))
check("none", ruff.identify(folder .. "/none") == "missing", ruff.identify(folder .. "/none"))

ruff.setup({ path = astral })
check("Astral's is refused", ruff.is_available() == false, true)
check("and said once", #messages == 1 and messages[1]:find("another program", 1, true) ~= nil, messages)
ruff.is_available()
check("only once", #messages == 1, messages)
ruff.setup({ path = folder .. "/none", starts_server = false })

-- Files
vim.cmd("edit " .. write("a.ruff", { "let x := 1" }))
check("by extension", vim.bo.filetype == "ruff", vim.bo.filetype)
check("comments", vim.bo.commentstring == "# %s", vim.bo.commentstring)
check("width", vim.bo.shiftwidth == 4, vim.bo.shiftwidth)
check("make", vim.bo.makeprg:find("ruff check", 1, true) ~= nil, vim.bo.makeprg)
vim.cmd("edit " .. write("script", { "#!/usr/bin/env ruff", "print(1)" }))
check("by shebang", vim.bo.filetype == "ruff", vim.bo.filetype)
vim.cmd("edit " .. write("other", { "#!/usr/bin/env ruffian", "print(1)" }))
check("not by another shebang", vim.bo.filetype ~= "ruff", vim.bo.filetype)

-- Roots
check("own folder", ruff.root_of(folder .. "/deep/b.ruff") == folder .. "/deep", ruff.root_of(folder .. "/deep/b.ruff"))
write("rufflang.toml", {})
check("marked folder", ruff.root_of(folder .. "/deep/b.ruff") == folder, ruff.root_of(folder .. "/deep/b.ruff"))

-- Colours without the parser
vim.cmd("syntax on")
vim.cmd("edit " .. write("c.ruff", { 'let s := "a ${b}" # note', "func add(a) { return 12 }" }))
local function group(line, column) return vim.fn.synIDattr(vim.fn.synID(line, column, 1), "name") end
check("keyword", group(1, 1) == "ruffKeyword", group(1, 1))
check("string", group(1, 11) == "ruffString", group(1, 11))
check("comment", group(1, 20) == "ruffComment", group(1, 20))
check("function", group(2, 6) == "ruffFunction", group(2, 6))
check("number", group(2, 22) == "ruffNumber", group(2, 22))

-- The parser and its queries
local parser = os.getenv("RUFF_PARSER")
if parser then
  vim.treesitter.require_language("ruff", parser)
  local tree = vim.treesitter.get_parser(0, "ruff"):parse()[1]
  check("tree", tree:root():type() == "file" and not tree:root():has_error(), tree:root():sexpr())
  for _, name in ipairs({ "highlights", "folds", "indents", "locals", "injections", "textobjects" }) do
    local is_read, query = pcall(vim.treesitter.get_query, "ruff", name)
    check("query " .. name, is_read and query ~= nil, query)
  end
end

vim.cmd("checkhealth rufflang")
local text = table.concat(vim.api.nvim_buf_get_lines(0, 0, -1, false), "\n")
check("health", text:find("no `" .. folder .. "/none` found", 1, true) ~= nil, text)
vim.cmd("helptags editors/neovim/doc")
vim.cmd("help rufflang-setup")
check("help", vim.fn.expand("%:t") == "rufflang.txt", vim.fn.expand("%"))
os.remove("editors/neovim/doc/tags")

print(passed .. " passed, " .. failed .. " failed")
vim.cmd(failed == 0 and "qall!" or "cquit!")
