"""Run it twice: the second time `greeting` comes from __pycache__."""

import sys

import greeting

cache = greeting.__cached__
print(greeting.text)
print("cached as", cache.rpartition("/")[2])
print("constants of a module from its .pyc:", sys.getrefcount(greeting.text))
