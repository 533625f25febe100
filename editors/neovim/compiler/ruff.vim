" `:make` runs `ruff check` and fills the quickfix list.
let current_compiler = "ruff"
setlocal makeprg=ruff\ check\ --output-format\ concise\ %:S
setlocal errorformat=%f:%l:%c:\ %trror%m,%f:%l:%c:\ %tarning%m,%f:%l:%c:\ %m,%-G%.%#
