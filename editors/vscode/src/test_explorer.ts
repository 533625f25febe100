// Ruff's tests in the Test Explorer: found in the text of open and saved files, run by `ruff test`.
import { execFile } from "node:child_process";
import * as path from "node:path";
import * as vscode from "vscode";
import { FileReport, readReport, TestBlock, testsIn } from "./tests";

/** The `ruff` that runs tests; undefined where there is none, which has been said then. */
type FindProgram = () => Promise<string | undefined>;

const scansAfter = 300;

export class TestExplorer {
  private readonly controller = vscode.tests.createTestController("rufflang", "Ruff");
  private readonly disposables: { dispose(): unknown }[] = [this.controller];
  private readonly pending = new Map<string, NodeJS.Timeout>();

  constructor(private readonly findProgram: FindProgram) {
    this.controller.resolveHandler = (item) => (item === undefined ? this.discover() : Promise.resolve());
    this.controller.createRunProfile("Run", vscode.TestRunProfileKind.Run, (request, token) => this.run(request, token), true);
    const watcher = vscode.workspace.createFileSystemWatcher("**/*.ruff");
    this.disposables.push(
      watcher,
      watcher.onDidCreate((uri) => this.scanFile(uri)),
      watcher.onDidChange((uri) => this.scanFile(uri)),
      watcher.onDidDelete((uri) => this.controller.items.delete(uri.toString())),
      vscode.workspace.onDidOpenTextDocument((document) => this.scanDocument(document)),
      vscode.workspace.onDidChangeTextDocument((event) => this.scanSoon(event.document)),
      vscode.workspace.onDidCloseTextDocument((document) => this.pending.delete(document.uri.toString())),
    );
    vscode.workspace.textDocuments.forEach((document) => this.scanDocument(document));
  }

  dispose(): void {
    for (const timer of this.pending.values()) clearTimeout(timer);
    vscode.Disposable.from(...this.disposables).dispose();
  }

  private async discover(): Promise<void> {
    const files = await vscode.workspace.findFiles("**/*.ruff");
    await Promise.all(files.map((uri) => this.scanFile(uri)));
  }

  private async scanFile(uri: vscode.Uri): Promise<void> {
    const open = vscode.workspace.textDocuments.find((document) => document.uri.toString() === uri.toString());
    if (open !== undefined) {
      this.scanDocument(open);
      return;
    }
    try {
      this.update(uri, new TextDecoder().decode(await vscode.workspace.fs.readFile(uri)));
    } catch {
      this.controller.items.delete(uri.toString());
    }
  }

  private scanSoon(document: vscode.TextDocument): void {
    if (document.languageId !== "ruff") return;
    const key = document.uri.toString();
    clearTimeout(this.pending.get(key));
    this.pending.set(key, setTimeout(() => {
      if (this.pending.delete(key)) this.scanDocument(document);
    }, scansAfter));
  }

  private scanDocument(document: vscode.TextDocument): void {
    if (document.languageId === "ruff" && document.uri.scheme === "file") this.update(document.uri, document.getText());
  }

  private update(uri: vscode.Uri, text: string): void {
    const tests = testsIn(text);
    if (tests.length === 0) {
      this.controller.items.delete(uri.toString());
      return;
    }
    const known = this.controller.items.get(uri.toString());
    const file = known ?? this.controller.createTestItem(uri.toString(), vscode.workspace.asRelativePath(uri), uri);
    file.children.replace(tests.map((test) => this.itemOf(uri, test)));
    if (known === undefined) this.controller.items.add(file);
  }

  private itemOf(uri: vscode.Uri, test: TestBlock): vscode.TestItem {
    const item = this.controller.createTestItem(test.fullName, test.name, uri);
    item.range = new vscode.Range(test.line, 0, test.lastLine, 0);
    item.children.replace(test.children.map((child) => this.itemOf(uri, child)));
    return item;
  }

  private async run(request: vscode.TestRunRequest, token: vscode.CancellationToken): Promise<void> {
    const run = this.controller.createTestRun(request);
    const excluded = new Set(request.exclude ?? []);
    const program = await this.findProgram();
    if (program !== undefined) {
      for (const item of request.include ?? itemsOf(this.controller.items)) {
        if (token.isCancellationRequested) break;
        if (!excluded.has(item)) await runItem(run, program, item, excluded, token);
      }
    }
    run.end();
  }
}

function itemsOf(collection: vscode.TestItemCollection): vscode.TestItem[] {
  return [...collection].map(([, item]) => item);
}

/** The tests in `item`, itself if it is one, without groups and files. */
function leaves(item: vscode.TestItem, excluded: ReadonlySet<vscode.TestItem>): vscode.TestItem[] {
  if (excluded.has(item)) return [];
  return item.children.size === 0 ? [item] : itemsOf(item.children).flatMap((child) => leaves(child, excluded));
}

async function runItem(
  run: vscode.TestRun,
  program: string,
  item: vscode.TestItem,
  excluded: ReadonlySet<vscode.TestItem>,
  token: vscode.CancellationToken,
): Promise<void> {
  const uri = item.uri;
  if (uri === undefined) return;
  const tests = leaves(item, excluded);
  tests.forEach((test) => run.started(test));
  const open = vscode.workspace.textDocuments.find((document) => document.uri.toString() === uri.toString());
  await open?.save();
  const isFile = item.id === uri.toString();
  const report = await testFile(program, uri.fsPath, isFile ? "" : item.id, token);
  if (report === undefined) {
    tests.forEach((test) => run.skipped(test));
    return;
  }
  for (const test of tests) show(run, test, report);
}

function show(run: vscode.TestRun, test: vscode.TestItem, report: FileReport): void {
  const result = report.results.find((one) => one.fullName === test.id);
  if (result === undefined) {
    run.errored(test, new vscode.TestMessage(report.failure || "ruff test did not run it"));
    return;
  }
  if (result.passed) {
    run.passed(test, result.milliseconds);
    return;
  }
  const message = new vscode.TestMessage(result.message);
  if (test.uri !== undefined) message.location = new vscode.Location(test.uri, new vscode.Position(result.line, 0));
  run.appendOutput(`${result.fullName}\n${result.message}\n`.replace(/\n/gu, "\r\n"), undefined, test);
  run.failed(test, message, result.milliseconds);
}

/** Undefined when it was cancelled. */
function testFile(program: string, file: string, filter: string, token: vscode.CancellationToken): Promise<FileReport | undefined> {
  const args = ["test", file, "--output-format", "json", ...(filter === "" ? [] : ["--filter", filter])];
  return new Promise((resolve) => {
    const child = execFile(program, args, { cwd: path.dirname(file), maxBuffer: 64 << 20 }, (_error, output, errors) => {
      cancelled.dispose();
      resolve(token.isCancellationRequested ? undefined : readReport(output, errors));
    });
    const cancelled = token.onCancellationRequested(() => child.kill("SIGINT"));
  });
}
