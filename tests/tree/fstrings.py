f"{x}", f"a{x}b", f"{{}}", f"{{{x}}}", F"a" "b" f"c{x}" u"d"
f"{x=}", f"{x = !r:>{w}}", f"a{x=}b{y!s}", f"{x=:}", f"{x=:.2f}"
f"{x:{y}{z}}", f"{x:a{y=}b}", f"{x:{y:{z}}}", f"{x:\x41}", rf"{x:\x41}"
f"""{
x  # comment
=}"""
f"""a
{x!r:>
10}"""
u"a" f"b{x}" "c", "" f"{x}" "", f"", f"" f""
f"{lambda_}", f"{(lambda x: 1)}", f"{x,}", f"{*a, b}", f"{yield_}", f"{a['b']}", f'{a["b"]!a}', f"{f"{f'{x}'}"}"
f"\N{EM DASH}{x}\{y}\d", rf"\{x}\d", f"\x41\
{x}"
f"{x != y}", f"{(x:=1)}", f"{x:=1}", f"{ {1: 2}[1] }"
f'{x:%H:%M}' f"{'a' 'b'}"
f"""

{x}\q{y}
"""
