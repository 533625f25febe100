; Where completion and brackets behave otherwise.

[(comment) (doc_comment)] @comment.inclusive
(string) @string
