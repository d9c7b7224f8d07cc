import type { TFunction } from "i18next";
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

export function stageWords(t: TFunction<"session">, name: StageName, position: number | null): string {
  if (name === "queued" && position !== null && position > 0) return t("face.stage.queuedAt", { position: position + 1 });
  return t(`face.stage.${name}`);
}
