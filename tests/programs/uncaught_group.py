def a():
    raise ValueError("a")
errors = []
for f in (a,):
    try:
        f()
    except ValueError as e:
        errors.append(e)
g = ExceptionGroup("group", errors + [TypeError("b")])
g.add_note("noted")
raise g
