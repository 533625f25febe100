// A session with the server through vscode-languageclient.
import * as vscode from "vscode";
import { CloseAction, ErrorAction, LanguageClient, LanguageClientOptions } from "vscode-languageclient/node";
import { FoundServer, Session } from "./lifecycle";

function clientOptions(output: vscode.OutputChannel, ended: () => void): LanguageClientOptions {
  return {
    documentSelector: [{ language: "ruff", scheme: "file" }, { language: "ruff", scheme: "untitled" }],
    outputChannel: output,
    synchronize: { configurationSection: "rufflang" },
    diagnosticCollectionName: "ruff",
    // The lifecycle decides about starting again, and says so; the client would say it too, in a message of its own.
    initializationFailedHandler: () => false,
    errorHandler: {
      error: () => ({ action: ErrorAction.Continue, handled: true }),
      closed: () => {
        ended();
        return { action: CloseAction.DoNotRestart, handled: true };
      },
    },
  };
}

/** What `Surroundings.launch` of the lifecycle asks for. */
export async function launch(server: FoundServer, output: vscode.OutputChannel, ended: () => void): Promise<Session> {
  const settings = vscode.workspace.getConfiguration("rufflang.server");
  const environment = { ...process.env, ...settings.get<Record<string, string>>("extraEnv", {}) };
  const client = new LanguageClient(
    "rufflang",
    "Ruff",
    { command: server.path, args: ["lsp", ...settings.get<string[]>("arguments", [])], options: { env: environment } },
    clientOptions(output, ended),
  );
  output.appendLine(`Starting ${server.path}, ${server.version}`);
  try {
    await client.start();
  } catch (error) {
    output.appendLine(`The server did not start: ${String(error)}`);
    throw error;
  }
  return {
    stop: async () => {
      try {
        await client.stop();
      } catch (error) {
        output.appendLine(`The server did not stop as asked: ${String(error)}`);
      }
    },
  };
}
