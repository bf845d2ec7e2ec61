import _tokenize, io
def t(s, extra=True):
    print('---', repr(s), extra)
    try:
        for x in _tokenize.TokenizerIter(io.StringIO(s).readline, extra_tokens=extra): print(x)
    except Exception as e: print(type(e).__name__, e, getattr(e,'args',None))
for s in ('x = 1  # c\n\nif x:\n    y\n  \n    # z\n    z\nq', 'f"a{x!r:>{w}}b{{"\n', 'a = (1,\n  2)\n', "'''ab\ncd'''\n", 'x = $\n', 'x = ?', "'abc\n", 'a\\\n+b\n', '', '\n', 'é = 1 -> 2 := ... <> != **= //=\n', '0x1f 1_000 1e5 1j 0b12\n', 'if a:\n  b\n c\n', 't"x{y}z"', 'x', '  x\n y', "f'''a\n{b\n}c'''\n", 'f"{x=}"\n', 'f"{x:%Y}{y!s}"', '# only\n', 'a;b', ')', '"""abc', 'f"a', '1_', 'x\x0cy\n','rb"x" F"y" \n'):
    t(s)

