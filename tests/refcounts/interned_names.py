import sys
a = "name_like"; b = "name_like"; c = "not name like"; d = "not name like"; e = sys.intern("name" + "_like"); f = "name" + "_like"; g = "x" * 5; h = "".join(["na", "me_like"]); i = sys.intern(h); j = i is a
def k(name_like=None): return "name_like", "local_only"
l = k(); m = l[1]; n = k(); o = n[1] is m
p = {"name_like": 1}; q = list(p)[0]; r = type("name_like", (), {}); s = r.__name__; t = getattr(r, "__name__"); u = "é" * 1; v = "é"; w = "日本"; x = "日本"; y = w is x; z = "a" + "b"
del l, m, n
