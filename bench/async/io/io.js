// Milliseconds of one piece of work, measured inside: see bench/async/io.py.
const fs = require("fs/promises"), path = require("path");
const [mode, ...rest] = process.argv.slice(2);
async function get(url) { return (await fetch(url)).text(); }
async function fanout(url, count, atOnce) {
  let next = 0;
  async function worker() { while (next++ < count) await get(url); }
  await Promise.all(Array.from({length: atOnce}, worker));
}
async function run() {
  const count = Number(rest[1]);
  switch (mode) {
    case "fanout": return fanout(rest[0], count, Number(rest[2]));
    case "all": return Promise.all(Array.from({length: count}, () => get(rest[0])));
    case "sequence": for (let i = 0; i < count; i++) await get(rest[0]); return;
    case "files-at-once": return Promise.all(Array.from({length: count}, (_, i) => fs.readFile(path.join(rest[0], "f" + i), "utf8")));
    case "files-in-sequence": for (let i = 0; i < count; i++) await fs.readFile(path.join(rest[0], "f" + i), "utf8"); return;
  }
}
const start = performance.now();
run().then(() => console.log(performance.now() - start));
