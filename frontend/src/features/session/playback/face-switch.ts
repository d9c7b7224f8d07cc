import { FADE_MS } from "@/config/playback";

const IDLE_READY_MS = 250;

/** Which of the two pictures is seen. Neither is hidden before the other one really shows something. */
export class FaceSwitch {
  private turn = 0;

  constructor(
    private readonly speech: HTMLVideoElement,
    private readonly idle: HTMLVideoElement | null,
  ) {
    speech.dataset.state = "idle";
  }

  get speaking(): boolean {
    return this.speech.dataset.state === "speaking";
  }

  /** To be called when the speech video has presented a picture. */
  show(): void {
    if (this.speaking) return;
    const turn = ++this.turn;
    this.speech.dataset.state = "speaking";
    // Covered now: nobody sees it and the processor has better to do.
    setTimeout(() => {
      if (turn === this.turn) this.idle?.pause();
    }, FADE_MS * 2);
  }

  /** Fade back to the idle face. Resolves when the speech video is no longer seen. */
  async rest(): Promise<void> {
    if (!this.speaking) return;
    const turn = ++this.turn;
    await this.idleMoves();
    if (turn !== this.turn) return;
    this.speech.dataset.state = "idle";
    await new Promise((resolve) => setTimeout(resolve, FADE_MS));
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
