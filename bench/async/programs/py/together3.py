import asyncio, sys
async def main(n): print(len(await asyncio.gather(*(asyncio.sleep(.1) for _ in range(n)))))
asyncio.run(main(int(sys.argv[1])))
