x = a + b - c * d / e // f % g @ h ** i << j >> k & l | m ^ n
y = -a, +b, ~c, not d
z = a and b or c and not d
w = a == b != c < d <= e > f >= g is h is not i in j not in k
# ----
x = [a, *b, c]
y = (a, *b)
z = {a, *b}
w = {a: b, **c, d: e, 'f': g}
v = (), [], {}, (a,), [*a], {*a}
# ----
x = [a0, a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11, a12, a13, a14, a15, a16, a17, a18, a19, a20, a21, a22, a23, a24, a25, a26, a27, a28, a29, a30]
y = (a0, a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11, a12, a13, a14, a15, a16, a17, a18, a19, a20, a21, a22, a23, a24, a25, a26, a27, a28, a29, a30)
z = {a0, a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11, a12, a13, a14, a15, a16, a17, a18, a19, a20, a21, a22, a23, a24, a25, a26, a27, a28, a29, a30}
w = {0: a0, 1: a1, 2: a2, 3: a3, 4: a4, 5: a5, 6: a6, 7: a7, 8: a8, 9: a9, 10: a10, 11: a11, 12: a12, 13: a13, 14: a14, 15: a15, 16: a16}
u = {0: a0, 1: a1, 2: a2, 3: a3, 4: a4, 5: a5, 6: a6, 7: a7, 8: a8, 9: a9, 10: a10, 11: a11, 12: a12, 13: a13, 14: a14, 15: a15, **a, 0: a0, 1: a1, 2: a2, 3: a3, 4: a4, 5: a5, 6: a6, 7: a7, 8: a8, 9: a9, 10: a10, 11: a11, 12: a12, 13: a13, 14: a14, 15: a15, 16: a16, 17: a17, 18: a18, 19: a19, 20: a20, 21: a21, 22: a22, 23: a23, 24: a24, 25: a25, 26: a26, 27: a27, 28: a28, 29: a29, 30: a30, 31: a31, 32: a32, 33: a33, 34: a34}
for t in [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30]: pass
t in (0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30)
for t in {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30}: pass
# ----
x = 1 + 2, 'a' 'b', 1 << 100, 2 ** 127, 'a' * 5, (1, 2) * 3, 1 / 0, -0.0, 0.0, 1e309 - 1e309, 1j, -1j, 'abc'[1]
y = 1, 1.0, True, 1 + 0j, 'a', b'a'
z = x[1:2], x[1:2:3], x['a':'bc'], x[1000:2000], x[a:b], x[a:b:c], x[:], x[1, 2:3]
# ----
x[a:b] = y
x[1:2] = y
x[a:b] += y
x[a] -= y
x.y *= z
x @= y
del x[a:b], x.y, x, (y, [z]), x[1:2]
a.\
b.\
cé = 1
a.\
b += 1
# ----
*a, b = c
a, *b, c = d
[a, (b, *c)] = d
a = b.c = d[e] = f
(a := b)
f(a := b, (c := d))
# ----
a, *b, *c = d
# ----
*a = b
# ----
a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, a, *b = c
# ----
x is 1
x is not 'a'
() is x
1.0 is ()
x[1.0], 'a'['b'], [1]['a'], (1, 2)[x, y], 'a'[None], f''[b''], [x for x in y]['z']
1[0], {1}[0], None[0], (lambda: 0)[0], (x for x in y)[0], t''[0]
assert (a, b)
try: pass
finally: x is 1
def f():
    try: return
    finally: x is 1
# ----
x = __debug__
if __debug__: y
if not __debug__: z
# ----
import a, b.c, d as e, f.g.h as i
from . import j
from ..k import l as m, n
from o import *
# ----
raise
raise a
raise a from b
global x
del x
# ----
def f():
    from a import *
