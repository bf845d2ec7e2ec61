"""Module
    doc"""
x: int
# ----
# ----
# comment only
# ----
from __future__ import annotations, division
"""not a docstring"""
# ----
# with: exec 0 16777216
x: a.b = 1
def f(y: z): pass
# ----
"\ud800"
# ----
x = "\ud800", '\xe9', 'é', 'a b', '', 'abc', 'a'
# ----
def f():
    "a\udfff\ud800b"
