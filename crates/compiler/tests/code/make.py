"""Writes NAME.txt beside each NAME.py: what CPython 3.14 compiles the cases to, or their errors. Lines "# ----" divide a file into cases; the
first line of a case may be "# with: " and the mode, the optimisation level and compile flags. Run with CPython 3.14 and nothing else.

usage: make.py                                   all files here
       make.py 0|1|2 LIST DIR [MODE] [FLAGS]     as examples/dump_code.rs does, for comparison
"""

import marshal
import pathlib
import struct
import sys
import types
import warnings

DIVIDER = "# ----\n"
WITH = "# with: "
sys.set_int_max_str_digits(0)


def text(data):
    return "".join(chr(byte) if 33 <= byte <= 126 and byte != 92 else f"\\{byte:02x}" for byte in data)


def string(value):
    return text(value.encode("utf-8", "surrogatepass"))


def bits(value):
    return struct.pack(">d", value).hex()


def constant(value):
    match value:
        case None | True | False:
            return repr(value)
        case types.EllipsisType():
            return "Ellipsis"
        case int():
            return str(value)
        case float():
            return f"f{bits(value)}"
        case complex():
            return f"j{bits(value.real)},{bits(value.imag)}"
        case bytes():
            return f"b'{text(value)}'"
        case str():
            return f"'{string(value)}'"
        case tuple():
            return f"({strings(value)})"
        case slice():
            return f"[{strings([value.start, value.stop, value.step])}]"
        case frozenset():
            return f"{{{' '.join(sorted(map(constant, value), key=str.encode))}}}"
        case types.CodeType():
            return f"<code {string(value.co_name)}>"
    raise TypeError(value)


def strings(values):
    return " ".join(map(constant, values))


def local_names(code):
    index = 0
    while True:
        try:
            yield code._varname_from_oparg(index)
        except (IndexError, ValueError):
            return
        index += 1


def dump(code):
    yield (f"CODE {string(code.co_name)} {string(code.co_qualname)} line {code.co_firstlineno}"
           f" args {code.co_argcount} {code.co_posonlyargcount} {code.co_kwonlyargcount}"
           f" flags {code.co_flags:#x} stack {code.co_stacksize}")
    yield f"code {code.co_code.hex()}"
    yield f"exceptions {code.co_exceptiontable.hex()}"
    yield f"names {strings(code.co_names)}"
    yield f"localsplus {strings(local_names(code))}"
    yield f"varnames {strings(code.co_varnames)}"
    yield f"cellvars {strings(code.co_cellvars)}"
    yield f"freevars {strings(code.co_freevars)}"
    for value in code.co_consts:
        yield f"const {constant(value)}"
    yield f"lines {code.co_linetable.hex()}"
    for value in code.co_consts:
        if isinstance(value, types.CodeType):
            yield from dump(value)


def describe(error):
    if not isinstance(error, SyntaxError):
        return f"error {type(error).__name__}: {error}"
    place = f" @ {error.lineno} {error.offset} {error.end_lineno} {error.end_offset}" if error.lineno is not None else ""
    return f"error {type(error).__name__}: {error.msg}{place}"


def outcome(source, filename, mode, level, flags):
    """Warnings, then the code or an error, as text; and the marshalled code or None."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            code = compile(source, filename, mode, flags, dont_inherit=True, optimize=level)
        except Exception as error:
            code, lines, marshalled = None, [describe(error)], None
    if code is not None:
        holders = [code]  # Whoever marshals code holds it twice.
        marshalled = marshal.dumps(holders[0])
        lines = list(dump(code))
    warned = [f"warning {warning.lineno} {warning.category.__name__} {warning.message}" for warning in caught]
    return "".join(f"{line}\n" for line in warned + lines), marshalled


def digest(data):
    value = 0xcbf29ce484222325
    for byte in data:
        value = (value ^ byte) * 0x100000001b3 & 0xffffffffffffffff
    return value


def expected(case, filename):
    line = case.partition("\n")[0]
    words = line.removeprefix(WITH).split(" ") if line.startswith(WITH) else []
    mode, level, flags = words + ["exec", "0", "0"][len(words):]
    result, marshalled = outcome(case.encode(), filename, mode, int(level), int(flags))
    if marshalled is None:
        return result
    return f"{result}marshal {len(marshalled)} {digest(marshalled):016x}\n"


def list_of_files(level, names, directory, mode="exec", flags="0"):
    for number, name in enumerate(pathlib.Path(names).read_text().splitlines(), 1):
        result, marshalled = outcome(pathlib.Path(name).read_bytes(), name, mode, int(level), int(flags))
        target = pathlib.Path(directory, str(number))
        target.with_suffix(".txt").write_text(result)
        if marshalled is not None:
            target.with_suffix(".marshal").write_bytes(marshalled)


if __name__ == "__main__":
    if sys.argv[1:]:
        list_of_files(*sys.argv[1:])
    else:
        for path in sorted(pathlib.Path(__file__).parent.glob("*.py")):
            if path.name not in ("make.py", "compare.py"):
                cases = path.read_text(encoding="utf-8").split(DIVIDER)
                path.with_suffix(".txt").write_text(DIVIDER.join(expected(case, path.name) for case in cases), encoding="utf-8")
