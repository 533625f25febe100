// The extension: keeps a server running, shows how it is, and offers commands, tasks and the Test Explorer.
import * as vscode from "vscode";
import { launch } from "./client";
import { Lifecycle, Status } from "./lifecycle";
import { explain, findServer, Found } from "./server";
import { runOnFile, taskProvider } from "./tasks";
import { TestExplorer } from "./test_explorer";
import { testAt, testsIn } from "./tests";

let lifecycle: Lifecycle | undefined;

/** In a workspace without trust neither its settings nor its folders are looked at. */
function find(context: vscode.ExtensionContext): Promise<Found> {
  const settings = vscode.workspace.getConfiguration("rufflang.server").inspect<string>("path");
  const isTrusted = vscode.workspace.isTrusted;
  const ofWorkspace = isTrusted ? (settings?.workspaceFolderValue ?? settings?.workspaceValue) : undefined;
  return findServer({
    setting: ofWorkspace ?? settings?.globalValue ?? "",
    workspaceFolders: isTrusted ? (vscode.workspace.workspaceFolders ?? []).map((folder) => folder.uri.fsPath) : [],
    searchPath: process.env["PATH"] ?? "",
    extensionFolder: context.extensionPath,
  });
}

async function offerSettings(message: string): Promise<void> {
  const open = "Open Settings";
  const chosen = await vscode.window.showWarningMessage(`Ruff: ${message}`, open);
  if (chosen === open) await vscode.commands.executeCommand("workbench.action.openSettings", "rufflang.server.path");
}

/** A `ruff` that runs programs: one without a server will do. Says it where there is none, or nothing may be run. */
async function findProgram(context: vscode.ExtensionContext): Promise<string | undefined> {
  if (!vscode.workspace.isTrusted) {
    void vscode.window.showWarningMessage("Ruff: nothing is run in a workspace without trust.");
    return undefined;
  }
  const found = await find(context);
  if (found.kind === "found" || found.kind === "old") return found.path;
  void offerSettings(explain(found));
  return undefined;
}

async function offerRestart(output: vscode.OutputChannel): Promise<void> {
  const look = "Show Output";
  const again = "Restart";
  const chosen = await vscode.window.showErrorMessage("Ruff: the server keeps ending and is not started again.", look, again);
  if (chosen === look) output.show();
  if (chosen === again) await lifecycle?.restart();
}

function showStatus(item: vscode.LanguageStatusItem, output: vscode.OutputChannel, status: Status): void {
  const { Information, Warning, Error: Failure } = vscode.LanguageStatusSeverity;
  const set = (text: string, severity: vscode.LanguageStatusSeverity): void => {
    item.text = text;
    item.severity = severity;
    item.busy = status.kind === "starting";
    output.appendLine(text);
  };
  switch (status.kind) {
    case "stopped":
      return set("Ruff: stopped", Information);
    case "starting":
      return set("Ruff: starting", Information);
    case "running":
      return set(status.version, Information);
    case "waiting":
      return set(`Ruff: the server ended; starting again in ${status.milliseconds / 1000} s`, Warning);
    case "missing":
      set(`Ruff: no server. ${status.message}`, Warning);
      return void offerSettings(status.message);
    case "failed":
      set("Ruff: the server keeps ending", Failure);
      return void offerRestart(output);
  }
}

function makeLifecycle(context: vscode.ExtensionContext, output: vscode.OutputChannel, item: vscode.LanguageStatusItem): Lifecycle {
  return new Lifecycle({
    find: () => find(context),
    launch: (server, ended) => launch(server, output, ended),
    after: (milliseconds, body) => {
      const timer = setTimeout(body, milliseconds);
      return () => clearTimeout(timer);
    },
    now: () => Date.now(),
    show: (status) => showStatus(item, output, status),
  });
}

/** The file that a command is about, saved: the argument of a lens, or the active editor's. */
async function savedFile(uri: unknown): Promise<vscode.TextDocument | undefined> {
  const isGiven = typeof uri === "string" || uri instanceof vscode.Uri;
  const active = vscode.window.activeTextEditor?.document;
  const document = isGiven ? await vscode.workspace.openTextDocument(typeof uri === "string" ? vscode.Uri.parse(uri) : uri) : active;
  if (document?.languageId !== "ruff" || !(await document.save())) return undefined;
  // What was untitled has another document now.
  return document.isUntitled ? vscode.window.activeTextEditor?.document : document;
}

async function runFile(context: vscode.ExtensionContext, uri?: unknown): Promise<void> {
  const document = await savedFile(uri);
  const program = document && (await findProgram(context));
  if (document && program !== undefined) await runOnFile(program, document.fileName, "run");
}

async function runTest(context: vscode.ExtensionContext, uri?: unknown, name?: unknown): Promise<void> {
  const document = await savedFile(uri);
  if (!document) return;
  const line = vscode.window.activeTextEditor?.selection.active.line ?? 0;
  const test = typeof name === "string" ? name : testAt(testsIn(document.getText()), line)?.fullName;
  if (test === undefined) {
    void vscode.window.showInformationMessage("Ruff: the cursor is in no test.");
    return;
  }
  const program = await findProgram(context);
  if (program !== undefined) await runOnFile(program, document.fileName, "test", ["--filter", test]);
}

export async function activate(context: vscode.ExtensionContext): Promise<void> {
  const output = vscode.window.createOutputChannel("Ruff");
  const item = vscode.languages.createLanguageStatusItem("rufflang", { language: "ruff" });
  item.name = "Ruff";
  item.command = { command: "rufflang.showOutput", title: "Output" };
  const running = (lifecycle = makeLifecycle(context, output, item));
  const commands: Record<string, (...args: unknown[]) => unknown> = {
    restartServer: () => running.restart(),
    stopServer: () => running.stop(),
    showOutput: () => output.show(),
    runFile: (uri) => runFile(context, uri),
    runTest: (uri, name) => runTest(context, uri, name),
  };
  context.subscriptions.push(
    output,
    item,
    new TestExplorer(() => findProgram(context)),
    ...Object.entries(commands).map(([name, body]) => vscode.commands.registerCommand(`rufflang.${name}`, body)),
    vscode.tasks.registerTaskProvider("rufflang", taskProvider(() => findProgram(context))),
    vscode.workspace.onDidGrantWorkspaceTrust(() => void running.restart()),
    vscode.workspace.onDidChangeConfiguration((event) => {
      if (event.affectsConfiguration("rufflang.server")) void running.restart();
    }),
  );
  await running.start();
}

export async function deactivate(): Promise<void> {
  await lifecycle?.stop();
}
