import asyncio, sys
async def main(n):
    there, back = asyncio.Queue(1), asyncio.Queue(1)
    async def answer():
        for i in range(n): await back.put(await there.get() + 1)
    answering = asyncio.create_task(answer())
    value = 0
    for i in range(n):
        await there.put(value)
        value = await back.get()
    await answering
    print(value)
asyncio.run(main(int(sys.argv[1])))
