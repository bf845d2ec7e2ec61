class Meta(type):
    @classmethod
    def __prepare__(mcs, name, bases, **kw):
        print("prepare", name, kw)
        return {}
    def __new__(mcs, name, bases, ns, **kw):
        ns["added"] = len(ns)
        return super().__new__(mcs, name, bases, ns)
    def __init__(cls, name, bases, ns, **kw):
        super().__init__(name, bases, ns)
        print("init", name)
    def __iter__(cls): return iter([1, 2])
    def __contains__(cls, x): return x == 1
    def __instancecheck__(cls, o): return o == 5
    @property
    def prop(cls): return cls.__name__ + " prop"
class A(metaclass=Meta, flag=1):
    x = 1
print(A.added, list(A), 1 in A, isinstance(5, A), isinstance(6, A), A.prop, type(A).__name__)
class B(A): pass
class Reg:
    all = []
    def __init_subclass__(cls, /, tag=None, **kw):
        super().__init_subclass__(**kw)
        cls.all.append((cls.__name__, tag))
class R1(Reg, tag="t"): pass
class R2(R1): pass
print(Reg.all)
T = type("T", (Reg,), {"y": 5}, tag="dyn")
print(T.y, T.__name__, Reg.all[-1])
class M2(type): pass
try:
    class Z(A, metaclass=M2): pass
except TypeError as e:
    print(e)
class G:
    def __class_getitem__(cls, k): return (cls.__name__, k)
print(G[int], list[int], dict[str, int], int | None)
