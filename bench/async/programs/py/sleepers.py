import asyncio, sys
async def sleeper():
    await asyncio.sleep(1)
    return 1
async def main(n):
    print(sum(await asyncio.gather(*(sleeper() for _ in range(n)))))
asyncio.run(main(int(sys.argv[1])))
