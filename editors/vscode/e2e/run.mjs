// The extension in a real VS Code: `run.mjs INSTALLATION VSIX PICTURES [SCENARIO…]`. Each scenario opens a folder of its
// own in a window of its own; what is asserted is the page's text, squiggles and token classes. A picture of the end of
// each scenario is kept, also of one that fails. The last line is `N passed, N failed`.
import { strict as assert } from "node:assert";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import path from "node:path";
import { Editor, eventually, Host } from "./editor.mjs";

const [installation, vsix, pictures, ...wanted] = process.argv.slice(2);
const { chromium } = createRequire(path.join(installation, "package.json"))("playwright-core");
const fakeRuff = path.resolve(import.meta.dirname, "../../test/fake_ruff");
const scratch = mkdtempSync(path.join(tmpdir(), "ruff-e2e-"));

function write(file, text) {
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, text);
  return file;
}

function program(file, text) {
  write(file, text);
  chmodSync(file, 0o755);
  return file;
}

const misuse = `async func fetch(url) { return url }

async func load(urls) {
    let pages := await Promise.all(map(urls, fetch))
    mut sizes := []
    for page in pages {
        push(sizes, len(page))
    }
    return sizes
}

print(await load(["a", "bcd"]))
`;

let folders = 0;
/** A new folder with files in it, by name. */
function workspace(files, settings = {}) {
  const folder = path.join(scratch, `workspace-${++folders}`);
  for (const [name, text] of Object.entries(files)) write(path.join(folder, name), text);
  if (Object.keys(settings).length > 0) write(path.join(folder, ".vscode/settings.json"), JSON.stringify(settings));
  return folder;
}

function read(folder, name) {
  return readFileSync(path.join(folder, name), "utf8");
}

/** Settings for a server that does as `environment` says. */
function faked(environment) {
  return { "rufflang.server.path": fakeRuff, "rufflang.server.extraEnv": environment };
}

const scenarios = {
  // Astral's ruff is first in PATH of all of these: the one in the extension serves.
  async "misuse is shown and fixed"(open) {
    const folder = workspace({ "misuse.ruff": misuse }, { "[ruff]": { "editor.formatOnSave": true } });
    const editor = await open(folder);
    await editor.openFile("misuse.ruff");
    await editor.hasSquiggles("error 1, warning 1");
    const panel = await editor.problems();
    await panel.getByText("there is no `Promise` namespace").waitFor();
    await panel.getByText("the result of `push` is dropped").waitFor();
    await panel.getByText("promise-namespace").waitFor();
    await editor.picture(path.join(pictures, "vscode.png"));
    await editor.goTo(4, 26);
    await editor.fix("promise_all");
    await editor.hasText("await promise_all(map(urls, fetch))");
    await editor.hasSquiggles("error 0, warning 1");
    await editor.goTo(7, 10);
    await editor.fix("sizes.push");
    await editor.hasText("sizes.push(len(page))");
    await editor.hasSquiggles("error 0, warning 0");
    await editor.goTo(5, 1);
    await editor.type("  ");
    await editor.press("Control+s");
    await eventually("formatted when saved", () => read(folder, "misuse.ruff").includes("\n    mut sizes := []\n"));
    await editor.command("Ruff: Run File");
    await editor.hasTerminalText("[1, 3]");
  },

  async "colours by the grammar and by the server"(open) {
    const folder = workspace({ "colours.ruff": "let limit := 10\nfunc twice(amount) {\n    return amount * 2\n}\nprint(twice(limit))\n" });
    const editor = await open(folder);
    await editor.openFile("colours.ruff");
    const colour = async (text) => (await editor.tokenClass(text)).split(" ")[0];
    const coloured = ["let", "10", "func", "return"];
    const seen = await eventually("words have a colour", async () => {
      const classes = await Promise.all(coloured.map(colour));
      return classes.every((one) => one !== "mtk1") && classes;
    });
    assert.notEqual(seen[0], seen[1], "keywords and numbers differ");
    assert.equal(seen[0], seen[3], "keywords are alike");
    await eventually("a parameter has the colour that the server's tokens give it", async () => {
      const parameter = await colour("amount");
      return parameter !== "mtk1" && !seen.includes(parameter);
    });
  },

  async "completion and rename"(open) {
    const folder = workspace({
      "shapes.ruff": "export func area(width, height) {\n    return width * height\n}\n",
      "main.ruff": "from shapes import area\nlet numbers := [1, 2]\nprint(area(2, 3), numbers)\n",
    });
    const editor = await open(folder);
    await editor.openFile("main.ruff");
    await editor.goTo(4, 1);
    await editor.type("numbers.pus");
    const suggestions = editor.page.locator(".suggest-widget .monaco-list-row");
    await eventually("a suggestion", async () => {
      if (await suggestions.filter({ hasText: "push" }).first().isVisible()) return true;
      await editor.press("Escape", "Control+Space");
      return suggestions.filter({ hasText: "push" }).first().waitFor({ timeout: 5000 }).then(() => true, () => false);
    });
    await editor.press("Enter");
    await editor.hasText("numbers.push(");
    await editor.press("Escape", "Control+a");
    await editor.page.keyboard.insertText("from shapes import area\nprint(area(2, 3))\n");
    await editor.goTo(2, 8);
    await eventually("the box for the new name", async () => {
      await editor.press("F2");
      return editor.page.locator(".rename-box input").isVisible();
    });
    await editor.page.locator(".rename-box input").fill("surface");
    await editor.press("Enter");
    await editor.hasText("import surface");
    await editor.hasText("print(surface(2, 3))");
    await editor.command("File: Save All Files");
    await eventually("renamed in the other file", () => read(folder, "shapes.ruff").startsWith("export func surface("));
  },

  async "tests in the Test Explorer and at the cursor"(open) {
    const folder = workspace({
      "sums.ruff": 'test "adds" {\n    assert_equal(1 + 1, 2)\n}\ntest_group "wrong" {\n    test "fails" { assert_equal(1 + 1, 3) }\n}\n',
    });
    const editor = await open(folder);
    await editor.openFile("sums.ruff");
    await editor.command("View: Show Testing");
    const tree = editor.page.locator(".test-explorer");
    await tree.getByText("sums.ruff").waitFor();
    await editor.command("Test: Run All Tests");
    await editor.page.locator(".codicon-testing-failed-icon").first().waitFor();
    await editor.page.locator(".codicon-testing-passed-icon").first().waitFor();
    await editor.page.getByText("expected 3, got 2").first().waitFor();
    await editor.picture(path.join(pictures, "vscode-tests.png"));
    await editor.openFile("sums.ruff");
    await editor.goTo(2, 5);
    await editor.command("Ruff: Run Test at Cursor");
    await editor.hasTerminalText("1 passed");
  },

  async "lenses run the file and a test"(open) {
    const folder = workspace({ "lenses.ruff": 'print("from the lens")\ntest "one" {\n    assert_true(true)\n}\n' });
    const editor = await open(folder);
    await editor.openFile("lenses.ruff");
    const lens = (text) => editor.page.locator(".codelens-decoration a").filter({ hasText: text }).first();
    await lens("Run file").click();
    await editor.hasTerminalText("from the lens");
    await lens("Run test").click();
    await editor.hasTerminalText("1 passed");
  },

  async "an untitled file"(open) {
    const editor = await open(workspace({ "other.ruff": "print(1)\n" }));
    await editor.openFile("other.ruff");
    await editor.command("Create: New Untitled Text File");
    await editor.page.locator('.tab.active[aria-label^="Untitled-1"]').waitFor();
    await editor.press("F1");
    await editor.pick(">Change Language Mode", "Change Language Mode");
    await editor.pick("Ruff", "Ruff");
    await editor.page.locator(".editor-instance .view-lines").first().click();
    await editor.type("print(Promise.all(1))");
    await editor.hasSquiggles("error 1, warning 0");
  },

  async "50,000 lines"(open) {
    const lines = Array.from({ length: 50_000 }, (_, index) => `print(${index})`);
    const editor = await open(workspace({ "long.ruff": [...lines, "print(Promise.all([]))", ""].join("\n") }));
    await editor.openFile("long.ruff");
    await editor.goTo(50_001, 10);
    await editor.hasSquiggles("error 1, warning 0");
    await editor.fix("promise_all");
    await editor.hasSquiggles("error 0, warning 0");
  },

  async "a workspace without trust runs nothing of its own"(open) {
    const folder = workspace({ "misuse.ruff": misuse });
    const ran = path.join(folder, "ran");
    program(path.join(folder, "bin/ruff"), `#!/bin/sh\necho ran >>'${ran}'\nexec '${fakeRuff}' "$@"\n`);
    const editor = await open(folder, false);
    await editor.openFile("misuse.ruff");
    await editor.hasSquiggles("error 1, warning 1");
    assert.ok(!existsSync(ran), "the workspace's program was not run");
    await editor.page.locator(".codelens-decoration a").filter({ hasText: "Run file" }).first().click();
    await editor.hasNotification("nothing is run in a workspace without trust");
    await editor.command("Workspaces: Manage Workspace Trust");
    await editor.page.locator(".workspace-trust-editor").getByRole("button", { name: "Trust", exact: true }).click();
    await eventually("with trust the workspace's program is the server", () => existsSync(ran));
  },

  async "no server"(open) {
    const editor = await open(workspace({ "a.ruff": "print(1)\n" }, { "rufflang.server.path": "/nowhere/ruff" }));
    await editor.openFile("a.ruff");
    await editor.hasNotification("No ruff was found. Install Ruff, or set rufflang.server.path.");
  },

  async "another program of the same name"(open) {
    const folder = workspace({ "a.ruff": "print(1)\n" }, faked({}));
    const astral = program(path.join(folder, "astral"), "#!/bin/sh\necho ruff 0.6.9\n");
    write(path.join(folder, ".vscode/settings.json"), JSON.stringify({ "rufflang.server.path": astral }));
    const editor = await open(folder);
    await editor.openFile("a.ruff");
    await editor.hasNotification("is another program (ruff 0.6.9)");
  },

  async "an old server"(open) {
    const folder = workspace({ "a.ruff": "print(1)\n" });
    const old = program(path.join(folder, "old"), "#!/bin/sh\n[ $1 = --version ] && echo 'ruff (rufflang) 0.0.1' || exit 2\n");
    write(path.join(folder, ".vscode/settings.json"), JSON.stringify({ "rufflang.server.path": old }));
    const editor = await open(folder);
    await editor.openFile("a.ruff");
    await editor.hasNotification("(ruff (rufflang) 0.0.1) has no language server. Install a newer Ruff");
  },

  async "a server that crashes in the middle is started again"(open) {
    const log = path.join(scratch, "crash-in-the-middle");
    const settings = faked({ FAKE_RUFF_LOG: log, FAKE_RUFF_CRASHES: "2", FAKE_RUFF_AT: "open" });
    const editor = await open(workspace({ "a.ruff": "print(1)\n" }, settings));
    await editor.openFile("a.ruff");
    const panel = await editor.problems();
    await panel.getByText("the fake server runs").waitFor();
    assert.equal(readFileSync(log, "utf8"), "start\nstart\nstart\n");
  },

  async "a server that crashes at every start is given up on"(open) {
    const log = path.join(scratch, "crash-at-start");
    const settings = faked({ FAKE_RUFF_LOG: log, FAKE_RUFF_CRASHES: "1000", FAKE_RUFF_AT: "start" });
    const editor = await open(workspace({ "a.ruff": "print(1)\n" }, settings));
    await editor.openFile("a.ruff");
    await editor.hasNotification("the server keeps ending and is not started again");
    assert.equal(readFileSync(log, "utf8"), "start\n".repeat(5));
  },
};

async function main() {
  mkdirSync(pictures, { recursive: true });
  const astral = path.dirname(program(path.join(scratch, "astral/ruff"), "#!/bin/sh\necho ruff 0.6.9\n"));
  const environment = { PATH: `${astral}:${process.env.PATH}` };
  const host = await Host.start(installation, vsix, scratch, environment, path.join(pictures, "server.log"));
  const browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: ["--no-sandbox"] });
  let passed = 0;
  let failed = 0;
  for (const [name, body] of Object.entries(scenarios)) {
    if (wanted.length > 0 && !wanted.some((part) => name.includes(part))) continue;
    let editor;
    let isWell = true;
    const began = Date.now();
    try {
      await body(async (folder, isTrusted) => (editor = await Editor.open(browser, host, folder, isTrusted)));
    } catch (error) {
      isWell = false;
      console.log(`FAILED ${name}: ${error.stack}`);
    }
    const seconds = ((Date.now() - began) / 1000).toFixed(1);
    if (isWell) console.log(`ok ${name} (${seconds} s)`);
    if (isWell) passed++;
    else failed++;
    await editor?.picture(path.join(pictures, `${isWell ? "" : "FAILED "}${name}.png`)).catch(() => undefined);
    await editor?.close();
  }
  await browser.close();
  host.stop();
  rmSync(scratch, { recursive: true, force: true, maxRetries: 5 });
  console.log(`${passed} passed, ${failed} failed`);
  process.exitCode = failed === 0 && passed > 0 ? 0 : 1;
}

await main();
