; Colours for Helix: later patterns win from release 25.01 on.

(identifier) @variable

; Keywords

["let" "mut" "const"] @keyword.storage.modifier
["func"] @keyword.function
["return"] @keyword.control.return
["if" "else" "match" "case" "default"] @keyword.control.conditional
["while" "loop" "for" "in"] @keyword.control.repeat
["try" "except" "finally" "throw"] @keyword.control.exception
["import" "export" "from" "as"] @keyword.control.import
["struct" "enum"] @keyword.storage.type
["async" "await" "spawn" "yield"] @keyword.control
["and" "or" "not"] @keyword.operator
(not_in) @keyword.operator
(binary operator: "in" @keyword.operator)
["test" "test_group" "test_setup" "test_teardown"] @keyword
[(break) (continue)] @keyword.control.repeat

; Literals

(int) @constant.numeric.integer
(float) @constant.numeric.float
[(true) (false)] @constant.builtin.boolean
[(null) (none_pattern)] @constant.builtin
(string) @string
(escape_sequence) @constant.character.escape
(interpolation "${" @punctuation.special "}" @punctuation.special)
(comment) @comment
(doc_comment) @comment.block.documentation

; Operators and punctuation

[":=" "=" "+=" "-=" "*=" "/=" "%=" "|>" "??" "||" "&&" "<" "<=" ">" ">=" "==" "!=" ".." "..=" "+" "-" "*" "/" "%" "!"
 "?" "..." "->"] @operator
["(" ")" "[" "]" "{" "}"] @punctuation.bracket
["," ";" ":" "." "?." "::"] @punctuation.delimiter
(lambda_params "|" @punctuation.delimiter)
(lambda_params "||" @punctuation.delimiter)

; Types

(named_type (path (identifier) @type))
(named_type (path . (identifier) @type.builtin .)
  (#any-of? @type.builtin "int" "float" "string" "bool" "bytes" "any" "array" "dict" "set" "range"))
(struct name: (identifier) @type)
(enum name: (identifier) @type)
(struct_expr path: (identifier) @type)
(struct_expr path: (member name: (word) @type))
(struct_pattern path: (path (identifier) @type .))
(variant_expr path: (identifier) @type)
(variant_expr variant: (identifier) @constructor)
(variant_pattern path: (path (identifier) @type .))
(variant_pattern variant: (identifier) @constructor)
(variant name: (identifier) @constructor)
(wrapper_pattern name: (identifier) @constructor)

; Fields, keys, modules

(field name: (word) @variable.other.member)
(member name: (word) @variable.other.member)
(field_init name: (word) @variable.other.member)
(entry key: (word) @variable.other.member)
(pattern_field key: (word) @variable.other.member)
(import path: (path (identifier) @namespace))
(import alias: (identifier) @namespace)
(from_import path: (path (identifier) @namespace))

; Functions

(func name: (identifier) @function)
(struct_body (func name: (identifier) @function.method))
(param pattern: (identifier) @variable.parameter)
(rest_param name: (identifier) @variable.parameter)
(named_argument name: (word) @variable.parameter)
(call callee: (identifier) @function)
(call callee: (member name: (word) @function.method))
(pipe right: (identifier) @function)
(call callee: (identifier) @constructor (#any-of? @constructor "Ok" "Err" "Some"))
[(self) (self_param)] @variable.builtin
