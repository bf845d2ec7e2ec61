print(f"{3.14159:.2f} {42:5d}| {42:<5}| {42:^5}| {42:>5}| {42:05} {255:x} {255:#b} {255:#o} {1234567:,} {1234567:_} {0.25:%} {1e10:g} {12345.678:e}")
print(f"{'a':*^7} {'abc':.2} {True} {None!s:>6} {-5:+d} {5:+} {5: } {3:c}".replace("\x03", "?"))
x, w = 3.5, 8
print(f"{x:{w}.{2}f}|{x!r}|{x=}|{x + 1 = :.1f}|{'nested ' + f'{x}'}|{{}}|{[i for i in range(2)]}")
class F:
    def __format__(self, spec):
        return f"<{spec}>"
print(f"{F()} {F():abc} {F():{'d' * 2}}", format(F(), "z"), format(3, "04"))
for v, s in ((1, "s"), ("a", "d"), (1.5, "d"), ([], "5"), (1, ".2d"), (3, "zz")):
    try:
        format(v, s)
    except (ValueError, TypeError) as e:
        print(type(e).__name__, e)
print(f"{1.0} {1e16} {1e-5} {123456789.123456789} {float('inf')} {float('nan')} {-0.0} {2**0.5}")
print(f"{10**20:,} {-7:x} {1j + 2} {1.5 + 2j:.1f} {'é':>3} {b'x'!r}")
print(f'''{
    1
    + 2
}''', f"{'a' 'b'}", f"{(lambda v: v * 2)(4)}", f"{ {'k': 1}['k'] }", rf"\n{1}")
