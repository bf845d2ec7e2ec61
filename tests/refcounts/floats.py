a = 1.5
b = a
c = a + b
d = [c, c]
e = c * 1.0
f = -a
a = 0.0
b = 2.0
del d
g = 1j
h = g + a
