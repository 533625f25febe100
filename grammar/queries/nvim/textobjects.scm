; Text objects of nvim-treesitter-textobjects.

(func body: (block) @function.inner) @function.outer
(func_expr body: (block) @function.inner) @function.outer
(lambda body: (_) @function.inner) @function.outer
(struct body: (struct_body) @class.inner) @class.outer
(enum body: (enum_body) @class.inner) @class.outer
(param) @parameter.inner
(arguments (_) @parameter.inner)
(call) @call.outer
(if body: (block) @conditional.inner) @conditional.outer
(match body: (match_body) @conditional.inner) @conditional.outer
[(while) (loop) (for)] @loop.outer
[(comment) (doc_comment)] @comment.outer
