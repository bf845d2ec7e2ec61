class S:
    __slots__ = ("a", "b", "__weakref__")
s = S()
s.a = 1
print(s.a)
for do in (lambda: s.b, lambda: setattr(s, "c", 1), lambda: s.__dict__):
    try:
        do()
    except AttributeError as e:
        print(e)
del s.a
try:
    del s.a
except AttributeError as e:
    print(e)
class T(S):
    pass
t = T()
t.c = 3
t.a = 4
print(t.__dict__, t.a, S.__slots__)
