o = [1]; ns = {"o": o}
exec("a = o; b = [a]; def f(): return b".replace("; def", "\ndef"), ns)
a = ns["b"]; f = ns["f"]; b = f(); c = eval("o", ns); d = eval("[o, x]", ns, {"x": o}); e = eval("lambda: o", ns); g = e()
code = compile("o", "<s>", "eval"); h = eval(code); i = eval(code, ns); j = code.co_names; k = compile("x = 1.5", "<t>", "exec"); exec(k, ns); l = ns["x"]
class C: exec("q = o")
m = C.q; n = type("D", (), ns.copy()).b; p = __import__("types").SimpleNamespace(o=o); q = p.o
del ns, f, e, d
