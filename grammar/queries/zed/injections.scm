; Code inside strings: the argument says of what kind.

((call
  callee: (identifier) @_function
  arguments: (arguments (_) . (string (string_content) @content)))
  (#any-of? @_function "regex_match" "regex_find" "regex_find_all" "regex_replace" "regex_split")
  (#set! language "regex"))

((call
  callee: (identifier) @_function
  arguments: (arguments . (string (string_content) @content)))
  (#any-of? @_function "parse_json")
  (#set! language "json"))
