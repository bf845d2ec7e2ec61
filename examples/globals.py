import sys

kept = ["a global lives until its module does"]


def use():
    return sys.getrefcount(kept)


for i in range(3):
    print("in a function:", use(), "at module level:", sys.getrefcount(kept))
