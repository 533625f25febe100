#!/usr/bin/env python3
"""Files and requests in Ruff and in its peers, interleaved, with the ratios to Ruff.

    bench/async/io.py [--rounds N] [--rows fanout-64,files-at-once] [--ruff PATH] [--markdown]

Every program measures its own work, without its start, and prints milliseconds; shown are medians. The server is ruff-test-server
of the build; bare libcurl is bench/async/io/curl_fanout.cpp, Go is built into a temporary folder. Peers that are missing are named.
Floors, which a slower machine may miss: fan-out at 64 at most 2.5 times bare libcurl, a thousand requests 350 ms, a small file 12 µs at
once and 40 µs one at a time."""
import argparse, os, shutil, statistics, subprocess, sys, tempfile

HERE = os.path.dirname(os.path.abspath(__file__))


def rows(server, folder):
    hello, late, later = server + "/hello", server + "/delay/50", server + "/delay/100"
    return {
        "three requests of 100 ms, in sequence": ["sequence", later, "3"],
        "three requests of 100 ms, together": ["all", later, "3"],
        "fanout-64: 5,000 requests": ["fanout", hello, "5000", "64"],
        "fanout-256: 5,000 requests": ["fanout", hello, "5000", "256"],
        "a thousand requests of 50 ms, together": ["all", late, "1000"],
        "three files, in sequence": ["files-in-sequence", folder, "3"],
        "three files, together": ["files-at-once", folder, "3"],
        "files-at-once: 10,000 small": ["files-at-once", folder, "10000"],
        "files-in-sequence: 10,000 small": ["files-in-sequence", folder, "10000"],
    }


def peers(options, build, work):
    found = {"ruff": [options.ruff, "run", f"{HERE}/io/io.ruff", "--"]}
    missing = []
    bare = os.path.join(build, "ruff-bench-curl")
    if os.path.exists(bare):
        found["libcurl"] = [bare]
    else:
        missing.append("libcurl (ninja ruff-bench-curl)")
    if shutil.which("node"):
        found["node"] = ["node", f"{HERE}/io/io.js"]
    else:
        missing.append("node")
    found["asyncio"] = [sys.executable, f"{HERE}/io/io_asyncio.py"]
    if shutil.which("go"):
        program = os.path.join(work, "io-go")
        result = subprocess.run(["go", "build", "-o", program, f"{HERE}/io/io.go"], capture_output=True, text=True)
        if result.returncode == 0:
            found["go"] = [program]
        else:
            missing.append("go (does not build)")
    else:
        missing.append("go")
    return found, missing


def measure(name, command, arguments):
    if name == "libcurl":
        if arguments[0] != "fanout":
            return None
        arguments = arguments[1:]
    result = subprocess.run([*command, *arguments], capture_output=True, text=True)
    try:
        return float(result.stdout.split()[0]) if result.returncode == 0 else None
    except (IndexError, ValueError):
        return None


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--rows", default="")
    parser.add_argument("--ruff", default=f"{HERE}/../../build/release/bin/ruff")
    parser.add_argument("--markdown", action="store_true")
    options = parser.parse_args()
    build = os.path.dirname(os.path.abspath(options.ruff))

    with tempfile.TemporaryDirectory() as work:
        folder = os.path.join(work, "files")
        os.mkdir(folder)
        for i in range(10000):
            with open(os.path.join(folder, f"f{i}"), "w") as file:
                file.write("hello " * 20)
        server = subprocess.Popen([os.path.join(build, "ruff-test-server")], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        address = f"http://127.0.0.1:{server.stdout.readline().split()[0]}"
        found, missing = peers(options, build, work)
        names = list(found)
        cell = " | " if options.markdown else "  "
        print(cell.join(["work".ljust(40)] + [name.rjust(10) for name in names]))
        if options.markdown:
            print(cell.join(["---"] * (1 + len(names))))
        for title, arguments in rows(address, folder).items():
            if options.rows and not any(part in title for part in options.rows.split(",")):
                continue
            times = {name: [] for name in names}
            for turn in range(options.rounds):
                for name in names[turn % len(names):] + names[:turn % len(names)]:
                    times[name].append(measure(name, found[name], arguments))
            medians = {name: statistics.median(all) if None not in all else None for name, all in times.items()}
            own = medians["ruff"]
            texts = ["-" if value is None else f"{value:.1f}" + ("" if name == "ruff" or not own else f" {own / value:.2f}x") for name, value in medians.items()]
            print(cell.join([title.ljust(40)] + [text.rjust(10) for text in texts]), flush=True)
        server.stdin.close()
        server.wait()
    print("Milliseconds, and how many times longer Ruff takes." + (f" Missing: {', '.join(missing)}." if missing else ""))


if __name__ == "__main__":
    main()
