" Colours where the tree-sitter parser is not there.
if exists("b:current_syntax")
  finish
endif

" words: begin (written by scripts/editor-words)
syntax match ruffBuiltin "\<contains\>"
syntax match ruffBuiltin "\<extend\>"
syntax keyword ruffKeyword let mut const func return if else match case loop while for in break continue try except finally throw import export as enum struct spawn yield async await and or not from test test_group test_setup test_teardown
syntax keyword ruffConstant true false null self
syntax keyword ruffBuiltin abs acos all any append_file arg_parser args asin assert assert_equal assert_false assert_near assert_not_equal assert_throws assert_true async_append_file async_chmod async_copy_file async_create_dir async_delete_file async_execute async_execute_status async_file_exists async_file_info async_file_size async_glob async_http_get async_http_request async_list_dir async_pipe_commands async_read_at async_read_bytes async_read_file async_read_file_lossy async_read_files async_remove_dir async_rename_file async_run_process async_sleep async_symlink async_timeout async_touch async_truncate_file async_write_at async_write_bytes async_write_file async_write_files atan atan2 await_task basename binary_search bit_and bit_not bit_or bit_shl bit_shr bit_xor bytes cancel cancel_task capitalize cbrt ceil channel char_at chars chdir chmod chr chunk clamp clear clear_random_seed concat copy_file cos count count_by cpu_count create_dir current_task cwd debug decode_base64 dedent deep_get delete_file dict dirname download each elapsed encode_base64 ends_with enumerate env env_bool env_float env_int env_list env_required env_set eprint error every execute execute_status exit exp file_exists file_info file_size fill filter find find_index first flat_map flatten floor format format_duration from_bytes from_hex gcd get get_task_pool_size glob group_by has_key hash help home_dir hostname html_escape html_unescape http_delete http_get http_head http_patch http_post http_put http_request http_stream hypot index_of insert invert is_alnum is_alpha is_array is_bool is_dict is_digit is_empty is_error is_float is_function is_int is_lower is_main is_nan is_null is_number is_set is_space is_string is_struct is_truthy is_upper items join_path keys last last_index_of lcm len lines list_dir log log10 log2 map map_async map_keys map_values max mean median merge min mutex none now now_unix now_utc omit on_signal ord os_name par_each parallel_http parallel_map parse_float parse_int parse_json partition path_absolute path_extension path_is_absolute path_is_dir path_is_file path_is_symlink path_normalize performance_now pick pid pipe_commands pop pow print product promise promise_all promise_all_settled promise_any promise_race promise_reject promise_resolve push random random_bytes random_choice random_id random_int range read_at read_bytes read_file read_file_lossy read_lines read_stdin reduce regex_escape regex_find regex_find_all regex_match regex_replace regex_split remove remove_at remove_dir rename_file repeat replace repr reverse round ruff_version run_process sample script_path select semaphore set set_add set_difference set_has set_intersect set_random_seed set_remove set_task_pool_size set_to_array set_union shared_add_int shared_delete shared_get shared_has shared_set shuffle sign sin skip skip_while sleep slice slugify sort sort_by sort_keys spawn_process spawn_task split sqrt starts_with stem struct_name substring sum symlink take take_while tan task_status temp_dir_path time time_ns time_us title to_bool to_bytes to_camel_case to_dict to_float to_hex to_int to_json to_json_pretty to_kebab_case to_lower to_pairs to_snake_case to_string to_upper touch trim trim_end trim_start trunc truncate_file type unique unzip url_decode url_encode uuid_v4 values walk watch which windows words wrap write_at write_bytes write_file yield_now zip
" words: end

syntax match ruffNumber "\v<\d[0-9_]*(\.\d[0-9_]*)?([eE][+-]?\d[0-9_]*)?>|<0x[0-9a-fA-F_]+>|<0o[0-7_]+>|<0b[01_]+>"
syntax match ruffFunction "\v(func\*?\s+)@<=\w+"
syntax match ruffType "\v((struct|enum)\s+)@<=\w+"
syntax match ruffEscape contained "\\\([ntr\\\"$0e]\|x\x\x\|u{\x\+}\)"
syntax region ruffInterpolation contained matchgroup=ruffDelimiter start="\${" end="}" contains=TOP
syntax region ruffString start=+"+ skip=+\\"+ end=+"+ oneline contains=ruffEscape,ruffInterpolation
syntax region ruffString start=+"""+ end=+"""+ contains=ruffEscape,ruffInterpolation
syntax region ruffString start=+r"+ end=+"+ oneline
syntax region ruffString start=+r"""+ end=+"""+
syntax match ruffComment "#.*$" contains=@Spell
syntax match ruffComment "//.*$" contains=@Spell
syntax match ruffDocComment "///.*$" contains=@Spell
syntax region ruffComment start="/\*" end="\*/" contains=@Spell

highlight default link ruffKeyword Keyword
highlight default link ruffConstant Constant
highlight default link ruffBuiltin Function
highlight default link ruffFunction Function
highlight default link ruffType Type
highlight default link ruffNumber Number
highlight default link ruffString String
highlight default link ruffEscape SpecialChar
highlight default link ruffDelimiter Delimiter
highlight default link ruffComment Comment
highlight default link ruffDocComment SpecialComment

let b:current_syntax = "ruff"
