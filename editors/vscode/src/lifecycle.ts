// One language server that is kept running: found, started, started again when it ends by itself, given up on when it
// keeps ending. No vscode here: the tests drive it with a clock and servers of their own.
import { explain, Found } from "./server";

export type FoundServer = Extract<Found, { kind: "found" }>;

export type Status =
  | { kind: "stopped" }
  | { kind: "starting" }
  | { kind: "running"; version: string }
  | { kind: "waiting"; milliseconds: number }
  /** There is nothing to start; `message` says why. */
  | { kind: "missing"; message: string }
  /** It ended too often and is not started again. */
  | { kind: "failed" };

export interface Session {
  stop(): Promise<void>;
}

export interface Surroundings {
  find(): Promise<Found>;
  /** Starts a server: resolves when it has answered `initialize`, rejects when it does not. `ended` is called when it
   * ends without being stopped; before the answer too, and then the promise is rejected besides. */
  launch(server: FoundServer, ended: () => void): Promise<Session>;
  /** Calls `body` after a time; the result cancels that. */
  after(milliseconds: number, body: () => void): () => void;
  /** Milliseconds. */
  now(): number;
  show(status: Status): void;
}

const restartDelays = [1000, 2000, 4000, 8000];
/** Ends that are longer ago than this are forgotten. */
const calmAfter = 180_000;

export class Lifecycle {
  private session: Session | undefined;
  private ends: number[] = [];
  private cancelWait: (() => void) | undefined;
  /** Counts starts and stops: what an earlier server still reports is not about the present one. */
  private round = 0;

  constructor(private readonly surroundings: Surroundings) {}

  async start(): Promise<void> {
    const round = ++this.round;
    this.surroundings.show({ kind: "starting" });
    const found = await this.surroundings.find();
    if (round !== this.round) return;
    if (found.kind !== "found") {
      this.surroundings.show({ kind: "missing", message: explain(found) });
      return;
    }
    const ended = (): void => {
      if (round === this.round) this.ended();
    };
    try {
      const session = await this.surroundings.launch(found, ended);
      if (round !== this.round) return void (await session.stop());
      this.session = session;
      this.surroundings.show({ kind: "running", version: found.version });
    } catch {
      ended();
    }
  }

  async stop(): Promise<void> {
    this.round++;
    this.cancelWait?.();
    this.cancelWait = undefined;
    const session = this.session;
    this.session = undefined;
    this.surroundings.show({ kind: "stopped" });
    await session?.stop();
  }

  /** A person asked for it: what happened before does not count. */
  async restart(): Promise<void> {
    await this.stop();
    this.ends = [];
    await this.start();
  }

  private ended(): void {
    this.round++;
    this.session = undefined;
    const now = this.surroundings.now();
    this.ends = this.ends.filter((end) => now - end < calmAfter);
    const delay = restartDelays[this.ends.length];
    this.ends.push(now);
    if (delay === undefined) {
      this.surroundings.show({ kind: "failed" });
      return;
    }
    this.surroundings.show({ kind: "waiting", milliseconds: delay });
    this.cancelWait = this.surroundings.after(delay, () => {
      this.cancelWait = undefined;
      void this.start();
    });
  }
}
