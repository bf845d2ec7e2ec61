try:
    raise ExceptionGroup("many", [ValueError(1), TypeError(2), ExceptionGroup("in", [ValueError(3), KeyError(4)])])
except* ValueError as g:
    print(repr(g), g.exceptions)
except* (TypeError, KeyError) as g:
    print(repr(g))
try:
    try:
        raise ExceptionGroup("left", [ValueError(1), OSError(2)])
    except* ValueError:
        print("v")
except ExceptionGroup as rest:
    print("rest", repr(rest))
try:
    raise TypeError("plain")
except* TypeError as g:
    print(repr(g))
eg = ExceptionGroup("x", [ValueError(1), TypeError(2)])
print(eg.split(ValueError), eg.subgroup(lambda e: isinstance(e, TypeError)), eg.message)
