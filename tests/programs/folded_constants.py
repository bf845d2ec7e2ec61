"""Constants that the compiler folds: the bytes of code objects of odd operands."""
import _imp
import marshal

NUMBERS = ['0', '-1', '3', '2**31', '2**64', '(1 << 127)', 'True', '0.0', '-0.0', '1.5', '1e308', '1e309', '-1e309', '0j', '-0j', '(1+2j)', '1e309j', '(1e309+1e309j)',
           '-(1+0j)', '(2-3.5j)', '150', '(1e309+1j)', '(1-1e309j)']
OTHERS = ['""', "'a'", "'ab'", "'\\ud800'", "b'a'", '()', '(1,)', "('a', (b'b', 2.0))", 'None', '...', 'x', '[]']
OPERATORS = '+ - * / // % ** << >> & | ^ @'.split()


def digest(source, level):
    code = compile(source, '<s>', 'exec', 0, True, level)
    return _imp.source_hash(1, marshal.dumps([code])[1:]).hex()


for left in NUMBERS + OTHERS:
    for operator in OPERATORS:
        rows = []
        for right in NUMBERS + OTHERS:
            # An empty bytes object that is folded is not the one that everybody shares.
            if operator == '*' and "b'" in left + right:
                continue
            rows.append(f'x = {left} {operator} {right}\n')
        print(left, operator, digest(''.join(rows), 0))
    for operator in '+', '-', '~', 'not ', '- -', '-~':
        print(operator, left, digest(f'x = {operator}{left}', 1))

FORMATS = ["'%s' % (x,)", "'%%' % ()", "'a%r%%' % (x,)", "'%%%a' % (x, y)", "'%%%-10s' % (x,)", "'%5.3r' % (x,)", "'%d' % (x,)", "'%s%s' % (x,)", "'%s' % x", "'%s' % (*x,)",
           "'%é' % (x,)", "'{%s}' % (x,)", "'%10%' % ()", "'%s' '%r' % (x, y)", "b'%s' % (x,)", "'%.s' % (x,)", "'%1000s' % (x,)", "'%99s' % (x,)", "'% s' % (x,)"]
for source in FORMATS:
    for level in range(3):
        print(source, digest(source, level))
for source in ('x: int = 1', 'def f(a): pass', 'lambda a: b', 'class A: pass', '[x for x in y]', 'def f(a=0 | 1): pass', 'type X = int', 'def f[T](): pass'):
    print(source, digest(source, 2))
