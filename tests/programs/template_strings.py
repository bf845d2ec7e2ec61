name, n = "x", 3
t = t"hello {name} and {n:>{n}} {name!r}"
print(t.strings, [i.value for i in t.interpolations], t.interpolations[1].format_spec, t.interpolations[2].conversion, t.interpolations[0].expression)
print(type(t).__name__, t.values, list(t)[0])
