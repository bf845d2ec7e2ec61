def f(o):
    try:
        raise ExceptionGroup("g", [ValueError(o), KeyError(o), TypeError(o)])
    except* ValueError as v:
        a = v.exceptions
    except* (KeyError, TypeError) as k:
        b = k.exceptions
    return a, b
o = [1]
r = f(o)
a = r[0][0].args
del r
try:
    try: raise ValueError(o)
    except* ValueError as g: x = g.exceptions[0]; raise
except BaseExceptionGroup as e: y = e.exceptions[0] is x
del x, a
import gc; gc.collect()
