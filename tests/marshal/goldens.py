"""Makes the expected texts of this folder with CPython 3.14: PYTHONHASHSEED=0 python3.14 goldens.py

values.txt: marshal data in hexadecimal, how many bytes of it are one value, whether CPython writes the same again, and repr() of the value.
versions.txt: a version of the format, data of version 5, and the same value in that version.
errors.txt: damaged data in hexadecimal and the exception it raises.
sets.txt: PYTHONHASHSEED, marshal data of a frozenset, and its repr() in a process of that seed.
hashes.txt: bytes in hexadecimal and _imp.source_hash of them.
"""

import _imp
import marshal
import os
import pathlib
import subprocess
import sys

here = pathlib.Path(__file__).parent

if len(sys.argv) > 1:
    # The helper process of sets.txt, under another seed.
    for line in sys.stdin.read().split():
        print(ascii(marshal.loads(bytes.fromhex(line))))
    sys.exit()

VALUES = [
    None, True, False, ..., StopIteration, 0, 1, -1, 255, 2**31 - 1, -(2**31), 2**31, -(2**31) - 1, 2**45, -(2**60), 2**300 + 12345, 2**15, 2**30 - 1,
    0.0, -0.0, 1.5, 1e300, float("inf"), float("nan"), 1j, -1.5 + 2j, complex(0.0, -0.0), b"", b"a", b"bytes\x00\xff", "", "a", "é", "ascii", "\xe9\xe8",
    "\u20ac", "\U0001f600", "\ud800x\udc00", "x" * 255, "x" * 256, "\xe9" * 200, (), (1,), (1, (2, (3.5,))), tuple(range(300)), [], [1, [2]], {}, {1: 2, "k": None},
    set(), {1, 2, 3}, frozenset(), frozenset({1.5, "a b", (1, 2), b"xy"}), slice(1, None, -1), slice("a", 2.5, ()), [[], ()], {(1, 2): {3: []}},
]
# What other versions write, and what none does.
FOREIGN = [
    b"f\x031.5", b"x\x011\x02-2", b"I\x01\x00\x00\x00\x00\x00\x00\x80", b"u\x02\x00\x00\x00hi", b"t\x02\x00\x00\x00hi", b"a\x02\x00\x00\x00hi",
    b"z\x02\xe9\xff", b"(\x01\x00\x00\x00i\x05\x00\x00\x00", b"l\x00\x00\x00\x00", b"l\x01\x00\x00\x00\x05\x00", b"l\xfe\xff\xff\xff\x00\x00\x01\x00",
    b"\xdb\x02\x00\x00\x00\xe9\x07\x00\x00\x00r\x01\x00\x00\x00", b"{N0", b"{0", b"(\x02\x00\x00\x00\xda\x01ar\x00\x00\x00\x00", b"N and more",
    b">\x02\x00\x00\x00TT", b"<\x03\x00\x00\x00i\x01\x00\x00\x00Tg\x00\x00\x00\x00\x00\x00\xf0?",
]
ERRORS = [
    b"", b"i", b"i\1\0", b"?", b"\xff", b"(\1\0\0\0", b"(\xff\xff\xff\xff", b"[\xff\xff\xff\xff", b"<\xff\xff\xff\xff", b">\0\0\0\x80", b"s\xff\xff\xff\xff",
    b"a\xff\xff\xff\xff", b"u\xff\xff\xff\xff", b"t\0\0\0\x80", b"l\0\0\0\x80", b"r\0\0\0\0", b"r\xff\xff\xff\xff", b"l\1\0\0\0\0\0", b"l\1\0\0\0\xff\xff", b"l\1\0\0\0\0\x80",
    b"l\2\0\0\0\1\0\0\0", b"u\1\0\0\0\xff", b"u\2\0\0\0\xc3(", b"u\2\0\0\0\xe2\x82", b"u\4\0\0\0a\xe2\x82(", b"u\3\0\0\0\xed\xa0(", b"u\2\0\0\0a\x80", b"u\4\0\0\0\xf4\x90\x80\x80",
    b"u\xff\0\0\0a", b"z\3a", b"z", b")", b"f", b"x\x011", b"x", b"f\x03abc", b"f\x09", b"0", b"(\1\0\0\x000", b"[\1\0\0\x000", b"<\1\0\0\x000", b">\1\0\0\x000", b"{N", b"{[\0\0\0\0N0",
    b"{)\1[\0\0\0\0N0", b"<\1\0\0\0[\0\0\0\0", b">\1\0\0\0{0", b">\1\0\0\0)\1<\0\0\0\0", b":NN", b"\xbaNNr\0\0\0\0", b"\xbe\1\0\0\0r\0\0\0\0", b"g1234", b"y12345678", b"c\0\0",
    b"c" + b"\0" * 20 + b"N", b"[\1\0\0\0" * 2001 + b"N", b")\1" * 2001 + b"N", b"I\0\0\0\0", b"s\xff\xff\xff\x7f", b"(\xff\xff\xff\x7fN", b"l\xff\xff\xff\x7f\1\0",
]
SETS = [
    {1, 2, 3}, {-1, -2, 0, 8, 16, 24, 2**61 - 1, 2**61, 2**70, -(2**100)}, {0.5, 1.5, -0.25, 1e300, -1e-300, float("inf"), float("-inf"), 5e-324}, {None, 1j, -1.5 + 2j, 3},
    {"spam", "eggs", "ham", "", "é", "€uro", "\U0001f600", "\ud800"}, {b"", b"a", b"spam"}, {(), (1,), (1, 2), (1, (2, "x")), ("a", None)}, set(range(100, 0, -7)), {str(i) for i in range(40)},
    {frozenset(), frozenset({1}), frozenset({1, 2}), frozenset({"a", "b"}), frozenset({(1,), 2.5})}, {slice(1, 2, 3), slice(None, "a", None)}, {i * 32 for i in range(12)}, set(range(0, 1000, 64)),
]


def write(name, lines):
    (here / name).write_text("".join(line + "\n" for line in lines), encoding="ascii")


def value(data):
    value = marshal.loads(data)
    # Somebody else must hold it, or it would not be flagged as shared.
    held = [value]
    again = marshal.dumps(held[0])
    length = next(length for length in range(1, len(data) + 1) if loads(data[:length]))
    return f"{data.hex()}\t{length}\t{'same' if again == data else 'other'}\t{ascii(value)}"


def loads(data):
    try:
        marshal.loads(data)
        return True
    except EOFError:
        return False


def error(data):
    try:
        return f"{data.hex()}\tnone: {marshal.loads(data)!r}"
    except Exception as raised:
        return f"{data.hex()}\t{type(raised).__name__}: {raised}"


def sets(seed):
    data = [marshal.dumps(frozenset(items)).hex() for items in SETS]
    environ = {**os.environ, "PYTHONHASHSEED": str(seed)}
    out = subprocess.run([sys.executable, "-s", __file__, "sets"], input="\n".join(data), capture_output=True, text=True, check=True, env=environ)
    return [f"{seed}\t{line}\t{text}" for line, text in zip(data, out.stdout.splitlines(), strict=True)]


def versions(item):
    # A fresh copy, whose parts nobody else holds.
    held = [marshal.loads(marshal.dumps(item))]
    for version in range(5):
        try:
            yield f"{version}\t{marshal.dumps(held[0]).hex()}\t{marshal.dumps(held[0], version).hex()}"
        except ValueError as raised:
            yield f"{version}\t{marshal.dumps(held[0]).hex()}\t{raised}"


write("versions.txt", [line for item in VALUES if not isinstance(item, tuple) or len(item) < 300 for line in versions(item)])
write("values.txt", [value(marshal.dumps(item)) for item in VALUES] + [value(data) for data in FOREIGN])
write("errors.txt", map(error, ERRORS))
write("sets.txt", sets(0) + sets(1234567))
write("hashes.txt", [f"{data.hex() or '-'}\t{_imp.source_hash(_imp.pyc_magic_number_token, data).hex()}" for data in (b"", b"x = 1\n", bytes(range(256)))])
