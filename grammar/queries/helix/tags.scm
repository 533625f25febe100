; Symbols of a file.

(func name: (identifier) @name) @definition.function
(struct name: (identifier) @name) @definition.struct
(enum name: (identifier) @name) @definition.type
(struct_body (func name: (identifier) @name) @definition.function)
(file (binding pattern: (identifier) @name) @definition.constant)
(call callee: (identifier) @name) @reference.call
(call callee: (member name: (word) @name)) @reference.call
