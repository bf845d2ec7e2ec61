import warnings, sys
with warnings.catch_warnings(record=True) as w:
    warnings.simplefilter("always")
    warnings.warn("one"); warnings.warn("two", DeprecationWarning); warnings.warn(UserWarning("three"))
    warnings.warn_explicit("four", RuntimeWarning, "file.py", 7)
for x in w: print(x.category.__name__, x.message, x.lineno, x.filename[-9:])
with warnings.catch_warnings():
    warnings.simplefilter("error")
    try: warnings.warn("boom")
    except UserWarning as e: print("raised", e)
with warnings.catch_warnings(record=True) as w:
    warnings.resetwarnings(); warnings.filterwarnings("once"); warnings.filterwarnings("ignore", "skip.*")
    for i in range(3): warnings.warn("again"); warnings.warn("skipped")
print([str(x.message) for x in w])
with warnings.catch_warnings(record=True) as w:
    warnings.resetwarnings()
    for i in range(2): warnings.warn("each line once")
    warnings.warn("each line once")
print(len(w))
@warnings.deprecated("old")
def f(): return 1
with warnings.catch_warnings(record=True) as w:
    warnings.simplefilter("always"); print(f(), w[0].category, w[0].message)
for bad in (lambda: warnings.warn("x", int), lambda: warnings.warn(), lambda: warnings.simplefilter("nope"), lambda: warnings.warn("x", stacklevel="a")):
    try: bad()
    except Exception as e: print(type(e).__name__, e)
print(warnings.filters[0][0], len(warnings.filters) > 3)
warnings.showwarning = lambda *a: print("shown", a[0], a[1].__name__, a[3])
warnings.warn("custom")
