class Typed:
    def __init__(self, kind):
        self.kind = kind
    def __set_name__(self, owner, name):
        self.name = name
        print("set_name", owner.__name__, name)
    def __get__(self, obj, owner):
        if obj is None:
            return self
        return obj.__dict__.get(self.name, "unset")
    def __set__(self, obj, value):
        if not isinstance(value, self.kind):
            raise TypeError(f"{self.name} must be {self.kind.__name__}")
        obj.__dict__[self.name] = value
    def __delete__(self, obj):
        del obj.__dict__[self.name]
class Row:
    n = Typed(int)
    s = Typed(str)
r = Row()
r.n = 4
print(r.n, r.s)
try:
    r.s = 3
except TypeError as e:
    print(e)
del r.n
print(r.n, type(Row.n).__name__)
class Lazy:
    def __init__(self, f):
        self.f = f
    def __get__(self, obj, owner=None):
        v = self.f(obj)
        obj.__dict__[self.f.__name__] = v
        return v
class Use:
    @Lazy
    def big(self):
        print("computed")
        return 42
u = Use()
print(u.big, u.big)
