#!/usr/bin/env python3
"""Measures fibers, promises, channels and timers beside the peers, in the same run, and prints the ratios.

    bench/async/run.py [--rounds N] [--rows await,channel] [--peers python3,node] [--ruff PATH] [--markdown] [--check]

Every row is the same program in each language, given how many operations to do. A round runs every runtime once, in rotated
order, as a whole process; shown are medians: nanoseconds of CPU an operation (the process's user and system time), for
`sleepers` CPU seconds and peak memory as well, for the rows that sleep the wall clock; always less what an empty program takes. The program prints a
number that only the work done gives; another one does not count. `--check` fails when Ruff misses a limit of LIMITS."""
import argparse, os, shutil, statistics, subprocess, sys, tempfile, time

HERE = os.path.dirname(os.path.abspath(__file__))
PEERS = {
    "ruff": ("ruff", (".ruff",), None, ["--version"]),
    "python3": ("py", (".py",), ["/usr/bin/python3"], ["--version"]),
    "node": ("js", (".js", ".mjs"), ["node"], ["--version"]),
}
MILLION = 1_000_000
# row: operations, the number that is printed (of the count), counts of slower runtimes
ROWS = {
    "await": (10 * MILLION, lambda n: n, {"python3": MILLION}),
    "spawn": (MILLION, lambda n: n, {"python3": 100_000}),
    "yield": (MILLION, lambda n: n, {"python3": 200_000}),
    "channel": (MILLION, lambda n: n, {"python3": 200_000}),
    "pingpong": (300_000, lambda n: n, {"python3": 50_000}),
    "skynet": (MILLION, lambda n: n * (n - 1) // 2, {"python3": 100_000}),
    "timers": (MILLION, lambda n: n, {"python3": 100_000}),
    "cancel": (100_000, lambda n: n, {"python3": 100_000}),
    "sleepers": (MILLION, lambda n: n, {"python3": 100_000}),
    "sequence3": (3, lambda n: n, {}),
    "together3": (3, lambda n: n, {}),
}
ON_THE_CLOCK = ("sequence3", "together3")
# What Ruff must stay below: nanoseconds an operation; of the sleepers CPU seconds and MB for a million.
LIMITS = {"await": 80, "spawn": 500, "channel": 200, "sleepers": (3.0, 800)}


def source(peer, row):
    folder, extensions = PEERS[peer][0], PEERS[peer][1]
    for extension in extensions:
        path = f"{HERE}/programs/{folder}/{row}{extension}"
        if os.path.exists(path):
            return path
    return None


def run_once(command):
    """What was printed, CPU seconds, wall seconds, peak KiB."""
    with tempfile.TemporaryFile() as out:
        began = time.monotonic()
        pid = os.posix_spawnp(command[0], command, os.environ, file_actions=[(os.POSIX_SPAWN_DUP2, out.fileno(), 1)])
        _, status, usage = os.wait4(pid, 0)
        wall = time.monotonic() - began
        out.seek(0)
        text = out.read().decode("utf-8", "replace").strip() if status == 0 else f"exit {status >> 8}"
    return text, usage.ru_utime + usage.ru_stime, wall, usage.ru_maxrss


def measure(row, peers, commands, empty, rounds):
    """Medians by peer: (operations, CPU seconds without the start, wall seconds, peak MB)."""
    count, expected, counts = ROWS[row]
    samples = {peer: [] for peer in peers}
    for turn in range(rounds):
        for peer in peers[turn % len(peers):] + peers[:turn % len(peers)]:
            path = source(peer, row)
            if path is None:
                continue
            n = counts.get(peer, count)
            text, cpu, wall, peak = run_once(commands[peer] + [path] + (["--"] if peer == "ruff" else []) + [str(n)])
            if text != str(expected(n)):
                print(f"WRONG OUTPUT: {peer} {row}: {text[:200]!r}")
                continue
            samples[peer].append((cpu - empty[peer][0], wall - empty[peer][1], peak / 1024))
    return {peer: (counts.get(peer, count), *(statistics.median(column) for column in zip(*runs))) for peer, runs in samples.items() if runs}


def cells(row, result, peers):
    """One text a peer: the measure of the row, and behind it how many times Ruff's."""
    def value(peer):
        n, cpu, wall, _ = result[peer]
        return wall * 1000 if row in ON_THE_CLOCK else cpu / n * 1e9
    texts = []
    for peer in peers:
        if peer not in result:
            texts.append("-")
            continue
        n, cpu, _, peak = result[peer]
        text = f"{value(peer):.0f} {'ms' if row in ON_THE_CLOCK else 'ns'}"
        if row == "sleepers":
            text += f", {cpu * MILLION / n:.2f} s, {peak * MILLION / n:.0f} MB a million"
        if peer != "ruff" and "ruff" in result:
            text += f" ({value(peer) / max(value('ruff'), 1e-9):.1f}x)"
        texts.append(text)
    return texts


def missed(row, result):
    if row not in LIMITS or "ruff" not in result:
        return None
    n, cpu, _, peak = result["ruff"]
    if row == "sleepers":
        seconds, megabytes = LIMITS[row]
        return f"sleepers: {cpu:.2f} s, {peak:.0f} MB; limits {seconds} s, {megabytes} MB" if cpu > seconds or peak > megabytes else None
    nanoseconds = cpu / n * 1e9
    return f"{row}: {nanoseconds:.0f} ns; limit {LIMITS[row]} ns" if nanoseconds > LIMITS[row] else None


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--rows", default=",".join(ROWS))
    parser.add_argument("--peers", default="python3,node")
    parser.add_argument("--ruff", default=f"{HERE}/../../build/release/bin/ruff")
    parser.add_argument("--markdown", action="store_true")
    parser.add_argument("--check", action="store_true")
    options = parser.parse_args()

    commands = {"ruff": [options.ruff, "run"]}
    for peer in filter(None, options.peers.split(",")):
        if peer not in PEERS:
            sys.exit(f"unknown peer `{peer}`; there are {', '.join(PEERS)}")
        if shutil.which(PEERS[peer][2][0]):
            commands[peer] = PEERS[peer][2]
        else:
            print(f"not installed: {peer}")
    peers = list(commands)
    for peer in peers:
        shown = subprocess.run([commands[peer][0], *PEERS[peer][3]], capture_output=True, text=True)
        print(f"{peer}: {(shown.stdout or shown.stderr).strip().splitlines()[0]}")
    empty = {}
    for peer in peers:
        starts = [run_once(commands[peer] + [source(peer, "nothing")])[1:3] for _ in range(5)]
        empty[peer] = tuple(statistics.median(column) for column in zip(*starts))

    failures, separator = [], " | "
    print(("| " if options.markdown else "") + separator.join(["row"] + peers) + (" |" if options.markdown else ""))
    if options.markdown:
        print("|---" * (len(peers) + 1) + "|")
    for row in options.rows.split(","):
        result = measure(row, peers, commands, empty, options.rounds)
        line = separator.join([row] + cells(row, result, peers))
        print(f"| {line} |" if options.markdown else line, flush=True)
        failures += filter(None, [missed(row, result)])
    for failure in failures:
        print(f"too slow: {failure}")
    sys.exit(1 if options.check and failures else 0)


main()
