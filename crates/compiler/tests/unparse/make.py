"""Writes NAME.expected beside each NAME.txt: each line's expression as CPython keeps it as an annotation's text (PEP 563).
Run with CPython 3.14 and nothing else."""

import pathlib
import warnings

FUTURE = "from __future__ import annotations\n"
warnings.simplefilter("ignore")


def text_of(expression):
    try:
        function = compile(f"{FUTURE}def f(x: ({expression})): pass", "", "exec")
    except SyntaxError:
        function = compile(f"{FUTURE}def f(*x: {expression}): pass", "", "exec")
    except ValueError as error:
        return f"{type(error).__name__} {error}"
    namespace = {}
    exec(function, namespace)
    return namespace["f"].__annotations__["x"]


for path in sorted(pathlib.Path(__file__).parent.glob("*.txt")):
    lines = path.read_text(encoding="utf-8").split("\n")[:-1]
    path.with_suffix(".expected").write_text("".join(f"{text_of(line)}\n" for line in lines), encoding="utf-8")
