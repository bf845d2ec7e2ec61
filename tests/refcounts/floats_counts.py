a = 1.5; b = 1.5; c = a + b; d = a * 1; e = float(a); f = +a; g = -a; h = abs(a); i = a; j = (a, 1.5, 2.5); k = [a] * 3; l = max(a, b); m = round(a, 1); n = 0.0; o = sum(k); p = divmod(a, 1.0)
def q(x):
    y = x * 2.0; z = y + x; x = z - y
    return x, y
r = q(a); s = q(2.5)
t = 1.5j; u = t * 2; v = t.real; w = complex(a, b)
for x in range(4): y = a * x; z = y + a
del k, j
