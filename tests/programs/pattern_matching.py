class P:
    __match_args__ = ("x", "y")
    def __init__(self, x, y):
        self.x, self.y = x, y
def m(v):
    match v:
        case 0 | 1:
            return "small"
        case int(n) if n < 0:
            return f"negative {n}"
        case "a" | "b" as letter:
            return "letter " + letter
        case [] | ():
            return "empty"
        case [1, *rest]:
            return f"one then {rest}"
        case [x, [y, _]]:
            return f"nested {x} {y}"
        case {"k": val, **rest}:
            return f"map {val} {rest}"
        case P(0, y=yy):
            return f"P at 0, {yy}"
        case P(x=a, y=b):
            return f"P {a} {b}"
        case None | True:
            return "singleton"
        case float() | complex():
            return "number"
        case -5.5:
            return "never"
        case str():
            return "string"
        case _:
            return "other"
for v in (0, 1, -3, 7, "a", "zz", [], (), [1, 2, 3], (5, (6, 7)), {"k": 1, "z": 2}, {}, P(0, 4), P(1, 2), None, True, 1.5, 2j, b"x"):
    print(repr(v) if not isinstance(v, P) else "P", m(v))
match (1, 2, 3):
    case (a, *_, c):
        print(a, c)
import sys
class Color:
    RED = "red"
match "red":
    case Color.RED:
        print("value pattern")
try:
    match P(1, 2):
        case P(1, 2, 3):
            pass
except TypeError as e:
    print(e)
