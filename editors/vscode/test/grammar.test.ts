import { strict as assert } from "node:assert";
import { readFileSync } from "node:fs";
import * as path from "node:path";
import { test } from "node:test";
import * as oniguruma from "vscode-oniguruma";
import * as textmate from "vscode-textmate";

const folder = process.cwd();

const files: Record<string, string> = {
  "source.ruff": "syntaxes/ruff.tmLanguage.json",
  "markdown.ruff.codeblock": "syntaxes/markdown.tmLanguage.json",
};

function grammarOf(scope: string): textmate.IRawGrammar | null {
  // Markdown itself is the editor's; what is injected needs only its name.
  if (scope === "text.html.markdown") {
    return textmate.parseRawGrammar('{ "scopeName": "text.html.markdown", "patterns": [] }', "markdown.json");
  }
  const file = files[scope];
  return file === undefined ? null : textmate.parseRawGrammar(readFileSync(path.join(folder, file), "utf8"), file);
}

async function load(scope: string): Promise<textmate.IGrammar> {
  const registry = new textmate.Registry({
    onigLib: Promise.resolve({
      createOnigScanner: (patterns) => new oniguruma.OnigScanner(patterns),
      createOnigString: (text) => new oniguruma.OnigString(text),
    }),
    loadGrammar: (name) => Promise.resolve(grammarOf(name)),
    getInjections: (name) => (name === "text.html.markdown" ? ["markdown.ruff.codeblock"] : []),
  });
  const grammar = await registry.loadGrammar(scope);
  if (grammar === null) throw new Error("no grammar");
  return grammar;
}

async function loadOniguruma(): Promise<void> {
  const wasm = readFileSync(path.join(folder, "node_modules/vscode-oniguruma/release/onig.wasm"));
  await oniguruma.loadWASM(wasm.buffer.slice(wasm.byteOffset, wasm.byteOffset + wasm.byteLength));
}

const loaded = loadOniguruma().then(() => load("source.ruff"));

/** The innermost scope of each token that has one, as `text scope`. */
async function scopes(line: string): Promise<string[]> {
  const { tokens } = (await loaded).tokenizeLine(line, textmate.INITIAL);
  return tokens
    .map((token) => [line.slice(token.startIndex, token.endIndex).trim(), token.scopes.at(-1) ?? ""] as const)
    .filter(([text, scope]) => text !== "" && scope !== "source.ruff")
    .map(([text, scope]) => `${text} ${scope.replace(/\.ruff$/, "")}`);
}

test("bindings and numbers", async () => {
  assert.deepEqual(await scopes("let n := 0xff"), [
    "let keyword.control", ":= keyword.operator", "0xff constant.numeric.integer",
  ]);
});

test("functions are declared and called", async () => {
  assert.deepEqual((await scopes("func add(a)")).slice(0, 2), ["func storage.type.function", "add entity.name.function"]);
  assert.equal((await scopes("add(1)"))[0], "add entity.name.function.call");
  assert.equal((await scopes("print(1)"))[0], "print support.function.builtin");
});

test("interpolation is code", async () => {
  const seen = await scopes('"a ${b.c + 1} d"');
  assert.ok(seen.includes("${ punctuation.section.interpolation.begin"), seen.join("\n"));
  assert.ok(seen.includes("1 constant.numeric.integer"), seen.join("\n"));
  assert.ok(seen.includes("} punctuation.section.interpolation.end"), seen.join("\n"));
});

test("every operator of pipes and nulls", async () => {
  for (const sign of ["|>", "??", "&&", "||", "..=", ":="]) {
    assert.ok((await scopes(`a ${sign} b`)).includes(`${sign} keyword.operator`), sign);
  }
});

test("words are keywords only where they are", async () => {
  assert.ok((await scopes("import a")).includes("import keyword.control"));
  assert.ok((await scopes("yield a")).includes("yield keyword.control"));
  assert.ok(!(await scopes("a.match")).includes("match keyword.control"));
  assert.ok((await scopes('test "a" {')).includes("test keyword.control"));
  assert.ok(!(await scopes("test(a)")).includes("test keyword.control"));
});

test("comments and escapes", async () => {
  assert.deepEqual(await scopes("# note"), ["# note comment.line"]);
  assert.deepEqual(await scopes("/// doc"), ["/// doc comment.line.documentation"]);
  assert.ok((await scopes('"\\n"')).includes("\\n constant.character.escape"));
  assert.ok((await scopes('"\\q"')).includes("\\q invalid.illegal.escape"));
});

test("a fenced block of Ruff in Markdown is Ruff, and what follows is not", async () => {
  await loaded;
  const markdown = await load("text.html.markdown");
  let state = textmate.INITIAL;
  const seen: string[] = [];
  for (const line of ["text", "```ruff no-run", "let x := 1", "```", "let y := 2", "```python", "let z := 3"]) {
    const { tokens, ruleStack } = markdown.tokenizeLine(line, state);
    state = ruleStack;
    seen.push(tokens.some((token) => token.scopes.includes("keyword.control.ruff")) ? "ruff" : "text");
  }
  assert.deepEqual(seen, ["text", "text", "ruff", "text", "text", "text", "text"]);
});
