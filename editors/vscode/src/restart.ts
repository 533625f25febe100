// When a server that ended by itself is started again.

const delays = [1000, 2000, 4000, 8000];
const calmAfter = 180_000;

export class RestartPolicy {
  private ends: number[] = [];

  /** The server ended at `now` (milliseconds). How long to wait before it is started again; undefined: not any more. */
  delayAfterEnd(now: number): number | undefined {
    this.ends = this.ends.filter((end) => now - end < calmAfter);
    const delay = delays[this.ends.length];
    this.ends.push(now);
    return delay;
  }

  reset(): void {
    this.ends = [];
  }
}
