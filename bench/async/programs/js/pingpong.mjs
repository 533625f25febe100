import {Channel} from './queue.mjs';
const n = Number(process.argv[2]);
const there = new Channel(1), back = new Channel(1);
async function answer() { for (let i = 0; i < n; i++) await back.send(await there.receive() + 1); }
const answering = answer();
let value = 0;
for (let i = 0; i < n; i++) { await there.send(value); value = await back.receive(); }
await answering;
console.log(value);
