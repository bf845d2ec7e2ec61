"""Compares what CPython 3.14, which runs this, and Terrarium compile files to: every field of every code object, warnings and errors, and the
marshalled bytes. Prints the first difference of each file that differs, then how many are the same.

usage: compare.py DUMP_CODE 0|1|2 FILE-OR-DIRECTORY...      (DUMP_CODE: the built examples/dump_code)
"""

import pathlib
import subprocess
import sys
import tempfile

import make


def files(arguments):
    for argument in map(pathlib.Path, arguments):
        if argument.is_dir():
            yield from sorted(path for path in argument.rglob("*.py") if path.is_file())
        else:
            yield argument


def first_difference(expected, found):
    unit = ""
    for theirs, ours in zip(expected.splitlines() + ["(end)"], found.splitlines() + ["(end)"]):
        if theirs.startswith("CODE"):
            unit = theirs
        if theirs != ours:
            return f"  in {unit[:100]}\n  CPython {theirs[:300]}\n  found   {ours[:300]}"


def difference(path, level, target):
    expected, marshalled = make.outcome(path.read_bytes(), str(path), "exec", level, 0)
    found = target.with_suffix(".txt").read_text()
    if found != expected:
        return first_difference(expected, found)
    if marshalled is not None and target.with_suffix(".marshal").read_bytes() != marshalled:
        return "  the marshalled bytes differ"


def main(dump_code, level, *arguments):
    paths = list(files(arguments))
    same = 0
    with tempfile.TemporaryDirectory() as directory:
        names = pathlib.Path(directory, "list")
        names.write_text("".join(f"{path}\n" for path in paths))
        subprocess.run([dump_code, level, names, directory], check=True)
        for number, path in enumerate(paths, 1):
            report = difference(path, int(level), pathlib.Path(directory, str(number)))
            if report:
                print(path, report, sep="\n")
            else:
                same += 1
    print(f"{same} of {len(paths)} are the same")
    return same != len(paths)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
