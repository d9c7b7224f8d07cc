import type { SessionState } from "../model/state";

interface Moment {
  stage: SessionState["stage"];
  /** Something was said that the server has not answered yet. */
  sending: boolean;
  /** A reply is being played. */
  speaking: boolean;
  recording: boolean;
}

export type StageName = "idle" | "recording" | "sending" | "queued" | "listening" | "thinking" | "speaking";

/** What the tutor is doing, as the student experiences it: what is heard counts more than what is computed. */
export function stageNow({ stage, sending, speaking, recording }: Moment): StageName {
  if (recording) return "recording";
  if (speaking) return "speaking";
  // The first picture is on its way.
  if (stage?.name === "speaking") return "thinking";
  return stage?.name ?? (sending ? "sending" : "idle");
}

export function stageWords(name: StageName, position: number | null): string {
  switch (name) {
    case "idle":
      return "Ready";
    case "recording":
    case "listening":
      return "Listening…";
    case "sending":
      return "Sending…";
    case "queued":
      return position === null || position < 1 ? "Waiting for a free place…" : `In line: number ${position}`;
    case "thinking":
      return "Thinking…";
    case "speaking":
      return "Speaking";
  }
}
