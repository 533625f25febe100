// What `ruff` does to files, as tasks of the editor: a task's terminal stays when the program has ended.
import * as path from "node:path";
import * as vscode from "vscode";

type FindProgram = () => Promise<string | undefined>;

/** `ruff COMMAND …` with its problems in the list of problems. */
export function makeTask(definition: vscode.TaskDefinition, name: string, program: string, args: string[], cwd?: string): vscode.Task {
  const execution = new vscode.ProcessExecution(program, args, cwd === undefined ? {} : { cwd });
  return new vscode.Task(definition, vscode.TaskScope.Workspace, name, "ruff", execution, "$rufflang");
}

/** Runs `ruff COMMAND FILE …` in the terminal, with the file's folder as the current one. */
export async function runOnFile(program: string, file: string, command: "run" | "test", more: string[] = []): Promise<void> {
  const folder = vscode.workspace.getWorkspaceFolder(vscode.Uri.file(file))?.uri.fsPath ?? path.dirname(file);
  const definition = { type: "rufflang", command, paths: [file, ...more] };
  const task = makeTask(definition, `${command} ${path.basename(file)}`, program, [command, file, ...more], folder);
  task.problemMatchers = [];
  task.presentationOptions = { clear: true, showReuseMessage: false, panel: vscode.TaskPanelKind.Dedicated };
  await vscode.tasks.executeTask(task);
}

export function taskProvider(findProgram: FindProgram): vscode.TaskProvider {
  const make = async (definition: vscode.TaskDefinition): Promise<vscode.Task | undefined> => {
    const program = await findProgram();
    if (program === undefined) return undefined;
    const command = String(definition["command"]);
    const paths = (definition["paths"] as string[] | undefined) ?? ["."];
    const options = command === "check" ? ["--output-format", "concise"] : [];
    return makeTask(definition, command, program, [command, ...options, ...paths]);
  };
  return {
    provideTasks: async () => {
      const made = await Promise.all(["check", "fmt", "test"].map((command) => make({ type: "rufflang", command })));
      return made.filter((task) => task !== undefined);
    },
    resolveTask: (task) => make(task.definition),
  };
}
