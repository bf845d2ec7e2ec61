"""Regenerates tests/tree/*.txt with the CPython that runs this script: the trees of tests/tree/*.py, and the warnings.

Usage: python3.14 xtask/scripts/tree.py (from the root of the repository)
"""

import ast
import pathlib
import warnings

LEVELS = [None, 1, 2]


def section(source, optimize):
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        tree = ast.parse(source) if optimize is None else ast.parse(source, optimize=optimize)
    if optimize is not None:
        caught += control_flow(source, optimize)
    title = "parsed" if optimize is None else f"optimize={optimize}"
    lines = [f"# {title}", ast.dump(tree, include_attributes=True)]
    lines += [f"{w.lineno}: {w.category.__name__}: {w.message}" for w in caught]
    return "\n".join(lines) + "\n"


def control_flow(source, optimize):
    """The warnings of preprocessing, which ast.parse leaves out; later passes may reject the source, or warn on their own."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            compile(source, "<tree>", "exec", optimize=optimize)
        except SyntaxError:
            pass
    return [w for w in caught if str(w.message).endswith("in a 'finally' block")]


for path in sorted(pathlib.Path("tests/tree").glob("*.py")):
    source = path.read_bytes()
    path.with_suffix(".txt").write_text("".join(section(source, level) for level in LEVELS), "utf-8", "backslashreplace")
