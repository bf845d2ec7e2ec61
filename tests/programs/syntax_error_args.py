# A SyntaxError's args and attributes, by the pass that raises it.
for source in (
    "x y",
    "return",
    "def f():\n x = 1\n global x",
    "def f(a, a): pass",
    "from __future__ import nothing",
    "x = 1\nfrom __future__ import annotations",
    "await x",
    "None = 1",
    b"x = '\xe9'",
    b"# coding: nothing\nx",
    b"\xef\xbb\xbf# coding: latin-1\nx",
    b"\xef\xbb\xbf#\n# coding: latin-1\nx",
    "f'{a:\\x}'",
    "\x00",
):
    try:
        compile(source, "<text>", "exec")
    except SyntaxError as error:
        print(error.args)
        print(error.filename, error.lineno, error.offset, error.end_lineno, error.end_offset, error.text, error.msg)
    except Exception as error:
        print(str(error))
