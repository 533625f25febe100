import { strict as assert } from "node:assert";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import * as path from "node:path";
import { after, test } from "node:test";
import { candidates, explain, findServer } from "../src/server";

const root = mkdtempSync(path.join(tmpdir(), "ruff-"));
after(() => rmSync(root, { recursive: true }));

/** A program `ruff` in its own folder; `hasServer`: `ruff help lsp` succeeds. */
function program(folder: string, says: string, hasServer: boolean): string {
  mkdirSync(path.join(root, folder));
  const file = path.join(root, folder, "ruff");
  writeFileSync(file, `#!/bin/sh\ncase "$1" in --version) echo '${says}' ;; *) exit ${hasServer ? 0 : 2} ;; esac\n`);
  chmodSync(file, 0o755);
  return file;
}

const ours = program("ours", "ruff (rufflang) 0.1.0", true);
const old = program("old", "ruff (rufflang) 0.0.9", false);
const astral = program("astral", "ruff 0.6.9", true);
const nowhere = { setting: "", workspaceFolders: [], searchPath: "", extensionFolder: path.join(root, "none") };

function searchPath(...files: string[]): string {
  return files.map((file) => path.dirname(file)).join(path.delimiter);
}

test("setting, workspace, PATH, extension", () => {
  const places = { setting: "", workspaceFolders: ["/w"], searchPath: "/p", extensionFolder: "/e" };
  assert.deepEqual(candidates(places), ["/w/build/release/bin/ruff", "/w/bin/ruff", "/p/ruff", "/e/server/bin/ruff"]);
  assert.deepEqual(candidates({ ...places, setting: "/s" }), ["/s"]);
});

test("a setting may name the home folder and the workspace's", () => {
  const places = { ...nowhere, workspaceFolders: ["/w", "/v"] };
  assert.deepEqual(candidates({ ...places, setting: "~/bin/ruff" }), [path.join(homedir(), "bin/ruff")]);
  assert.deepEqual(candidates({ ...places, setting: "${workspaceFolder}/ruff" }), ["/w/ruff"]);
  assert.deepEqual(candidates({ ...nowhere, setting: "${workspaceFolder}/ruff" }), ["${workspaceFolder}/ruff"]);
});

test("relative folders in PATH are left out", () => {
  const places = { ...nowhere, searchPath: [".", "", "bin", "/p"].join(path.delimiter), extensionFolder: "/e" };
  assert.deepEqual(candidates(places), ["/p/ruff", "/e/server/bin/ruff"]);
});

test("Astral's ruff first in PATH is passed over", async () => {
  const found = await findServer({ ...nowhere, searchPath: searchPath(astral, ours) });
  assert.deepEqual(found, { kind: "found", path: ours, version: "ruff (rufflang) 0.1.0" });
});

test("an old one first in PATH is passed over", async () => {
  const found = await findServer({ ...nowhere, searchPath: searchPath(old, ours) });
  assert.equal(found.kind === "found" && found.path, ours);
});

test("Astral's ruff alone is refused, and the message says what to do", async () => {
  const found = await findServer({ ...nowhere, searchPath: searchPath(astral) });
  assert.ok(found.kind === "other");
  assert.match(explain(found), /another program \(ruff 0\.6\.9\).*rufflang\.server\.path/);
});

test("one that does not run is said to", async () => {
  const broken = program("broken", "ignored", true);
  writeFileSync(broken, "#!/bin/sh\nexit 127\n");
  const found = await findServer({ ...nowhere, searchPath: searchPath(broken) });
  assert.ok(found.kind === "other");
  assert.match(explain(found), /does not run/);
});

test("an old one alone is told apart from another program", async () => {
  const found = await findServer({ ...nowhere, searchPath: searchPath(astral, old) });
  assert.ok(found.kind === "old");
  assert.match(explain(found), /\(ruff \(rufflang\) 0\.0\.9\) has no language server\. Install a newer Ruff/);
});

test("none at all, folders and files that cannot be run", async () => {
  const file = path.join(root, "plain", "ruff");
  mkdirSync(path.dirname(file));
  writeFileSync(file, "text");
  mkdirSync(path.join(root, "folder", "ruff"), { recursive: true });
  const found = await findServer({ ...nowhere, searchPath: searchPath(file, path.join(root, "folder", "ruff")) });
  assert.ok(found.kind === "missing");
  assert.match(explain(found), /Install Ruff, or set rufflang\.server\.path/);
});

test("a setting that names nothing is not replaced by what PATH has", async () => {
  const found = await findServer({ ...nowhere, setting: path.join(root, "gone"), searchPath: searchPath(ours) });
  assert.deepEqual(found, { kind: "missing", tried: [path.join(root, "gone")] });
});
