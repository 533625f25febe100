#!/usr/bin/env python3
"""What a person waits for in an editor: `bench/lsp.py [--server PATH]`.

Over standard input and output, as an editor speaks: the time from a keystroke to its diagnostics (median and 99th
percentile of 100) in files of 1,000 and 10,000 lines, the time to the answer of `initialize`, the peak of memory, the
time that requests take in a workspace of 1,000 files, and the processor time of ten idle seconds. Servers of other
languages that are installed (clangd, pyright, typescript-language-server) run on files of as many lines.
"""
import argparse
import json
import os
import shutil
import statistics
import subprocess
import tempfile
import time

RUFF_PIECE = '''# Loads what user %(n)d has ordered.
async func load_orders_%(n)d(user, limit = 10) {
    let url := "https://example.org/users/${user}/orders?limit=${limit}"
    try {
        let text := await async_read_file(url)
        if len(text) == 0 { throw "nothing in ${url}" }
        return parse_json(text)
    } except e {
        print("no orders:", e.message)
        return []
    }
}

struct Order%(n)d {
    id: int
    total: float = 0
    lines: array<string> = []
    func add(mut self, text, price) {
        self.lines.push("${text}: ${price}")
        self.total += price
    }
}

func report_%(n)d(orders) {
    mut sum := 0
    for order in orders {
        if order.total > 100 and len(order.lines) > 2 {
            sum += order.total
        } else if order.total == 0 {
            continue
        }
    }
    match sum {
        case 0: { return null }
        case 1..=100: { return "few" }
        default: { return [sum, load_orders_%(n)d(sum)] }
    }
}
mut order_%(n)d := Order%(n)d { id: %(n)d }
order_%(n)d.add("tea", 3.5)
print(report_%(n)d([order_%(n)d]))

'''
CPP_PIECE = '''struct Order%(n)d {
    int id = %(n)d;
    double total = 0;
    void add(double price) { total += price; }
};
inline double report%(n)d(const Order%(n)d* orders, int count) {
    double sum = 0;
    for (int i = 0; i < count; ++i) {
        if (orders[i].total > 100) {
            sum += orders[i].total;
        }
    }
    return sum;
}

'''
PYTHON_PIECE = '''class Order%(n)d:
    def __init__(self, id: int) -> None:
        self.id = id
        self.total = 0.0

    def add(self, price: float) -> None:
        self.total += price


def report_%(n)d(orders: list[Order%(n)d]) -> float:
    total = 0.0
    for order in orders:
        if order.total > 100:
            total += order.total
    return total


'''
TYPESCRIPT_PIECE = '''class Order%(n)d {
    total = 0;
    constructor(readonly id: number) {}
    add(price: number): void {
        this.total += price;
    }
}
function report%(n)d(orders: Order%(n)d[]): number {
    let sum = 0;
    for (const order of orders) {
        if (order.total > 100) sum += order.total;
    }
    return sum;
}

'''


def program(piece, lines):
    text, n = "", 0
    while text.count("\n") < lines:
        n += 1
        text += piece % {"n": n}
    return text


class Client:
    def __init__(self, command, folder):
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, cwd=folder)
        self.last_id = 0

    def send(self, message):
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        self.process.stdin.write(b"Content-Length: %d\r\n\r\n" % len(body) + body)
        self.process.stdin.flush()

    def receive(self):
        length = 0
        while line := self.process.stdout.readline().strip():
            if line.lower().startswith(b"content-length"):
                length = int(line.split(b":")[1])
        message = json.loads(self.process.stdout.read(length))
        if "id" in message and "method" in message:  # what the server asks is answered with nothing
            params = message.get("params") or {}
            result = [None] * len(params.get("items", [])) if message["method"] == "workspace/configuration" else None
            self.send({"id": message["id"], "result": result})
        return message

    def notify(self, method, params):
        self.send({"method": method, "params": params})

    def request(self, method, params):
        self.last_id += 1
        self.send({"id": self.last_id, "method": method, "params": params})
        while True:
            message = self.receive()
            if message.get("id") == self.last_id and "method" not in message:
                return message.get("result")

    def diagnostics(self, uri):
        while True:
            message = self.receive()
            if message.get("method") == "textDocument/publishDiagnostics" and message["params"]["uri"] == uri:
                return message["params"]

    def status(self, name):
        with open(f"/proc/{self.process.pid}/status") as file:
            return next(int(line.split()[1]) for line in file if line.startswith(name)) / 1024

    def processor_ms(self):
        with open(f"/proc/{self.process.pid}/stat") as file:
            return sum(map(int, file.read().split()[13:15])) * 1000 // os.sysconf("SC_CLK_TCK")

    def end(self):
        self.process.kill()
        self.process.wait()


def initialize(client, folder, progress=False):
    begin = time.perf_counter()
    capabilities = {"window": {"workDoneProgress": progress}, "textDocument": {"publishDiagnostics": {"versionSupport": True}}}
    client.request("initialize", {"processId": None, "rootUri": "file://" + folder, "capabilities": capabilities,
                                  "workspaceFolders": [{"uri": "file://" + folder, "name": "bench"}]})
    taken = (time.perf_counter() - begin) * 1000
    client.notify("initialized", {})
    return taken


def measure_keystrokes(command, suffix, language, piece, comment, lines, edits=100):
    """initialize, keystroke median, 99th percentile (ms), peak memory (MiB)"""
    with tempfile.TemporaryDirectory() as folder:
        text = program(piece, lines)
        path = os.path.join(folder, "bench" + suffix)
        with open(path, "w") as file:
            file.write(text)
        client = Client(command, folder)
        first = initialize(client, folder)
        uri = "file://" + path
        client.notify("textDocument/didOpen", {"textDocument": {"uri": uri, "languageId": language, "version": 1, "text": text}})
        client.diagnostics(uri)
        times = []
        for edit in range(edits):
            time.sleep(0.02)
            begin = time.perf_counter()
            # A line more each time, so that every keystroke has an answer of its own.
            change = {"range": {"start": {"line": 0, "character": 0}, "end": {"line": 0, "character": 0}}, "text": f"{comment} {edit}\n"}
            client.notify("textDocument/didChange", {"textDocument": {"uri": uri, "version": edit + 2}, "contentChanges": [change]})
            client.diagnostics(uri)
            times.append((time.perf_counter() - begin) * 1000)
        memory = client.status("VmHWM")
        client.end()
        times.sort()
        return first, statistics.median(times), times[len(times) * 99 // 100], memory


def measure_workspace(command, files=1000):
    with tempfile.TemporaryDirectory() as folder:
        open(os.path.join(folder, "rufflang.toml"), "w").write('[package]\nname = "bench"\n')
        core = os.path.join(folder, "core.ruff")
        open(core, "w").write("export func shared_helper(a, b = 2) { return a + b }\n")
        for n in range(files):
            place = os.path.join(folder, f"part{n // 100}")
            os.makedirs(place, exist_ok=True)
            with open(os.path.join(place, f"file{n}.ruff"), "w") as file:
                file.write(f"from core import shared_helper\nexport func entry_{n}(x) {{ return shared_helper(x) }}\n" + RUFF_PIECE % {"n": n})
        client = Client(command, folder)
        initialize(client, folder, progress=True)
        while True:
            message = client.receive()
            if message.get("method") == "$/progress" and message["params"]["value"]["kind"] == "end":
                break
        uri = "file://" + core
        client.notify("textDocument/didOpen", {"textDocument": {"uri": uri, "languageId": "ruff", "version": 1, "text": open(core).read()}})
        at = {"textDocument": {"uri": uri}, "position": {"line": 0, "character": 14}}
        rows = []
        for name, method, params in [
            ("references", "textDocument/references", {**at, "context": {"includeDeclaration": True}}),
            ("rename", "textDocument/rename", {**at, "newName": "renamed"}),
            ("completion", "textDocument/completion", at),
            ("workspace/symbol", "workspace/symbol", {"query": "entry_99"}),
        ]:
            times = []
            for _ in range(5):
                begin = time.perf_counter()
                client.request(method, params)
                times.append((time.perf_counter() - begin) * 1000)
            rows.append((name, times[0], statistics.median(times)))
        memory = client.status("VmHWM")
        time.sleep(1)
        before = client.processor_ms()
        time.sleep(10)
        idle = client.processor_ms() - before
        client.end()
        return rows, memory, idle


def peers():
    if found := shutil.which("clangd") or shutil.which("clangd-19"):
        yield "clangd", [found, "--log=error"], ".cpp", "cpp", CPP_PIECE, "//"
    if found := shutil.which("pyright-langserver"):
        yield "pyright", [found, "--stdio"], ".py", "python", PYTHON_PIECE, "#"
    if found := shutil.which("typescript-language-server"):
        yield "typescript-language-server", [found, "--stdio"], ".ts", "typescript", TYPESCRIPT_PIECE, "//"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--server", default="build/release/bin/ruff-lsp")
    parser.add_argument("--only-ours", action="store_true")
    arguments = parser.parse_args()
    server = [os.path.abspath(arguments.server)]
    print(f"{'server':28} {'lines':>6} {'initialize':>11} {'median':>9} {'p99':>9} {'memory':>10}")
    everyone = [("ruff-lsp", server, ".ruff", "ruff", RUFF_PIECE, "#")] + ([] if arguments.only_ours else list(peers()))
    for name, command, suffix, language, piece, comment in everyone:
        for lines in (1000, 10000):
            first, median, high, memory = measure_keystrokes(command, suffix, language, piece, comment, lines)
            print(f"{name:28} {lines:6} {first:8.1f} ms {median:6.2f} ms {high:6.2f} ms {memory:6.1f} MiB")
    rows, memory, idle = measure_workspace(server)
    print("\nruff-lsp, workspace of 1,000 files")
    for name, first, median in rows:
        print(f"  {name:20} first {first:7.1f} ms, then {median:7.1f} ms")
    print(f"  memory {memory:.1f} MiB, {idle} ms of processor time in ten idle seconds")


if __name__ == "__main__":
    main()
