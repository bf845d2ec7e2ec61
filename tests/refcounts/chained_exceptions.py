def f(o):
    try: raise ValueError(o)
    except ValueError as e: raise KeyError(o) from e
o = [1]
try: f(o)
except KeyError as e: c = e.__cause__; x = e
d = x.__context__ is c; t = x.__traceback__
x.__traceback__ = None; del t
x.__cause__ = None; x.__context__ = None
del c
try:
    try: 1 / 0
    finally: [][o]
except TypeError as e: y = e.__context__; y = type(y)
x.add_note("n"); n = x.__notes__
del x
