import asyncio, sys
async def answer(i):
    await asyncio.sleep(0)
    return 1
async def main(n):
    count = 0
    for i in range(n): count += await asyncio.wait_for(answer(i), 60)
    print(count)
asyncio.run(main(int(sys.argv[1])))
