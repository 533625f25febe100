; Colours for Neovim: later patterns win.

(identifier) @variable

; Keywords

["let" "mut" "const"] @keyword.modifier
["func"] @keyword.function
["return"] @keyword.return
["if" "else" "match" "case" "default"] @keyword.conditional
["while" "loop" "for" "in"] @keyword.repeat
["try" "except" "finally" "throw"] @keyword.exception
["import" "export" "from" "as"] @keyword.import
["struct" "enum"] @keyword.type
["async" "await" "spawn" "yield"] @keyword.coroutine
["and" "or" "not"] @keyword.operator
(not_in) @keyword.operator
(binary operator: "in" @keyword.operator)
["test" "test_group" "test_setup" "test_teardown"] @keyword
[(break) (continue)] @keyword.repeat

; Literals

(int) @number
(float) @number.float
[(true) (false)] @boolean
[(null) (none_pattern)] @constant.builtin
(string) @string
(escape_sequence) @string.escape
(interpolation "${" @punctuation.special "}" @punctuation.special)
(comment) @comment
(doc_comment) @comment.documentation

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

(field name: (word) @variable.member)
(member name: (word) @variable.member)
(field_init name: (word) @variable.member)
(entry key: (word) @property)
(pattern_field key: (word) @property)
(import path: (path (identifier) @module))
(import alias: (identifier) @module)
(from_import path: (path (identifier) @module))

; Functions

(func name: (identifier) @function)
(struct_body (func name: (identifier) @function.method))
(param pattern: (identifier) @variable.parameter)
(rest_param name: (identifier) @variable.parameter)
(named_argument name: (word) @variable.parameter)
(call callee: (identifier) @function.call)
(call callee: (member name: (word) @function.method.call))
(pipe right: (identifier) @function.call)
(call callee: (identifier) @constructor (#any-of? @constructor "Ok" "Err" "Some"))
[(self) (self_param)] @variable.builtin

[(comment) (doc_comment) (string_content)] @spell
