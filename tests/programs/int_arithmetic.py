print(7 // 2, -7 // 2, 7 % -3, -7 % 3, divmod(-7, 2), 2 ** 10, 2 ** -1, pow(3, 100, 7), pow(3, -1, 7), 7 / 2, ~5, -(-3), +True)
print(5 & 3, 5 | 3, 5 ^ 3, 1 << 100, (1 << 100) >> 98, -1 >> 5, -5 & 0xff, True + True, 10 .bit_length(), (255).bit_count())
print(2 ** 200, -(2 ** 130) // 7, (10 ** 50) % (10 ** 20 + 7), 12345678901234567890 * 98765432109876543210, (3 ** 200) // (3 ** 198), divmod(10 ** 40, -(10 ** 19 + 1)))
print(int("123"), int("-0x1f", 16), int("0b101", 0), int("1_000"), int(3.99), int(-3.99), int(" 42 "), int(b"7"), int("z", 36), hex(255), oct(8), bin(-5))
print((1000).to_bytes(2, "big"), int.from_bytes(b"\x01\x00", "little"), (-1).to_bytes(2, "little", signed=True), round(1234, -2), round(15, -1), round(25, -1), abs(-10 ** 30), hash(2 ** 61 - 1), hash(-1), hash(2 ** 100))
print(10 ** 30 == 1e30, 2 ** 53 + 1 == float(2 ** 53 + 1), 3 < 3.5 < 4, 1 == 1.0 == True, (2).__add__("x"), int.__mul__(3, 4))
for bad in (lambda: 1 // 0, lambda: 1 % 0, lambda: 1 << -1, lambda: int("12a"), lambda: int(""), lambda: int([]), lambda: int("1", 99), lambda: 0 ** -1, lambda: pow(2, -1, 4), lambda: int(float("nan")), lambda: 1 / 0, lambda: 2 ** 2000 / 1.0):
    try:
        print(bad())
    except Exception as e:
        print(type(e).__name__, e)
n = 1
for i in range(1, 101):
    n *= i
print(n, str(n)[::-1][:30], n % 101, -n // 3 ** 50)
