; What can be folded.

[
  (block)
  (struct_body)
  (enum_body)
  (match_body)
  (array)
  (dict)
  (struct_expr)
  (arguments)
  (params)
] @fold
