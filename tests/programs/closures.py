def counter(start):
    n = start
    def step(by=1):
        nonlocal n
        n += by
        return n
    def read():
        return n
    return step, read

step, read = counter(10)
print(step(), step(5), read())
print(step.__closure__[0].cell_contents, step.__code__.co_freevars, counter.__code__.co_cellvars)
fs = [lambda: i for i in range(3)]
print([f() for f in fs])
fs = [lambda i=i: i for i in range(3)]
print([f() for f in fs])
def late():
    def inner():
        return x
    try:
        inner()
    except NameError as e:
        print(e)
    x = 1
    print(inner())
late()
