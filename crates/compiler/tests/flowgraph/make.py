"""Writes NAME.txt for every NAME.py here: the units before optimisation, as CPython 3.14 generates them, and the code objects CPython makes
of them. Run by a real CPython with its test modules, once a file: make.py NAME.py

CPython shows the constants of a module's unit only. Those of a function are told by where the source has a literal; what is left over
comes in the order of co_consts. Functions here have no constants that such telling gets wrong: patterns, classes."""

import _testinternalcapi
import ast
import os
import struct
import sys
import types

LOAD_CONST, RETURN_VALUE, RESUME, CALL_KW = 82, 35, 128, 55
HAS_DOCSTRING = 0x4000000


def text(string):
    return string.encode("utf-8", "surrogatepass").hex() or "-"


numbers = {}


def encode(value):
    match value:
        case None:
            return "N"
        case bool():
            return "T" if value else "F"
        case types.EllipsisType():
            return "E"
        case int():
            return f"i{value:x}"
        case float():
            return "f" + struct.pack(">d", value).hex()
        case complex():
            return "c" + struct.pack(">dd", value.real, value.imag).hex()
        case str():
            return "s" + text(value)
        case bytes():
            return "b" + (value.hex() or "-")
        case tuple():
            return " ".join(["(", str(len(value)), *map(encode, value)])
        case frozenset():
            return " ".join(["{", str(len(value)), *sorted(map(encode, value))])
        case slice():
            return " ".join([":", *map(encode, (value.start, value.stop, value.step))])
        case types.CodeType():
            return f"C{numbers.setdefault(value, len(numbers))}"


def literals(tree):
    """Constants by location, those of which there is one only."""
    found = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant):
            place = node.lineno, node.end_lineno, node.col_offset, node.end_col_offset
            found.setdefault(place, []).append(node.value)
        elif isinstance(node, ast.Call):
            place = node.lineno, node.end_lineno, node.col_offset, node.end_col_offset, CALL_KW
            found.setdefault(place, []).append(tuple(keyword.arg for keyword in node.keywords))
    return {place: values[0] for place, values in found.items() if len(values) == 1}


def function_constants(instructions, code, known):
    """The constants of a function before optimisation; None if they cannot be told."""
    constants = {}
    for index, (opcode, number, *place) in enumerate(instructions):
        if opcode == LOAD_CONST:
            after = instructions[index + 1][0]
            if after == RETURN_VALUE and place[0] == -1:
                constants.setdefault(number, None)
            elif after == CALL_KW and (*place, CALL_KW) in known:
                constants.setdefault(number, known[*place, CALL_KW])
            elif tuple(place) in known:
                constants.setdefault(number, known[tuple(place)])
    left = list(code.co_consts)
    result = []
    for number in range(1 + max((i[1] for i in instructions if i[0] == LOAD_CONST), default=-1)):
        if number in constants:
            if left and encode(left[0]) == encode(constants[number]):
                left.pop(0)
            result.append(constants[number])
        elif left:
            result.append(left.pop(0))
        else:
            return None
    if not result and code.co_flags & HAS_DOCSTRING:
        return None
    return result


def unit(instructions, code, constants):
    arguments = code.co_argcount - code.co_posonlyargcount, code.co_posonlyargcount, code.co_kwonlyargcount
    yield " ".join(map(str, ["unit", text(code.co_qualname), *arguments, code.co_flags, code.co_firstlineno]))
    names = {
        "names": code.co_names,
        "varnames": code.co_varnames,
        "cellvars": sorted(code.co_cellvars),
        "freevars": code.co_freevars,
    }
    for kind, names in names.items():
        yield " ".join([kind, *map(text, names)])
    for constant in constants:
        yield f"const {encode(constant)}"
    for opcode, argument, *place in instructions:
        yield " ".join(map(str, ["i", opcode, argument or 0, *place]))
    yield f"code {code.co_code.hex()}"
    yield f"exceptions {code.co_exceptiontable.hex() or '-'}"
    yield f"locations {code.co_linetable.hex()}"
    yield f"stacksize {code.co_stacksize}"
    for constant in code.co_consts:
        yield f"result {encode(constant)}"
    yield "end"


def units(sequence, code, constants, known):
    instructions = sequence.get_instructions()
    if constants is None:
        constants = function_constants(instructions, code, known)
    if constants is not None:
        yield from unit(instructions, code, constants)
    inner = [constant for constant in code.co_consts if isinstance(constant, types.CodeType)]
    for nested in sequence.get_nested():
        line = next(i[2] for i in nested.get_instructions() if i[0] == RESUME)
        for code in inner:
            if code.co_firstlineno == line:
                inner.remove(code)
                yield from units(nested, code, None, known)
                break


def main(path):
    tree = ast.parse(open(path, "rb").read())
    code = compile(tree, "f", "exec", dont_inherit=True)
    sequence, metadata = _testinternalcapi.compiler_codegen(tree, "f", 0)
    with open(path.removesuffix(".py") + ".txt", "w") as out:
        for line in units(sequence, code, metadata["consts"], literals(tree)):
            print(line, file=out)
    # CPython 3.14.10 crashes when it frees such sequences.
    out.close()
    os._exit(0)


main(sys.argv[1])
