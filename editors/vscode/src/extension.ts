// The extension: finds the server, keeps it running, and offers commands and tasks.
import * as vscode from "vscode";
import { CloseAction, ErrorAction, LanguageClient, State } from "vscode-languageclient/node";
import { RestartPolicy } from "./restart";
import { explain, findServer, Found } from "./server";
import { testAt } from "./tests";

let client: LanguageClient | undefined;
let output: vscode.OutputChannel;
let status: vscode.LanguageStatusItem;
const policy = new RestartPolicy();

function find(context: vscode.ExtensionContext): Promise<Found> {
  const settings = vscode.workspace.getConfiguration("rufflang.server").inspect<string>("path");
  const isTrusted = vscode.workspace.isTrusted;
  const setting = (isTrusted ? settings?.workspaceFolderValue ?? settings?.workspaceValue : undefined) ?? settings?.globalValue ?? "";
  return findServer({
    setting,
    workspaceFolders: isTrusted ? (vscode.workspace.workspaceFolders ?? []).map((folder) => folder.uri.fsPath) : [],
    searchPath: process.env["PATH"] ?? "",
    extensionFolder: context.extensionPath,
  });
}

function show(text: string, severity: vscode.LanguageStatusSeverity): void {
  status.text = text;
  status.severity = severity;
}

async function start(context: vscode.ExtensionContext): Promise<void> {
  const found = await find(context);
  if (found.kind !== "found") {
    show("Ruff: no server", vscode.LanguageStatusSeverity.Warning);
    const open = "Open Settings";
    const chosen = await vscode.window.showWarningMessage(`Ruff: ${explain(found)}`, open);
    if (chosen === open) await vscode.commands.executeCommand("workbench.action.openSettings", "rufflang.server.path");
    return;
  }
  const settings = vscode.workspace.getConfiguration("rufflang.server");
  const environment = { ...process.env, ...settings.get<Record<string, string>>("extraEnv", {}) };
  client = new LanguageClient(
    "rufflang",
    "Ruff",
    { command: found.path, args: ["lsp", ...settings.get<string[]>("arguments", [])], options: { env: environment } },
    {
      documentSelector: [{ language: "ruff", scheme: "file" }, { language: "ruff", scheme: "untitled" }],
      outputChannel: output,
      synchronize: { fileEvents: vscode.workspace.createFileSystemWatcher("**/{*.ruff,rufflang.toml}") },
      initializationFailedHandler: () => false,
      errorHandler: {
        error: () => ({ action: ErrorAction.Continue }),
        closed: () => {
          ended(context);
          return { action: CloseAction.DoNotRestart, handled: true };
        },
      },
    },
  );
  client.onDidChangeState((event) => {
    if (event.newState === State.Running) show(found.version, vscode.LanguageStatusSeverity.Information);
  });
  show("Ruff: starting", vscode.LanguageStatusSeverity.Information);
  try {
    await client.start();
  } catch (error) {
    output.appendLine(`The server did not start: ${String(error)}`);
  }
}

function ended(context: vscode.ExtensionContext): void {
  client = undefined;
  const delay = policy.delayAfterEnd(Date.now());
  if (delay !== undefined) {
    show(`Ruff: starting again in ${delay / 1000} s`, vscode.LanguageStatusSeverity.Warning);
    setTimeout(() => void start(context), delay);
    return;
  }
  show("Ruff: stopped", vscode.LanguageStatusSeverity.Error);
  const look = "Show Output";
  void vscode.window.showErrorMessage("Ruff: the server keeps ending and is not started again.", look, "Restart").then((chosen) => {
    if (chosen === look) output.show();
    if (chosen === "Restart") void restart(context);
  });
}

async function restart(context: vscode.ExtensionContext): Promise<void> {
  policy.reset();
  const running = client;
  client = undefined;
  await running?.stop().catch(() => undefined);
  await start(context);
}

async function run(context: vscode.ExtensionContext, name: string, args: string[]): Promise<void> {
  const found = await find(context);
  if (found.kind !== "found") {
    void vscode.window.showWarningMessage(`Ruff: ${explain(found)}`);
    return;
  }
  const terminal = vscode.window.createTerminal({ name, shellPath: found.path, shellArgs: args });
  terminal.show();
}

async function savedFile(): Promise<vscode.TextEditor | undefined> {
  const editor = vscode.window.activeTextEditor;
  if (editor?.document.languageId !== "ruff") return undefined;
  return (await editor.document.save()) ? editor : undefined;
}

async function runFile(context: vscode.ExtensionContext): Promise<void> {
  const editor = await savedFile();
  if (editor) await run(context, "Ruff", ["run", editor.document.fileName]);
}

async function runTest(context: vscode.ExtensionContext): Promise<void> {
  const editor = await savedFile();
  if (!editor) return;
  const test = testAt(editor.document.getText(), editor.selection.active.line);
  if (!test) {
    void vscode.window.showInformationMessage("Ruff: the cursor is in no test.");
    return;
  }
  await run(context, `Ruff: ${test.name}`, ["test", editor.document.fileName, "--filter", test.name]);
}

function tasks(context: vscode.ExtensionContext): vscode.TaskProvider {
  const make = async (definition: vscode.TaskDefinition): Promise<vscode.Task | undefined> => {
    const found = await find(context);
    if (found.kind !== "found") return undefined;
    const command = String(definition["command"]);
    const paths = (definition["paths"] as string[] | undefined) ?? ["."];
    const options = command === "check" ? ["--output-format", "concise"] : [];
    const execution = new vscode.ProcessExecution(found.path, [command, ...options, ...paths]);
    return new vscode.Task(definition, vscode.TaskScope.Workspace, command, "ruff", execution, "$rufflang");
  };
  return {
    provideTasks: async () => {
      const made = await Promise.all(["check", "fmt", "test"].map((command) => make({ type: "rufflang", command })));
      return made.filter((task) => task !== undefined);
    },
    resolveTask: (task) => make(task.definition),
  };
}

export async function activate(context: vscode.ExtensionContext): Promise<void> {
  output = vscode.window.createOutputChannel("Ruff");
  status = vscode.languages.createLanguageStatusItem("rufflang", { language: "ruff" });
  status.name = "Ruff";
  status.command = { command: "rufflang.showOutput", title: "Output" };
  const commands: Record<string, () => unknown> = {
    restartServer: () => restart(context),
    showOutput: () => output.show(),
    runFile: () => runFile(context),
    runTest: () => runTest(context),
  };
  context.subscriptions.push(
    output,
    status,
    ...Object.entries(commands).map(([name, body]) => vscode.commands.registerCommand(`rufflang.${name}`, body)),
    vscode.tasks.registerTaskProvider("rufflang", tasks(context)),
    vscode.workspace.onDidGrantWorkspaceTrust(() => void restart(context)),
    vscode.workspace.onDidChangeConfiguration((event) => {
      if (event.affectsConfiguration("rufflang.server")) void restart(context);
    }),
  );
  await start(context);
}

export async function deactivate(): Promise<void> {
  await client?.stop();
}
