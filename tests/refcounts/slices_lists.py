o = [1]; l = [o] * 5
a = l[1:3]; b = l[:]; c = l[::2]; d = l[::-1]
l[1:2] = [o, o]; l[::2] = [None] * len(l[::2]); l[:0] = (x for x in [o]); del l[0:2]; del l[::2]
e = l.copy(); f = l + l; g = l * 2; l *= 2; l += [o]; l.extend(l); l.insert(0, o); h = l.pop(); l.remove(o); l.reverse(); l.clear()
t = (o, o, o); u = t[:]; v = t[1:]; w = t * 2; x = t + (); y = () + t; z = t[::-1]
s = slice(o, t, None); k = s.start; m = s.stop
del a, b, c, d, e
