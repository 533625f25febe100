const { Worker, isMainThread, parentPort } = require("worker_threads");
const row = process.argv[2];
const now = () => Number(process.hrtime.bigint()) / 1000;
const show = (count, start) => console.log(((now() - start) / count).toFixed(2));
if (!isMainThread) {
    let left = Infinity;
    parentPort.on("message", (m) => {
        if (m && m.count) left = m.count;
        else if (m && m.echo !== undefined) parentPort.postMessage(m.echo);
        else if (--left === 0) parentPort.postMessage("all");
    });
} else {
    const worker = () => new Worker(__filename, { argv: [row] });
    const stream = (count, value) => {
        const w = worker();
        w.once("online", () => {
            const start = now();
            w.on("message", () => { show(count, start); w.terminate(); });
            w.postMessage({ count });
            for (let i = 0; i < count; i++) w.postMessage(value);
        });
    };
    if (row === "spawn") {
        (async () => {
            const start = now();
            for (let i = 0; i < 20; i++) await new Promise((done) => { const w = worker(); w.on("online", () => w.terminate().then(done)); });
            show(20, start);
        })();
    } else if (row === "small") stream(100000, 7);
    else if (row === "record") stream(50000, { id: 7, name: "somebody", tags: ["a", "b"] });
    else if (row === "large") stream(500, Array.from({ length: 100000 }, (_, n) => n));
    else if (row === "pingpong") {
        const w = worker();
        let i = 0, start;
        w.once("online", () => { start = now(); w.postMessage({ echo: 0 }); });
        w.on("message", () => { if (++i === 10000) { show(10000, start); w.terminate(); } else w.postMessage({ echo: i }); });
    }
}
