-- Running the file and the tests of a buffer in a terminal.
local M = {}

local function in_terminal(arguments)
  local words = vim.tbl_map(vim.fn.shellescape, arguments)
  vim.cmd("split | terminal " .. table.concat(words, " "):gsub("[%%#!]", "\\%0"))
end

local function program() return require("rufflang").options.path end

--- Runs a file; without a name, the buffer's, saved before.
function M.file(name)
  if not name then
    vim.cmd("update")
    name = vim.fn.expand("%:p")
  end
  in_terminal({ program(), "run", name })
end

--- The full name of the test or group that line `row` (from 1) is in, by the indentation of the blocks around it.
function M.test_at(lines, row)
  local names, least = {}, math.huge
  for at = row, 1, -1 do
    local indent, keyword, name = lines[at]:match('^(%s*)(test[_%a]*)%s*"(.-[^\\])"')
    local is_block = keyword == "test" or keyword == "test_group"
    if is_block and #indent < least and (least == math.huge or keyword == "test_group") then
      least = #indent
      table.insert(names, 1, (name:gsub('\\(["\\$])', "%1")))
    end
  end
  return #names > 0 and table.concat(names, " > ") or nil
end

--- Runs a test by its full name; without one, that at the cursor.
function M.test(file, name)
  if not file then
    vim.cmd("update")
    file = vim.fn.expand("%:p")
  end
  name = name or M.test_at(vim.api.nvim_buf_get_lines(0, 0, -1, false), vim.fn.line("."))
  if not name then
    vim.notify("Ruff: the cursor is in no test.", vim.log.levels.INFO)
    return
  end
  in_terminal({ program(), "test", file, "--filter", name })
end

return M
