x = 1if
# ----
def f(a, b=1)1or:
    pass
# ----
from 0x1for.api import x
y = 1in z
# ----
y = 1j if x else 0_7if
z z
w = 1.5or 2
# ----
"\d" x
"\q"
# ----
f"\d {x} {{\w" x
# ----
f"""
\d
\w {x:\z} \{x}
\q""" t"\p" x
# ----
assert "\d", ("\w" "\x")
# ----
b"\d" "\q"
# ----
rf"\d" rb"\w" x
# ----
x = (1and
"\d"
# ----
x = 1
  y = 1if 0 else 2
z = 3if
# ----
x = "\d"; "\xa"
# ----
x = 1if 2else 3; b"\xa"
# ----
f"{1if 2}"
# ----
"\400" + b"\777" x
# ----
b"\777"
# ----
b"\777" x
# ----
"\400" + b"\777" x
# ----
b"\d" x
# ----
{1:2, "\d": 3} x
# ----
{1:2, "\d" x}
# ----
{1:2, "\d": 3, "\w": 4, "\q" 5}
# ----
{1:2, (3 "\d"): 3}
# ----
[("\d", "\w" 3)]
# ----
f(a "\d")
# ----
"a" + "\d" + "\w" x
# ----
x "\d" y
# ----
if x "\d": pass
# ----
f("\d" + f"\w" "\q" x for y in z)
# ----
x = ("\d"
y
# ----
(x, "a\d" +"\q" "\w" t"\z" y)
# ----
x y
z = 1if
# ----
(x y
, 1if)
# ----
def f()
  pass
x = 1or 2
# ----
x = (1if 2
 y 3if 4)
# ----
x y 
z = f"\{"
# ----
x = f(y z, [1or 2, 3])
# ----
"\x"
z = 1if
# ----
x = f(y for z in 1, 2or 3)
z = 1if
# ----
x = "\x"
y = 1in
# ----
{1:2, 3}
y=1in
# ----
a$b 1or 2
# ----
try:
  pass
except* :
  1or 2
z = 1or 2
# ----
match x:
  case {f"": _}: pass
# ----
match x:
  case {"a": 1, f"{x}": _}: pass
  case {f"": _}: pass
# ----
f"\{{\}}" f"\d\{{\}}"
# ----
# coding: uft-8
x
