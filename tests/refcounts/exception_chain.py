def a(o):
    try:
        raise ValueError(o)
    except ValueError as e:
        raise TypeError(o) from e
o = []
try:
    a(o)
except TypeError as t:
    cause = t.__cause__
    context = t.__context__
del cause
context = None
