; Text objects of Helix: `mif`, `maf` and the like, `]f` and `[f`.

(func body: (block) @function.inside) @function.around
(func_expr body: (block) @function.inside) @function.around
(lambda body: (_) @function.inside) @function.around
(struct body: (struct_body) @class.inside) @class.around
(enum body: (enum_body) @class.inside) @class.around
(param) @parameter.inside @parameter.around
(arguments (_) @parameter.inside @parameter.around)
(test body: (block) @test.inside) @test.around
[(comment) (doc_comment)] @comment.inside
[(comment) (doc_comment)]+ @comment.around
(entry (_) @entry.inside) @entry.around
