import { strict as assert } from "node:assert";
import { test } from "node:test";
import { FoundServer, Lifecycle, Session, Status, Surroundings } from "../src/lifecycle";
import { Found } from "../src/server";

const server: Found = { kind: "found", path: "/bin/ruff", version: "ruff (rufflang) 0.1.0" };

/** A clock that is set by hand, and servers that end when told. */
class World implements Surroundings {
  found: Found = server;
  /** How often a start fails before one succeeds. */
  failingStarts = 0;
  readonly shown: string[] = [];
  readonly launched: { ended: () => void; isStopped: boolean }[] = [];
  private time = 0;
  private waiting: { at: number; body: () => void }[] = [];

  find = (): Promise<Found> => Promise.resolve(this.found);

  launch = (_server: FoundServer, ended: () => void): Promise<Session> => {
    const one = { ended, isStopped: false };
    this.launched.push(one);
    if (this.failingStarts-- > 0) {
      ended();
      return Promise.reject(new Error("connection closed"));
    }
    return Promise.resolve({ stop: () => Promise.resolve(void (one.isStopped = true)) });
  };

  after = (milliseconds: number, body: () => void): (() => void) => {
    const one = { at: this.time + milliseconds, body };
    this.waiting.push(one);
    return () => (this.waiting = this.waiting.filter((other) => other !== one));
  };

  now = (): number => this.time;

  show = (status: Status): void => {
    this.shown.push(status.kind === "waiting" ? `waiting ${status.milliseconds}` : status.kind);
  };

  async pass(milliseconds: number): Promise<void> {
    this.time += milliseconds;
    const due = this.waiting.filter((one) => one.at <= this.time);
    this.waiting = this.waiting.filter((one) => one.at > this.time);
    due.forEach((one) => one.body());
    await settled();
  }

  latest(): { ended: () => void; isStopped: boolean } {
    return this.launched[this.launched.length - 1]!;
  }
}

/** Behind everything that only waited for promises. */
function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

test("a server that is there is started once", async () => {
  const world = new World();
  await new Lifecycle(world).start();
  assert.deepEqual(world.shown, ["starting", "running"]);
  assert.equal(world.launched.length, 1);
});

test("without a server nothing is started", async () => {
  const world = new World();
  world.found = { kind: "missing", tried: [] };
  await new Lifecycle(world).start();
  assert.deepEqual(world.shown, ["starting", "missing"]);
  assert.equal(world.launched.length, 0);
});

test("one that crashes at every start is started again after 1, 2, 4 and 8 seconds, then given up on", async () => {
  const world = new World();
  world.failingStarts = Infinity;
  await new Lifecycle(world).start();
  for (let second = 0; second < 60; second++) await world.pass(1000);
  assert.deepEqual(world.shown, [
    "starting", "waiting 1000", "starting", "waiting 2000", "starting", "waiting 4000", "starting", "waiting 8000",
    "starting", "failed",
  ]);
  assert.equal(world.launched.length, 5);
});

test("one that fails at first runs in the end", async () => {
  const world = new World();
  world.failingStarts = 2;
  await new Lifecycle(world).start();
  await world.pass(1000);
  await world.pass(2000);
  assert.equal(world.shown.at(-1), "running");
});

test("one that ends in the middle is started again, and calm years later counts anew", async () => {
  const world = new World();
  await new Lifecycle(world).start();
  world.latest().ended();
  await world.pass(1000);
  world.latest().ended();
  assert.deepEqual(world.shown.slice(2), ["waiting 1000", "starting", "running", "waiting 2000"]);
  await world.pass(2000);
  await world.pass(180_000);
  world.latest().ended();
  assert.equal(world.shown.at(-1), "waiting 1000");
});

test("what a stopped server still reports starts nothing", async () => {
  const world = new World();
  const lifecycle = new Lifecycle(world);
  await lifecycle.start();
  await lifecycle.stop();
  assert.ok(world.latest().isStopped);
  world.latest().ended();
  await world.pass(60_000);
  assert.deepEqual(world.shown, ["starting", "running", "stopped"]);
});

test("a stop while waiting cancels the start", async () => {
  const world = new World();
  const lifecycle = new Lifecycle(world);
  await lifecycle.start();
  world.latest().ended();
  await lifecycle.stop();
  await world.pass(60_000);
  assert.equal(world.launched.length, 1);
});

test("a stop during the start stops what was started", async () => {
  const world = new World();
  const lifecycle = new Lifecycle(world);
  const start = lifecycle.start();
  await lifecycle.stop();
  await start;
  assert.ok(world.launched.every((one) => one.isStopped));
  assert.equal(world.shown.at(-1), "stopped");
});

test("a restart by hand begins counting again", async () => {
  const world = new World();
  world.failingStarts = Infinity;
  const lifecycle = new Lifecycle(world);
  await lifecycle.start();
  for (let second = 0; second < 60; second++) await world.pass(1000);
  world.failingStarts = 0;
  await lifecycle.restart();
  assert.equal(world.shown.at(-1), "running");
  world.latest().ended();
  assert.equal(world.shown.at(-1), "waiting 1000");
});
