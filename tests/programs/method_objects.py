class C:
    def m(self, x): return x
    @classmethod
    def c(cls): return cls
    @staticmethod
    def s(x): return x
o = C()
bound = o.m
print(bound(3), bound.__self__ is o, bound.__func__ is C.m, o.m == o.m, o.m is o.m, C.c().__name__, o.s(4), C.s(5))
print(C.m.__qualname__, bound.__name__, repr(C.m)[:14], repr(bound)[:15])
o.m = lambda x: x * 2
print(o.m(4))
del o.m
print(o.m(4), list(map(str.upper, ["a"])), [].append.__name__, "a".upper(), str.upper("b"))
f = [].append
f(1)
print(f.__self__, int.__add__(1, 2), (1).__add__(2), dict.fromkeys([1]), list(map("{}!".format, [1, 2])))
for bad in (lambda: C.m(1), lambda: o.m(), lambda: o.m(1, 2), lambda: str.upper(1), lambda: o.zz(), lambda: C().s()):
    try:
        bad()
    except (TypeError, AttributeError) as e:
        print(e)
