import time, sys
print(time.gmtime(0), time.gmtime(1e9).tm_zone, time.gmtime(1e9)[:])
t=time.struct_time((2024,2,29,13,5,9,3,60,0))
print(time.strftime("%Y-%m-%d %H:%M:%S %j %A %B %p %%", t), time.asctime(t), time.mktime(t), time.ctime(0))
print(time.strptime("2024-02-29", "%Y-%m-%d"))
for f in (lambda: time.asctime((1,)), lambda: time.strftime("%Y",(2024,13,1,0,0,0,0,0,0)), lambda: time.gmtime(1e30), lambda: time.localtime("x"), lambda: time.strftime(3), lambda: time.mktime(3)):
    try: print(f())
    except Exception as e: print(type(e).__name__, e)
print(time.tzname, time.timezone, time.daylight, time.altzone, repr(time.localtime(5)))
import logging; logging.basicConfig(stream=sys.stdout, format="%(levelname)s %(message)s"); logging.warning("w %d", 3)
import datetime; print(datetime.datetime(2020,1,2).strftime("%d/%m"))
