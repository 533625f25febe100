; Code inside strings: the argument says of what kind.

((call
  callee: (identifier) @_function
  arguments: (arguments (_) . (string (string_content) @injection.content)))
  (#any-of? @_function "regex_match" "regex_find" "regex_find_all" "regex_replace" "regex_split")
  (#set! injection.language "regex"))

((call
  callee: (identifier) @_function
  arguments: (arguments . (string (string_content) @injection.content)))
  (#any-of? @_function "parse_json")
  (#set! injection.language "json"))

((comment) @injection.content
  (#set! injection.language "comment"))
