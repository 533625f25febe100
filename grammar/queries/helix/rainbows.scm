; Brackets by depth.

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
  (index)
  (slice)
  (interpolation)
] @rainbow.scope

["(" ")" "[" "]" "{" "}" "${"] @rainbow.bracket
