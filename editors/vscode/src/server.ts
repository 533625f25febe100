// Which `ruff` to use: the setting, the workspace, PATH, the one in the extension. A linter for Python has the same
// name, so each is asked who it is. No vscode here: the tests run this in Node.
import { execFile } from "node:child_process";
import { accessSync, constants, statSync } from "node:fs";
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

export type Found =
  | { kind: "found"; path: string; version: string }
  | { kind: "other"; path: string; version: string }
  | { kind: "missing"; tried: string[] };

const program = process.platform === "win32" ? "ruff.exe" : "ruff";

/** Where to look, best first. A setting rules out the rest. */
export function candidates(places: Places): string[] {
  if (places.setting !== "") return [places.setting];
  return [
    ...places.workspaceFolders.flatMap((folder) => [
      path.join(folder, "build", "release", "bin", program),
      path.join(folder, "bin", program),
    ]),
    ...places.searchPath.split(path.delimiter).filter((folder) => folder !== "").map((folder) => path.join(folder, program)),
    path.join(places.extensionFolder, "server", program),
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

/** The first line of `ruff --version`, or "" if it does not answer within five seconds. */
export function versionOf(file: string): Promise<string> {
  return new Promise((resolve) => {
    execFile(file, ["--version"], { timeout: 5000 }, (error, output) => {
      resolve(error ? "" : (output.split(/\r?\n/)[0] ?? ""));
    });
  });
}

/** The first that is ours; else the first that is another program; else what was tried. */
export async function findServer(places: Places): Promise<Found> {
  const tried = candidates(places);
  let other: Found | undefined;
  for (const file of tried.filter(isExecutable)) {
    const version = await versionOf(file);
    if (version.includes("(rufflang)")) return { kind: "found", path: file, version };
    other ??= { kind: "other", path: file, version };
  }
  return other ?? { kind: "missing", tried };
}

/** What to tell a person who has no server. */
export function explain(found: Found): string {
  switch (found.kind) {
    case "found":
      return "";
    case "other":
      return `${found.path} is another program${found.version === "" ? "" : ` (${found.version})`}. Set rufflang.server.path to the ruff of the Ruff language.`;
    case "missing":
      return "No ruff was found. Install Ruff, or set rufflang.server.path.";
  }
}
