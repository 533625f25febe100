// A bounded queue, as Node has none: waits are promises, values go straight to who waits.
export class Channel {
  constructor(capacity) { this.capacity = capacity; this.items = []; this.head = 0; this.takers = []; this.givers = []; this.closed = false; }
  get size() { return this.items.length - this.head; }
  async send(value) {
    if (this.takers.length) return this.takers.shift()(value);
    while (this.size >= this.capacity) await new Promise(resolve => this.givers.push(resolve));
    this.items.push(value);
  }
  async receive() {
    if (this.size === 0) return this.closed ? undefined : new Promise(resolve => this.takers.push(resolve));
    const value = this.items[this.head++];
    if (this.head > 1000) { this.items = this.items.slice(this.head); this.head = 0; }
    if (this.givers.length) this.givers.shift()();
    return value;
  }
  close() { this.closed = true; for (const taker of this.takers) taker(undefined); }
}
