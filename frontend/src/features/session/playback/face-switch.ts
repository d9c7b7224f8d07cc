import { FADE_MS } from "@/config/playback";

const IDLE_READY_MS = 250;

/** Which of the pictures is seen. None is hidden before the next one really shows something. */
export class FaceSwitch {
  private turn = 0;
  private shown: HTMLVideoElement | null = null;

  constructor(
    private readonly speech: readonly HTMLVideoElement[],
    private readonly idle: HTMLVideoElement | null,
  ) {
    for (const video of speech) video.dataset.state = "idle";
  }

  /** To be called when that speech video has presented a picture. */
  show(video: HTMLVideoElement): void {
    if (this.shown === video) return;
    const turn = ++this.turn;
    this.shown = video;
    video.dataset.state = "speaking";
    setTimeout(() => {
      if (turn !== this.turn) return;
      // Covered now: nobody sees them and the processor has better to do.
      for (const other of this.speech) if (other !== video) other.dataset.state = "idle";
      this.layIdle();
    }, FADE_MS * 2);
  }

  /** Fade back to the idle face. Resolves when no speech video is seen. */
  async rest(): Promise<void> {
    if (this.shown === null) return;
    const turn = ++this.turn;
    await this.idleMoves();
    if (turn !== this.turn) return;
    this.shown = null;
    for (const video of this.speech) video.dataset.state = "idle";
    await new Promise((resolve) => setTimeout(resolve, FADE_MS));
  }

  /** It will be seen again from its beginning: in the pose in which speech ends. */
  private layIdle(): void {
    const { idle } = this;
    if (!idle?.src) return;
    idle.pause();
    idle.currentTime = 0;
  }

  private async idleMoves(): Promise<void> {
    const { idle } = this;
    if (!idle?.src || matchMedia("(prefers-reduced-motion: reduce)").matches) return; // the still picture is behind
    if (!idle.paused) return;
    const presented = new Promise<void>((resolve) => {
      if ("requestVideoFrameCallback" in idle) idle.requestVideoFrameCallback(() => resolve());
      else (idle as HTMLVideoElement).addEventListener("timeupdate", () => resolve(), { once: true });
    });
    idle.play().catch(() => undefined); // no idle film today: its poster is seen instead
    await Promise.race([presented, new Promise((resolve) => setTimeout(resolve, IDLE_READY_MS))]);
  }
}
