import asyncio, sys
async def main(n):
    closed = 0
    async def work():
        nonlocal closed
        try: await asyncio.sleep(60)
        finally: closed += 1
    tasks = [asyncio.create_task(work()) for _ in range(n)]
    await asyncio.sleep(0)
    for t in tasks: t.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    print(closed)
asyncio.run(main(int(sys.argv[1])))
