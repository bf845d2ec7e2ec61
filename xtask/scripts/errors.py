"""Regenerates tests/errors/*.txt with the CPython that runs this script: what it says of each source in tests/errors/*.cases.

Cases stand between lines of five equals signs; the file's name is the mode, `valid` and `sequences` mean `exec`.
Usage: python3.14 xtask/scripts/errors.py (from the root of the repository)
"""

import ast
import pathlib
import warnings

warnings.simplefilter("ignore")


def judgement(source, mode):
    try:
        compile(source, "<s>", mode, ast.PyCF_ONLY_AST)
    except SyntaxError as error:
        name = type(error).__name__
        if len(error.args) < 2:
            return f"{name} {error.msg!r}"
        _, line, offset, text, end_line, end_offset = error.args[1]
        return f"{name} {error.msg!r} {line}:{offset}-{end_line}:{end_offset} {text!r}"
    except Exception as error:
        return f"{type(error).__name__} {str(error)!r}"
    return "valid"


for path in sorted(pathlib.Path("tests/errors").glob("*.cases")):
    mode = "exec" if path.stem in ("valid", "sequences") else path.stem
    cases = path.read_text("utf-8").split("\n=====\n")
    path.with_suffix(".txt").write_text("".join(judgement(case, mode) + "\n" for case in cases), "utf-8")
