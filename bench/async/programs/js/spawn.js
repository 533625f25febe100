const n = Number(process.argv[2]);
async function turn(x) { await null; return x; }
async function main() {
  let count = 0;
  for (let i = 0; i < n; i++) { const p = turn(1); count += await p; }
  console.log(count);
}
main();
