// The tests of a file by its text, and what `ruff test --output-format json` reports. No vscode here.

export interface TestBlock {
  /** As in the source: the text between the quotes, escapes resolved where they are plain. */
  name: string;
  /** With the groups around it, as `ruff test` names it: `outer > inner`. */
  fullName: string;
  isGroup: boolean;
  /** From 0; the last line is the one of the closing brace. */
  line: number;
  lastLine: number;
  children: TestBlock[];
}

// What to step over as a whole, and what opens, closes or begins a test. Interpolations are stepped over with
// their string; a string in one may hold further strings, which `closing` takes care of.
const pieces = /#[^\n]*|\/\/[^\n]*|\/\*[\s\S]*?(?:\*\/|$)|r"""[\s\S]*?(?:"""|$)|r"[^"\n]*"?|"""|"|[{}]|\n|(?<![\w.])(test|test_group)[ \t]*"((?:[^"\\\n]|\\.)*)"/gu;

/** Behind the string whose content starts at `at`. */
function stringEnd(text: string, at: number, quotes: string): number {
  while (at < text.length) {
    if (text.startsWith(quotes, at)) return at + quotes.length;
    if (text[at] === "\\") at += 2;
    else if (text.startsWith("${", at)) at = interpolationEnd(text, at + 2);
    else if (text[at] === "\n" && quotes === '"') return at;
    else at++;
  }
  return at;
}

function interpolationEnd(text: string, at: number): number {
  for (let depth = 1; at < text.length && text[at] !== "\n"; ) {
    if (text[at] === '"') at = stringEnd(text, at + 1, '"');
    else {
      if (text[at] === "{") depth++;
      if (text[at] === "}" && --depth === 0) return at + 1;
      at++;
    }
  }
  return at;
}

const plainEscapes: Record<string, string> = { n: "\n", t: "\t", r: "\r", "\\": "\\", '"': '"', $: "$" };

function resolveEscapes(text: string): string {
  return text.replace(/\\(.)/gu, (whole, letter: string) => plainEscapes[letter] ?? whole);
}

interface Opened {
  depth: number;
  block: TestBlock;
}

/** The tests at file level and in groups, in the order of the text. Works in broken code: what is not closed ends with
 * the file. */
export function testsIn(text: string): TestBlock[] {
  const roots: TestBlock[] = [];
  const opened: Opened[] = [];
  let depth = 0;
  let line = 0;
  let counted = 0;
  const lineAt = (offset: number): number => {
    for (; counted < offset; counted++) if (text[counted] === "\n") line++;
    return line;
  };
  pieces.lastIndex = 0;
  for (let match = pieces.exec(text); match !== null; match = pieces.exec(text)) {
    const [piece, keyword, name] = match;
    if (keyword !== undefined) {
      const parent = opened.at(-1);
      if (depth !== (parent === undefined ? 0 : parent.depth + 1)) continue;
      const plain = resolveEscapes(name ?? "");
      const at = lineAt(match.index);
      const block: TestBlock = {
        name: plain,
        fullName: parent === undefined ? plain : `${parent.block.fullName} > ${plain}`,
        isGroup: keyword === "test_group",
        line: at,
        lastLine: at,
        children: [],
      };
      (parent?.block.children ?? roots).push(block);
      opened.push({ depth, block });
    } else if (piece === "{") {
      depth++;
    } else if (piece === "}") {
      depth = Math.max(0, depth - 1);
      if (opened.at(-1)?.depth === depth) opened.pop()!.block.lastLine = lineAt(match.index);
    } else if (piece === '"' || piece === '"""') {
      pieces.lastIndex = stringEnd(text, pieces.lastIndex, piece);
    }
  }
  for (const { block } of opened) block.lastLine = lineAt(text.length);
  return roots;
}

/** The innermost test, or group, that `line` (from 0) is in. */
export function testAt(tests: readonly TestBlock[], line: number): TestBlock | undefined {
  const around = tests.find((test) => test.line <= line && line <= test.lastLine);
  return around === undefined ? undefined : (testAt(around.children, line) ?? around);
}

export interface TestResult {
  fullName: string;
  passed: boolean;
  milliseconds: number;
  message: string;
  /** Where it failed, from 0; the test's own line where nothing better is known. */
  line: number;
}

export interface FileReport {
  /** Why no test of the file could run, or "". */
  failure: string;
  results: TestResult[];
}

interface ReportJson {
  files: {
    path: string;
    failure: string | null;
    tests: { name: string; line: number; passed: boolean; milliseconds: number; message: string | null }[];
  }[];
}

/** What `ruff test FILE --output-format json` printed; its report of the one file. */
export function readReport(output: string, errors: string): FileReport {
  let report: ReportJson;
  try {
    report = JSON.parse(output) as ReportJson;
  } catch {
    return { failure: errors.trim() || output.trim() || "ruff test printed nothing", results: [] };
  }
  const file = report.files[0];
  if (file === undefined) return { failure: errors.trim(), results: [] };
  return {
    failure: file.failure ?? "",
    results: file.tests.map((test) => {
      const message = test.message ?? "";
      const place = /^ *--> .*:(\d+):\d+$/mu.exec(message);
      return {
        fullName: test.name,
        passed: test.passed,
        milliseconds: test.milliseconds,
        message: message.trimEnd(),
        line: (place?.[1] === undefined ? test.line : Number(place[1])) - 1,
      };
    }),
  };
}
