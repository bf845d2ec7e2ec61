class A:
    def who(self):
        return ["A"]
class B(A):
    def who(self):
        return ["B"] + super().who()
class C(A):
    def who(self):
        return ["C"] + super().who()
class D(B, C):
    def who(self):
        return ["D"] + super().who()
print(D().who(), [c.__name__ for c in D.__mro__])
print(issubclass(D, A), isinstance(D(), (int, C)), D.__bases__, A.__subclasses__())
try:
    class E(A, B):
        pass
except TypeError as e:
    print(e)
class F(int):
    def __add__(self, other):
        return F(int(self) + other + 1)
    def __repr__(self):
        return f"F{int(self)}"
print(F(3) + 4, repr(F(3) + 4), F(3) * 2)
class L(list):
    def append(self, x):
        super().append(x * 2)
l = L([1])
l.append(4)
print(l, len(l), type(l).__name__)
