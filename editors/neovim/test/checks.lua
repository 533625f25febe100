-- Counting checks in a running Neovim; the last line that a test prints is `N passed, N failed`.
local M = { passed = 0, failed = 0 }

function M.check(name, is_right, seen)
  if is_right then
    M.passed = M.passed + 1
  else
    M.failed = M.failed + 1
    print("FAILED " .. name .. ": " .. vim.inspect(seen))
  end
end

--- Waits until `body` gives something; that, or nil. The limit is for a machine that is busy with other things.
function M.eventually(body)
  local result
  vim.wait(60000, function()
    result = body()
    return result
  end, 10)
  return result
end

function M.finish()
  print(M.passed .. " passed, " .. M.failed .. " failed")
  vim.cmd(M.failed == 0 and "qall!" or "cquit!")
end

--- Runs a test; an error in it is a failed check.
function M.run(body)
  local is_well, message = xpcall(body, debug.traceback)
  if not is_well then M.check("the test itself", false, message) end
  M.finish()
end

return M
