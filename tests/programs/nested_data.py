import sys
data = {"users": [{"name": "a", "tags": ("x", "y")}, {"name": "b", "tags": ()}], 1: None, (1, 2): {3, }, None: [1.5, -2, True]}
print(data)
data["users"][0]["name"] += "!"
data["users"].append(data["users"][0])
print(data["users"][2] is data["users"][0], len(data), data[(1, 2)])
tree = {}
for path in ("a/b/c", "a/b/d", "a/e"):
    node = tree
    for part in path.split("/"):
        node = node.setdefault(part, {})
print(tree)
def walk(t, depth=0):
    for k, v in t.items():
        yield "  " * depth + k
        yield from walk(v, depth + 1)
print("\n".join(walk(tree)))
grid = [[0] * 3 for _ in range(2)]
grid[1][2] = 5
print(grid, [sum(r) for r in grid], list(map(list, zip(*grid))))
words = "the cat the dog the end".split()
counts = {}
for w in words: counts[w] = counts.get(w, 0) + 1
print(sorted(counts.items(), key=lambda kv: (-kv[1], kv[0])))
