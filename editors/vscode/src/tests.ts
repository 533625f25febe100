// The tests of a file, by its text: enough to know which one the cursor is in.

export interface TestAt {
  name: string;
  line: number;
}

/** The last `test "name"` that begins at or above `line` (from 0). */
export function testAt(text: string, line: number): TestAt | undefined {
  const lines = text.split(/\r?\n/);
  for (let at = Math.min(line, lines.length - 1); at >= 0; at--) {
    const match = /^\s*test\s*"((?:[^"\\]|\\.)*)"/.exec(lines[at] ?? "");
    if (match) return { name: match[1] ?? "", line: at };
  }
  return undefined;
}
