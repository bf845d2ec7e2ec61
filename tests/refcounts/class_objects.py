class A:
    pass
class B(A):
    pass
a = A()
b = B()
l = [A, A]
t = type(a)
m = B.__mro__
s = A.__subclasses__()
del s
class E:
    __slots__ = ()
B = None
del b, m
