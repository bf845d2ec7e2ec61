import sys
rc = sys.getrefcount
class CM:
    def __init__(self, n, sw=False): self.n, self.sw = n, sw
    def __enter__(self): print("enter", self.n, rc(self)); return self
    def __exit__(self, *a): print("exit", self.n, rc(self), a[0], rc(a[1]) if a[1] else None, rc(a)); return self.sw
def f():
    with CM(1) as a, CM(2, True) as b:
        print(rc(a), rc(b))
        raise KeyError("x")
    print("after", rc(a), rc(b))
f(); f(); f()
def g():
    with CM(3):
        return [1]
print(rc(g()))
def h():
    for i in range(3):
        with CM(i):
            if i: break
            continue
h()
try:
    with CM(4):
        with CM(5):
            1 / 0
except ZeroDivisionError as e:
    print(rc(e), e.__context__)
def k():
    try:
        with CM(6):
            raise ValueError(1)
    except ValueError as e:
        raise TypeError(2) from e
try: k()
except TypeError as t:
    c = t.__cause__
    print(rc(t), rc(c), t.__suppress_context__, rc(t.__traceback__))
    del c
    tb = t.__traceback__
    n = 0
    while tb: print(tb.tb_lineno, rc(tb), rc(tb.tb_frame)); tb = tb.tb_next
print(sys.exception())
class Bad:
    def __enter__(self): raise OSError("no")
    def __exit__(self, *a): print("never")
try:
    with CM(7), Bad(): pass
except OSError as e: print(repr(e), rc(e))
class NoExit:
    def __enter__(self): pass
try:
    with NoExit(): pass
except TypeError as e: print(e)
