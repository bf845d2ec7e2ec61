# -*- coding: utf-8 -*-
def spell(a, *, b: int = 3) -> x:
	'''doc
  two'''
	return f"a{a!r:>{b}}{{x}} \N{BULLET} {a=}" \
	  + t'{q}' + rf'\d{2}'

class Empty: pass
# between
if x:
    # before the indent
    pass
  # odd column

    # and more
y = 1 if a else 0x1f; y **= 2j
async def wait():
    await (
      1, # inside

      ..., a.b[1:2], ~x, not y)
match x:
    case 1 | {'ä': [*_]}: x @= y // (z := 3)
z = "é" # last
