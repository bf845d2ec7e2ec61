def f[T, *Ts, **P](x: T, *a: *Ts, **k: P.kwargs) -> T: return T
class C[T: int, U: (int, str) = int, *V = *tuple[int], **W = [int]](B[T], k=T):
    x: T
    def m[S](self, y: S, z=1, *, w=2) -> U: return T, S, __class__
type A = int
type B[T: A = lambda: T] = list[T]
# ----
class C[__T]:
    type X[__U] = (__T, __U, __V)
    def m[__S](self, x: __S): return __S, __x
    x = 1
    type Y = x
    class D[T: x]: y: x
# ----
def outer(a):
    def f[T: a](x=a, *, y=a): return a
    class C[T: a]:
        b = a
        type X[S: (b, T)] = b
    return f, C
# ----
def f[T = int, U](): pass
# ----
class C[*T = int, **P]: pass
# ----
@d
def f[T](): pass
@d
class C[T](A, *b, **c): pass
async def g[T](x: T = 1): return T
