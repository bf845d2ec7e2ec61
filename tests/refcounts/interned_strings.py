a = "name_like"
b = "name_like"
c = "not name like!"
d = "".join(["na", "me"])
e = d
import sys
f = sys.intern(d)
g = "x"
h = ""
i = "é"
j = f"{a}{g}"
k = a + b
del a
