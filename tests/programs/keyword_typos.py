"""Misspelt keywords in sources that are rejected: what tracebacks say of them, and what the exceptions keep for that."""
import traceback
import _suggestions

SOURCES = '''importt x
===
x = 1
fro x in y:
    pass
===
if x:
    y
esle:
    z
===
dfe f(): pass
===
clas A: pass
===
x = [a fo a in b]
===
f(a b)
===
x = 1 nad 2
===
if x:
    y
elfi z:
    w
===
def f():
    retrun 1
===
while Ture:
    brake
===
try:
    x
exept E:
    y
===
x = a fi b else c
===
lambad x: 1
===
async dfe f(): pass
===
print 1
===
x = $
===
x = (
===
import a form b
===
pass pas
===
for a in b:
    c
    if d:
        e
    yeild f g
===
@a
class B:
    pass
wiht x: pass
===
@a
@b(c)
async def d():
    e
wiht x: pass'''.split('\n===\n')

for source in SOURCES:
    for mode in 'exec', 'single', 'eval':
        try:
            compile(source, '<s>', mode)
            print('valid')
        except SyntaxError as e:
            print(ascii(e._metadata), e.args[0])
            print(''.join(traceback.format_exception_only(e)))
long = '# filler\n' * 200 + 'importt x\n'
try:
    compile(long, '<s>', 'exec')
except SyntaxError as e:
    print(''.join(traceback.format_exception_only(e)))
for source in 'return', 'nonlocal x', b'\xff', '"\\N{x}"', 'x = "a':
    try:
        compile(source, '<s>', 'exec')
    except SyntaxError as e:
        print(ascii(e._metadata), e.args[0])
print(SyntaxError('x')._metadata)
for candidates, item in ((['import', 'for'], 'importt'), (['import'], 'zzz'), ([], 'a'), (('a',), 'b'), ([1], 'b')):
    try:
        print(_suggestions._generate_suggestions(candidates, item))
    except TypeError as e:
        print(e)
