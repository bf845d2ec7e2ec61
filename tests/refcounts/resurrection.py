class R:
    kept = []
    def __del__(self): R.kept.append(self)
r = R(); r.x = [1]; del r
a = R.kept[0]; b = a.x
R.kept.clear()
del a
c = len(R.kept)
s = R(); s.me = s; del s
import gc; gc.collect(); d = len(R.kept)
R.__del__ = lambda self: None
R.kept = None
