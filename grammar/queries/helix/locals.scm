; Scopes, declarations and uses.

[(file) (block) (func) (func_expr) (lambda) (for) (arm) (except) (struct_body)] @local.scope

(binding pattern: (identifier) @local.definition.variable)
(assign target: (identifier) @local.definition.variable)
(param pattern: (identifier) @local.definition.variable.parameter)
(rest_param name: (identifier) @local.definition.variable.parameter)
(for pattern: (identifier) @local.definition.variable)
(for second: (identifier) @local.definition.variable)
(except name: (identifier) @local.definition.variable)
(arm pattern: (identifier) @local.definition.variable)
(array_pattern (identifier) @local.definition.variable)
(dict_pattern (identifier) @local.definition.variable)
(rest_pattern name: (identifier) @local.definition.variable)
(default_pattern pattern: (identifier) @local.definition.variable)
(pattern_field pattern: (identifier) @local.definition.variable)
(func name: (identifier) @local.definition.function)
(struct name: (identifier) @local.definition.type)
(enum name: (identifier) @local.definition.type)
(import alias: (identifier) @local.definition.namespace)
(import_item name: (identifier) @local.definition.namespace)

(identifier) @local.reference
