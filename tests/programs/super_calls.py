class Base:
    x = "base"
    def __init__(self, v): self.v = v
    @classmethod
    def make(cls): return cls(1)
    @property
    def p(self): return "base p"
class Child(Base):
    x = "child"
    def __init__(self):
        super().__init__(5)
    def get(self): return super().x, super(Child, self).x, self.x
    @classmethod
    def make(cls):
        return "child", super().make.__func__ is Base.make.__func__
    @property
    def p(self): return super().p + "!"
    def __getattr__(self, n): return f"dyn {n}"
c = Child()
print(c.v, c.get(), Child.make(), c.p, c.nothing)
class Meta(type):
    def __call__(cls, *a):
        print("creating", cls.__name__)
        return super().__call__(*a)
class W(metaclass=Meta):
    def __new__(cls, *a):
        print("new", a)
        return super().__new__(cls)
    def __init__(self, *a): print("init", a)
W(1, 2)
def free(self):
    return super().x
try:
    free(c)
except RuntimeError as e:
    print(e)
class A:
    def f(self):
        return [super().__repr__()[:2] for _ in range(1)]
print(A().f(), super(Child, c).x)
