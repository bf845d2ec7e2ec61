"""Docstring."""
from __future__ import annotations, division
from __future__ import generator_stop

x: int = 1


class A:
    if x:
        y: [z for z in y]

    def method(self: A, a: [b for b in c]) -> (lambda: d): ...


def f(a: b, *c: d):
    z: [q for q in r]
    return lambda: a


w: [(v := 1) for y in z]
