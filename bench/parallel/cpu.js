// The same with worker threads: argv[2] of them.
const { Worker, isMainThread, parentPort, workerData } = require("worker_threads");
function work(seed) {
    let x = seed, sum = 0;
    for (let i = 0; i < 1000000; i++) {
        x = Number((BigInt(x) * 1103515245n + 12345n) % 2147483648n);
        sum += x % 7;
    }
    return sum;
}
if (isMainThread) {
    const count = Number(process.argv[2]);
    let next = 1, total = 0, left = 64;
    for (let i = 0; i < count; i++) {
        const worker = new Worker(__filename);
        const give = () => { if (next <= 64) worker.postMessage(next++); else worker.terminate(); };
        worker.on("message", (sum) => { total += sum; if (--left === 0) console.log(total); give(); });
        give();
    }
} else {
    parentPort.on("message", (seed) => parentPort.postMessage(work(seed)));
}
