import asyncio, sys
async def turn(x):
    await asyncio.sleep(0)
    return x
async def main(n):
    count = 0
    for i in range(n): count += await asyncio.create_task(turn(1))
    print(count)
asyncio.run(main(int(sys.argv[1])))
