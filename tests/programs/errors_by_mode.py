# Sources whose last line has no newline: what each mode says of them.
import warnings

warnings.simplefilter("ignore")
SOURCES = [
    "f'''\n{\\{'''", "f'''\n\n{\\{'''", "f'''a\nb{\\ }'''", "f'''a\nb{(\n\\ )}'''", '(a\n\\ b)', 'x=1\ny=\\ b\n',
    "f'''\n{x:\\{'''", "f'''\n{x:{\\{'''", "f'{\\ }'", "f'''{\\ }'''", "'''\n''' \\ 1", "f'''\n''' \\ 1",
    "f'''\n{x}''' \\ 1", "f'''\n{x}\n''' \\ 1", "f'''\n{x}\n{y}''' + f'{\\ '", "f'''\n{x\n\\ }'''", "t'''\n{\\{'''",
    "('''\n''' \\ 1)", "x = '''\n''' ; y = \\ 1", "f'''\n{x}''', f'''{\\ }'''", 'if x:\n  y\n  # c',
    'if x:\n  y\n# c', 'if x:\n  y\n # c', 'if x:\n  y\n     # c', 'if x:\n  y\n  # c\n', 'if x:\n  y\n# c\n',
    'x # c', 'x\n# c', 'x\n  # c', '# c', '  # c', 'if x: y\n# c', 'if x: y\n  # c', 'if x: y # c', 'if x:\n  y # c',
    'if x:\n  y\n\n  # c', 'if x:\n  y\n  # c\n  # d', 'if x:\n  y\n  # c\n  z', 'if x:\n  y\n  # c\n  z\n  # e',
    'if x:\n  if y:\n    z\n  # c', 'if x:\n  if y:\n    z\n    # c', 'if x:\n  if y:\n    z\n# c',
    'class A:\n  y\n  #', 'if x:\n  y\n  \\', 'if x:\n  y\n  ', 'if x:\n  y\n   ', 'if x:\n  y\n', 'if x:\n  y',
    'x\n  ', 'x\n\n', '(x\n # c\n)', '(x\n # c', 'for i in x:\n  pass\nelse:\n  y\n  # c', '@a\n# c', '@a\n  # c',
    '\n# c', '\n\n  # c', 'if x:\n  # c', 'if x:\n# c', 'if x: # c', 'x; # c', 'x;\n# c', 'x;\n  # c',
    "'''a\n'''\n  # c", "'''a\n''' # c", 'if x:\n\ty\n\t# c', 'if x:\n  y\n\x0c# c', 'if x:\n  y\n\x0c  # c',
    'x\n\x0c', ' # c\n', 'if x:\n  y\n  # c\r', 'if x:\n  y\r\n  # c',
]

for source in SOURCES:
    for mode in ("exec", "eval", "single"):
        try:
            compile(source, "f", mode)
        except SyntaxError as error:
            place = error.lineno, error.offset, error.end_lineno, error.end_offset
            print(repr(source), mode, type(error).__name__, error.msg, *place, repr(error.text))
        else:
            print(repr(source), mode)
