const n = Number(process.argv[2]);
async function answer() { await null; return 1; }
function withTimeout(promise, ms) {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error('timeout')), ms);
    promise.then(value => { clearTimeout(timer); resolve(value); }, error => { clearTimeout(timer); reject(error); });
  });
}
async function main() {
  let count = 0;
  for (let i = 0; i < n; i++) count += await withTimeout(answer(), 60000);
  console.log(count);
}
main();
