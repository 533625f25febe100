const sleep = ms => new Promise(resolve => setTimeout(resolve, ms));
const n = Number(process.argv[2]);
(async () => { for (let i = 0; i < n; i++) await sleep(100); console.log(n); })();
