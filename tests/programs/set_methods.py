s = {3, 1, 2}
s.add(4); s.discard(9); s.remove(1)
print(sorted(s), s | {9} == {2, 3, 4, 9}, s & {2}, s - {2, 3}, s ^ {4, 5} == {2, 3, 5}, s <= {2, 3, 4, 5}, s.isdisjoint({1}))
t = frozenset([1, 2])
print(t | {3} == {1, 2, 3}, hash(t) == hash(frozenset([2, 1])), {t: "k"}[frozenset((2, 1))], type(t | {3}).__name__, type({3} | t).__name__)
s.update([7], (8,)); s.intersection_update({7, 8, 2}); s.difference_update({2}); s.symmetric_difference_update({7, 1})
print(sorted(s), len(s), set(), frozenset(), {1}, frozenset({1}))
for bad in (lambda: s.remove(99), lambda: {[]}, lambda: set().pop(), lambda: s | [1]):
    try:
        bad()
    except (KeyError, TypeError) as e:
        print(type(e).__name__, e)
print(sorted(set("hello")), {1, 2}.union([3], [4]) == {1, 2, 3, 4}, {1, 2}.issuperset([1]), {x for x in range(5) if x % 2} == {1, 3})
