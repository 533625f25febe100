-- Files of Ruff: by extension, and by the first line of scripts without one.
vim.api.nvim_create_autocmd({ "BufRead", "BufNewFile" }, {
  pattern = "*.ruff",
  callback = function() vim.bo.filetype = "ruff" end,
})
vim.api.nvim_create_autocmd({ "BufRead", "StdinReadPost" }, {
  pattern = "*",
  callback = function(event)
    -- Neovim takes a file that begins with # for a configuration file when it knows nothing better.
    if vim.bo[event.buf].filetype ~= "" and vim.bo[event.buf].filetype ~= "conf" then return end
    local first = vim.api.nvim_buf_get_lines(event.buf, 0, 1, false)[1] or ""
    if first:match("^#!.*[/ ]ruff%f[%W]") then vim.bo[event.buf].filetype = "ruff" end
  end,
})
