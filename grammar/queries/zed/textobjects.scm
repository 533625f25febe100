; Text objects of Zed's Vim mode.

(func body: (block) @function.inside) @function.around
(func_expr body: (block) @function.inside) @function.around
(struct body: (struct_body) @class.inside) @class.around
(enum body: (enum_body) @class.inside) @class.around
[(comment) (doc_comment)]+ @comment.around
