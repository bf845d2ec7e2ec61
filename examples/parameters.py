import sys


def show(parameter):
    print("inside:", sys.getrefcount(parameter))
    local = parameter
    print("with a second local:", sys.getrefcount(parameter))


value = ["a list"]
print("before:", sys.getrefcount(value))
show(value)
print("after:", sys.getrefcount(value))


def caller():
    mine = ["another"]
    print("a local of its own:", sys.getrefcount(mine))
    show(mine)


caller()
