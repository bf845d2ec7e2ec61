import sys


def function():
    pass


class Empty:
    pass


class Slots:
    __slots__ = ()


print("a function:", sys.getrefcount(function))
also = function
print("with two names:", sys.getrefcount(function))
print("an empty class:", sys.getrefcount(Empty))
print("a class without __dict__:", sys.getrefcount(Slots))
instance = Empty()
print("the class, with an instance:", sys.getrefcount(Empty))
del instance
print("and without:", sys.getrefcount(Empty))
