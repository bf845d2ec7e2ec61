import sys
print(repr(sys.stdin.read()))
try:
    input("prompt ")
except EOFError as e:
    print(e)
sys.stderr.write("to stderr\n")
print("x", file=sys.stderr, flush=True)
sys.stdout.write("written\n")
