"""Makes digests.txt with CPython 3.14: what it says of programs of ours that are damaged in one place.

Each source of digests.txt (or those given) is damaged COUNT times as `mutant` says; crates/compiler/tests/mutants.rs does the same. A line of
digests is the name of a source and 32 bits for each mutant: of the warnings and the exception, or of `valid`.
`goldens.py --show NAME NUMBER` prints a mutant and what CPython says of it.
"""

import pathlib
import re
import sys
import warnings

HERE = pathlib.Path(__file__).parent
ROOT = HERE.parent.parent
COUNT = 1000
MASK = (1 << 64) - 1

INSERTS = [
    line.encode("latin-1", "backslashreplace").decode("unicode_escape")
    for line in (HERE / "inserts.txt").read_text("utf-8").splitlines()
]


def fnv(data):
    value = 0xCBF29CE484222325
    for byte in data:
        value = (value ^ byte) * 0x100000001B3 & MASK
    return value


class Numbers:
    """A linear congruential generator."""

    def __init__(self, name, number):
        self.state = fnv(f"{name} {number}".encode())

    def below(self, limit):
        self.state = (self.state * 6364136223846793005 + 1442695040888963407) & MASK
        return (self.state >> 33) % limit


def mutant(source, name, number):
    pieces = re.findall(r"[A-Za-z0-9_]+| +|.", source, re.DOTALL)
    numbers = Numbers(name, number)
    way, at = numbers.below(7), numbers.below(len(pieces))
    if way == 0:
        del pieces[at]
    elif way == 1:
        pieces.insert(at, pieces[at])
    elif way == 2:
        other = numbers.below(len(pieces))
        pieces[at], pieces[other] = pieces[other], pieces[at]
    elif way == 3:
        pieces[at] = pieces[numbers.below(len(pieces))]
    elif way == 4:
        pieces.insert(at, INSERTS[numbers.below(len(INSERTS))])
    elif way == 5:
        pieces[at] = INSERTS[numbers.below(len(INSERTS))]
    else:
        del pieces[at:]
    return "".join(pieces)


def judgement(source):
    with warnings.catch_warnings(record=True) as issued:
        warnings.simplefilter("always")
        try:
            compile(source, "<s>", "exec", dont_inherit=True)
            verdict = "valid"
        except SyntaxError as error:
            place = f"{error.lineno}:{error.offset}-{error.end_lineno}:{error.end_offset}"
            verdict = f"{type(error).__name__} {place} {error.msg}"
        except Exception as error:
            verdict = f"{type(error).__name__} {error}"
    return "".join(f"{w.category.__name__} {w.lineno} {w.message}\n" for w in issued) + verdict


def main(arguments):
    if arguments[:1] == ["--show"]:
        _, name, number = arguments
        source = mutant((ROOT / name).read_text("utf-8"), name, int(number))
        print(source, judgement(source), sep="\n=====\n")
        return
    digests = HERE / "digests.txt"
    names = arguments or [line.split(" ", 1)[0] for line in digests.read_text().splitlines()]
    lines = []
    for name in names:
        source = (ROOT / name).read_text("utf-8")
        found = (fnv(judgement(mutant(source, name, number)).encode()) & 0xFFFFFFFF for number in range(COUNT))
        lines.append(f"{name} {fnv(source.encode()):016x} {' '.join(f'{digest:08x}' for digest in found)}\n")
    digests.write_text("".join(lines))


main(sys.argv[1:])
