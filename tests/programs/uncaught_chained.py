def low():
    raise KeyError("missing")
def high():
    try:
        low()
    except KeyError as e:
        raise RuntimeError("failed") from e
try:
    high()
except RuntimeError:
    [][3]
