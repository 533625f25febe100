const n = Number(process.argv[2]);
async function plusOne(x) { return x + 1; }
async function main() {
  let total = 0;
  for (let i = 0; i < n; i++) total = await plusOne(total);
  console.log(total);
}
main();
