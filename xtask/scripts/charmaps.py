"""Regenerates crates/compiler/src/source/charmaps.txt with the CPython that runs this script: the upper halves of its one-byte encodings
that agree with ASCII below, the whole of the others.

Usage: python3.14 xtask/scripts/charmaps.py (from the root of the repository)
"""

import encodings
import encodings.aliases
import importlib
import pathlib
import pkgutil
import warnings

warnings.simplefilter("ignore")

HEAD = """\
# One-byte encodings: names, then the characters of bytes 0x80 to 0xff, or of all 256, in hexadecimal, runs as first-last; `-` is undefined.
# Made by xtask/scripts/charmaps.py.
"""


def table(name):
    """The characters of bytes 0x80 to 0xff, or of all where the lower ones are not ASCII; None if the codec is of another kind."""
    try:
        codec = importlib.import_module(f"encodings.{name}").getregentry()
        if not codec._is_text_encoding:
            return None
        if not any(hasattr(importlib.import_module(f"encodings.{name}"), table) for table in ("decoding_table", "decoding_map")):
            return None
    except (ImportError, LookupError, UnicodeError, AttributeError):
        return None
    points = []
    for byte in range(256):
        try:
            points.append(ord(bytes([byte]).decode(name)))
        except UnicodeDecodeError:
            points.append(None)
    return points[128:] if points[:128] == list(range(128)) else points


def runs(points):
    """`a-b` for consecutive code points."""
    out = []
    for point in points:
        if point is not None and out and out[-1] and out[-1][1] == point - 1:
            out[-1][1] = point
        else:
            out.append(None if point is None else [point, point])
    return ["-" if r is None else f"{r[0]:x}" if r[0] == r[1] else f"{r[0]:x}-{r[1]:x}" for r in out]


lines = []
for module in sorted(m.name for m in pkgutil.iter_modules(encodings.__path__)):
    points = table(module)
    if points:
        names = [module] + sorted(alias for alias, name in encodings.aliases.aliases.items() if name == module)
        lines.append(f"{' '.join(names)}: {' '.join(runs(points))}\n")
pathlib.Path("crates/compiler/src/source/charmaps.txt").write_text(HEAD + "".join(lines))
