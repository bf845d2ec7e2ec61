def trace(f):
    def wrapper(*a, **k):
        print("call", f.__name__, a, k)
        r = f(*a, **k)
        print("return", r)
        return r
    wrapper.__wrapped__ = f
    return wrapper
def times(n):
    def deco(f):
        return lambda *a: [f(*a) for _ in range(n)]
    return deco
@times(2)
@trace
def add(a, b=1):
    return a + b
print(add(1), add(2, 3))
def register(cls):
    cls.registered = True
    return cls
@register
class C:
    @trace
    def m(self):
        return 5
print(C.registered, C.m.__wrapped__(None))
cache = {}
def memo(f):
    def g(n):
        if n not in cache:
            cache[n] = f(n)
        return cache[n]
    return g
@memo
def fib(n):
    return n if n < 2 else fib(n - 1) + fib(n - 2)
print(fib(80))
@lambda f: f.__name__
def named(): pass
print(named)
