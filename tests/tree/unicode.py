é = "é"; ﬁ = ñ.ﬀ
def Ｆ(ａ, *, ｂ=1): return ａ + 𝔘
import ﬁ.ﬁ as ﬀ
x = "😀" + y; z
