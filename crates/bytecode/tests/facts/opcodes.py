"""Prints what CPython 3.14 knows of each opcode: python3.14 opcodes.py > opcodes.txt

A line each: number, name, flags (arg const name jump local free exc), cache, family, stack effects.
Effects: at each of OPARGS, when it jumps / when it does not; "-" where CPython refuses.
"""
import _opcode
import _opcode_metadata
import opcode

OPARGS = (0, 1, 2, 3, 4, 7, 255, 256, 257, 65535)
FLAGS = ("arg", "const", "name", "jump", "local", "free", "exc")


def effect(number, oparg, jump):
    try:
        return str(_opcode.stack_effect(number, oparg if _opcode.has_arg(number) else None, jump=jump))
    except ValueError:
        return "-"


family = {member: base for base, members in _opcode_metadata._specializations.items() for member in members}
for name, number in sorted({**opcode.opmap, **opcode._specialized_opmap}.items(), key=lambda item: item[1]):
    flags = ",".join(flag for flag in FLAGS if getattr(_opcode, "has_" + flag)(number))
    cache = ",".join(f"{part}:{units}" for part, units in opcode._cache_format.get(name, {}).items())
    effects = [",".join(effect(number, oparg, jump) for oparg in OPARGS) for jump in (True, False)]
    print(number, name, flags or "-", cache or "-", family.get(name, "-"), *effects)
for name in ("cmp_op", "_intrinsic_1_descs", "_intrinsic_2_descs", "_special_method_names"):
    print(name, *getattr(opcode, name))
print("nb_ops", *(f"{name}:{sign}" for name, sign in opcode._nb_ops))
