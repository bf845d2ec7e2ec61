def outer(x):
    def middle(y):
        def inner(z):
            return x, y, z
        return inner
    return middle
print(outer(1)(2)(3), outer.__qualname__, outer(1).__qualname__, outer(1)(2).__qualname__)
def compose(*fs):
    def run(x):
        for f in reversed(fs):
            x = f(x)
        return x
    return run
print(compose(lambda x: x + 1, lambda x: x * 2)(5))
def accumulate():
    total = 0
    def add(n):
        nonlocal total
        total += n
        def deeper():
            nonlocal total
            total *= 2
        deeper()
        return total
    return add
acc = accumulate()
print(acc(1), acc(2), acc.__closure__[0].cell_contents)
def scope():
    a = 1
    class K:
        b = a
        def m(self): return a
    a = 2
    return K.b, K().m()
print(scope())
def deletes():
    x = 1
    def see(): return x
    del x
    try:
        see()
    except NameError as e:
        print(e)
deletes()
