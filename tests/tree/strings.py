u"kind", U"no kind", u"first" "second", "first" u"second"
"\x41\101\u00e9\U0001F600\N{LATIN SMALL LETTER A}\N{latin small letter b}\N{TANGUT IDEOGRAPH-17000}\N{LF}\
joined"
r"raw\x41\
", R'a\'b', '''tri'ple
lines'''
"\ud800", "\ud83d\ude00", "\ud83d" "\ude00"
"\400\777\7\77"
"\d \q"
b"bytes\x00\xff\101\400", Rb"\x00", bR'\
', b"a" b"\\"
"é\é\
"
"tab\tquote\"\'\a\b\f\n\r\v\0\08"
""
"" ""
