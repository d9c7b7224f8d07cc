import type { SessionMessage, TurnInfo, TutorInfo } from "@/api/protocol";

const timestamp = "2026-01-05T09:00:00.000Z";

export const ada: TutorInfo = {
  id: 1,
  name: "Ada",
  subject: "Science",
  language: "en",
  greeting: "Hello!",
  suggested_questions: ["Why is the sky blue?"],
  greeting_clip: null,
};

export function turnInfo(change: Partial<TurnInfo> = {}): TurnInfo {
  return {
    turn_id: "t1",
    status: "completed",
    modality: "text",
    user_text: "Why is the sky blue?",
    reply_text: "Because of the air.",
    citations: [],
    degraded: [],
    degraded_reason: null,
    timings: {},
    error: null,
    user_audio_url: null,
    segments: [],
    created_at: timestamp,
    ...change,
  };
}

/** The server's messages, each as short as a test can say it. */
export const from = {
  session: (turns: TurnInfo[] = [], runningTurnId: string | null = null): SessionMessage => ({
    type: "session",
    timestamp,
    session_id: "s1",
    status: "active",
    title: "",
    tutor: ada,
    avatar: null,
    turns,
    running_turn_id: runningTurnId,
    demo_brain: true,
  }),
  status: (turn_id: string, stage: "queued" | "listening" | "thinking" | "speaking", position: number | null = null) => ({
    type: "status" as const,
    timestamp,
    turn_id,
    stage,
    position,
    wait_ms: null,
  }),
  transcription: (turn_id: string, content: string) => ({
    type: "transcription" as const,
    timestamp,
    turn_id,
    content,
    role: "user" as const,
  }),
  delta: (turn_id: string, content: string) => ({
    type: "delta" as const,
    timestamp,
    turn_id,
    content,
    role: "assistant" as const,
  }),
  text: (turn_id: string, content: string, quotes: string[] = []) => ({
    type: "text" as const,
    timestamp,
    turn_id,
    content,
    role: "assistant" as const,
    citations: quotes.map((quote, index) => ({ number: index + 1, document: "Lesson", page: null, quote })),
  }),
  error: (turn_id: string | null, message: string, retryable = true, code = "timeout") => ({
    type: "error" as const,
    timestamp,
    turn_id,
    code,
    message,
    retryable,
  }),
  done: (turn_id: string, change: { interrupted?: boolean; degraded?: ("text" | "speech" | "video")[] } = {}) => ({
    type: "done" as const,
    timestamp,
    turn_id,
    interrupted: false,
    degraded: [],
    degraded_reason: null,
    timings: { first_token: 1, first_audio: 2, first_frame: 3, total: 4 },
    stages: {},
    ...change,
  }),
  fragment: (turn_id: string, segment: number, index: number, last = false) => ({
    type: "fragment" as const,
    timestamp,
    turn_id,
    segment,
    index,
    content: index === 0 ? `Sentence ${segment}.` : null,
    words: null,
    last,
  }),
  video: (turn_id: string, segment: number, audio_url: string | null) => ({
    type: "video" as const,
    timestamp,
    turn_id,
    segment,
    content: `Sentence ${segment}.`,
    role: "assistant" as const,
    duration_ms: 1_000,
    words: null,
    video: null,
    audio: null,
    video_url: null,
    audio_url,
  }),
};
