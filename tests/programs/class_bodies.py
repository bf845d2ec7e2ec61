class A:
    x = 1
    y = x + 1
    if y > 1:
        z = "cond"
    for i in range(3):
        pass
    def f(self, d=y): return d
    del i
    class Inner:
        w = 5
        def __repr__(self): return "inner"
    inner = Inner()
    annotated: int = 3
    only: str
    __private = 7
    def get(self): return self.__private
print(A.x, A.y, A.z, A().f(), hasattr(A, "i"), A.inner, A.Inner.__qualname__, A().get(), A._A__private, A.__annotations__)
def make(base):
    class Local(base):
        def name(self): return __class__.__name__
    return Local
print(make(int)(5).name(), make(str)("x"), make.__code__.co_varnames)
class Empty: ...
e = Empty()
e.attr = [1]
print(e.attr, Empty.__dict__.keys() >= {"__module__", "__dict__", "__weakref__"}, Empty.__firstlineno__)
A.new = lambda self: "patched"
print(A().new(), A.__static_attributes__)
class Eq:
    def __eq__(self, o): return True
try:
    {Eq()}
except TypeError as t:
    print(t)
e.__class__ = A
print(e.f())
class Get:
    def __getattribute__(self, n): return n.upper()
print(Get().hello)
class Gen[T]:
    def m(self, x: T) -> T: return x
print(Gen.__type_params__, Gen[int].__origin__ is Gen, Gen().m(3))
type Alias[X] = list[X]
print(Alias, Alias.__value__)
