"""goldens.py: NAME.rows, the rows that rows.py gives for each program of this folder under CPython 3.14, and NAME.out, its own output."""
import pathlib
import subprocess
import sys

ENVIRONMENT = {"PYTHONHASHSEED": "0", "PYTHONDONTWRITEBYTECODE": "1", "PATH": "/usr/bin:/bin"}


def main(folder):
    if sys.version_info[:2] != (3, 14) or sys.implementation.name != "cpython":
        sys.exit("goldens come from CPython 3.14 only")
    for program in sorted(folder.glob("*.py")):
        if program.name in ("goldens.py", "rows.py"):
            continue
        done = subprocess.run([sys.executable, "rows.py", program.name], cwd=folder, env=ENVIRONMENT, stdin=subprocess.DEVNULL, capture_output=True, timeout=60)
        program.with_suffix(".rows").write_bytes(done.stderr)
        program.with_suffix(".out").write_bytes(done.stdout)


if __name__ == "__main__":
    main(pathlib.Path(__file__).resolve().parent)
