"""Threads: joining, queues, locks, pools, data of a thread, an exception in one."""
import concurrent.futures
import queue
import sys
import threading
import time

out = []


def work(number):
    for i in range(3):
        out.append((number, i))
        time.sleep(0.001 * (number + 1))


threads = [threading.Thread(target=work, args=(i,)) for i in range(3)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print(sorted(out))

jobs, results = queue.Queue(), []


def worker():
    while (job := jobs.get()) is not None:
        results.append(job * job)
        jobs.task_done()


workers = [threading.Thread(target=worker) for _ in range(4)]
for thread in workers:
    thread.start()
for i in range(20):
    jobs.put(i)
jobs.join()
for _ in workers:
    jobs.put(None)
for thread in workers:
    thread.join()
print(sorted(results), threading.active_count())

with concurrent.futures.ThreadPoolExecutor(max_workers=3) as pool:
    print(list(pool.map(lambda x: x + 1, range(10))))
    future = pool.submit(int, 'x')
    try:
        future.result()
    except ValueError as problem:
        print('caught', problem)

lock, count = threading.Lock(), 0


def add():
    global count
    for _ in range(5000):
        with lock:
            count += 1


threads = [threading.Thread(target=add) for _ in range(4)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print(count)

flag = False


def spin():
    turns = 0
    while not flag:
        turns += 1
    print('spun', turns > 0)


def let_go():
    global flag
    flag = True


threads = [threading.Thread(target=spin), threading.Thread(target=let_go)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()

local = threading.local()
local.x = 1


def own_data():
    print(hasattr(local, 'x'))
    local.x = 5
    print(local.x)


thread = threading.Thread(target=own_data)
thread.start()
thread.join()
print(local.x)


class Counted(threading.local):
    def __init__(self, start):
        self.n = start


counted = Counted(3)
counted.n += 1
thread = threading.Thread(target=lambda: print(counted.n))
thread.start()
thread.join()
print(counted.n)


def hook(args):
    print(args.exc_type.__name__, args.exc_value, args.thread.name)


threading.excepthook = hook
thread = threading.Thread(target=lambda: 1 / 0, name='T1')
thread.start()
thread.join()
threading.excepthook = threading.__excepthook__

barrier = threading.Barrier(3)
threads = [threading.Thread(target=barrier.wait) for _ in range(3)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
semaphore = threading.Semaphore(2)
print(semaphore.acquire(timeout=0.01), semaphore.acquire(), semaphore.acquire(timeout=0.01))
event = threading.Event()
threading.Timer(0.005, event.set).start()
print(event.wait(5), event.is_set())
relock = threading.RLock()
with relock, relock:
    other = []
    thread = threading.Thread(target=lambda: other.append(relock.acquire(blocking=False)))
    thread.start()
    thread.join()
    print(other)


def deep(n):
    return 0 if n == 0 else 1 + deep(n - 1)


def too_deep():
    try:
        deep(10 ** 6)
    except RecursionError as problem:
        print(problem)


thread = threading.Thread(target=too_deep)
thread.start()
thread.join()


def numbers():
    for i in range(3):
        yield i


source = numbers()
thread = threading.Thread(target=lambda: print(next(source), sys.exc_info()))
try:
    raise KeyError
except KeyError:
    thread.start()
    thread.join()
print(next(source), threading.current_thread() is threading.main_thread())


def late():
    time.sleep(0.02)
    print('late')


threading.Thread(target=late).start()
print('end of the main thread')
