"""Writes containers.txt: statements with what CPython 3.14 gives for each (run with that version)."""

import random

rng = random.Random(3140)
out = []


def outcome(statement, names):
    try:
        try:
            code = compile(statement, "<case>", "eval")
        except SyntaxError:
            exec(compile(statement, "<case>", "exec"), names)
            return ""
        return repr(eval(code, names))
    except Exception as e:
        return f"{type(e).__name__}: {e}"


def next_(i):
    return next(i, "end")


def block(statements):
    names = {"next": next_}
    for statement in statements:
        if statement:
            out.append(f"{statement}\t{outcome(statement, names)}")
        else:
            out.append("")
            names = {"next": next_}
    out.append("")


FIXED = """
list(1)
[]['a']
[1][5]
[1].pop(4)
[].pop()
[].remove(1)
[].index(1)
[1, 2, 3].index(3, 1)
[1, 2, 3].index(3, 0, -1)
[1, 2, 3].index(1, 'a')
().index(1)
(1, 2, 1).count(1)
(1, 2)[5]
(1, 2)['a']
(1, 2, 3)[::-1]
(1, 2, 3)[1:]
(1, 2, 3)[5:]
() * 5
(1, 2) * 3
(1, 2) * -1
(1, 2) + (3,)
(1, 2) + [3]
[1] + (2,)
[1, 2] * 2
[1] * 4611686018427387904
(1,) * 4611686018427387904
'ab' * 3
(1,)
(1, 2) < (1, 3)
(1, 2) < (1, 2, 3)
(1, 2) == (1, 2)
[1, 2] == [1, 2]
[1, 2] < [1, 3]
[1, 2] >= [1, 2]
[1] < 1
hash((1, 2, 3))
hash(())
hash((1, (2, 3)))
hash(frozenset((1, 2, 3)))
hash(frozenset(()))
hash(frozenset((frozenset((1,)), 2)))
hash(slice(1, 2, 3))
hash(range(10))
hash(range(0))
hash([])
hash({})
{[]: 1}
{[]}
{1: 2}[[]]
[] in {}
{}.get([])
{}.pop([])
{1: 1}.pop([])
{1, 2} | [1]
set(1)
{1}.remove(2)
set().pop()
set(1, 2)
set(a=1)
frozenset(a=1)
dict(1)
dict([1])
dict([(1, 2, 3)])
dict([(1, 2), (3, 4)])
dict([(1, 2)], a=3)
dict({1: 2}, a=3)
dict(1, 2)
{}.popitem()
{}.update(1, 2)
{1: 2} | {3: 4}
{1: 2} | 1
{}.fromkeys()
dict.fromkeys([1, 2])
dict.fromkeys('ab', 5)
{}.setdefault()
{1: 2}.keys() & {1, 3}
{1: 2}.keys() | [5]
{1: 2}.items() - {(1, 2)}
{1: 2, 3: 4}.items() ^ {1: 2, 3: 5}.items()
{1: 2}.keys() == {1}
{1: 2}.keys() < {1, 2}
{1: 2}.keys().isdisjoint([2])
{1: 2}.items().isdisjoint([(1, 2)])
(1, 2) in {1: 2}.items()
2 in {1: 2}.values()
{1: 2}.keys().mapping
list(reversed({1: 2, 3: 4}))
list(reversed({1: 2, 3: 4}.items()))
list(reversed({1: 2, 3: 4}.values()))
range()
range(1, 2, 0)
range('a')
range(1, 2, 3, 4)
range(a=1)
range(3)[5]
range(3)['a']
range(10)[2:8:2]
range(10)[::-1]
range(0, 10, 3)[-1]
range(3).index(5)
range(3).index('a')
range(0, 10, 2).index(4)
range(0, 10, 2).count(4)
range(0, 10, 2).count('a')
4 in range(0, 10, 2)
5 in range(0, 10, 2)
'a' in range(3)
len(range(1180591620717411303424))
range(1180591620717411303424)[5]
range(1180591620717411303424)[-1]
list(range(1180591620717411303424, 1180591620717411303430, 2))
list(reversed(range(1180591620717411303424, 1180591620717411303430, 2)))
list(reversed(range(0, 10, 3)))
list(reversed(range(10, 0, -3)))
range(0, 3) == range(0, 3, 1)
range(0) == range(2, 1)
range(0, 3, 2) == range(0, 4, 2)
range(3) < range(4)
range(5)
range(1, 5, 2)
slice()
slice(1, 2, 3, 4)
slice(1, 2, 3)
slice(5)
slice(1, 2) == slice(1, 2)
slice(1, 2) < slice(1, 3)
slice(1, 2, 0).indices(3)
slice(1, 2).indices(-1)
slice(None, None, -1).indices(5)
slice(-3, None).indices(10)
slice(1180591620717411303424).indices(5)
slice('a').indices(3)
[1][::0]
[1]['a':]
list(zip([1, 2], [3, 4]))
list(zip())
zip(1)
zip(a=1)
list(zip([1], [], strict=True))
list(zip([], [1], strict=True))
list(zip([1], [1], [], strict=True))
list(zip([], [], [1], strict=True))
map()
map(int)
list(map(int, ['1', '2']))
list(map(range, [1, 2], [3, 4]))
list(map(int, ['1'], [], strict=True))
filter()
filter(int, 2)
filter(a=1)
list(filter(None, [0, 1, '', 'a']))
list(filter(bool, [0, 1]))
enumerate()
enumerate(1)
enumerate([], 'a')
enumerate([], 1, 2)
enumerate(a=1)
enumerate([], a=1)
list(enumerate('ab'))
list(enumerate('ab', 5))
list(enumerate('ab', start=9223372036854775806))
list(enumerate(iterable='ab', start=3))
reversed(1)
reversed()
reversed({1})
list(reversed([1, 2, 3]))
list(reversed((1, 2, 3)))
list(reversed('abc'))
list[int]
list[(int, str)]
dict[(str, list[int])]
tuple[()]
list[int][str]
list[int] == list[int]
list[int] == list[str]
list[int].__origin__
list[int].__args__
list[int]([1])
list[[int, str]]
[1, 2].__sizeof__()
[].__sizeof__()
(1, 2).__sizeof__()
{}.__sizeof__()
{1: 2}.__sizeof__()
{'a': 2}.__sizeof__()
set().__sizeof__()
set([1, 2, 3, 4, 5]).__sizeof__()
frozenset((1, 2, 3, 4, 5, 6)).__sizeof__()
list({1, 2, 3}).__sizeof__()
list((1, 2, 3)).__sizeof__()
list({1: 1, 2: 2}.items()).__sizeof__()
list(range(5)).__sizeof__()
list(iter([1, 2, 3])).__sizeof__()
dict.fromkeys(set(range(21))).__sizeof__()
dict.fromkeys(dict.fromkeys('abcdefghijklmnopqrstuv')).__sizeof__()
dict.fromkeys({}).__sizeof__()
dict({1: 2, 3: 4}).__sizeof__()
{1: 2, 3: 4}.copy().__sizeof__()
{1} in {frozenset((1,))}
{1} in {1}
set([1, 2]).issubset([1, 2, 3])
set([1, 2]).issuperset([1])
set([1, 2]).isdisjoint([3])
set([1, 2]).union([3], [4])
set([1, 2]).intersection([2, 3], [2])
set([1, 2]).difference([2], [1])
set([1, 2]).symmetric_difference([2, 3])
set([1, 2]) - frozenset((1,))
frozenset((1,)) | set([2])
set([3]) <= frozenset((3,))
set([3]) < {3, 4}
set([3]) == frozenset((3,))
frozenset((1, 2))
frozenset()
set()
frozenset((1,)).copy()
[1, 2].extend(1)
[].sort(1)
[].sort(a=1)
[3, 'a'].sort()
[].insert(1)
[].append()
[].clear(1)
tuple(a=1)
tuple(1, 2)
list(a=1)
tuple('abc')
tuple({1: 2})
tuple(range(3))
bool([])
bool((1,))
bool({})
bool(range(0))
"""

BLOCKS = """
a = [1, 2, 3]
a[0] = 5
a[5] = 1
a['x'] = 1
del a[7]
a[1:2] = [7, 8, 9]
a
a[::2] = [0, 0]
a[::2] = [0, 0, 0]
a
a[::2] = 5
a[1:2] = 5
del a[::2]
a
a.append(a)
a
a.insert(0, 'z')
a.insert(-100, 'y')
a.insert(100, 'x')
a
a.reverse()
a
a.clear()
a
a += (1, 2)
a *= 3
a
a *= 0
a
a.extend('abc')
a.__sizeof__()
a.extend(a)
a
a.__sizeof__()

d = {}
d['self'] = d
d
d = {1: 2}
i = iter(d)
d[3] = 4
next(i)
next(i)
d = {1: 2, 3: 4}
i = iter(d)
next(i)
del d[1]
d[5] = 6
next(i)
next(i)
d = {1: 2, 3: 4}
i = iter(d.items())
next(i)
i.__length_hint__()
next(i)
next(i)
next(i)
d |= [(7, 8)]
d |= 5
d
d.popitem()
d.pop(99, 'no')
d.pop(99)
del d[99]
d.setdefault(1, 100)
d.setdefault(2, 200)
d.update([(9, 9)], x=5)
d.update({9: 10})
d
d.keys()
d.values()
d.items()
d == {1: 2}
d.clear()
d

s = {1}
i = iter(s)
s.add(2)
next(i)
s = {1, 2, 3}
s -= {1}
s |= {7}
s ^= {7, 8}
s &= {8, 2}
s
s.discard(100)
s.remove(100)
s.update([1], (2,), {3: 4})
s
s.difference_update([1], [2])
s.intersection_update([3, 4, 8])
s.symmetric_difference_update([8, 9])
s

r = [[], {}, set()]
r[0].append(r)
r[1].update(r=r)
r

i = iter([1, 2, 3])
i.__length_hint__()
next(i)
i.__setstate__(2)
next(i)
next(i)
i.__length_hint__()
i = iter(range(10))
i.__setstate__(4)
next(i)
i.__length_hint__()
i = iter((1, 2))
i.__setstate__(1)
next(i)
next(i)
i = reversed([1, 2, 3])
next(i)
i.__length_hint__()
next(i)
next(i)
next(i)
i = reversed('ab')
i.__length_hint__()
next(i)
i = enumerate('ab')
next(i)
next(i)
next(i)
z = zip('ab', [1, 2])
a = next(z)
b = next(z)
a is b
a
"""


def random_value():
    kind = rng.randrange(8)
    if kind < 4:
        return str(rng.randrange(40))
    if kind == 4:
        return str(rng.randrange(40) * 8)
    if kind == 5:
        return str(-rng.randrange(20))
    if kind == 6:
        return f"({rng.randrange(5)}, {rng.randrange(5)})"
    return f"{rng.randrange(10)}.5"


def random_values(most=8):
    return ", ".join(random_value() for _ in range(rng.randrange(most)))


def set_block():
    yield "s = set()"
    for _ in range(60):
        kind = rng.randrange(12)
        v = random_value()
        if kind < 5:
            yield f"s.add({v})"
        elif kind < 7:
            yield f"s.discard({v})"
        elif kind == 7:
            yield "s.pop()"
        elif kind == 8:
            yield f"s.update([{random_values()}])"
        elif kind == 9:
            yield f"s -= set([{random_values()}])"
        elif kind == 10:
            yield f"s ^= set([{random_values(4)}])"
        else:
            yield f"t = set([{random_values(30)}]) {rng.choice('|&-^')} s"
            yield "t"
            yield "s | t"
            yield "t - s"
        yield "s"
    yield "s.__sizeof__()"


def dict_block():
    yield "d = {}"
    for _ in range(60):
        kind = rng.randrange(10)
        key = random_value() if rng.random() < 0.6 else f"'k{rng.randrange(20)}'"
        if kind < 5:
            yield f"d[{key}] = {rng.randrange(100)}"
        elif kind < 7:
            yield f"d.pop({key}, None)"
        elif kind == 7:
            yield f"d.setdefault({key}, 7)"
        elif kind == 8:
            yield f"d.update(dict.fromkeys([{random_values()}], 1))"
        else:
            yield "d.copy().__sizeof__()"
            yield "d.popitem()"
        yield "d.__sizeof__()"
    yield "d"
    yield "list(reversed(d))"
    yield "d | {'x': 1}"


def string_dict_block():
    yield "d = {}"
    for _ in range(50):
        key = f"'k{rng.randrange(60)}'"
        if rng.random() < 0.75:
            yield f"d[{key}] = {rng.randrange(100)}"
        else:
            yield f"d.pop({key}, None)"
        yield "d.__sizeof__()"
    yield "d"
    yield "d[1] = 2"
    yield "d.__sizeof__()"
    yield "d"


def list_block():
    yield "a = []"
    for _ in range(60):
        kind = rng.randrange(10)
        low, high, step = rng.randrange(-12, 12), rng.randrange(-12, 12), rng.choice([-3, -2, -1, 2, 3])
        if kind < 3:
            yield f"a.append({random_value()})"
        elif kind == 3:
            yield f"a.insert({low}, {random_value()})"
        elif kind == 4:
            yield f"a.pop({low})"
        elif kind == 5:
            yield f"a[{low}:{high}] = [{random_values()}]"
        elif kind == 6:
            yield f"del a[{low}:{high}:{step}]"
        elif kind == 7:
            yield f"a[{low}:{high}:{step}] = [{random_values(4)}]"
        elif kind == 8:
            yield f"a.extend(tuple([{random_values()}]))" if rng.random() < 0.5 else "a.reverse()"
        else:
            yield f"a[{low}:{high}:{step}]"
            yield f"tuple(a)[{low}:{high}:{step}]"
        yield "a.__sizeof__()"
    yield "a"


def sort_block():
    for size in (0, 1, 2, 5, 20, 64, 65, 130, 500):
        for values in (
            [rng.randrange(size * 2 + 1) for _ in range(size)],
            [rng.randrange(3) for _ in range(size)],
            list(range(size)),
            list(range(size, 0, -1)),
            sorted(rng.randrange(50) for _ in range(size)) + [rng.randrange(50) for _ in range(5)],
            [i // 3 for i in range(size, 0, -1)],
        ):
            yield f"a = [{', '.join(map(str, values))}]"
            yield "a.sort()"
            yield "a"
            yield f"a = [{', '.join(f'({v}, {i})' for i, v in enumerate(values))}]"
            yield "a.sort(reverse=True)"
            yield "a"
            yield f"a = [{', '.join(repr(str(v)) for v in values)}]"
            yield "a.sort(key=int)"
            yield "a"
            yield "a.sort(key=int, reverse=True)"
            yield "a"


block(line for line in FIXED.strip().split("\n"))
block(BLOCKS.strip().split("\n"))
for _ in range(12):
    block(set_block())
    block(dict_block())
    block(string_dict_block())
    block(list_block())
block(sort_block())

with open(__file__.replace(".py", ".txt"), "w") as f:
    f.write("\n".join(line for line in out) + "\n")
