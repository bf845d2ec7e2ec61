a = 10 ** 20; b = a + 1; c = a; d = a * 1; e = a + 0; f = -a; g = +a; h = a // 1; i = abs(a); j = int(a); k = 257; l = 257; m = 256 + k - k; n = k + 0; p = 2 ** 64; q = p >> 64; r = p | 0; s = [a] * 2; t = (a, a); u = divmod(a, 7); v = pow(a, 1); w = round(a); x = a if a else b; y = a and b; z = True + k
def f2():
    x = 1000; y = 1000; z = 500 + 500; w = x + y
    return x, y, z, w
aa = f2(); bb = aa[0] is aa[1]
for cc in range(1000, 1004): dd = cc * 2; ee = cc
del a, b, c, s, t
