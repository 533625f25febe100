const sleep = ms => new Promise(resolve => setTimeout(resolve, ms));
async function sleeper() { await sleep(1000); return 1; }
const n = Number(process.argv[2]);
Promise.all(Array.from({length: n}, sleeper)).then(all => console.log(all.reduce((a, b) => a + b, 0)));
