"""rows.py SCRIPT: the counts of SCRIPT's own variables, a row at each call, line and return, on standard error.

A row is the event, the line and, for each variable of the running frame, NAME:TYPE=COUNT with the count that
sys.getrefcount gives ('imm' for an immortal object). Modules, built-in functions and types are left out: who refers
to them is the interpreter's business. Two Pythons agree on reference counts when their rows are the same bytes.
"""
import sys

KINDS_LEFT_OUT = frozenset((type(sys), type(len), type(str.join), type([].append), type(int.__add__), type(type.__dict__)))
BUILTINS = frozenset(id(value) for value in vars(sys.modules["builtins"]).values())
MOST_ROWS = 20000
IMMORTAL = 1 << 30
class_of, count_of = type, sys.getrefcount


def main(path):
    rows = []

    def look(frame, event, arg):
        if frame.f_code.co_filename != path or len(rows) >= MOST_ROWS:
            return None
        fields = [event, str(frame.f_lineno)]
        variables = frame.f_locals
        for name in sorted(variables):
            if name.startswith("__") or class_of(variables[name]) in KINDS_LEFT_OUT or id(variables[name]) in BUILTINS:
                continue
            count = count_of(variables[name])
            shown = "imm" if count >= IMMORTAL else count
            fields.append(f"{name}:{class_of(variables[name]).__name__}={shown}")
        rows.append(" ".join(fields))
        return look

    with open(path, encoding="utf-8") as file:
        code = compile(file.read(), path, "exec", dont_inherit=True)
    names = {"__name__": "__main__", "__file__": path, "__builtins__": __builtins__}
    ended = "returned"
    sys.settrace(look)
    try:
        exec(code, names)
    except BaseException as error:
        ended = "raised " + class_of(error).__name__
    finally:
        sys.settrace(None)
    sys.stderr.write("\n".join([*rows, ended]) + "\n")


main(sys.argv[1])
