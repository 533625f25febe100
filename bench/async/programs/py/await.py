import asyncio, sys
async def plus_one(x): return x + 1
async def main(n):
    total = 0
    for i in range(n): total = await plus_one(total)
    print(total)
asyncio.run(main(int(sys.argv[1])))
