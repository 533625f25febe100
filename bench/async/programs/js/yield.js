const n = Number(process.argv[2]);
let count = 0;
async function run(turns) { for (let i = 0; i < turns; i++) { await null; count++; } }
Promise.all(Array.from({length: 10}, () => run(n / 10))).then(() => console.log(count));
