; The outline of a file.

(func "func" @context name: (identifier) @name) @item
(struct "struct" @context name: (identifier) @name) @item
(enum "enum" @context name: (identifier) @name) @item
(variant name: (identifier) @name) @item
(field name: (word) @name) @item
(test kind: _ @context name: (string) @name) @item
(file (binding keyword: _ @context pattern: (identifier) @name) @item)
