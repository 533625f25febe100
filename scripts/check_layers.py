#!/usr/bin/env python3
"""Checks every #include of the tree against cmake/layers.txt.

- A room includes only itself and what its line of the table lets it reach.
- A third party is included only behind its door.
- A header that brings in a third party, also through other headers, is not included by another room.
- Headers begin with #pragma once and pull in no namespace; what `ruff` links uses no iostream.

Prints one line a mistake, `file:line: what`, and ends with 1 if there is any.
"""

import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TABLE = ROOT / "cmake/layers.txt"
INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]')
ROOM_LINE = re.compile(r"^([a-z]+)\s+([a-z/]+)\s*:(.*)$")
DOOR_LINE = re.compile(r"^@(\S+)\s+(\S+)\s*:(.*)$")
SHAPELESS_NAMES = {"utils", "util", "helpers", "helper", "common", "misc"}


class Table:
    """The rooms with all they may reach, and the doors of third parties."""

    def __init__(self, path):
        self.folders = {}  # room -> folder
        self.reach = {}  # room -> set of rooms
        self.doors = []  # (name, include prefix, [path prefix])
        for number, line in enumerate(path.read_text().splitlines(), 1):
            if match := ROOM_LINE.match(line):
                room, folder, below = match[1], match[2], match[3].split()
                for lower in below:
                    if lower not in self.reach:
                        sys.exit(f"{path}:{number}: `{room}` names `{lower}`, which no line above declares")
                self.folders[room] = folder
                self.reach[room] = {room}.union(*(self.reach[lower] for lower in below), below)
            elif match := DOOR_LINE.match(line):
                self.doors.append((match[1], match[2], match[3].split()))

    def room_of(self, path):
        """The room of a path relative to the root, or None for tests, bench and the rest."""
        for room, folder in self.folders.items():
            if path.startswith(folder + "/"):
                return room
        return None

    def door_of(self, include):
        return next((door for door in self.doors if include.startswith(door[1])), None)


class SourceFile:
    def __init__(self, path):
        self.name = path.relative_to(ROOT).as_posix()
        self.text = path.read_text(errors="replace")
        self.includes = []  # (line, is_quoted, target)
        for number, line in enumerate(self.text.splitlines(), 1):
            if match := INCLUDE.match(line):
                self.includes.append((number, match[1] == '"', match[2]))


def source_files(table):
    folders = [*table.folders.values(), "tests", "bench"]
    for folder in folders:
        for path in sorted((ROOT / folder).rglob("*")):
            if path.suffix in (".h", ".cpp", ".def") and "node_modules" not in path.parts:
                yield SourceFile(path)


def headers_with_third_parties(files, table):
    """Headers that include a third party, directly or through a header -> its name."""
    tainted = {}
    for source in files.values():
        for _, _, target in source.includes:
            if door := table.door_of(target):
                tainted[source.name] = door[0]
    changed = True
    while changed:
        changed = False
        for source in files.values():
            if source.name in tainted:
                continue
            for _, _, target in source.includes:
                if target in tainted and target.endswith(".h"):
                    tainted[source.name] = tainted[target]
                    changed = True
                    break
    return {name: door for name, door in tainted.items() if name.endswith(".h")}


def check_includes(source, table, tainted):
    room = table.room_of(source.name)
    for line, is_quoted, target in source.includes:
        place = f"{source.name}:{line}"
        if door := table.door_of(target):
            if not any(source.name.startswith(prefix) for prefix in door[2]):
                yield f"{place}: {target} ({door[0]}) is included only by {', '.join(door[2])}"
            continue
        if not is_quoted or room is None:
            continue
        other = table.room_of(target)
        # A header that the build generates has no folder; one beside the source has to be named in full.
        is_generated = "/" not in target and not (ROOT / source.name).with_name(target).exists()
        if other is None and is_generated:
            continue
        if other is None:
            yield f"{place}: {target} is in no room; includes are rooted at the repository"
        elif other not in table.reach[room]:
            yield f"{place}: `{room}` may not reach `{other}` ({target})"
        elif other != room and target in tainted:
            yield f"{place}: {target} brings {tainted[target]} into another room"


def check_form(source, table):
    stem = Path(source.name).stem
    if stem in SHAPELESS_NAMES:
        yield f"{source.name}:1: a file called {stem} says nothing about what it holds"
    if source.name.endswith(".h"):
        if "#pragma once" not in source.text:
            yield f"{source.name}:1: no #pragma once"
        for number, line in enumerate(source.text.splitlines(), 1):
            if re.match(r"\s*using\s+namespace\b", line):
                yield f"{source.name}:{number}: `using namespace` in a header"
    if table.room_of(source.name):
        for line, _, target in source.includes:
            if target in ("iostream", "fstream", "sstream"):
                yield f"{source.name}:{line}: <{target}> costs start-up time; use the writers of core/support"


def main():
    table = Table(TABLE)
    files = {source.name: source for source in source_files(table)}
    tainted = headers_with_third_parties(files, table)
    mistakes = []
    for source in files.values():
        mistakes += check_includes(source, table, tainted)
        mistakes += check_form(source, table)
    print("\n".join(mistakes) if mistakes else f"{len(files)} files keep to {TABLE.relative_to(ROOT)}")
    return 1 if mistakes else 0


if __name__ == "__main__":
    sys.exit(main())
