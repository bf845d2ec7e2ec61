"""Writes text.txt: what CPython 3.14 makes of numbers and texts. Run it with CPython 3.14 and PYTHONHASHSEED=0 in this folder."""
import random
import struct
import sys

assert sys.version_info[:2] == (3, 14) and not sys.flags.hash_randomization
random.seed(314)
lines = set()


def show(x):
    """An argument or result: type letter and text without spaces."""
    if x is None:
        return "n"
    if isinstance(x, bool):
        return f"b{x:d}"
    if isinstance(x, int):
        return f"i{x:x}"
    if isinstance(x, float):
        return "f" + struct.pack(">d", x).hex()
    if isinstance(x, complex):
        return "c" + struct.pack(">dd", x.real, x.imag).hex()
    if isinstance(x, str):
        return "s" + x.encode("utf-8", "surrogatepass").hex()
    if isinstance(x, bytes):
        return "y" + x.hex()
    if isinstance(x, (list, tuple)):
        return "t" + ",".join(map(show, x))
    raise TypeError(type(x))


def case(operation, function, *args):
    try:
        result = function(*args)
    except RecursionError:
        raise
    except Exception as e:
        lines.add(" ".join([operation, *map(show, args), "=", "e" + type(e).__name__ + ":" + str(e).encode("utf-8", "surrogatepass").hex()]))
        return
    if result != result:
        return
    lines.add(" ".join([operation, *map(show, args), "=", show(result)]))


ints = [0, 1, -1, 2, 7, -7, 10, 255, 256, 257, -5, -6, 2**30 - 1, 2**30, -(2**30), 2**31, 2**53 + 1, 2**60, -(2**60) - 1, 2**62, 2**63, -(2**63), 2**64,
        10**18, 10**25, -(10**25), 2**90, 2**120, 2**121 - 1, -(2**120), 2**150, 10**60, 10**300, -(10**301), 3**2000, 7**900]
ints += [random.getrandbits(random.choice([5, 20, 29, 31, 45, 59, 61, 89, 91, 119, 121, 200, 1000, 4000])) * random.choice([1, -1]) for _ in range(150)]
floats = [0.0, -0.0, 1.0, -1.0, 0.5, 1.5, 2.5, 0.1, 1 / 3, 1e16, 1e15, 123456789012345680.0, 1e22, 1e23, 1e-4, 1e-5, 5e-324, 2.2250738585072014e-308,
          1.7976931348623157e308, float("inf"), float("-inf"), 1e100, 12345.678, 0.045, 2.675, 1e300, 9007199254740993.0, -2.0, 3.0, 1e-7, 999999.5, 0.00001234]
floats += [struct.unpack("d", random.randbytes(8))[0] for _ in range(120)]
floats += [random.uniform(-1000, 1000) for _ in range(40)] + [round(random.uniform(-10, 10), 2) for _ in range(40)]
floats = [f for f in floats if f == f]
texts = ["", "a", "abc", "Hello World", "hello world", "ABC DEF", "\xe9", "\xdf", "stra\xdfe", "\u0130", "i\u0307", "\u01c5", "\u01c4x", "\u03a3", "A\u03a3", "A\u03a3B", "\u1e9e",
         "\ufb01n", "\u0149", "1\u00b2\u0663", "  \t\n x \u3000", "a\tb\tc", "tab\there", "line1\nline2\r\nline3\x0bx\x1cy\u2028z", "\U0001f600", "\U00010400a", "\ud800", "x\udcffy",
         "it's", 'say "hi"', "both ' and \"", "back\\slash", "\x00\x7f\x80\xa0\xad", "\u200b\ufeff", "_id1", "1id", "\u0e33", "\xb5", "\u0345a", "\u02b0B", "na\u0131ve", "\u1f80 \u1f88"]
for operation, function in {
    "add": lambda a, b: a + b, "sub": lambda a, b: a - b, "mul": lambda a, b: a * b, "floordiv": lambda a, b: a // b, "mod": lambda a, b: a % b,
    "truediv": lambda a, b: a / b, "and": lambda a, b: a & b, "or": lambda a, b: a | b, "xor": lambda a, b: a ^ b,
    "lt": lambda a, b: a < b, "eq": lambda a, b: a == b,
}.items():
    for _ in range(160):
        case(operation, function, random.choice(ints), random.choice(ints))
        case(operation, function, random.choice(floats), random.choice(floats))
        case(operation, function, random.choice(floats), random.choice(ints))
        case(operation, function, random.choice(ints), random.choice(floats))
for a in ints:
    for b in (0, 1, 3, 29, 30, 31, 64, 100):
        case("lshift", lambda a, b: a << b, a, b)
        case("rshift", lambda a, b: a >> b, a, b)
    for b in (-2, 0, 1, 2, 3, 7, 20):
        case("pow", lambda a, b: a**b, a, b)
    case("neg", lambda a: -a, a)
    case("invert", lambda a: ~a, a)
    case("abs", abs, a)
    case("float", float, a)
    case("hash", hash, a)
    case("repr", repr, a)
    case("bit_length", lambda a: a.bit_length(), a)
    case("bit_count", lambda a: a.bit_count(), a)
    case("parse", int, str(a))
    for places in (-1, -2, -5, -20):
        case("round", round, a, places)
for _ in range(60):
    case("modpow", pow, random.choice(ints), abs(random.choice(ints[:60])), random.choice(ints))
for f in floats:
    case("repr", repr, f)
    case("hash", hash, f)
    case("int", int, f)
    case("hex", float.hex, f)
    case("fromhex", float.fromhex, f.hex())
    case("parsefloat", float, repr(f))
    case("ratio", float.as_integer_ratio, f)
    for places in (None, 0, 1, 2, 3, 10, -1, -2, -300):
        case("round", round, f, places)
    for _ in range(3):
        case("pow", lambda a, b: a**b, f, random.choice(floats))
for text in ["0x1.8p3", "0x.8", "0x1p-1074", "0x1p-1075", "0x1.8p-1075", "0x1.fffffffffffff8p0", "0x1.00000000000008p0", "0x1.00000000000018p0", "1p1023", "-0x0p0", "inf", "0x123456789abcdef123p-20"]:
    case("fromhex", float.fromhex, text)
for text in ["1.5", " 1_0.5e1_0 ", "inf", "-Infinity", ".5", "5.", "1e400", "1e-400", "\u0661.\u0665", "179769313486231580793e289", "2.2250738585072011e-308"]:
    case("parsefloat", float, text)
fills = ["", "<", ">", "^", "=", "*<", "*^", "0=", "\u20ac>", "\U0001f600^"]
for _ in range(2500):
    number = (random.choice(["", "+", "-", " "]) + random.choice(["", "", "z"]) + random.choice(["", "", "#"]) + random.choice(["", "", "0"])
              + random.choice(["", "", "1", "7", "12", "30"]) + random.choice(["", "", ",", "_"]) + random.choice(["", "", ".0", ".1", ".3", ".10", ".20", "._", ".5,"]))
    case("format", format, random.choice(floats), random.choice(fills) + number + random.choice(["", "e", "f", "g", "E", "F", "G", "%", "n"]))
    case("format", format, random.choice(ints), random.choice(fills) + number + random.choice(["", "d", "b", "o", "x", "X", "n", "c", "f", "e"]))
    case("format", format, complex(random.choice(floats), random.choice(floats)), random.choice(fills) + number + random.choice(["", "e", "f", "g"]))
    case("format", format, random.choice(texts), random.choice(fills) + random.choice(["", "0", "5", "12", "20"]) + random.choice(["", ".0", ".2", ".100"]) + random.choice(["", "s"]))
for _ in range(1500):
    spec = "%" + "".join(random.sample("-+ #0", random.randint(0, 3))) + random.choice(["", "1", "8", "20"]) + random.choice(["", ".", ".0", ".2", ".10"])
    case("percent", lambda a, b: a % b, spec + random.choice("diuoxXeEfFgGc") + "|", random.choice(ints + floats))
    case("percent", lambda a, b: a % b, spec + random.choice("sra") + "|", random.choice(texts + floats[:20] + ints[:20]))
for text in texts:
    for name in "upper lower title capitalize casefold swapcase isalpha isalnum isdigit isdecimal isnumeric islower isupper istitle isspace isidentifier isprintable isascii strip lstrip rstrip split rsplit splitlines expandtabs".split():
        case("call:" + name, getattr(str, name), text)
    case("repr", repr, text)
    case("ascii", ascii, text)
    case("hash", hash, text)
    for other in texts[:20] + ["l", "o", "in", " ", "\n", "b"]:
        for name in "find rfind count startswith endswith partition rpartition split rsplit strip removeprefix removesuffix join".split():
            case("call:" + name, getattr(str, name), text, other)
        case("call:replace", str.replace, text, other, "<>")
        case("lt", lambda a, b: a < b, text, other)
        case("add", lambda a, b: a + b, text, other)
        case("contains", lambda a, b: b in a, text, other)
    for width in (0, 3, 10, 11):
        case("call:center", str.center, text, width)
        case("call:zfill", str.zfill, text, width)
    for codec in "utf-8 ascii latin-1 utf-16 utf-16-be utf-32 utf-32-le unicode_escape raw_unicode_escape utf-7".split():
        for errors in "strict ignore replace backslashreplace xmlcharrefreplace namereplace surrogateescape surrogatepass".split():
            case("call:encode", str.encode, text, codec, errors)
data = [b"", b"a", b"\xff", b"\xe1\x80", b"\xe1\x80a", b"\xf0\x9f\x98\x80", b"\xed\xa0\x80", b"\xc0\x80", b"\xf5a", b"\xf4\x90\x80\x80", b"a\x80b\xc3\xa9", b"\xe9t\xe9", b"\xff\xfea\x00", b"\xfe\xff\x00a", b"a\x00\x00\xd8b\x00", b"abc", b"\x00\xdc"]
data += [rb"\x41\u0041\U00000041\n\t\101\N{DIGIT ONE}", rb"\x4", rb"\xzz", rb"\u12", rb"\U00110000", rb"\N{nope}", rb"\N", rb"\N{", rb"\d", b"\\", rb"\777", b"\\\n", rb"a\u00e9b", b"+AOk-", b"+-", b"+", b"+A", b"+AOk", b"a+!", b"+2D3eAA-", b"+2D0-x", b"+AOl-"]
data += [random.randbytes(random.randint(1, 12)) for _ in range(60)]
for item in data:
    case("repr", repr, item)
    case("hash", hash, item)
    for codec in "utf-8 ascii latin-1 utf-16 utf-16-le utf-16-be utf-32 utf-32-be unicode_escape raw_unicode_escape utf-7".split():
        for errors in "strict ignore replace backslashreplace surrogateescape surrogatepass".split():
            case("call:decode", bytes.decode, item, codec, errors)
    for name in "upper lower title capitalize swapcase isalpha isdigit islower istitle isspace split rsplit splitlines hex strip".split():
        case("call:" + name, getattr(bytes, name), item)
complexes = [complex(random.choice(floats), random.choice(floats)) for _ in range(80)] + [1j, -1j, 0j, 1 + 2j, complex(-0.0, -0.0), complex("inf+nanj")]
for c in complexes:
    case("repr", repr, c)
    case("abs", abs, c)
    case("hash", hash, c) if c == c else None
    for operation, function in {"add": lambda a, b: a + b, "sub": lambda a, b: a - b, "mul": lambda a, b: a * b, "truediv": lambda a, b: a / b}.items():
        for _ in range(2):
            for pair in ((c, random.choice(complexes)), (c, random.choice(floats)), (random.choice(floats), c)):
                result = None
                try:
                    result = function(*pair)
                except Exception:
                    pass
                if result == result:
                    case(operation, function, *pair)
odd = [None, 1, -1, 1.5, "a", "", b"a", b"", 1j, 10**30, "x y", b"x y", True]
for item in ["abc", b"abc", 5, 1.5, 1j]:
    names = [n for n in dir(type(item)) if not n.startswith("__") or n in ("__format__", "__round__", "__getitem__", "__contains__", "__getnewargs__")]
    for name in names:
        method = getattr(type(item), name)
        if not callable(method) or name in ("maketrans", "from_bytes", "fromhex", "from_number", "__getformat__") or (name == "__format__" and item == b"abc"):
            continue
        case("call:" + name, method, item)
        for first in odd:
            case("call:" + name, method, item, first)
            for _ in range(3):
                case("call:" + name, method, item, first, random.choice(odd))
            case("call:" + name, method, item, first, random.choice(odd), random.choice(odd))
for a in odd + ["abc", b"abc"]:
    for b in odd + ["abc", b"abc"]:
        for operation, function in {
            "add": lambda a, b: a + b, "sub": lambda a, b: a - b, "mul": lambda a, b: a * b if type(b) != int or abs(b) < 100 else None, "floordiv": lambda a, b: a // b,
            "mod": lambda a, b: a % b, "truediv": lambda a, b: a / b, "and": lambda a, b: a & b, "or": lambda a, b: a | b, "xor": lambda a, b: a ^ b,
            "lt": lambda a, b: a < b, "eq": lambda a, b: a == b, "contains": lambda a, b: b in a, "lshift": lambda a, b: a << b if type(b) != int or abs(b) < 100 else None,
            "pow": lambda a, b: a**b if type(b) != int or abs(b) < 100 else None, "subscript": lambda a, b: a[b],
        }.items():
            if function.__code__.co_consts and (type(b) is int and abs(b) > 100) or (operation == "mul" and type(a) is int and a > 100):
                continue
            case(operation, function, a, b)
    for operation, function in {"neg": lambda a: -a, "invert": lambda a: ~a, "abs": abs, "float": float, "int": int}.items():
        case(operation, function, a)
for spec in ["%", "%5%", "%c", "%d", "%x", "%s %s", "%z", "%(a)s", "%*d", "%.*f", "%99999999999999999999d", "%.99999999999d", "%l", "%lld", "abc", "%b", "%e"]:
    for argument in odd:
        case("percent", lambda a, b: a % b, spec, argument)
        case("percent", lambda a, b: a % b, spec.encode(), argument)
for spec in ["{}", "{0}", "{", "}", "{!x}", "{!}", "{0!r", "{0!rr}", "{0.}", "{0[}", "{0[]}", "{0[a]b}", "{:{}}", "{:{:{}}}", "{0} {}", "{} {0}", "{99999999999999999999}", "{0[999999999999999999999]}",
             "{!r:>9}", "{:>{}}", "{0[0]}", "{a}", "{:}}", "{{}}", "{0:{", "{[}", "{.x}", "{0.real}", "{!5}", "{a{b}}", "{0!", "{0[0", "x{}y{}z", "{!s}{!a}", "{:5}|{:<5}|{:^5}"]:
    for _ in range(3):
        case("call:format", str.format, spec, *random.choices(odd[1:], k=random.randint(0, 3)))
for a in [f"{x}" for x in ("", "x", "1", "-", "1_", "_1", "1__0", "0x", "0b2", "0o8", " 1 ", "1 1", "\u0661", "1.5", "0x1_f", "010", "00")]:
    for base in (0, 2, 8, 10, 16, 36, 1, 37, -1):
        case("intbase", int, a, base)
for a in ["1", " 1+2j ", "(1+2j)", "j", "-j", "1+j", "1e5-2e-3J", "inf+nanj", "1 +2j", "1_0+2_0j", "1+2", "", "1+2jj", "(1", "1j)", "+", "1e", "1ej", "--1j", "1+-2j", "infj", "nan"]:
    case("complex", complex, a)
keep = sorted(lines)
random.shuffle(keep)
keep = [line for line in keep if len(line) < 400 and "object at 0x" not in line][: int(sys.argv[1]) if len(sys.argv) > 1 else 9000]
with open("text.txt", "w", encoding="ascii") as out:
    out.write("\n".join(sorted(keep)) + "\n")
