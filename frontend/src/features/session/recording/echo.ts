/** So much louder than the loudest echo is somebody else, in decibels. */
const MARGIN_DB = 6;
/** What is played is heard again at most so many frames later: the way through the room, and the device's own. */
const REACH_FRAMES = 16;
/** Below this nothing is played that could come back. */
const AUDIBLE_DB = -50;
/** So many frames tell how loud it comes back. Before the least of them were heard: where the browser takes echo away
 * so much of it may be left, else as much as was played. */
const FRAMES = 200;
const LEAST_FRAMES = 45;
const LEFT_DB = -20;
/** The loudest of them may be somebody who was taken for echo. */
const LOUD_SHARE = 0.9;

/** How loud what the page plays comes back by the microphone. It learns from frames in which nobody else speaks, and
 * that is known only afterwards: `settle` says it of all frames since the last time. */
export class Echo {
  private readonly played: number[] = [];
  private returns: number[] = [];
  private unsettled: number[] = [];

  /** `cancelled`: the browser takes it away, as well as it can. */
  constructor(private cancelled: boolean) {}

  /** Is that more than echo? Levels of one frame in decibels: what the microphone hears, what the page plays. */
  exceeded(microphone: number, playback: number): boolean {
    this.played.push(playback);
    if (this.played.length > REACH_FRAMES) this.played.shift();
    if (!this.possible) return true;
    const returned = microphone - this.loudest;
    this.unsettled.push(returned);
    return returned > this.coupling + MARGIN_DB;
  }

  /** Is anything played, or was it just now? */
  get possible(): boolean {
    return this.loudest >= AUDIBLE_DB;
  }

  settle(wasEcho: boolean): void {
    if (wasEcho) this.returns = [...this.returns, ...this.unsettled].slice(-FRAMES);
    this.unsettled = [];
  }

  /** Another device: nothing is known of it. */
  forget(): void {
    this.returns = [];
    this.unsettled = [];
  }

  /** It was not what it was taken for. */
  distrust(): void {
    this.forget();
    this.cancelled = false;
  }

  private get loudest(): number {
    return Math.max(...this.played);
  }

  private get coupling(): number {
    if (this.returns.length < LEAST_FRAMES) return this.cancelled ? LEFT_DB : 0;
    const ascending = this.returns.toSorted((one, other) => one - other);
    return ascending[Math.floor(LOUD_SHARE * ascending.length)] ?? 0;
  }
}
