-- What the plugin does without a server, checked in a running Neovim: `ruff-tests --only editors/neovim` starts it.
local checks = dofile("editors/neovim/test/checks.lua")
local check = checks.check

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
local function program(name, version, serves)
  local exit = serves and 0 or 2
  return write(name, { "#!/bin/sh", "case $1 in --version) echo '" .. version .. "' ;; *) exit " .. exit .. " ;; esac" },
    "rwxr-xr-x")
end
local ours = program("ours", "ruff (rufflang) 0.1.0", true)
local old = program("old", "ruff (rufflang) 0.0.9", false)
local astral = program("astral", "ruff 0.6.9", true)
local broken = write("broken", { "#!/bin/sh", "exit 127" }, "rwxr-xr-x")

-- Which program it is
check("ours", ruff.identify(ours) == "rufflang", ruff.identify(ours))
check("ours without a server", ruff.identify(old) == "old", ruff.identify(old))
check("Astral's", ruff.identify(astral) == "other", ruff.identify(astral))
check("none that runs", ruff.identify(broken) == "broken", ruff.identify(broken))
check("none", ruff.identify(folder .. "/none") == "missing", ruff.identify(folder .. "/none"))

local function refuses(path, text)
  messages = {}
  ruff.setup({ path = path })
  check(path .. " is refused", ruff.is_available() == false, true)
  check(path .. " is refused with a reason", #messages == 1 and messages[1]:find(text, 1, true) ~= nil, messages)
  ruff.is_available()
  check(path .. " is named once", #messages == 1, messages)
end
refuses(astral, "is another program: ruff 0.6.9. Set `path`")
refuses(old, "has no language server. Install a newer Ruff")
refuses(broken, "does not answer --version")
refuses(folder .. "/none", "no `" .. folder .. "/none` found. Put it in PATH")
ruff.setup({ starts_server = false })

-- Tests at the cursor
local test_at = require("rufflang.run").test_at
local tests = { 'test "a" {', "}", 'test_group "g" {', '    test "b \\"x\\"" {', "    }", "    ", "}" }
check("a test", test_at(tests, 2) == "a", test_at(tests, 2))
check("a test in a group", test_at(tests, 5) == 'g > b "x"', test_at(tests, 5))
check("no test", test_at({ "print(1)", tests[1] }, 1) == nil, test_at({ "print(1)", tests[1] }, 1))


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
  if vim.treesitter.require_language then
    vim.treesitter.require_language("ruff", parser)
  else
    vim.treesitter.language.add("ruff", { path = parser })
  end
  local read_query = vim.treesitter.get_query or vim.treesitter.query.get
  local tree = vim.treesitter.get_parser(0, "ruff"):parse()[1]
  check("tree", tree:root():type() == "file" and not tree:root():has_error(), tree:root():sexpr())
  for _, name in ipairs({ "highlights", "folds", "indents", "locals", "injections", "textobjects" }) do
    local is_read, query = pcall(read_query, "ruff", name)
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

checks.finish()
