"""Writes src/types/str/unicode_tables.rs from the character properties of the CPython 3.14 that runs this script."""
import sys
import unicodedata

assert sys.version_info[:2] == (3, 14), sys.version
FLAGS = "ALPHA DECIMAL DIGIT NUMERIC LOWER UPPER TITLE PRINTABLE CASED CASE_IGNORABLE ID_START ID_CONTINUE SPACE SPECIAL".split()
BIT = {name: 1 << i for i, name in enumerate(FLAGS)}
SIGMA = "\u03a3"


def case_ignorable(c):
    # A sigma is final after a cased letter; ignorable characters in between are passed over.
    return ("A" + c + SIGMA).lower()[-1] == "\u03c2" and (c + SIGMA).lower()[-1] != "\u03c2"


def cased(c):
    return (c + "a").title()[-1] == "a"


def record(i):
    c = chr(i)
    tests = dict(
        ALPHA=c.isalpha(), DECIMAL=c.isdecimal(), DIGIT=c.isdigit(), NUMERIC=c.isnumeric(), LOWER=c.islower() and not c.isupper(),
        UPPER=c.isupper(), TITLE=unicodedata.category(c) == "Lt", PRINTABLE=c.isprintable(), CASED=cased(c),
        CASE_IGNORABLE=case_ignorable(c), ID_START=c.isidentifier(), ID_CONTINUE=("a" + c).isidentifier(), SPACE=c.isspace(),
    )
    flags = sum(BIT[name] for name, value in tests.items() if value)
    maps = [c.upper(), c.lower(), c.title(), c.casefold()]
    if any(len(m) != 1 for m in maps):
        special.append((i, maps))
        return (flags | BIT["SPECIAL"], 0, 0, 0, 0, unicodedata.digit(c, 0))
    return (flags, *(ord(m) - i for m in maps), unicodedata.digit(c, 0))


special, records, index = [], {}, []
for i in range(sys.maxunicode + 1):
    index.append(records.setdefault(record(i), len(records)))
best = None
for shift in range(4, 9):
    size = 1 << shift
    blocks, first = {}, []
    for at in range(0, len(index), size):
        first.append(blocks.setdefault(tuple(index[at : at + size]), len(blocks)))
    total = len(first) + len(blocks) * size
    if best is None or total < best[0]:
        best = (total, shift, first, blocks)
_, shift, first, blocks = best


def rows(values):
    line = "   "
    for value in values:
        text = f" {value},"
        if len(line) + len(text) > 136:
            print(line, file=out)
            line = "   "
        line += text
    print(line, file=out)


def literal(text):
    return '"' + "".join(f"\\u{{{ord(c):x}}}" for c in text) + '"'


out = open("src/types/str/unicode_tables.rs", "w", encoding="ascii")
print(f"//! Character properties, Unicode {unicodedata.unidata_version}. Written by tables/unicode.py; do not edit.\n", file=out)
print("/// Bits of `Record::flags`.\npub mod flag {", file=out)
for name in FLAGS:
    print(f"    pub const {name}: u16 = {BIT[name]};", file=out)
print("}\n\n/// Properties that many characters share: flags, differences to the other cases, value as a digit.", file=out)
print("pub struct Record {\n    pub flags: u16,\n    pub upper: i32,\n    pub lower: i32,\n    pub title: i32,\n    pub fold: i32,\n    pub digit: u8,\n}\n", file=out)
print("const fn r(flags: u16, upper: i32, lower: i32, title: i32, fold: i32, digit: u8) -> Record {", file=out)
print("    Record {\n        flags,\n        upper,\n        lower,\n        title,\n        fold,\n        digit,\n    }\n}\n", file=out)
print(f"pub static RECORDS: [Record; {len(records)}] = [", file=out)
for values in records:
    print("    r(" + ", ".join(map(str, values)) + "),", file=out)
print(f"];\n\npub const SHIFT: u32 = {shift};\n\n#[rustfmt::skip]\npub static FIRST: [u16; {len(first)}] = [", file=out)
rows(first)
flat = [x for block in blocks for x in block]
print(f"];\n\n#[rustfmt::skip]\npub static SECOND: [u16; {len(flat)}] = [", file=out)
rows(flat)
print("];\n\n/// Characters one of whose cases is a longer text: upper, lower, title, folded.\n#[rustfmt::skip]", file=out)
print(f"pub static SPECIAL: [(u32, [&str; 4]); {len(special)}] = [", file=out)
for i, maps in special:
    print(f"    ({i}, [{', '.join(map(literal, maps))}]),", file=out)
print("];", file=out)
