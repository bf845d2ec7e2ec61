"""Prints the version and magic number of the Python that runs it: for python in ...; do $python magic.py; done > magic.txt"""

import struct
import sys

try:
    import importlib.util

    magic = importlib.util.MAGIC_NUMBER
except ImportError:
    import imp

    magic = imp.get_magic()
print("Python %d.%d %d" % (sys.version_info[:2] + struct.unpack("<H", magic[:2])))
