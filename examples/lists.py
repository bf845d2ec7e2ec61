import sys


class Element:
    def __init__(self, name):
        self.name = name

    def __del__(self):
        print(self.name, "is freed")


first, second = Element("first"), Element("second")
both = [first, second, first]
print("first, twice in the list:", sys.getrefcount(first))
print("second, once:", sys.getrefcount(second))
del both[0]
print("first, after del both[0]:", sys.getrefcount(first))
del second
print("second has no name, the list keeps it:", sys.getrefcount(both[0]))
del both
print("the list is gone; first:", sys.getrefcount(first))
del first
print("the end")
