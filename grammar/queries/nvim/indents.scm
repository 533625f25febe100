; Lines between brackets stand one step further in.

[
  (block)
  (struct_body)
  (enum_body)
  (match_body)
  (array)
  (array_pattern)
  (dict)
  (dict_pattern)
  (struct_expr)
  (arguments)
  (params)
  (paren)
] @indent.begin

["}" "]" ")"] @indent.end @indent.branch

(string) @indent.ignore
(comment) @indent.ignore
