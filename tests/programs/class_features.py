import sys
rc = sys.getrefcount
# class features: __slots__, __set_name__ errors, __class_getitem__, __prepare__, enum-like, dataclass-like
class Field:
    def __init__(s, d=None): s.d = d
    def __set_name__(s, o, n): s.n = n; o.fields = getattr(o, "fields", ()) + (n,)
class Model:
    def __init_subclass__(c, table=None, **k): super().__init_subclass__(**k); c.table = table; print("sub", c.__name__, table, c.fields, rc(c))
    def __init__(s, **k):
        for n in s.fields: setattr(s, n, k.pop(n, getattr(type(s), n).d))
        if k: raise TypeError(f"unexpected {sorted(k)}")
    def __repr__(s): return type(s).__name__ + "(" + ", ".join(f"{n}={getattr(s, n)!r}" for n in s.fields) + ")"
    def __eq__(s, o): return type(s) is type(o) and all(getattr(s, n) == getattr(o, n) for n in s.fields)
class User(Model, table="users"):
    name = Field("anon"); age = Field(0)
class Admin(User, table="admins"):
    level = Field(1)
print(User(), User(name="x", age=3), Admin(level=[1]), User() == User(), User() == Admin())
try: User(zip=1)
except TypeError as e: print(e)
class Auto(dict):
    def __init__(s): s.n = 0
    def __missing__(s, k):
        if k.startswith("_"): raise KeyError(k)
        s.n += 1; s[k] = s.n; return s.n
class EnumMeta(type):
    def __prepare__(name, bases): return Auto()
    __prepare__ = staticmethod(__prepare__)
    def __new__(m, n, b, ns): c = super().__new__(m, n, b, {k: v for k, v in ns.items() if k[0] == "_"}); c.members = {k: v for k, v in ns.items() if k[0] != "_"}; return c
    def __getattr__(c, n):
        try: return c.members[n]
        except KeyError: raise AttributeError(n) from None
    def __iter__(c): return iter(c.members.items())
    def __getitem__(c, k): return c.members[k]
class Color(metaclass=EnumMeta): RED; GREEN; BLUE
print(list(Color), Color.RED, Color["BLUE"], hasattr(Color, "X"))
class G:
    def __class_getitem__(c, i): return rc(i), i
print(G[[]], G[1, 2], G[1:2])
class Sl:
    __slots__ = {"a": "doc a", "b": "doc b"}
    def __init__(s): s.a = []
class Sl2(Sl): __slots__ = ("c",)
class Sl3(Sl2): pass
s = Sl2(); s.c = s.a; print(rc(s.a), hasattr(s, "b"), hasattr(s, "__dict__"), hasattr(Sl3(), "__dict__")); del s.c; print(rc(s.a), Sl.a.__doc__, Sl.a)
try: s.q = 1
except AttributeError as e: print(e)
try: Sl.a.__get__(5, int)
except TypeError as e: print(e)
class Counted:
    n = 0
    def __new__(c, *a, **k): c.n += 1; o = super().__new__(c); print("new", rc(o), a, k); return o
    def __init__(s, x, y=2): print("init", rc(s), x, y)
    def __del__(s): type(s).n -= 1
c = [Counted(1), Counted(2, y=3)]; print(Counted.n); c.pop(); print(Counted.n); del c; print(Counted.n)
class Sing:
    inst = None
    def __new__(c):
        if c.inst is None: c.inst = super().__new__(c)
        return c.inst
print(Sing() is Sing(), rc(Sing.inst))
class Prop:
    def __init__(s): s._x = []
    x = property(lambda s: s._x, lambda s, v: setattr(s, "_x", v), lambda s: delattr(s, "_x"), "the x")
p = Prop(); print(rc(p.x), Prop.x.__doc__); p.x = 5; print(p.x); del p.x
try: p.x
except AttributeError as e: print(e)
class RO:
    @property
    def v(s): return 1
try: RO().v = 2
except AttributeError as e: print(e)
try: del RO().v
except AttributeError as e: print(e)
try: object().a = 1
except AttributeError as e: print(e)
try: int.a = 1
except TypeError as e: print(e)
try: del User.nope
except AttributeError as e: print(e)
u = User(); u.z = 1; del u.z
try: del u.z
except AttributeError as e: print(e, e.name, e.obj)
try: u.z
except AttributeError as e: print(e, e.name, e.obj is u)
print(type("T", (User,), {"x": 1}, table="t")().x, User.__subclasses__()[0], isinstance(Admin(), User), issubclass(Admin, Model), Admin.__mro__[1].__name__, User.__qualname__, User.__module__)
