"""Makes the expected texts of this folder with CPython 3.14: PYTHONHASHSEED=0 python3.14 goldens.py

For each NAME.py: NAME.pyc; NAME.txt, the text of dis; NAME.full.txt, with -C -O -P; for constants also NAME.specialized.txt, with -S -C; NAME.current.txt, with the
instruction at offset CURRENT marked and at most one level deep; NAME.info.txt, code_info of every code object. raw.txt is the text for bare
bytecode, of which raw.hex has a line each. Addresses are left out.
"""

import dis
import io
import marshal
import os
import pathlib
import py_compile
import re
import types

CURRENT = 10
here = pathlib.Path(__file__).parent
os.chdir(here)


def text(show, *args, **options):
    file = io.StringIO()
    show(*args, file=file, **options)
    return re.sub(r" at 0x[0-9a-f]+", " at 0x", file.getvalue())


def write(name, content):
    (here / name).write_bytes(content.encode("utf-8", "surrogatepass"))


def infos(code):
    yield dis.code_info(code)
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):
            yield from infos(constant)


for source in sorted(here.glob("*.py")):
    name = source.stem
    if name == "goldens":
        continue
    py_compile.compile(source.name, name + ".pyc", doraise=True, invalidation_mode=py_compile.PycInvalidationMode.UNCHECKED_HASH)
    code = marshal.loads((here / (name + ".pyc")).read_bytes()[16:])
    write(name + ".txt", text(dis.dis, code))
    write(name + ".full.txt", text(dis.dis, code, show_caches=True, show_offsets=True, show_positions=True))
    if name == "constants":
        write(name + ".specialized.txt", text(dis.dis, code, show_caches=True, adaptive=True))
    current = text(dis.disassemble, code, CURRENT)
    write(name + ".current.txt", current)
    info = "\n\n".join(infos(code)) + "\n"
    write(name + ".info.txt", re.sub(r" at 0x[0-9a-f]+", " at 0x", info))

lines = (here / "raw.hex").read_text().split()
write("raw.txt", "\n".join(text(dis.dis, bytes.fromhex(line), show_offsets=True) for line in lines))
