import { strict as assert } from "node:assert";
import { test } from "node:test";
import { readReport, TestBlock, testAt, testsIn } from "../src/tests";

/** `line-lastLine full name`, in the order of the text. */
function outline(tests: readonly TestBlock[]): string[] {
  return tests.flatMap((one) => [`${one.line}-${one.lastLine} ${one.fullName}`, ...outline(one.children)]);
}

test("tests and groups with their lines and full names", () => {
  const text = [
    "let a := 1",
    'test "first" {',
    "    assert_equal(a, 1)",
    "}",
    'test_group "outer" {',
    "    test_setup { a = 2 }",
    '    test "inner" { if a { print("}") } }',
    '    test_group "deeper" {',
    '        test "last" {',
    "        }",
    "    }",
    "}",
  ].join("\n");
  assert.deepEqual(outline(testsIn(text)), [
    "1-3 first", "4-11 outer", "6-6 outer > inner", "7-10 outer > deeper", "8-9 outer > deeper > last",
  ]);
});

test("strings, interpolations and comments hold no tests and no braces", () => {
  const text = [
    'let a := "test \\"x\\" { ${ f({ "k": "}" }) } {"',
    '# test "in a comment" {',
    '/* test "in a block" {',
    "*/ // {",
    'let b := r"C:\\" + """',
    '    test "in a string" {',
    '    """',
    'test "real" { let c := "${"${"{"}"}" }',
    'test "second" {}',
  ].join("\n");
  assert.deepEqual(outline(testsIn(text)), ["7-7 real", "8-8 second"]);
});

test("what is not at file level or in a group is no test", () => {
  assert.deepEqual(outline(testsIn('func f() {\n    test "no" {}\n}\nx.test "no" {}\nlatest "no" {}')), []);
});

test("broken code: an unclosed test lasts to the end, a stray brace hides nothing", () => {
  assert.deepEqual(outline(testsIn('}\ntest "a" {\n    let x := "unclosed\n\n')), ["1-4 a"]);
});

test("names with escapes are those that `ruff test` prints", () => {
  assert.deepEqual(outline(testsIn('test "say \\"hi\\" \\$" {}')), ['0-0 say "hi" $']);
});

test("the test at the cursor is the innermost one", () => {
  const tests = testsIn('let a := 1\ntest_group "g" {\n    test "t" {\n    }\n\n}\n');
  assert.equal(testAt(tests, 0), undefined);
  assert.equal(testAt(tests, 3)?.fullName, "g > t");
  assert.equal(testAt(tests, 4)?.fullName, "g");
});

test("50,000 lines", () => {
  const text = Array.from({ length: 25_000 }, (_, index) => `test "${index}" {\n}`).join("\n");
  const tests = testsIn(text);
  assert.equal(tests.length, 25_000);
  assert.deepEqual(outline(tests.slice(-1)), ["49998-49999 24999"]);
});

test("a report: passed, failed at the line of the assertion, refused", () => {
  const message = "error: assert_equal: expected 4, got 3\n  --> /t/a.ruff:6:20\n   |\n";
  const tests = [
    { name: "a", line: 2, passed: true, milliseconds: 0.5, message: null },
    { name: "b", line: 5, passed: false, milliseconds: 1, message },
  ];
  const report = readReport(JSON.stringify({ passed: 1, failed: 1, files: [{ path: "/t/a.ruff", failure: null, tests }] }), "");
  assert.equal(report.failure, "");
  assert.deepEqual(report.results.map((one) => [one.fullName, one.passed, one.line]), [["a", true, 1], ["b", false, 5]]);
  assert.match(report.results[1]!.message, /expected 4, got 3/);
  const refused = JSON.stringify({ files: [{ path: "/t/a.ruff", failure: "expected `}`", tests: [] }] });
  assert.deepEqual(readReport(refused, ""), { failure: "expected `}`", results: [] });
  assert.deepEqual(readReport("", "ruff: no such file\n"), { failure: "ruff: no such file", results: [] });
});
