def inner():
    raise KeyError("k")
def middle():
    try:
        inner()
    except KeyError as e:
        raise ValueError("v") from e
try:
    middle()
except ValueError as e:
    print(repr(e.__cause__), e.__suppress_context__, repr(e.__context__))
    tb = e.__traceback__
    while tb:
        print(tb.tb_frame.f_code.co_name, tb.tb_lineno)
        tb = tb.tb_next
try:
    try:
        1 / 0
    finally:
        raise KeyError("second")
except KeyError as e:
    print(repr(e.__context__))
try:
    try:
        raise ValueError(1)
    except ValueError:
        raise TypeError(2) from None
except TypeError as e:
    print(e.__cause__, e.__suppress_context__, repr(e.__context__))
e = ValueError("with note")
e.add_note("a note")
print(e.__notes__)
try:
    raise 3
except TypeError as x:
    print(x)
try:
    try:
        raise ValueError(1)
    except ValueError as e:
        raise
except ValueError as again:
    print("again", again)
try:
    print(e)
except NameError as n:
    print(n)
try:
    raise
except RuntimeError as r:
    print(r)
