import sys

small = 7
print("a small int:", sys.getrefcount(small))
large = 10**40
print("a large int with one name:", sys.getrefcount(large))
other = large
print("the same int, two names:", sys.getrefcount(large))
before = id(large)
large = large + 1
print("rebinding made another object:", id(large) != before)
print("the old one has its other name left:", sys.getrefcount(other))
print("the new one:", sys.getrefcount(large))
