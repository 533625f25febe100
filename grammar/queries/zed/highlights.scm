; Colours for Zed: later patterns win.

(identifier) @variable

; Keywords

["let" "mut" "const"] @keyword
["func"] @keyword
["return"] @keyword
["if" "else" "match" "case" "default"] @keyword
["while" "loop" "for" "in"] @keyword
["try" "except" "finally" "throw"] @keyword
["import" "export" "from" "as"] @keyword
["struct" "enum"] @keyword
["async" "await" "spawn" "yield"] @keyword
["and" "or" "not"] @keyword
(not_in) @keyword
(binary operator: "in" @keyword)
["test" "test_group" "test_setup" "test_teardown"] @keyword
[(break) (continue)] @keyword

; Literals

(int) @number
(float) @number
[(true) (false)] @boolean
[(null) (none_pattern)] @constant.builtin
(string) @string
(escape_sequence) @string.escape
(interpolation "${" @punctuation.special "}" @punctuation.special)
(comment) @comment
(doc_comment) @comment.doc

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

(field name: (word) @property)
(member name: (word) @property)
(field_init name: (word) @property)
(entry key: (word) @property)
(pattern_field key: (word) @property)
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
[(self) (self_param)] @variable.special
