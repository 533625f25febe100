; Tests that can be run from the gutter.

((test
  kind: "test" @run
  name: (string (string_content) @ruff_test_name)) @_ruff-test
  (#set! tag ruff-test))
