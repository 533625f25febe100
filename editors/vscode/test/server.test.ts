import { strict as assert } from "node:assert";
import { chmodSync, mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { test } from "node:test";
import { RestartPolicy } from "../src/restart";
import { candidates, explain, findServer } from "../src/server";
import { testAt } from "../src/tests";

function program(folder: string, says: string): string {
  mkdirSync(folder, { recursive: true });
  const file = path.join(folder, "ruff");
  writeFileSync(file, `#!/bin/sh\necho '${says}'\n`);
  chmodSync(file, 0o755);
  return file;
}

const root = mkdtempSync(path.join(tmpdir(), "ruff-"));
const ours = program(path.join(root, "ours"), "ruff (rufflang) 0.1.0");
const astral = program(path.join(root, "astral"), "ruff 0.6.9");
const nowhere = { setting: "", workspaceFolders: [], searchPath: "", extensionFolder: path.join(root, "none") };

test("setting, workspace, PATH, extension", () => {
  const places = { setting: "", workspaceFolders: ["/w"], searchPath: "/p", extensionFolder: "/e" };
  assert.deepEqual(candidates(places), ["/w/build/release/bin/ruff", "/w/bin/ruff", "/p/ruff", "/e/server/ruff"]);
  assert.deepEqual(candidates({ ...places, setting: "/s" }), ["/s"]);
});

test("Astral's ruff first in PATH is passed over", async () => {
  const searchPath = [path.dirname(astral), path.dirname(ours)].join(path.delimiter);
  assert.deepEqual(await findServer({ ...nowhere, searchPath }), { kind: "found", path: ours, version: "ruff (rufflang) 0.1.0" });
});

test("Astral's ruff alone is refused, and the message says what to do", async () => {
  const found = await findServer({ ...nowhere, searchPath: path.dirname(astral) });
  assert.equal(found.kind, "other");
  assert.match(explain(found), /another program \(ruff 0\.6\.9\).*rufflang\.server\.path/);
});

test("none at all", async () => {
  const found = await findServer(nowhere);
  assert.equal(found.kind, "missing");
  assert.match(explain(found), /Install Ruff, or set rufflang\.server\.path/);
});

test("restarts are further and further apart, and end", () => {
  const policy = new RestartPolicy();
  assert.deepEqual([0, 1, 2, 3, 4].map((now) => policy.delayAfterEnd(now)), [1000, 2000, 4000, 8000, undefined]);
  assert.equal(policy.delayAfterEnd(1_000_000), 1000);
});

test("the test at the cursor", () => {
  const text = 'let a := 1\ntest "first" {\n    a\n}\ntest "se\\"cond" {\n}\n';
  assert.equal(testAt(text, 0), undefined);
  assert.deepEqual(testAt(text, 2), { name: "first", line: 1 });
  assert.deepEqual(testAt(text, 5), { name: 'se\\"cond', line: 4 });
});
