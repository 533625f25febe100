// Which `ruff` to use: the setting, the workspace, PATH, the one in the extension. A linter for Python has the same
// name, and a `ruff` of ours may be older than the language server, so each is asked who it is and what it can do.
// No vscode here: the tests run this in Node.
import { execFile } from "node:child_process";
import { accessSync, constants, statSync } from "node:fs";
import { homedir } from "node:os";
import * as path from "node:path";

export interface Places {
  /** The setting, or "". */
  setting: string;
  /** Folders of the workspace; empty in one without trust. */
  workspaceFolders: readonly string[];
  /** The variable PATH. */
  searchPath: string;
  /** The folder of the extension. */
  extensionFolder: string;
}

export interface Program {
  path: string;
  /** The first line of `--version`. */
  version: string;
}

export type Found =
  /** Ours, with a language server. */
  | ({ kind: "found" } & Program)
  /** Ours, but from before there was a language server. It runs programs all the same. */
  | ({ kind: "old" } & Program)
  /** Another program of this name. */
  | ({ kind: "other" } & Program)
  | { kind: "missing"; tried: string[] };

const program = process.platform === "win32" ? "ruff.exe" : "ruff";
const answersWithin = 5000;

/** A setting may begin with `~/`, and name the (first) folder of the workspace. */
function expand(setting: string, workspaceFolder: string | undefined): string {
  const fromHome = setting.startsWith("~/") ? path.join(homedir(), setting.slice(2)) : setting;
  return workspaceFolder === undefined ? fromHome : fromHome.replaceAll("${workspaceFolder}", workspaceFolder);
}

/** Where to look, best first. A setting rules out the rest; relative folders in PATH would depend on where the editor
 * was started, and are left out. */
export function candidates(places: Places): string[] {
  if (places.setting !== "") return [expand(places.setting, places.workspaceFolders[0])];
  return [
    ...places.workspaceFolders.flatMap((folder) => [
      path.join(folder, "build", "release", "bin", program),
      path.join(folder, "bin", program),
    ]),
    ...places.searchPath.split(path.delimiter).filter((folder) => path.isAbsolute(folder)).map((folder) => path.join(folder, program)),
    path.join(places.extensionFolder, "server", "bin", program),
  ];
}

export function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}

interface Answer {
  succeeded: boolean;
  output: string;
}

function ask(file: string, ...args: string[]): Promise<Answer> {
  return new Promise((resolve) => {
    execFile(file, args, { timeout: answersWithin }, (error, output) => resolve({ succeeded: error === null, output }));
  });
}

async function identify(file: string): Promise<Exclude<Found, { kind: "missing" }>> {
  const { succeeded, output } = await ask(file, "--version");
  const version = succeeded ? (output.split(/\r?\n/)[0] ?? "") : "";
  if (!version.includes("(rufflang)")) return { kind: "other", path: file, version };
  const { succeeded: hasServer } = await ask(file, "help", "lsp");
  return { kind: hasServer ? "found" : "old", path: file, version };
}

/** The first with a server; else the first of ours; else the first of this name; else what was tried. */
export async function findServer(places: Places): Promise<Found> {
  const tried = candidates(places);
  let old: Found | undefined;
  let other: Found | undefined;
  for (const file of tried.filter(isExecutable)) {
    const found = await identify(file);
    if (found.kind === "found") return found;
    if (found.kind === "old") old ??= found;
    else other ??= found;
  }
  return old ?? other ?? { kind: "missing", tried };
}

/** What to tell a person who has no server. */
export function explain(found: Exclude<Found, { kind: "found" }>): string {
  switch (found.kind) {
    case "old":
      return `${found.path} (${found.version}) has no language server. Install a newer Ruff, or set rufflang.server.path.`;
    case "other":
      return found.version === ""
        ? `${found.path} does not run: it did not answer --version. Set rufflang.server.path to a ruff that does.`
        : `${found.path} is another program (${found.version}). Set rufflang.server.path to the ruff of the Ruff language.`;
    case "missing":
      return "No ruff was found. Install Ruff, or set rufflang.server.path.";
  }
}
