import asyncio, sys
async def main(n):
    for i in range(n): await asyncio.sleep(.1)
    print(n)
asyncio.run(main(int(sys.argv[1])))
