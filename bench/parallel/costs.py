import multiprocessing, sys, time
def nothing(x): return x
def read(queue, done):
    n = 0
    while queue.get() is not None: n += 1
    done.put(n)
def echo(there, back):
    while (v := there.get()) is not None: back.put(v)
def show(count, start): print(round((time.perf_counter() - start) * 1e6 / count, 2))
def stream(count, value):
    queue, done = multiprocessing.Queue(100), multiprocessing.Queue()
    process = multiprocessing.Process(target=read, args=(queue, done)); process.start()
    start = time.perf_counter()
    for _ in range(count): queue.put(value)
    queue.put(None); assert done.get() == count
    show(count, start); process.join()
if __name__ == "__main__":
    row = sys.argv[1]
    if row in ("spawn", "many"):
        with multiprocessing.Pool(2) as pool:
            pool.apply(nothing, (0,))
            start = time.perf_counter()
            if row == "spawn":
                for _ in range(2000): pool.apply(nothing, (0,))
                show(2000, start)
            else:
                handles = [pool.apply_async(nothing, (i,)) for i in range(100000)]
                assert sum(h.get() for h in handles) == 4999950000
                show(100000, start)
    elif row == "small": stream(100000, 7)
    elif row == "record": stream(50000, {"id": 7, "name": "somebody", "tags": ["a", "b"]})
    elif row == "large": stream(100, list(range(100000)))
    elif row == "pingpong":
        there, back = multiprocessing.Queue(), multiprocessing.Queue()
        process = multiprocessing.Process(target=echo, args=(there, back)); process.start()
        start = time.perf_counter()
        for i in range(10000): there.put(i); back.get()
        show(10000, start); there.put(None); process.join()
