import asyncio, sys
async def main(n):
    count = 0
    async def run(turns):
        nonlocal count
        for i in range(turns):
            await asyncio.sleep(0)
            count += 1
    await asyncio.gather(*(run(n // 10) for _ in range(10)))
    print(count)
asyncio.run(main(int(sys.argv[1])))
