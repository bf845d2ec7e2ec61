f()
f(a, *b, c=d, **e)
f(*a)
f(**a, b=c, **d)
f(a, b=c)
a.f(b, c=d)
a.f(*b)
a.b.c(d)(e)
import m
m.f(a)
m.n.f(a)
f(x for x in y)
a \
  .b(
  c).d()
# ----
f(a0, a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11, a12, a13, a14, a15, a16, a17, a18, a19, a20, a21, a22, a23, a24, a25, a26, a27, a28, a29, a30)
a.f(a0, a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11, a12, a13, a14, a15, a16, a17, a18, a19, a20, a21, a22, a23, a24, a25, a26, a27, a28, a29)
f(a0, a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11, a12, a13, a14, a15, a16, a17, a18, a19, a20, a21, a22, a23, a24, a25, a26, a27, a28, k=1)
f(k0=a0, k1=a1, k2=a2, k3=a3, k4=a4, k5=a5, k6=a6, k7=a7, k8=a8, k9=a9, k10=a10, k11=a11, k12=a12, k13=a13, k14=a14, k15=a15)
# ----
f(a=1, a=2)
# ----
class C(a=1, b=2, a=3): pass
# ----
x = 1()
'a'()
[](b)
(1, 2)(3)
(lambda: 0)()
f''()
t''()
{}()
(x for x in y)()
# ----
f((yield_), **a, b=1)
print(*a, sep='')
