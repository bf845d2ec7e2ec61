"""Makes digests.txt with CPython 3.14: goldens.py [LIB]

One line a file of the standard library that the rustpython-pylib crate carries (LIB, found by cargo metadata if not given): its path, and
_imp.source_hash of the marshalled code that CPython makes of it, without options, with -O and with -OO. A file that CPython rejects has the
name of the exception instead. Each is compiled in a process of its own: what a process compiled before shows in the bytes.
"""

import _imp
import marshal
import os
import sys

MAGIC = _imp.pyc_magic_number_token


def library():
    import json
    import subprocess

    command = ["cargo", "metadata", "--format-version", "1", "--offline"]
    packages = json.loads(subprocess.run(command, capture_output=True, check=True).stdout)["packages"]
    manifest = next(package["manifest_path"] for package in packages if package["name"] == "rustpython-pylib")
    return os.path.join(os.path.dirname(manifest), "Lib")


def sources(folder):
    for place, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if name != "__pycache__")
        yield from (os.path.relpath(os.path.join(place, name), folder) for name in names if name.endswith(".py"))


def digest(source, name, level):
    try:
        code = compile(source, name, "exec", dont_inherit=True, optimize=level)
    except Exception as error:
        return type(error).__name__
    data = marshal.dumps(code)
    return _imp.source_hash(MAGIC, data).hex()


def apart(source, name, level):
    """The digest, made in a child."""
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        os.close(2)
        os.write(writing, digest(source, name, level).encode())
        os._exit(0)
    os.close(writing)
    with open(reading, "rb") as result:
        text = result.read().decode()
    os.waitpid(child, 0)
    return text


def main(target, lib):
    with open(target, "w", encoding="utf-8", newline="\n") as out:
        for name in sorted(sources(lib)):
            with open(os.path.join(lib, name), "rb") as file:
                source = file.read()
            print(name, *(apart(source, name, level) for level in (0, 1, 2)), file=out)


if len(sys.argv) > 1 and sys.argv[1] == "--in":
    main(*sys.argv[2:])
else:
    # In an interpreter that has loaded as little as can be.
    lib = sys.argv[1] if len(sys.argv) > 1 else library()
    target = os.path.join(os.path.dirname(os.path.abspath(__file__)), "digests.txt")
    os.execv(sys.executable, [sys.executable, "-I", "-S", __file__, "--in", target, lib])
