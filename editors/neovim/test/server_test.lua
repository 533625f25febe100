-- The language server in a running Neovim, as a person sees it: $RUFF is the program. Neovim 0.7 knows less of the
-- protocol than what came later, so it is the old client too.
local checks = dofile("editors/neovim/test/checks.lua")
local check, eventually = checks.check, checks.eventually

local messages = {}
vim.notify = function(message) table.insert(messages, message) end

local ruff = require("rufflang")
ruff.setup({ path = os.getenv("RUFF"), format_on_save = true })

local folder = vim.fn.tempname()
vim.fn.mkdir(folder, "p")
vim.fn.writefile({}, folder .. "/rufflang.toml")
-- Neovim 0.11 takes the current folder for the root of a buffer without a name.
vim.cmd("cd " .. folder)
local function write(name, lines)
  vim.fn.writefile(lines, folder .. "/" .. name)
  return folder .. "/" .. name
end

local misuse = {
  "async func fetch(url) { return url }",
  "",
  "async func load(urls) {",
  "    let pages := await Promise.all(map(urls, fetch))",
  "    mut sizes := []",
  "    for page in pages {",
  "        push(sizes, len(page))",
  "    }",
  "    return sizes",
  "}",
  "",
  'print(await load(["a"]))',
}

local function clients()
  return vim.tbl_filter(function(client) return client.name == "rufflang" end,
    (vim.lsp.get_clients or vim.lsp.get_active_clients)())
end

--- The answer to a request about the current buffer.
local function ask(method, params)
  local answers = vim.lsp.buf_request_sync(0, method, params, 60000)
  local _, answer = next(answers or {})
  if not answer or answer.err or answer.error then
    check(method .. " is answered", false, answers)
    return {}
  end
  return answer.result
end

--- Parameters at the `offset`th byte behind the start of `text` in the buffer.
local function at(text, offset, more)
  local lines = vim.api.nvim_buf_get_lines(0, 0, -1, false)
  for line, content in ipairs(lines) do
    local start = content:find(text, 1, true)
    if start then
      local position = { line = line - 1, character = start - 1 + (offset or 0) }
      return vim.tbl_extend("force",
        { textDocument = vim.lsp.util.make_text_document_params(), position = position }, more or {})
    end
  end
  error("no `" .. text .. "` in the buffer")
end

local function codes()
  local seen = vim.tbl_map(function(each) return tostring(each.code or each.user_data.lsp.code) end, vim.diagnostic.get(0))
  table.sort(seen)
  return table.concat(seen, " ")
end
local function has_codes(wanted) return eventually(function() return codes() == wanted end) end
local function text() return table.concat(vim.api.nvim_buf_get_lines(0, 0, -1, false), "\n") end

local function apply(edit, client) vim.lsp.util.apply_workspace_edit(edit, client.offset_encoding) end

--- Applies the first quick fix of the diagnostic with this code.
local function fix(code)
  for _, diagnostic in ipairs(vim.diagnostic.get(0)) do
    local lsp = diagnostic.user_data.lsp
    if (diagnostic.code or lsp.code) == code then
      local range = lsp.range or {
        start = { line = diagnostic.lnum, character = diagnostic.col },
        ["end"] = { line = diagnostic.end_lnum, character = diagnostic.end_col },
      }
      local original = vim.tbl_extend("keep", { range = range, message = diagnostic.message,
        severity = diagnostic.severity, source = diagnostic.source }, lsp)
      local actions = ask("textDocument/codeAction", {
        textDocument = vim.lsp.util.make_text_document_params(),
        range = range,
        context = { diagnostics = { original }, only = { "quickfix" } },
      })
      local action = actions[1]
      check("there is a fix for " .. code, action ~= nil, actions)
      if action and not action.edit then action = ask("codeAction/resolve", action) end
      if action then apply(action.edit, clients()[1]) end
      return
    end
  end
  check("there is a diagnostic " .. code, false, codes())
end

local function labels(result)
  local seen = {}
  for _, item in ipairs(result.items or result) do seen[item.label] = item end
  return seen
end

--- "file:line" of locations, sorted.
local function places(locations)
  local seen = {}
  for _, each in ipairs(locations.uri and { locations } or locations) do
    local uri, range = each.uri or each.targetUri, each.range or each.targetSelectionRange
    table.insert(seen, vim.fn.fnamemodify(vim.uri_to_fname(uri), ":t") .. ":" .. range.start.line + 1)
  end
  table.sort(seen)
  return table.concat(seen, " ")
end

local function misuse_and_fixes()
  vim.cmd("edit " .. write("misuse.ruff", misuse))
  check("the server is attached", eventually(function() return #clients() == 1 end), messages)
  check("both misuses are seen", has_codes("promise-namespace push-in-loop"), codes())
  fix("promise-namespace")
  check("promise_all stands there", text():find("await promise_all(map(urls, fetch))", 1, true) ~= nil, text())
  check("and one misuse is left", has_codes("push-in-loop"), codes())
  fix("push-in-loop")
  check("push is a method or the loop is a map", text():find("sizes.push(len(page))", 1, true) ~= nil
    or text():find("map(pages", 1, true) ~= nil, text())
  check("and nothing is left", has_codes(""), codes())
end

local function reading()
  write("shapes.ruff", { "export func area(w, h) {", "    return w * h", "}" })
  vim.cmd("edit! " .. write("reading.ruff", {
    "from shapes import area",
    "/// Twice as much.",
    "func double(amount) {",
    "    return amount * 2",
    "}",
    "let first := double(2)",
    "print(double(first), area(1, 2))",
    "print(sort([2, 1]))",
  }))
  eventually(function() return #clients() == 1 end)
  local hover = ask("textDocument/hover", at("double(2)"))
  local shown = vim.inspect(hover)
  check("hover: signature and documentation",
    shown:find("double(amount)", 1, true) ~= nil and shown:find("Twice as much", 1, true) ~= nil, hover)
  check("hover on a builtin", vim.inspect(ask("textDocument/hover", at("sort(["))):find("sort", 1, true) ~= nil, hover)
  local definition = ask("textDocument/definition", at("double(first)"))
  check("definition", places(definition) == "reading.ruff:3", definition)
  definition = ask("textDocument/definition", at("area(1"))
  check("definition in another file", places(definition) == "shapes.ruff:1", definition)
  local references = ask("textDocument/references", at("double(2)", 0, { context = { includeDeclaration = true } }))
  check("references", places(references) == "reading.ruff:3 reading.ruff:6 reading.ruff:7", references)
  local symbols = ask("textDocument/documentSymbol", { textDocument = vim.lsp.util.make_text_document_params() })
  local names = vim.tbl_map(function(symbol) return symbol.name end, symbols)
  check("nothing is wrong", codes() == "", codes())
  check("outline", vim.tbl_contains(names, "double") and vim.tbl_contains(names, "first"), names)
end

local function writing()
  vim.api.nvim_buf_set_lines(0, -1, -1, false, { "let all := doub" })
  local last = { textDocument = vim.lsp.util.make_text_document_params(), position = { line = 8, character = 15 } }
  local completion = labels(ask("textDocument/completion", last))
  check("completion", completion["double"] ~= nil, vim.tbl_keys(completion))
  vim.api.nvim_buf_set_lines(0, -2, -1, false, { "let all := [1]." })
  completion = labels(ask("textDocument/completion", last))
  check("completion of methods in broken code", completion["push"] ~= nil and completion["len"] ~= nil,
    vim.tbl_keys(completion))
  vim.api.nvim_buf_set_lines(0, -2, -1, false, {})

  local rename = ask("textDocument/rename", at("double(2)", 0, { newName = "twice" }))
  apply(rename, clients()[1])
  check("rename", text():find("func twice(amount)", 1, true) ~= nil and not text():find("double", 1, true), text())
  rename = ask("textDocument/rename", at("area(1", 0, { newName = "surface" }))
  apply(rename, clients()[1])
  local other = vim.api.nvim_buf_get_lines(vim.fn.bufadd(folder .. "/shapes.ruff"), 0, 1, false)[1]
  check("rename in another file", other == "export func surface(w, h) {", { other, rename })

  vim.api.nvim_buf_set_lines(0, -1, -1, false, { "let   spaced=[1,2]" })
  vim.cmd("write")
  local written = vim.fn.readfile(folder .. "/reading.ruff")
  check("formatted when written", written[#written] == "let spaced := [1, 2]", written)
  local formatted = vim.fn.system({ os.getenv("RUFF"), "fmt", "-" }, text())
  check("as the command formats", formatted == text() .. "\n", formatted)
end

local function running()
  vim.cmd("edit " .. write("running.ruff", { 'print("from the lens")', 'test "one" {', "    assert_true(true)", "}" }))
  eventually(function() return #clients() == 1 end)
  local lenses = {}
  for _, lens in ipairs(ask("textDocument/codeLens", { textDocument = vim.lsp.util.make_text_document_params() })) do
    lenses[lens.command.command] = lens.command
  end
  for command, output in pairs({ ["rufflang.runFile"] = "from the lens", ["rufflang.runTest"] = "1 passed" }) do
    check("there is a lens " .. command, lenses[command] ~= nil, lenses)
    vim.lsp.commands[command](lenses[command], { bufnr = 0, client_id = clients()[1].id })
    check(command .. " shows what it did", eventually(function() return text():find(output, 1, true) end), text())
    vim.cmd("bwipeout!")
  end
end

local function unusual_files()
  vim.cmd("edit " .. folder .. "/unwritten.ruff")
  vim.api.nvim_buf_set_lines(0, 0, -1, false, { "print(Promise.all([]))" })
  check("a file that is not on disk", has_codes("promise-namespace"), codes())

  -- Neovim 0.11 does not ask for the diagnostics of a buffer whose name has changed before it is opened again.
  if vim.fn.has("nvim-0.11") == 0 then
    vim.cmd("enew")
    vim.bo.filetype = "ruff"
    vim.api.nvim_buf_set_lines(0, 0, -1, false, { "print(Promise.all([]))" })
    vim.cmd("write " .. folder .. "/named.ruff")
    check("a buffer that gets its name when it is written", has_codes("promise-namespace"), codes())
  end

  local lines = {}
  for index = 1, 49999 do lines[index] = "print(" .. index .. ")" end
  lines[50000] = "print(Promise.all([]))"
  vim.cmd("edit " .. write("long.ruff", lines))
  check("50,000 lines", has_codes("promise-namespace"), codes())
  local diagnostic = vim.diagnostic.get(0)[1]
  check("at the last line", diagnostic and diagnostic.lnum == 49999, diagnostic)
  vim.api.nvim_buf_set_lines(0, -2, -1, false, { "print(promise_all([]))" })
  check("and after an edit none", has_codes(""), codes())
end

checks.run(function()
  misuse_and_fixes()
  reading()
  writing()
  running()
  unusual_files()
  check("nothing was complained about", #messages == 0, messages)
  check("one server has done it all", #clients() == 1, #clients())
  check("and has not crashed", vim.tbl_isempty(vim.tbl_filter(function(client) return client.is_stopped() end, clients())))
end)
