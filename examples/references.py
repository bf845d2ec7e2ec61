import sys


class Thing:
    pass


a = []
print("a list with one name:", sys.getrefcount(a))
b = a
print("the same list, two names:", sys.getrefcount(a))
box = [a, a]
print("and twice inside another list:", sys.getrefcount(a))
del box
print("that list is gone:", sys.getrefcount(a))
del b
print("one name again:", sys.getrefcount(a))


def count(parameter):
    return sys.getrefcount(parameter)


print("as a parameter:", count(a))
print("after the call:", sys.getrefcount(a))
print("a fresh list nobody keeps:", count([]))
print("a small int is immortal:", sys.getrefcount(7))
thing = Thing()
thing.part = a
print("an attribute holds it too:", sys.getrefcount(a))
