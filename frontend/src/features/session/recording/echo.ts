/** So much louder than the loudest echo is somebody else, in decibels. */
const MARGIN_DB = 6;
/** What is played is heard again at most so many frames later: the way through the room, and the device's own. */
const REACH_FRAMES = 16;
/** Below this nothing is played that could come back. */
const AUDIBLE_DB = -50;
/** So many frames tell how loud it comes back; with fewer than the least it may be as loud as it was played. */
const FRAMES = 200;
const LEAST_FRAMES = 60;

/** How loud what the page plays comes back by the microphone, from frames in which nobody else speaks. */
export class Echo {
  private readonly played: number[] = [];
  private returns: number[] = [];

  /** Is that more than echo? Levels of one frame in decibels: what the microphone hears, what the page plays. */
  exceeded(microphone: number, playback: number): boolean {
    this.played.push(playback);
    if (this.played.length > REACH_FRAMES) this.played.shift();
    const loudest = Math.max(...this.played);
    if (loudest < AUDIBLE_DB) return true;
    const returned = microphone - loudest;
    if (returned > this.coupling + MARGIN_DB) return true;
    this.returns.push(returned);
    if (this.returns.length > FRAMES) this.returns.shift();
    return false;
  }

  /** Another device: nothing is known of it. */
  forget(): void {
    this.returns = [];
  }

  private get coupling(): number {
    return this.returns.length < LEAST_FRAMES ? 0 : Math.max(...this.returns);
  }
}
