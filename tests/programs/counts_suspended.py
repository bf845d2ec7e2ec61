import sys
rc = sys.getrefcount
# generator expressions holding things; frames of generators; gi_ attributes
class D:
    def __init__(s, n): s.n = n
    def __del__(s): print("d", s.n)
def g(x):
    y = D("y")
    try:
        z = yield x, rc(x)
        print("z", rc(z), rc(y))
        yield
    finally:
        print("fin", rc(x), rc(y))
a = D("a"); i = g(a); print(rc(a), rc(i), i.gi_running, i.gi_suspended); print(next(i)[1], rc(a)); print(sorted(i.gi_frame.f_locals), rc(i.gi_frame), i.gi_frame.f_lineno); i.send(D("sent")); del i; print("after", rc(a))
i = g(a); print(rc(a)); del i; print(rc(a))
i = g(a); next(i); f = i.gi_frame; print(rc(f), rc(i)); del i; print("frame", f.f_lineno, sorted(f.f_locals)); del f
i = (x for x in [a, a]); print(rc(a), rc(i)); n = next(i); print(rc(a), rc(n)); del i; print(rc(a)); del n
def outer(x):
    r = yield from inner(x); print("r", rc(r), rc(x)); return r
def inner(x):
    try: y = yield x; return y
    except ValueError as e: print("ve", rc(e)); return [e.args]
o = outer(a); next(o); print(rc(a), o.gi_yieldfrom is not None, rc(o.gi_yieldfrom))
try: o.throw(ValueError("q"))
except StopIteration as s: print(s.value, rc(s.value))
o = outer(a); next(o)
try: o.send([1])
except StopIteration as s: print(s.value, rc(s.value))
del o; print(rc(a))
def rec(n):
    if n: yield from rec(n - 1)
    yield n
print(list(rec(5)), sum(rec(20)))
def self_ref():
    me = yield; yield me
s = self_ref(); next(s); s.send(s); print(rc(s)); s.close(); print(rc(s)); del s
def ret(): return (yield)
r = ret(); next(r)
try: r.send(a)
except StopIteration as s: print(rc(a), rc(s.value), rc(s))
print(rc(a)); del r; print(rc(a))
def never(): yield D("never"); 
x = never(); del x; print("unstarted gone")
x = never(); v = next(x); print(rc(v)); del x; print("x"); del v
def exc(): yield 1; raise KeyError(D("k"))
try: list(exc())
except KeyError as e: print(e.__traceback__.tb_next.tb_lineno, rc(e.args[0]))
del a; print("end")
