#!/usr/bin/env python3
"""Tasks on several cores, beside Node's worker threads, Python's multiprocessing and Go's goroutines in the same run.

    bench/parallel/run.py [--rounds N] [--ruff PATH]

Shown are medians. `cpu` is 64 CPU-bound calls on one core and on two, the whole process; the ratio is what the second core gives.
The other rows are microseconds an item, as each program prints them. Go shares memory between goroutines and copies nothing but
what its program copies. Peers that are not installed are left out and named; a run that prints a wrong sum does not count."""
import argparse, os, shutil, statistics, subprocess, sys, tempfile, time

HERE = os.path.dirname(os.path.abspath(__file__))
SUM = None


def run(command):
    """Standard output, wall seconds and peak KiB."""
    start = time.perf_counter()
    with tempfile.TemporaryFile() as out:
        pid = os.posix_spawnp(command[0], command, os.environ, file_actions=[(os.POSIX_SPAWN_DUP2, out.fileno(), 1)])
        _, status, usage = os.wait4(pid, 0)
        out.seek(0)
        text = out.read().decode().strip()
    if status != 0:
        sys.exit(f"failed: {' '.join(command)}\n{text}")
    return text, time.perf_counter() - start, usage.ru_maxrss


def median(rounds, command, value):
    return statistics.median(value(run(command)) for _ in range(rounds))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--ruff", default=f"{HERE}/../../build/release/bin/ruff")
    options = parser.parse_args()
    folder = tempfile.mkdtemp()
    peers = {"ruff": lambda program: [options.ruff, "run", f"{HERE}/{program}.ruff"]}
    if shutil.which("node"):
        peers["node"] = lambda program: ["node", f"{HERE}/{program}.js"]
    peers["python"] = lambda program: ["python3", f"{HERE}/{program}.py"]
    if shutil.which("go"):
        for program in ("cpu", "costs"):
            subprocess.run(["go", "build", "-o", f"{folder}/{program}", f"{HERE}/{program}.go"], check=True)
        peers["go"] = lambda program: [f"{folder}/{program}"]
    for name, tool in (("node", "node"), ("go", "go")):
        if name not in peers:
            print(f"{name}: not installed")
    print(f"{os.cpu_count()} cores")

    print("\n64 CPU-bound calls, seconds     one core  two cores  ratio")
    sums = set()
    for name, command in peers.items():
        walls = []
        for cores in ("1", "2"):
            results = [run([*command("cpu"), cores]) for _ in range(options.rounds)]
            sums.update(text for text, _, _ in results)
            walls.append(statistics.median(wall for _, wall, _ in results))
        print(f"  {name:28} {walls[0]:10.2f} {walls[1]:10.2f} {walls[0] / walls[1]:6.2f}")
    if len(sums) != 1:
        sys.exit(f"the sums differ: {sums}")

    rows = {"spawn": "start a task and await it", "many": "100,000 tasks through the pool", "pingpong": "there and back",
            "small": "send an int", "record": "send a small dict", "large": "send 100,000 ints"}
    print("\nmicroseconds an item            " + "".join(f"{name:>10}" for name in peers))
    for row, title in rows.items():
        line = f"  {title:30}"
        for name, command in peers.items():
            text = statistics.median(float(run([*command("costs"), row])[0] or "nan") for _ in range(options.rounds)) if not (name == "node" and row == "many") else None
            line += f"{text:10.2f}" if text is not None else f"{'-':>10}"
        print(line)

    print("\nmemory of ruff")
    command = peers["ruff"]("costs")
    _, _, many = run([*command, "many"])
    few, lots = (int(run([*command, "idle", str(count)])[0]) for count in (8, 208))
    print(f"  100,000 tasks, peak MB        {many / 1024:10.1f}")
    print(f"  an isolate that waits, MB     {(lots - few) / 200 / 1024:10.3f}")


main()
