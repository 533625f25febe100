# The same with multiprocessing: argv[1] processes.
import multiprocessing, sys
def work(seed):
    x, total = seed, 0
    for _ in range(1000000):
        x = (x * 1103515245 + 12345) % 2147483648
        total += x % 7
    return total
if __name__ == "__main__":
    with multiprocessing.Pool(int(sys.argv[1])) as pool:
        print(sum(pool.map(work, range(1, 65), chunksize=1)))
