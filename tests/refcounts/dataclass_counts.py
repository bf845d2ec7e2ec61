from dataclasses import dataclass, field, replace, asdict, astuple
@dataclass
class P:
    x: object
    y: list = field(default_factory=list)
@dataclass(frozen=True, order=True)
class Q:
    a: int
    b: object = None
@dataclass(slots=True)
class S:
    v: object
o = [1]; p = P(o); q = Q(1, o); s = S(o); r = replace(p, x=s); d = asdict(p); t = astuple(p); e = p == P(o); f = q < Q(2, o); h = hash(Q(1)); g = repr(p)
for i in range(4): p = P(o, o); s = S(p)
del d, t, r
