import dataclasses, inspect, traceback, unittest, functools
from dataclasses import dataclass, field
@dataclass(order=True)
class P:
    x: int
    y: int = 2
    z: list = field(default_factory=list, compare=False)
    def total(self, k: int = 1, *a, **kw) -> int:
        "doc of total"
        return self.x + self.y
p = P(1)
print(p, p == P(1), P(1) < P(2), dataclasses.asdict(p), dataclasses.replace(p, y=5), dataclasses.astuple(p), [f.name for f in dataclasses.fields(P)])
@dataclass(frozen=True, slots=True, kw_only=True)
class F:
    a: int
    b: str = "q"
f = F(a=1)
try: f.a = 2
except dataclasses.FrozenInstanceError as e: print("frozen", e)
print(f, hash(f) == hash(F(a=1)), F.__slots__, inspect.signature(F), inspect.signature(P), inspect.signature(P.total), inspect.getdoc(P.total))
print(inspect.getsource(P.total)); print(inspect.getsourcelines(P)[1], inspect.getmembers(f)[-2:], inspect.isfunction(P.total), inspect.getfullargspec(P.total))
def outer():
    def inner(): raise KeyError("k")
    inner()
try: outer()
except KeyError:
    text = traceback.format_exc(); print(text)
print(traceback.format_list(traceback.extract_stack())[-1].splitlines()[-1])
class T(unittest.TestCase):
    def test_ok(self): self.assertEqual(1, 1)
    def test_bad(self): self.assertEqual([1, 2], [1, 3])
    @unittest.skip("why")
    def test_skip(self): pass
    def test_raises(self):
        with self.assertRaises(ZeroDivisionError): 1 / 0
        for i in range(2):
            with self.subTest(i=i): self.assertEqual(i, 0)
import io
out = io.StringIO()
r = unittest.TextTestRunner(out, verbosity=2).run(unittest.defaultTestLoader.loadTestsFromTestCase(T))
print(r, "\n".join(l for l in out.getvalue().splitlines() if not l.startswith("Ran")))
import decimal, fractions, statistics, textwrap, pprint, calendar, argparse, json, re, pickle, logging
print(decimal.Decimal("1.1") + 2, fractions.Fraction(1, 3) + 1, statistics.mean([1, 2, 4]), textwrap.wrap("the quick brown fox", 10), statistics.stdev([1, 2, 4]))
pprint.pprint({"a": list(range(30)), "b": {"c": "x" * 50, "d": "y" * 40}})
print(calendar.month(2024, 2), json.dumps({"a": [1, None, True, 1.5, "é"]}, indent=1), json.loads('{"a": [1, 2.5, "x"]}'), re.sub(r"(\w)(\d)", r"\2\1", "a1 b2"))
print(pickle.loads(pickle.dumps([p, {"a": (1, 2.5)}, functools.partial(int, base=2)])))
ap = argparse.ArgumentParser(prog="x"); ap.add_argument("n", type=int); ap.add_argument("--flag", action="store_true"); print(ap.parse_args(["3", "--flag"])); print(ap.format_help())
logging.basicConfig(format="%(levelname)s %(message)s", stream=__import__("sys").stdout); logging.warning("w %d", 1)
