-- When a server that ended by itself is started again: after 1, 2 and 4 seconds, then not any more. Ends that are
-- longer ago than three minutes do not count.
local M = {}

local kDelays = { 1000, 2000, 4000 }
local kCalmAfter = 180000
local ends = {} -- key -> times of ends, in milliseconds

--- Whether the server was told to end, or ended because it was done: by itself, or by the signal that editors send.
function M.is_intended(code, signal)
  local kTerminated = 15
  return (code == 0 and (signal or 0) == 0) or signal == kTerminated or code == 128 + kTerminated
end

--- The server of `key` (a root folder, or "") ended at `now`: milliseconds until it is started again, or nil.
function M.delay_after_end(key, now)
  local recent = vim.tbl_filter(function(time) return now - time < kCalmAfter end, ends[key] or {})
  local delay = kDelays[#recent + 1]
  table.insert(recent, now)
  ends[key] = recent
  return delay
end

function M.forget() ends = {} end

return M
