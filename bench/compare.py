#!/usr/bin/env python3
"""Runs the same programs in Ruff and in its peers, interleaved, and prints the ratios.

    bench/compare.py [--rounds N] [--programs fib,loop] [--peers lua5.4,php] [--ruff PATH] [--markdown]

For every program each round runs every runtime once, in rotated order, as a whole process, so that drift of the machine hits all
of them alike. Shown are the medians of CPU seconds (user + system) and the ratio to lua5.4, the geometric mean, and the peak
memory (one below this program's own shows as that: the system counts it for the child until its exec). Output is compared
with programs/expected.txt: a run that prints something else does not count as fast. Peers that are not installed are left out
and named. Also: `hello` start to exit."""
import argparse, math, os, shutil, statistics, subprocess, sys, tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
PROGRAMS = "fib loop while sieve nbody str strappend sort bsort dict matmul bintree closure push struct".split()
PEERS = {
    "ruff": ("ruff", None, ["--version"]),
    "lua5.4": ("lua", ["lua5.4"], ["-v"]),
    "luajit -joff": ("lua51", ["luajit", "-joff"], ["-v"]),
    "php": ("php", ["php", "-n", "-d", "memory_limit=-1"], ["--version"]),
    "python3": ("py", ["/usr/bin/python3", "-S"], ["--version"]),
    "node": ("js", ["node"], ["--version"]),
    "node --jitless": ("js", ["node", "--jitless"], ["--version"]),
}


def source(kind, program):
    path = f"{HERE}/programs/{kind}/{program}.{'lua' if kind == 'lua51' else kind}"
    if kind == "lua51" and not os.path.exists(path):
        path = f"{HERE}/programs/lua/{program}.lua"
    return path if os.path.exists(path) else None


def run_once(command, expected):
    """CPU seconds and peak KiB, or None when the output is not the expected one."""
    with tempfile.TemporaryFile() as out:
        pid = os.posix_spawnp(command[0], command, os.environ, file_actions=[(os.POSIX_SPAWN_DUP2, out.fileno(), 1)])
        _, status, usage = os.wait4(pid, 0)
        out.seek(0)
        words = out.read().decode("utf-8", "replace").split()
    if status != 0 or (expected is not None and words != expected):
        return None
    return usage.ru_utime + usage.ru_stime, usage.ru_maxrss


def version(command, arguments):
    result = subprocess.run([command[0], *arguments], capture_output=True, text=True)
    return (result.stdout or result.stderr).strip().splitlines()[0]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--programs", default=",".join(PROGRAMS))
    parser.add_argument("--peers", default=",".join(p for p in PEERS if p != "ruff"))
    parser.add_argument("--ruff", default=f"{HERE}/../build/release/bin/ruff")
    parser.add_argument("--markdown", action="store_true")
    options = parser.parse_args()

    expected = {}
    for line in open(f"{HERE}/programs/expected.txt"):
        if line.strip() and not line.startswith("#"):
            name, *words = line.split()
            expected[name] = words
    commands = {"ruff": [options.ruff, "run"]}
    for peer in options.peers.split(","):
        if peer not in PEERS:
            sys.exit(f"unknown peer `{peer}`; there are {', '.join(PEERS)}")
        command = PEERS[peer][1]
        if shutil.which(command[0]):
            commands[peer] = command
        else:
            print(f"not installed: {peer}")
    for peer, command in commands.items():
        print(f"{peer}: {version(command, PEERS[peer][2])}")
    base = "lua5.4" if "lua5.4" in commands else "ruff"

    names = list(commands)
    head = ["program"] + [f"{n} s" if n == base else n for n in names] + ["MB " + n for n in names if n in ("ruff", base)]
    rows, ratios, lost = [], {n: [] for n in names}, []
    for program in ["hello"] + options.programs.split(","):
        times, memory = {n: [] for n in names}, {}
        rounds = options.rounds * 10 if program == "hello" else options.rounds
        for turn in range(rounds):
            for name in names[turn % len(names):] + names[:turn % len(names)]:
                path = source(PEERS[name][0], program)
                if path is None:
                    continue
                measured = run_once(commands[name] + [path], None if program == "hello" else expected[program])
                if measured is None:
                    print(f"WRONG OUTPUT: {name} {program}")
                    continue
                times[name].append(measured[0])
                memory[name] = max(memory.get(name, 0), measured[1])
        medians = {n: statistics.median(t) for n, t in times.items() if t}
        row = [program]
        for name in names:
            if name not in medians:
                row.append("-")
            elif name == base:
                row.append(f"{medians[name]:.4f}" if program == "hello" else f"{medians[name]:.3f}")
            else:
                ratio = medians[name] / medians[base] if medians.get(base) else float("nan")
                if program != "hello":
                    ratios[name].append(ratio)
                row.append(f"{medians[name] * 1000:.2f} ms" if program == "hello" else f"{ratio:.2f}")
                if name == "ruff" and program != "hello" and ratio > 1:
                    lost.append(f"{program} {ratio:.2f}")
        row += [f"{memory[n] / 1024:.1f}" for n in names if n in ("ruff", base) and n in memory]
        rows.append(row)
        print(" | ".join(f"{c:>12}" for c in row) if not options.markdown else "", flush=True, end="\n" if not options.markdown else "")
    mean = ["geomean"] + [("1" if n == base else f"{math.exp(sum(map(math.log, ratios[n])) / len(ratios[n])):.3f}" if ratios[n] else "-") for n in names]
    rows.append(mean + ["", ""])
    if options.markdown:
        print("| " + " | ".join(head) + " |\n|" + "---|" * len(head))
        for row in rows:
            print("| " + " | ".join(row) + " |")
    else:
        print(" | ".join(f"{c:>12}" for c in head))
        print(" | ".join(f"{c:>12}" for c in mean))
    print("slower than " + base + ": " + (", ".join(lost) if lost else "none"))


main()
