def f(a, b, a): pass
# ----
def f(a, *, b, **a): pass
# ----
lambda a, a: 0
# ----
class A:
    def f(__a, _A__a): pass
# ----
def f[T, T](): pass
# ----
class A[T, *T]: pass
# ----
def f(x):
    global x
# ----
def f(x):
    nonlocal x
# ----
def f():
    print(x)
    global x
# ----
def f():
    x = 1
    global x, y
# ----
def f():
    x: int
    global x
# ----
def f():
    global x
    x: int
# ----
def g():
    x = 1
    def f():
        nonlocal x
        x: int
# ----
class A:
    global x
    x: int = 1
# ----
global x
x: int
# ----
def g(x):
    def f():
        print(x)
        nonlocal x
# ----
def g(x):
    def f():
        x = 1
        nonlocal x
# ----
def g(x):
    def f():
        x: int
        nonlocal x
# ----
nonlocal x
# ----
def f():
    nonlocal x, y
# ----
class A:
    x = 1
    def f():
        nonlocal x
# ----
def g(x):
    def f():
        global x
        nonlocal x
# ----
def g[T]():
    def f():
        nonlocal T
# ----
class A:
    def f():
        nonlocal __class__
        __class__ = 1
# ----
class A:
    def g(__x):
        def f():
            nonlocal __y
# ----
def f():
    from x import *
# ----
class A:
    from x import *
# ----
__debug__ = 1
# ----
def f(__debug__): pass
# ----
del __debug__
# ----
import a as __debug__
# ----
x.__debug__ = 1
# ----
del x.__debug__
# ----
x.__debug__ += 1
# ----
f(a, __debug__=1)
# ----
class A(B, __debug__=1): pass
# ----
match x:
    case A(a=1, __debug__=2): pass
# ----
match x:
    case {**__debug__}: pass
# ----
for __debug__ in x: pass
# ----
(__debug__ := 1)
# ----
def __debug__(): pass
# ----
def f[__debug__](): pass
# ----
try: pass
except A as __debug__: pass
# ----
__debug__: int
# ----
type __debug__ = 1
# ----
[(x := 1) for x in y]
# ----
[[(x := 1) for z in y] for x in y]
# ----
[1 for x in (y := x)]
# ----
[1 for x in [lambda: (y := x)]]
# ----
[1 for x in y for z in (w := x)]
# ----
[(a := 1) for b in c for a in d]
# ----
def f():
    [(a := 1) for b in c for a in d]
# ----
def f(a):
    [i := 0 for i, j in a]
# ----
class A:
    [(x := 1) for y in z]
# ----
class A:
    lambda: [(x := 1) for y in z]
# ----
class A:
    def f(): [[(x := 1) for y in z] for w in v]
# ----
type A = [(x := 1) for y in z]
# ----
def f[T: [(x := 1) for y in z]](): pass
# ----
class A[T]((x := 1)): pass
# ----
class A[T]([(x := 1) for y in z]): pass
# ----
type A = (x := 1)
# ----
type A = (yield)
# ----
type A[T: (yield)] = 1
# ----
type A[T: (int, (yield))] = 1
# ----
type A[T = (yield)] = 1
# ----
type A[*T = (yield)] = 1
# ----
type A[**T = (yield from x)] = 1
# ----
type A[T: (await x)] = 1
# ----
def f(a: (yield)): pass
# ----
def f() -> (await x): pass
# ----
def f():
    a: (yield)
# ----
x: (y := 1)
# ----
async def f():
    x: await y
# ----
class A[__classdict__]: pass
# ----
def f[*__classdict__](): pass
# ----
type A[**__classdict__] = 1
# ----
await x
# ----
class A:
    await x
# ----
def f():
    await x
# ----
lambda: await_, (await x)
# ----
async def f():
    lambda: await x
# ----
def f():
    async with x: pass
# ----
async for x in y: pass
# ----
class A:
    async with x: pass
# ----
[x async for x in y]
# ----
def f():
    [[x async for x in y] for z in w]
# ----
def f():
    return {await x for x in y}
# ----
def f():
    return (await x for x in y)
# ----
def f():
    [(yield x) for x in y]
# ----
def f():
    {(yield x) for x in y}
# ----
def f():
    {(yield x): 1 for x in y}
# ----
def f():
    ((yield from x) for x in y)
# ----
def f():
    [x for x in (yield)]
# ----
async def f():
    [await x for x in y]
    def g():
        [await x for x in y]
# ----
x = 1
from __future__ import annotations
# ----
"""Docstring."""
"""Second."""
from __future__ import annotations
# ----
from __future__ import annotations; x = 1; from __future__ import division
# ----
from __future__ import annotations; from __future__ import division
# ----
def f():
    from __future__ import annotations
# ----
from __future__ import (annotations,
    unknown)
# ----
from __future__ import braces
# ----
from __future__ import *
# ----
from __future__ import äöüäöüäöüäöüäöüäöüäöüäöüäöüäöüäöüäöüäöüäöüäöüäöüäöüäöüäöüäöüäöü
# ----
from .__future__ import unknown
# ----
from __future__ import annotations as a, barry_as_FLUFL as b
# ----
x = 1; from .__future__ import division
# ----
def f():
    ä = "ö"; print(ö); global ö
