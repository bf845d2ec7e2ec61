def f(o):
    try:
        try: raise ValueError(o)
        finally: a = [o]
    except ValueError as e:
        b = e
        return a
    finally:
        c = o
def g(o):
    for i in range(2):
        try:
            if i: return o
            continue
        finally:
            d = [o, i]
o = [1]; r = f(o); s = g(o)
import gc; gc.collect()
t = f(o); del r, s
gc.collect()
