@decorator
# a comment between
@(another)(1)

async def f[T: int = str, *Ts, **P](a, /, b: int = 1, *args: *Ts, c, d=2, **kwargs: P) -> None:
    if a: pass;
    elif b:
        pass
    else: return ;

@x
class C(A, *B, metaclass=M, **kw): x = 1; y = 2;

total(i for i in j)
total((i for i in j))
total(
    i for i in j if i if not i
)(*a, b=1, **c)
try:
    raise ;
except (A, B) as e: continue_ = 1 ;
except C:
    raise A from None
else: pass
finally: pass ; \
    pass ;
try: f()
except* A: pass;
for x, *y in z: break
else: pass
while x: continue
with a as b, c, (d): pass
with (a as b, c): pass;
async def g():
    async for x in y: await x
    async with a as b: yield
    return [x async for x in y], {*a, 1}, {**b, 1: 2}
a[1], a[1:2, ::3, ...], a[*b], a[b := 1]
lambda: 0
lambda x, /, *y, z=1, **k: (yield)
x = y = yield_ = not a in b is not c < d
x: int = 1
(x): int
x.y: int
x **= 2
x @= y
x = a if b else c or d and e
global q, r
del a, b.c, d[0]
import a.b.c as d, e
from . import x
from ...y import (a as b, c,)
from z import *
type Alias[T] = list[T]
assert a, b
(a
 + b) * c
"docstring?" ; x
