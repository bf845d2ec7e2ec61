class A:
    def m(self, *a): return a
    @classmethod
    def c(cls, *a): return a
    @staticmethod
    def s(*a): return a
o = [1]; a = A(); m = a.m; n = a.m; b = m(o); c = A.c; d = c(o); e = A.s; f = e(o); g = A.m; h = g(a, o); i = m.__self__; j = m.__func__; k = a.__class__.m is j; l = [].append; p = l(o); q = o.append; r = q.__self__; s = "abc".upper; t = s(); u = {}.get; v = u(1, o); w = [a.m for x in range(3)]; x = len; y = int.__add__; z = (5).__add__
for aa in range(5): bb = a.m(o); cc = m(o); dd = A.c(o); ee = a.s(o); ff = q
del m, n, w
