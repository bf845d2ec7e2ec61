def low(x):
    y = x
    raise KeyError(y)
def high(x):
    low(x)
o = []
try:
    high(o)
except KeyError as e:
    saved = e
t = saved.__traceback__
u = t.tb_next
f = u.tb_frame
del t, u
del f
saved.__traceback__ = None
del saved
