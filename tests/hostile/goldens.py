"""Makes expected.txt with CPython 3.14: what it says of the sources of cases.txt, which are made by repetition.

A case is a name and a row of quoted pieces, each with the number of its repetitions if there are several; `%d` in a piece stands for the
number of the repetition. crates/compiler/tests/hostile.rs reads the same. The stack has its usual 8 MB; how much of it CPython says it used
is left out.
"""

import pathlib
import re
import resource
import subprocess
import sys

HERE = pathlib.Path(__file__).parent
PIECE = re.compile(r"'((?:[^'\\]|\\.)*)'(?:\*(\d+))?")


def source(row):
    out = []
    for text, times in PIECE.findall(row):
        text = text.encode("latin-1").decode("unicode_escape")
        numbers = range(int(times or 1))
        out.append("".join(text.replace("%d", str(n)) for n in numbers) if "%d" in text else text * len(numbers))
    return "".join(out)


def judgement(text):
    try:
        compile(text, "<s>", "exec", dont_inherit=True)
    except SyntaxError as error:
        place = f"{error.lineno}:{error.offset}-{error.end_lineno}:{error.end_offset}"
        return f"{type(error).__name__} {place} {error.msg}"
    except Exception as error:
        return f"{type(error).__name__} {re.sub(r'used [0-9]+ kB', 'used N kB', str(error))}"
    return "valid"


def main():
    rows = (HERE / "cases.txt").read_text("utf-8").splitlines()
    if sys.argv[1:] == ["--row"]:
        print(judgement(source(sys.stdin.read())))
        return
    resource.setrlimit(resource.RLIMIT_STACK, (8 << 20, resource.getrlimit(resource.RLIMIT_STACK)[1]))
    lines = []
    for row in rows:
        name, _, pieces = row.partition(": ")
        command = [sys.executable, "-W", "ignore", __file__, "--row"]
        said = subprocess.run(command, input=pieces, capture_output=True, text=True, check=True).stdout
        lines.append(f"{name}: {said}")
    (HERE / "expected.txt").write_text("".join(lines), "utf-8")


main()
