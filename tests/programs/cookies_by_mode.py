# Which coding cookies count in a module, in an expression and at the prompt.
sources = [
    b"#coding:xxx",
    b"#coding:xxx\n",
    b"#coding:xxx\r",
    b"# coding: latin-1",
    b"#coding:latin-1\xe9",
    b"#coding: utf-16",
    b"#coding:ascii \xc3\xa9",
    b"\xef\xbb\xbf#coding:latin-1",
    b"\xef\xbb\xbf#coding:xxx",
    b"# coding: latin-1\n'\xe9'",
    b"'\xe9' # coding: latin-1",
    b"'\xc3\xa9' # coding: latin-1",
    b"'\xc3\xa9' # coding: xxx",
    b"1 # coding: xxx\r",
    b"1 # coding: xxx\r\n",
    b"'\xe9'",
]

for source in sources:
    for mode in ("exec", "eval", "single"):
        try:
            code = compile(source, "s", mode)
        except SyntaxError as error:
            print(source, mode, error, error.offset, error.text)
        else:
            print(source, mode, code.co_consts)
