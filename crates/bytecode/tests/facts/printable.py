"""Writes src/repr/printable.rs, the ranges of code points that str.isprintable() refuses: python3.14 printable.py > ../../src/repr/printable.rs"""

import sys
import unicodedata

ranges = []
for point in range(sys.maxunicode + 1):
    if not chr(point).isprintable():
        if ranges and ranges[-1][1] == point - 1:
            ranges[-1][1] = point
        else:
            ranges.append([point, point])

print(f"""//! Which characters are printable, Unicode {unicodedata.unidata_version}. Written by tests/facts/printable.py from what CPython 3.14 says; do not edit.

/// Whether `str.isprintable()` holds for the code point. Numbers beyond Unicode are not printable.
pub fn is_printable(point: u32) -> bool {{
    let after = NOT_PRINTABLE.partition_point(|&(first, _)| first <= point);
    point <= {sys.maxunicode:#x} && (after == 0 || NOT_PRINTABLE[after - 1].1 < point)
}}

/// First and last code point of each range, in order.
#[rustfmt::skip]
static NOT_PRINTABLE: [(u32, u32); {len(ranges)}] = [""")
for start in range(0, len(ranges), 6):
    print("    " + " ".join(f"(0x{first:x}, 0x{last:x})," for first, last in ranges[start : start + 6]))
print("];")
