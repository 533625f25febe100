;;; ruff-lang-mode.el --- The Ruff language -*- lexical-binding: t -*-

;; Version: 0.1.0
;; Package-Requires: ((emacs "26.1"))
;; Keywords: languages

;;; Commentary:

;; Colours, indentation by braces, comments, and the language server through eglot.  The mode is called
;; `ruff-lang-mode' because a linter for Python goes by `ruff'.

;;; Code:

;; words: begin (written by scripts/editor-words)
(defconst ruff-lang-keywords
  '("let" "mut" "const" "func" "return" "if" "else" "match" "case" "loop" "while" "for" "in" "break" "continue" "try" "except" "finally" "throw" "import" "export" "as" "enum" "struct" "spawn" "yield" "async" "await" "and" "or" "not"))
(defconst ruff-lang-constants
  '("true" "false" "null" "self"))
(defconst ruff-lang-builtins
  '("abs" "acos" "all" "any" "append_file" "arg_parser" "args" "asin" "assert" "assert_equal" "assert_false" "assert_near" "assert_not_equal" "assert_throws" "assert_true" "async_append_file" "async_chmod" "async_copy_file" "async_create_dir" "async_delete_file" "async_execute" "async_execute_status" "async_file_exists" "async_file_info" "async_file_size" "async_glob" "async_http_get" "async_http_request" "async_list_dir" "async_pipe_commands" "async_read_at" "async_read_bytes" "async_read_file" "async_read_file_lossy" "async_read_files" "async_remove_dir" "async_rename_file" "async_run_process" "async_sleep" "async_symlink" "async_timeout" "async_touch" "async_truncate_file" "async_write_at" "async_write_bytes" "async_write_file" "async_write_files" "atan" "atan2" "await_task" "basename" "binary_search" "bit_and" "bit_not" "bit_or" "bit_shl" "bit_shr" "bit_xor" "bytes" "cancel" "cancel_task" "capitalize" "cbrt" "ceil" "channel" "char_at" "chars" "chdir" "chmod" "chr" "chunk" "clamp" "clear" "clear_random_seed" "concat" "contains" "copy_file" "cos" "count" "count_by" "cpu_count" "create_dir" "current_task" "cwd" "debug" "decode_base64" "dedent" "deep_get" "delete_file" "dict" "dirname" "download" "each" "elapsed" "encode_base64" "ends_with" "enumerate" "env" "env_bool" "env_float" "env_int" "env_list" "env_required" "env_set" "eprint" "error" "every" "execute" "execute_status" "exit" "exp" "extend" "file_exists" "file_info" "file_size" "fill" "filter" "find" "find_index" "first" "flat_map" "flatten" "floor" "format" "format_duration" "from_bytes" "from_hex" "gcd" "get" "get_task_pool_size" "glob" "group_by" "has_key" "hash" "help" "home_dir" "hostname" "html_escape" "html_unescape" "http_delete" "http_get" "http_head" "http_patch" "http_post" "http_put" "http_request" "http_stream" "hypot" "index_of" "insert" "invert" "is_alnum" "is_alpha" "is_array" "is_bool" "is_dict" "is_digit" "is_empty" "is_error" "is_float" "is_function" "is_int" "is_lower" "is_main" "is_nan" "is_null" "is_number" "is_set" "is_space" "is_string" "is_struct" "is_truthy" "is_upper" "items" "join_path" "keys" "last" "last_index_of" "lcm" "len" "lines" "list_dir" "log" "log10" "log2" "map" "map_async" "map_keys" "map_values" "max" "mean" "median" "merge" "min" "mutex" "none" "now" "now_unix" "now_utc" "omit" "on_signal" "ord" "os_name" "par_each" "parallel_http" "parallel_map" "parse_float" "parse_int" "parse_json" "partition" "path_absolute" "path_extension" "path_is_absolute" "path_is_dir" "path_is_file" "path_is_symlink" "path_normalize" "performance_now" "pick" "pid" "pipe_commands" "pop" "pow" "print" "product" "promise" "promise_all" "promise_all_settled" "promise_any" "promise_race" "promise_reject" "promise_resolve" "push" "random" "random_bytes" "random_choice" "random_id" "random_int" "range" "read_at" "read_bytes" "read_file" "read_file_lossy" "read_lines" "read_stdin" "reduce" "regex_escape" "regex_find" "regex_find_all" "regex_match" "regex_replace" "regex_split" "remove" "remove_at" "remove_dir" "rename_file" "repeat" "replace" "repr" "reverse" "round" "ruff_version" "run_process" "sample" "script_path" "select" "semaphore" "set" "set_add" "set_difference" "set_has" "set_intersect" "set_random_seed" "set_remove" "set_task_pool_size" "set_to_array" "set_union" "shared_add_int" "shared_delete" "shared_get" "shared_has" "shared_set" "shuffle" "sign" "sin" "skip" "skip_while" "sleep" "slice" "slugify" "sort" "sort_by" "sort_keys" "spawn_process" "spawn_task" "split" "sqrt" "starts_with" "stem" "struct_name" "substring" "sum" "symlink" "take" "take_while" "tan" "task_status" "temp_dir_path" "time" "time_ns" "time_us" "title" "to_bool" "to_bytes" "to_camel_case" "to_dict" "to_float" "to_hex" "to_int" "to_json" "to_json_pretty" "to_kebab_case" "to_lower" "to_pairs" "to_snake_case" "to_string" "to_upper" "touch" "trim" "trim_end" "trim_start" "trunc" "truncate_file" "type" "unique" "unzip" "url_decode" "url_encode" "uuid_v4" "values" "walk" "watch" "which" "windows" "words" "wrap" "write_at" "write_bytes" "write_file" "yield_now" "zip"))
;; words: end

(defvar ruff-lang-mode-syntax-table
  (let ((table (make-syntax-table)))
    (modify-syntax-entry ?# "< b" table)
    (modify-syntax-entry ?/ ". 124b" table)
    (modify-syntax-entry ?* ". 23" table)
    (modify-syntax-entry ?\n "> b" table)
    (modify-syntax-entry ?\" "\"" table)
    (modify-syntax-entry ?\\ "\\" table)
    (modify-syntax-entry ?_ "w" table)
    table)
  "Comments, strings and words of Ruff.")

(defconst ruff-lang-font-lock-keywords
  `((,(concat "\\<func\\*?[ \t]+\\(\\sw+\\)") 1 font-lock-function-name-face)
    (,(concat "\\<\\(?:struct\\|enum\\)[ \t]+\\(\\sw+\\)") 1 font-lock-type-face)
    (,(regexp-opt ruff-lang-keywords 'words) . font-lock-keyword-face)
    (,(regexp-opt ruff-lang-constants 'words) . font-lock-constant-face)
    (,(concat (regexp-opt ruff-lang-builtins 'words) "[ \t]*(") 1 font-lock-builtin-face)
    ("\\${[^}\n]*}" 0 font-lock-variable-name-face t))
  "Colours of Ruff.")

(defcustom ruff-lang-indent-offset 4
  "How far a line in braces stands to the right."
  :type 'integer
  :group 'languages)

(defun ruff-lang-indent-line ()
  "Indent the current line by the brackets that are open before it."
  (interactive)
  (let* ((depth (save-excursion (back-to-indentation) (car (syntax-ppss))))
         (closes (save-excursion (back-to-indentation) (looking-at "[]})]")))
         (column (* ruff-lang-indent-offset (max 0 (- depth (if closes 1 0))))))
    (save-excursion (indent-line-to column))
    (when (< (current-column) column) (back-to-indentation))))

;;;###autoload
(define-derived-mode ruff-lang-mode prog-mode "Ruff"
  "Major mode for the Ruff language."
  (setq-local comment-start "# ")
  (setq-local comment-start-skip "\\(?:#+\\|//+\\|/\\*+\\)[ \t]*")
  (setq-local font-lock-defaults '(ruff-lang-font-lock-keywords))
  (setq-local indent-line-function #'ruff-lang-indent-line)
  (setq-local indent-tabs-mode nil)
  (setq-local electric-indent-chars (append "})]" electric-indent-chars)))

;;;###autoload
(add-to-list 'auto-mode-alist '("\\.ruff\\'" . ruff-lang-mode))
;;;###autoload
(add-to-list 'interpreter-mode-alist '("ruff" . ruff-lang-mode))

(defvar eglot-server-programs)
(with-eval-after-load 'eglot
  (add-to-list 'eglot-server-programs '(ruff-lang-mode . ("ruff" "lsp"))))

(provide 'ruff-lang-mode)
;;; ruff-lang-mode.el ends here
