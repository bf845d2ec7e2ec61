import weakref
class A: pass
log = []
a = A(); b = A(); r = weakref.ref(a); s = weakref.ref(a, lambda w: log.append(w)); p = weakref.proxy(b)
c = r(); d = r() is c; p.x = a; e = p.x
w = weakref.WeakValueDictionary(); w["k"] = a; k = weakref.WeakKeyDictionary(); k[a] = b; t = weakref.WeakSet([a, b])
f = weakref.finalize(b, log.append, 1); g = weakref.getweakrefs(a); m = weakref.getweakrefcount(a)
del a, c, e
p.x = None
h = r(); n = len(w), len(k), len(t)
del b
i = list(log)
