;;; ruff-lang-mode-test.el --- Tests of ruff-lang-mode -*- lexical-binding: t -*-

;;; Commentary:

;; editors/emacs/run-tests runs these in a batch Emacs.  $RUFF is the program whose language server is asked.

;;; Code:

(require 'cl-lib)
(require 'ert)
(require 'flymake)
(require 'ruff-lang-mode)

(defvar eglot-connect-timeout)
(defvar eglot-server-programs)
(defvar eglot-sync-connect)
(declare-function eglot "eglot")
(declare-function eglot--signal-textDocument/didChange "eglot")
(declare-function eglot-code-actions "eglot")
(declare-function eglot-format-buffer "eglot")
(declare-function eglot-rename "eglot")

(defmacro ruff-lang-test-with (text &rest body)
  "Run BODY in a buffer of Ruff that holds TEXT."
  (declare (indent 1))
  `(with-temp-buffer
     (insert ,text)
     (ruff-lang-mode)
     (goto-char (point-min))
     ,@body))

(defun ruff-lang-test-face (word)
  "The face of the first WORD in the buffer."
  (font-lock-ensure)
  (goto-char (point-min))
  (search-forward word)
  (get-text-property (match-beginning 0) 'face))

(ert-deftest ruff-lang-test-files ()
  "The mode is chosen by extension and by the first line."
  (let ((folder (make-temp-file "ruff" t)))
    (dolist (file '(("a.ruff" . "print(1)\n") ("script" . "#!/usr/bin/env ruff\nprint(1)\n")))
      (let ((path (expand-file-name (car file) folder)))
        (write-region (cdr file) nil path nil 'quiet)
        (with-current-buffer (find-file-noselect path)
          (should (eq major-mode 'ruff-lang-mode))
          (kill-buffer))))
    (delete-directory folder t)))

(ert-deftest ruff-lang-test-colours ()
  "Words, declarations, strings and comments have the faces of their kinds."
  (ruff-lang-test-with "async func load(url) { return null } # func\nstruct Point { x: 1 }\nlet s := \"a ${b} let\"\n/* if */ print(len(s)) // for\n"
    (should (eq (ruff-lang-test-face "async") 'font-lock-keyword-face))
    (should (eq (ruff-lang-test-face "load") 'font-lock-function-name-face))
    (should (eq (ruff-lang-test-face "null") 'font-lock-constant-face))
    (should (eq (ruff-lang-test-face "# func") 'font-lock-comment-delimiter-face))
    (should (eq (ruff-lang-test-face "Point") 'font-lock-type-face))
    (should (eq (ruff-lang-test-face "\"a ") 'font-lock-string-face))
    (should (eq (ruff-lang-test-face "${b}") 'font-lock-variable-name-face))
    (should (memq (ruff-lang-test-face "if */") '(font-lock-comment-face font-lock-comment-delimiter-face)))
    (should (eq (ruff-lang-test-face "len") 'font-lock-builtin-face))
    (should (eq (ruff-lang-test-face "for") 'font-lock-comment-face))))

(ert-deftest ruff-lang-test-words-in-words ()
  "A keyword or builtin within a longer name is none."
  (ruff-lang-test-with "letter := len_of(x)\n"
    (should-not (ruff-lang-test-face "letter"))
    (should-not (ruff-lang-test-face "len_of"))))

(ert-deftest ruff-lang-test-indentation ()
  "Lines stand as far to the right as brackets are open."
  (ruff-lang-test-with "func f(a) {\nif a {\ng(\n\"{\",\n)\n} # }\n}\n"
    (indent-region (point-min) (point-max))
    (should (equal (buffer-string)
                   "func f(a) {\n    if a {\n        g(\n            \"{\",\n        )\n    } # }\n}\n"))))

(ert-deftest ruff-lang-test-comments ()
  "Commenting a region out and in again changes nothing."
  (ruff-lang-test-with "print(1)\n"
    (comment-region (point-min) (point-max))
    (should (equal (buffer-string) "# print(1)\n"))
    (uncomment-region (point-min) (point-max))
    (should (equal (buffer-string) "print(1)\n"))))

(defun ruff-lang-test-eventually (body)
  "Wait until BODY gives something, and return it."
  (let ((end (+ (float-time) 30)) result)
    (while (and (not (setq result (funcall body))) (< (float-time) end))
      (accept-process-output nil 0.05))
    result))

(ert-deftest ruff-lang-test-server ()
  "The server that eglot starts reports both misuses, fixes one, renames and formats."
  (skip-unless (and (getenv "RUFF") (require 'eglot nil t)))
  (let* ((folder (make-temp-file "ruff" t))
         (path (expand-file-name "misuse.ruff" folder))
         (eglot-sync-connect t)
         (eglot-connect-timeout 30)
         (project-find-functions (list (lambda (_) (cons 'transient folder)))))
    (setf (alist-get 'ruff-lang-mode eglot-server-programs) (list (getenv "RUFF") "lsp"))
    (write-region (concat "async func load(xs) {\n    let ys := await Promise.all(xs)\n    mut out := []\n"
                          "    for y in ys {\n        push(out, y)\n    }\n    return out\n}\nprint(await load( [] ))\n")
                  nil path nil 'quiet)
    (with-current-buffer (find-file-noselect path)
      (let ((inhibit-message t)) (call-interactively #'eglot))
      (let ((count (lambda () (length (flymake-diagnostics)))))
        (should (ruff-lang-test-eventually (lambda () (flymake-start) (= 2 (funcall count)))))
        (goto-char (point-min))
        (let* ((end (search-forward "Promise.all")) (begin (- end (length "Promise.all"))))
          (cl-letf (((symbol-function 'completing-read) (lambda (_ choices &rest _) (car (car choices)))))
            (eglot-code-actions begin end "quickfix" t)))
        (should (ruff-lang-test-eventually (lambda () (string-match-p "promise_all(xs)" (buffer-string)))))
        (goto-char (point-min))
        (goto-char (- (search-forward "load") (length "load")))
        ;; Eglot tells of changes when Emacs is idle, which a batch never is.
        (eglot--signal-textDocument/didChange)
        (eglot-rename "fetch_all")
        (should (string-match-p "await fetch_all(" (buffer-string)))
        (eglot--signal-textDocument/didChange)
        (eglot-format-buffer)
        (should (string-match-p "fetch_all(\\[\\])" (buffer-string))))
      (set-buffer-modified-p nil)
      (kill-buffer))
    (delete-directory folder t)))

(provide 'ruff-lang-mode-test)
;;; ruff-lang-mode-test.el ends here
