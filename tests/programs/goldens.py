"""goldens.py: what CPython 3.14 prints for each program of this folder, beside it.

NAME.out is standard output; NAME.err (standard error) and NAME.status (exit status) exist only where they are not empty and not 0.
The folder's own path is written DIR and an address 0x~, so that the text is the same in any clone; the harness does the same to what it compares.
"""
import pathlib
import re
import subprocess
import sys

ENVIRONMENT = {"PYTHONHASHSEED": "0", "PYTHONDONTWRITEBYTECODE": "1", "PYTHONIOENCODING": "utf-8", "PATH": "/usr/bin:/bin"}


def keep(path, data, wanted):
    if wanted:
        path.write_bytes(data)
    else:
        path.unlink(missing_ok=True)


def main(folder):
    if sys.version_info[:2] != (3, 14) or sys.implementation.name != "cpython":
        sys.exit("goldens come from CPython 3.14 only")

    def plain(data):
        return re.sub(rb"0x[0-9a-f]{8,16}\b", b"0x~", data.replace(str(folder).encode(), b"DIR"))

    for program in sorted(folder.glob("*.py")):
        if program.name == "goldens.py":
            continue
        done = subprocess.run([sys.executable, program.name], cwd=folder, env=ENVIRONMENT, stdin=subprocess.DEVNULL, capture_output=True, timeout=60)
        keep(program.with_suffix(".out"), plain(done.stdout), True)
        keep(program.with_suffix(".err"), plain(done.stderr), done.stderr)
        keep(program.with_suffix(".status"), b"%d\n" % done.returncode, done.returncode)


if __name__ == "__main__":
    main(pathlib.Path(__file__).resolve().parent)
