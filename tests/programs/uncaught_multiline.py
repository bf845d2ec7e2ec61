def compute(a, b,
            c):
    return (a +
            b["key"]["other"] +
            c)
compute(
    1,
    {"key": {"other": None}},
    3,
)
