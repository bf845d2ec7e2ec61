l = [3, 1, 2]
l.append(4); l.extend([5, 6]); l.insert(0, 0); l.insert(-1, 9)
print(l, l.index(9), l.count(3), l.pop(), l.pop(0), l)
l.remove(9); l.reverse()
print(l, sorted(l), sorted(l, reverse=True), l.copy() is l)
l.sort(key=lambda x: -x)
print(l, l + [1], l * 2, [0] * 3, 3 in l, l == [5, 4, 3, 2, 1], [1, 2] < [1, 3], [1] < [1, 0])
l[1:3] = ["x", "y", "z"]
print(l)
l[::2] = [7] * len(l[::2])
print(l)
del l[0], l[-1]
del l[1:3]
print(l)
for bad in (lambda: l.remove(99), lambda: l.index(99), lambda: [].pop(), lambda: l[99], lambda: l["a"], lambda: l.__setitem__(slice(0, 3, 2), [1]), lambda: [1] + (2,), lambda: sorted([1, "a"])):
    try:
        bad()
    except (ValueError, IndexError, TypeError) as e:
        print(type(e).__name__, e)
l.clear()
a = [l]
l.append(a)
print(l, a)
print(list("abc"), list({1: 2}), [*range(3), *"ab"], min([3, 1]), max("abc"), sum([[1], [2]], []))
l = list(range(10))
l += "ab"
l *= 1
print(l[-3:], l[::-3], l[8:2:-2], l[100:], l[-100:2])
