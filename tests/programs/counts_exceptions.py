import sys, gc
rc = sys.getrefcount
class E(Exception):
    def __del__(self): print("del", self.args)
def f(n):
    try:
        if n == 0: raise E("zero", n)
        return f(n - 1)
    except E as e:
        if n == 2: raise RuntimeError("again") from e
        raise
    finally:
        print("fin", n)
try: f(3)
except RuntimeError as r:
    print(rc(r), rc(r.__cause__), rc(r.__cause__.args))
    r.__cause__ = None; r.__context__ = None
    print("cleared")
def g():
    try:
        try: 1 / 0
        finally: raise KeyError
    except KeyError as k:
        return type(k.__context__), rc(k), rc(k.__context__)
print(g(), g())
try:
    raise ExceptionGroup("eg", [E(1), ValueError(2), ExceptionGroup("in", [E(3)])])
except* E as eg: print(eg.exceptions, rc(eg), rc(eg.exceptions))
except* ValueError as v: print(v.exceptions, rc(v))
def note():
    e = E("n"); e.add_note("a"); e.add_note("b"); print(e.__notes__, rc(e.__notes__), rc(e))
    raise e
try: note()
except E as e: print(e.__notes__); x = e
print(rc(x), x.__traceback__.tb_lineno); x.__traceback__ = None; print(rc(x)); del x
for exc in (StopIteration(5), KeyError("k"), OSError(2, "no", "f"), SystemExit(3), UnicodeDecodeError("a", b"b", 0, 1, "r"), SyntaxError("m", ("f", 1, 2, "t"))):
    print(repr(exc), str(exc), rc(exc), rc(exc.args), vars(exc))
try: raise ValueError
except Exception as e:
    try: raise TypeError
    except TypeError as t: print(t.__context__ is e, rc(e), rc(t))
    print(sys.exception() is e)
try: assert [] , "msg"
except AssertionError as a: print(a, rc(a))
try: raise 5
except TypeError as t: print(t)
try: raise ValueError from 5
except TypeError as t: print(t)
try:
    try: raise ValueError(1)
    except (KeyError, E, TypeError): print("no")
except ValueError as v: print("yes", rc(v))
def loop():
    for i in range(3):
        try:
            if i == 0: continue
            if i == 1: raise E(i)
            return i
        except E as e: print("c", rc(e))
        finally: print("f", i)
print(loop())
