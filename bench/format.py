#!/usr/bin/env python3
"""Formats one large file and a tree of small ones with `ruff-fmt` and with formatters of other languages, on one core.

    bench/format.py [--rounds N] [--megabytes N] [--files N] [--bin FOLDER] [--markdown]

Each formatter gets programs of its own language, larger by repeating real ones: Ruff the examples, indented
by two so that there is something to do and to check, clang-format the C++ of
this project, gofmt the standard library of the Go beside it, prettier and biome the JavaScript of bench/programs. Each round runs
every formatter once as a whole process, which only checks and writes nothing. Shown are the medians: megabytes and files a CPU
second for the large file and for the tree, milliseconds from start to finish for one small file, peak memory for the large file.
Formatters that are not installed are left out and named; prettier and biome are found in PATH or in --node-modules."""
import argparse, glob, os, re, shutil, statistics, subprocess, sys, tempfile, time

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(HERE)
SMALL_FILE = 4_000  # bytes


def texts(pattern):
    found = [open(path, encoding="utf-8").read() for path in sorted(glob.glob(pattern, recursive=True))]
    return found or sys.exit(f"no files match {pattern}")


def go_bodies():
    """Files of the standard library without package clause and imports, so that they can stand in one file."""
    tool = shutil.which("gofmt")
    root = os.path.dirname(os.path.dirname(os.path.realpath(tool)))
    bodies = []
    for text in texts(f"{root}/src/strings/*.go") + texts(f"{root}/src/net/http/*.go"):
        text = re.sub(r"\A.*?^package \w+$", "", text, count=1, flags=re.S | re.M)
        bodies.append(re.sub(r'^import ([\w.]+ )?(\(.*?^\)|"[^"]*")', "", text, flags=re.S | re.M))
    return bodies


# name: (extension, what a file begins with, pieces, command for files, command for a folder)
def formatters(options):
    def tool(name):
        # biome's launcher is a script that starts node; the program itself lies beside it.
        for local in (glob.glob(f"{options.node_modules}/@biomejs/cli-*/{name}") + [f"{options.node_modules}/.bin/{name}"]):
            if options.node_modules and os.path.exists(local):
                return local
        return shutil.which(name)

    ruff = f"{options.bin}/ruff-fmt"
    clang = tool("clang-format") or tool("clang-format-19") or tool("clang-format-14")
    indented_by_two = lambda: [text.replace("    ", "  ") for text in texts(f"{ROOT}/examples/*.ruff")]
    javascript = lambda: ["{\n" + text + "}\n" for text in texts(f"{HERE}/programs/js/*.js")]
    return {
        "ruff-fmt": ("ruff", "", indented_by_two, [ruff, "--check"], True),
        "gofmt": ("go", "package p\n", go_bodies, [tool("gofmt"), "-l"], True),
        "clang-format": ("cpp", "", lambda: texts(f"{ROOT}/core/**/*.cpp"), [clang, "--dry-run"], False),
        "prettier": ("js", "", javascript, [tool("prettier"), "--log-level=silent", "--check"], True),
        "biome": ("js", "", javascript, [tool("biome"), "format", "--max-diagnostics=0", "--files-max-size=100000000"], True),
    }


def write_file(path, head, pieces, size, first=0):
    """Pieces in turn from `first` on, until there are `size` bytes; the size in megabytes."""
    with open(path, "w", encoding="utf-8") as file:
        written = file.write(head)
        while written < size:
            written += file.write(pieces[first % len(pieces)] + "\n")
            first += 1
    return os.path.getsize(path) / 1e6


def run(command):
    """CPU seconds, seconds and peak MB; the exit code says whether files would change and is no matter."""
    start = time.perf_counter()
    with open(os.devnull, "w") as null:
        pid = os.posix_spawnp(command[0], command, os.environ, file_actions=[(os.POSIX_SPAWN_DUP2, null.fileno(), 1),
                                                                            (os.POSIX_SPAWN_DUP2, null.fileno(), 2)])
        _, status, usage = os.wait4(pid, 0)
    if os.waitstatus_to_exitcode(status) not in (0, 1):
        sys.exit(f"{' '.join(command[:3])} ended with {os.waitstatus_to_exitcode(status)}")
    return usage.ru_utime + usage.ru_stime, time.perf_counter() - start, usage.ru_maxrss / 1024


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--megabytes", type=float, default=10, help="size of the large file")
    parser.add_argument("--slow-megabytes", type=float, default=1, help="the same for prettier, biome and clang-format")
    parser.add_argument("--files", type=int, default=500, help="how many small files")
    parser.add_argument("--bin", default=f"{ROOT}/build/release/bin", help="the folder of ruff-fmt")
    parser.add_argument("--node-modules", default="", help="a folder node_modules with prettier and biome")
    parser.add_argument("--markdown", action="store_true")
    options = parser.parse_args()
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})

    with tempfile.TemporaryDirectory() as folder:
        work = {}
        for name, (extension, head, pieces, command, takes_folders) in formatters(options).items():
            if not command[0] or not os.path.exists(command[0]):
                print(f"not installed: {name}")
                continue
            pieces = pieces()
            own = f"{folder}/{name}"
            os.makedirs(f"{own}/tree")
            size = options.megabytes if name in ("ruff-fmt", "gofmt") else options.slow_megabytes
            large = f"{own}/large.{extension}"
            megabytes = write_file(large, head, pieces, size * 1e6)
            tree = [f"{own}/tree/{i}.{extension}" for i in range(options.files)]
            for i, path in enumerate(tree):
                write_file(path, head, pieces, SMALL_FILE, i)
            work[name] = (megabytes, command + [large], command + ([f"{own}/tree"] if takes_folders else tree), command + [tree[0]])
        rows = {name: ([], [], [], []) for name in work}
        names = list(work)
        for round_number in range(options.rounds):
            for name in names[round_number % len(names):] + names[:round_number % len(names)]:
                megabytes, large, tree, small = work[name]
                seconds, _, peak = run(large)
                rows[name][0].append(megabytes / seconds)
                rows[name][3].append(peak)
                rows[name][1].append(options.files / run(tree)[0])
                rows[name][2].append(min(run(small)[1] for _ in range(5)) * 1000)

    table = [["formatter", "MB/s", "files/s", "small file, ms", "peak MB, large file"]]
    for name, columns in rows.items():
        large_size = work[name][0]
        values = [statistics.median(column) for column in columns]
        table.append([name, f"{values[0]:.1f}", f"{values[1]:.0f}", f"{values[2]:.1f}", f"{values[3]:.0f} ({large_size:.0f} MB)"])
    if options.markdown:
        table.insert(1, ["---"] * 5)
        print("\n".join("| " + " | ".join(row) + " |" for row in table))
    else:
        for row in table:
            print("".join(cell.ljust(18) for cell in row))


if __name__ == "__main__":
    main()
