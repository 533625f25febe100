# Milliseconds of one piece of work, measured inside: see bench/async/io.py. Requests need aiohttp; files go through to_thread.
import asyncio, os, sys, time

mode, *rest = sys.argv[1:]


def read(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


async def requests(url, count, at_once):
    import aiohttp

    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=at_once)) as session:

        async def get():
            async with session.get(url) as response:
                return await response.text()

        start = time.perf_counter()
        if mode == "sequence":
            for _ in range(count):
                await get()
        else:
            await asyncio.gather(*(get() for _ in range(count)))
        return start


async def files(folder, count):
    paths = [os.path.join(folder, f"f{i}") for i in range(count)]
    start = time.perf_counter()
    if mode == "files-at-once":
        await asyncio.gather(*(asyncio.to_thread(read, path) for path in paths))
    else:
        for path in paths:
            await asyncio.to_thread(read, path)
    return start


async def main():
    if mode.startswith("files"):
        return await files(rest[0], int(rest[1]))
    return await requests(rest[0], int(rest[1]), int(rest[2]) if len(rest) > 2 else 0)


start = asyncio.run(main())
print((time.perf_counter() - start) * 1000)
