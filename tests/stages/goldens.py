"""Makes the expected texts of this folder with CPython 3.14: for each NAME.py, NAME.tokens, NAME.ast, NAME.scopes, NAME.instructions and
NAME.graph, as `terrarium compile --stage` shows them, less what follows a #. CPython keeps apart the unit of an __annotate__ of variables."""

import _testinternalcapi
import ast
import contextlib
import dis
import os
import pathlib
import symtable
import sys
import tokenize

PASSING = {"", "def_free_class", "def_comp_cell"}


def listing(instructions):
    yield "unit"
    for index, (opcode, arg, line, end_line, column, end_column) in enumerate(instructions):
        place = "-" if line == -1 else f"{line}-{end_line} {column}-{end_column}"
        yield f"{index:4} {dis.opname[opcode]} {arg or 0}  {place}"


def units(sequence):
    yield from listing(sequence.get_instructions())
    for nested in sequence.get_nested():
        yield from units(nested)


def codegen(name):
    return _testinternalcapi.compiler_codegen(ast.parse(pathlib.Path(name).read_bytes()), name, 0)


def instructions(name):
    yield from units(codegen(name)[0])


def graph(name):
    sequence, metadata = codegen(name)
    yield from listing(_testinternalcapi.optimize_cfg(sequence, list(metadata["consts"]), 0).get_instructions())


def tree(name):
    yield ast.dump(ast.parse(pathlib.Path(name).read_bytes()), indent=3)


def sort_key(line):
    """Names that pass through a block only come in the order of a set: last and sorted here."""
    name, flags = line.split(" symbol ")[1].rsplit(": ", 1)
    passes = set(flags.split(", ")) <= PASSING
    return passes, name if passes else ""


def main(name, stage):
    with open(f"{name[:-3]}.{stage}", "w", encoding="utf-8", newline="\n") as out, contextlib.redirect_stdout(out):
        match stage:
            case "tokens":
                tokenize._main(["-e", name])
            case "scopes":
                symtable.main([name])
            case _:
                lines = {"ast": tree, "instructions": instructions, "graph": graph}[stage](name)
                print(*lines, sep="\n")
    if stage == "scopes":
        path = pathlib.Path(f"{name[:-3]}.{stage}")
        blocks = [block.split("\n") for block in path.read_text(encoding="utf-8").split("\n\n")]
        texts = ["\n".join([first, *sorted((line for line in rest if line), key=sort_key)]) for first, *rest in blocks]
        path.write_text("\n\n".join(texts), encoding="utf-8")


os.chdir(pathlib.Path(__file__).parent)
if len(sys.argv) > 1:
    main(*sys.argv[1:])
    # CPython 3.14.10 crashes when it frees instruction sequences.
    sys.stdout.flush()
    os._exit(0)
for path in sorted(pathlib.Path().glob("*.py")):
    for stage in ("tokens", "ast", "scopes", "instructions", "graph"):
        if path.name != "goldens.py":
            os.spawnv(os.P_WAIT, sys.executable, [sys.executable, __file__, path.name, stage])
