x: int = 1
y: str
if a:
    z: x
for i in j: w: y = 1
(v): int
a.b: int
a[b:c, d]: int
# ----
from __future__ import annotations
x: int = 1
class C:
    __y: list["a"] = 2
    def f(self, a: b, /, c: x if y else z = 1, *d: e) -> (lambda: 0): pass
# ----
from __future__ import annotations
class C:
    __y: list["a"] = 2
    y: {**a, 'b': c[1:2, ...]} | -1 ** 2
    def f(self, a: x if y else z = 1, *d: *t) -> (lambda q, /, *, r=1: 0): pass
x: f"{a!r:>{b}}" 'c'
# ----
class C:
    x: int
    __y: x = 1
    if a:
        z: __y
        try: pass
        except: w: z
    def f(self, a: x, b: __y) -> z: pass
    class D:
        y: x
# ----
def f():
    x: int = 1
    y: (yield_)
    class C:
        z: x
    return C
# ----
class C:
    if a: x: [b for b in x]
    y: (lambda: x)
# ----
# with: single
x: int = 1
