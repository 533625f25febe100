; Scopes, declarations and uses.

[(file) (block) (func) (func_expr) (lambda) (for) (arm) (except) (struct_body)] @local.scope

(binding pattern: (identifier) @local.definition.var)
(assign target: (identifier) @local.definition.var)
(param pattern: (identifier) @local.definition.parameter)
(rest_param name: (identifier) @local.definition.parameter)
(for pattern: (identifier) @local.definition.var)
(for second: (identifier) @local.definition.var)
(except name: (identifier) @local.definition.var)
(arm pattern: (identifier) @local.definition.var)
(array_pattern (identifier) @local.definition.var)
(dict_pattern (identifier) @local.definition.var)
(rest_pattern name: (identifier) @local.definition.var)
(default_pattern pattern: (identifier) @local.definition.var)
(pattern_field pattern: (identifier) @local.definition.var)
(func name: (identifier) @local.definition.function)
(struct name: (identifier) @local.definition.type)
(enum name: (identifier) @local.definition.type)
(import alias: (identifier) @local.definition.import)
(import_item name: (identifier) @local.definition.import)

(identifier) @local.reference
