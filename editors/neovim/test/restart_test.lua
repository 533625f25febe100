-- What the plugin does when the server crashes: editors/test/fake_ruff crashes as it is told. Time is not waited for:
-- what the plugin defers is done at once, and how long it would have waited is kept.
local checks = dofile("editors/neovim/test/checks.lua")
local check, eventually = checks.check, checks.eventually

local messages, delays = {}, {}
vim.notify = function(message, level) table.insert(messages, { text = message, level = level }) end
vim.defer_fn = function(body, delay)
  table.insert(delays, delay)
  vim.schedule(body)
end

local folder = vim.fn.tempname()
vim.fn.mkdir(folder, "p")
local log = folder .. "/starts"
local file = folder .. "/a.ruff"
vim.fn.writefile({ "print(1)" }, file)

local ruff = require("rufflang")
local restarts = require("rufflang.restarts")
ruff.setup({ path = vim.fn.getcwd() .. "/editors/test/fake_ruff" })
vim.fn.setenv("FAKE_RUFF_LOG", log)

local function starts() return vim.fn.filereadable(log) == 1 and #vim.fn.readfile(log) or 0 end
local function is_served()
  for _, each in ipairs(vim.diagnostic.get(0)) do
    if each.message == "the fake server runs" then return true end
  end
end
local function has_given_up()
  for _, message in ipairs(messages) do
    if message.text:find("is not started again", 1, true) and message.level == vim.log.levels.ERROR then return true end
  end
end
--- Our delays; Neovim defers things of its own.
local function seen_delays()
  return table.concat(vim.tbl_filter(function(delay) return delay >= 1000 and delay <= 4000 end, delays), " ")
end

local function reset(crashes, at)
  vim.cmd("silent! %bwipeout!")
  delays, messages = {}, {}
  vim.fn.delete(log)
  vim.fn.setenv("FAKE_RUFF_CRASHES", tostring(crashes))
  vim.fn.setenv("FAKE_RUFF_AT", at)
  ruff.restart()
  restarts.forget()
end

checks.run(function()
  reset(0, "start")
  vim.cmd("edit " .. file)
  check("a server that runs is started once", eventually(is_served) and starts() == 1, starts())
  check("and nothing is said", #messages == 0, messages)

  vim.fn.delete(log)
  ruff.restart()
  check("a restart by hand starts one", eventually(function() return starts() == 1 and is_served() end), starts())
  check("and is no crash", seen_delays() == "" and #messages == 0, { delays, messages })

  reset(2, "start")
  vim.cmd("edit " .. file)
  check("two crashes at the start are got over", eventually(is_served), messages)
  check("after 1 and 2 seconds", seen_delays() == "1000 2000" and starts() == 3, { delays, starts() })

  reset(1, "open")
  vim.cmd("edit " .. file)
  check("a crash in the middle is got over", eventually(is_served), messages)
  check("after 1 second", seen_delays() == "1000" and starts() == 2, { delays, starts() })

  reset(1000, "open")
  vim.cmd("edit " .. file)
  check("a server that keeps crashing is given up on, with a message", eventually(has_given_up), messages)
  check("after 1, 2 and 4 seconds", seen_delays() == "1000 2000 4000" and starts() == 4, { delays, starts() })

  vim.fn.setenv("FAKE_RUFF_CRASHES", "0")
  vim.cmd("RuffRestart")
  check(":RuffRestart starts it all the same", eventually(is_served), messages)
end)
