const sleep = ms => new Promise(resolve => setTimeout(resolve, ms));
const n = Number(process.argv[2]);
Promise.all(Array.from({length: n}, () => sleep(100))).then(all => console.log(all.length));
