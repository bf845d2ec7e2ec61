"""Writes NAME.txt beside each NAME.py: the scopes of the file as CPython's _symtable finds them, or its error. Lines "# ----" divide a file
into cases. Run with CPython 3.14 and nothing else.

usage: make.py            all files here
       make.py FILE...    only prints
"""

import _symtable
import pathlib
import sys

TYPES = ["function", "class", "module", "annotation", "type_alias", "type_parameters", "type_variable"]
FLAGS = ["DEF_GLOBAL", "DEF_LOCAL", "DEF_PARAM", "DEF_NONLOCAL", "USE", "DEF_FREE_CLASS", "DEF_IMPORT", "DEF_ANNOT", "DEF_COMP_ITER",
         "DEF_TYPE_PARAM", "DEF_COMP_CELL"]
SCOPES = ["LOCAL", "GLOBAL_EXPLICIT", "GLOBAL_IMPLICIT", "FREE", "CELL"]
DIVIDER = "# ----\n"
PASSING = _symtable.DEF_FREE_CLASS | _symtable.DEF_COMP_CELL


def passes_through(symbol):
    return not symbol & ((1 << _symtable.SCOPE_OFF) - 1) & ~PASSING


def words(symbol):
    scope = symbol >> _symtable.SCOPE_OFF & _symtable.SCOPE_MASK
    yield from (flag for flag in FLAGS if symbol & getattr(_symtable, flag))
    yield next((name for name in SCOPES if getattr(_symtable, name) == scope), "-")


def dump(table, level=0):
    indent = "  " * level
    nested = " nested" if table.nested else ""
    yield f"{indent}{TYPES[table.type]} {table.name}({', '.join(table.varnames)}) line {table.lineno}{nested}"
    passing = sorted(name for name, symbol in table.symbols.items() if passes_through(symbol))
    own = [name for name, symbol in table.symbols.items() if not passes_through(symbol)]
    for name in own + passing:
        yield f"{indent}  .{name}: {' '.join(words(table.symbols[name]))}"
    for child in table.children:
        yield from dump(child, level + 1)


def scopes(source, filename):
    try:
        return "".join(f"{line}\n" for line in dump(_symtable.symtable(source, filename, "exec")))
    except SyntaxError as error:
        place = f"{error.lineno}:{error.offset}-{error.end_lineno}:{error.end_offset}"
        return f"{type(error).__name__} {place} {error.msg}\n"
    except (ValueError, RecursionError, MemoryError) as error:
        return f"{type(error).__name__} {error}\n"


if __name__ == "__main__":
    if sys.argv[1:]:
        for name in sys.argv[1:]:
            sys.stdout.buffer.write(scopes(pathlib.Path(name).read_bytes(), name).encode("utf-8", "surrogatepass"))
    else:
        for path in sorted(pathlib.Path(__file__).parent.glob("*.py")):
            if path.name != "make.py":
                cases = path.read_text(encoding="utf-8").split(DIVIDER)
                path.with_suffix(".txt").write_text(DIVIDER.join(scopes(case, path.name) for case in cases), encoding="utf-8")
