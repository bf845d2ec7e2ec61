print(0.1 + 0.2, 1 / 3, 1e308 * 10, -1e308 * 10, 5.0 // 2, -5.5 % 2, 5.5 % -2, divmod(7.5, 2), 2.0 ** 0.5, 1e-320, 1.5e300 * 1e-10)
print(round(2.5), round(3.5), round(2.675, 2), round(-1.5), round(1e20), round(123.456, -1), int(1e20), float("1e5"), float(" -inf "), float("1_0.5"), float("nan") != float("nan"))
print((0.5).hex(), float.fromhex("0x1.8p1"), (0.75).as_integer_ratio(), (3.0).is_integer(), 1.0.__repr__(), hash(1.5), hash(float("inf")), 3.0 == 3, str(100000000000000000.0), 1e22, 123456789012345680.0)
import math
print(math.sqrt(2), math.floor(-1.5), math.ceil(1.2), math.gcd(12, 18), math.pi, math.isclose(0.1 + 0.2, 0.3), math.factorial(20), math.hypot(3, 4), math.log(8, 2), math.trunc(-2.7), math.fsum([0.1] * 10), math.isqrt(99), math.comb(5, 2), math.copysign(1, -0.0), math.inf, math.frexp(8.0))
for bad in (lambda: 1.0 / 0, lambda: 1.0 % 0, lambda: float("x"), lambda: math.sqrt(-1), lambda: 10.0 ** 400, lambda: int(float("inf")), lambda: float([]), lambda: (-8) ** 0.5, lambda: math.log(0)):
    try:
        print(bad())
    except Exception as e:
        print(type(e).__name__, e)
print((1 + 2j) * (3 - 1j), abs(3 + 4j), (1 + 2j).conjugate(), complex("1+2j"), 1j ** 2, complex(1, -0.0), (2 + 0j) == 2)
x = 0.0
for i in range(1000):
    x += 0.1
print(x, repr(x), f"{x:.3f}")
