import weakref
class C: pass
c = C()
r = weakref.ref(c)
d = r()
s = weakref.ref(c)
del d
p = weakref.proxy(c)
t = weakref.ref(c, lambda w: None)
l = weakref.getweakrefs(c)
del l
del c
e = r()
