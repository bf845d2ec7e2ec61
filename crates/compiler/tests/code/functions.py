def f(a, b=1, /, c=2, *args, d, e=3, **kwargs) -> "r":
    """Doc
      string."""
    return a
# ----
@a.b
@c(1)
def f(x: int, /, y: str = "", *z: *T, k: float = 1.0, **w: dict) -> None:
    x: int = 1
    (y): int
    z.a: int
    z[f()]: int
# ----
def gen():
    x = yield 1
    yield
    y = yield from x
    return y
async def agen():
    yield await a
    async for x in y:
        yield x
async def coro():
    return await a
# ----
def outer():
    a = 1
    def inner():
        nonlocal a
        a += 1
        return lambda b=a, *, c: a + b + c
    del a
    return inner
# ----
def f():
    global g
    def g(): pass
    class h: pass
    return g, h
def k():
    try:
        return 1
    finally:
        lambda: 0
# ----
f = lambda: (yield)
g = lambda *a, k=1, **kw: (a, k, kw)
h = lambda x, /, y: x
# ----
def f(__p, *, __q=1):
    return __p
class _C:
    def m(self, __p, *, __q=__r):
        self.__x = __p
        def n(): return __q
        import __mod, a.__b
        return __x.__y
# ----
def f():
    'only'
# ----
def f():
    b'no doc'
def g(): f'no {doc}'
def h():
    "\ttab\n    more\n\tlast"
# ----
# with: exec 2
"""gone"""
def f():
    "gone too"
    assert x, y
    return __debug__
class C:
    "gone"
# ----
# with: exec 1
"""stays"""
assert x
def f():
    "stays"
    if __debug__: a
    assert (x, y)
