import sys, math as m
from math import sqrt, pi as PI
from sys import *
print(m is sys.modules["math"], sqrt(4), PI == m.pi)
for stmt in ("import nothing_here", "from math import nothing", "from . import x", "import math.nothing", "from nothing_here import *"):
    try:
        exec(stmt)
    except ImportError as e:
        print(type(e).__name__, e)
def f():
    import math
    return math.floor(2.5)
print(f(), type(sys).__name__, repr(math := m), sys.version_info[:2], sys.implementation.cache_tag, m.__name__, m.__spec__.name)
print("math" in sys.modules, __import__("math").tau, sys.byteorder, sys.maxsize)
