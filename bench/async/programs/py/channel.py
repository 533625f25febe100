import asyncio, sys
async def main(n):
    q = asyncio.Queue(100)
    async def produce():
        for i in range(n): await q.put(i)
        await q.put(None)
    producing = asyncio.create_task(produce())
    count = 0
    while (item := await q.get()) is not None: count += 1
    await producing
    print(count)
asyncio.run(main(int(sys.argv[1])))
