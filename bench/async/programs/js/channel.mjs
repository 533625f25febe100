import {Channel} from './queue.mjs';
const n = Number(process.argv[2]);
const c = new Channel(100);
async function produce() { for (let i = 0; i < n; i++) await c.send(i); c.close(); }
const producing = produce();
let count = 0;
while (await c.receive() !== undefined) count++;
await producing;
console.log(count);
