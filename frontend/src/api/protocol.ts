import type { components } from "./schema";

type Schemas = components["schemas"];

/** The document's discriminators name schemas; what is on the wire is this. */
type Tagged<T, Type extends string> = Omit<T, "type"> & { type: Type };

export type TextMessage = Tagged<Partial<Schemas["TextMessage"]>, "text"> & { content: string };
export type AudioMessage = Tagged<Partial<Schemas["AudioMessage"]>, "audio"> & { data: string };
export type Interrupt = Tagged<Partial<Schemas["Interrupt"]>, "interrupt">;
export type Ping = Tagged<Schemas["Ping"], "ping">;
export type Received = Tagged<Schemas["Received"], "received">;
export type ClientMessage = TextMessage | AudioMessage | Interrupt | Ping | Received;

export type SessionMessage = Tagged<Schemas["SessionMessage"], "session">;
export type LimitsMessage = Tagged<Schemas["LimitsMessage"], "limits">;
export type TurnBegun = Tagged<Schemas["TurnBegun"], "turn">;
export type StatusMessage = Tagged<Schemas["StatusMessage"], "status">;
export type TranscriptionMessage = Tagged<Schemas["TranscriptionMessage"], "transcription">;
export type DeltaMessage = Tagged<Schemas["DeltaMessage"], "delta">;
export type FragmentMessage = Tagged<Schemas["FragmentMessage"], "fragment">;
export type VideoMessage = Tagged<Schemas["VideoMessage"], "video">;
export type ReplyMessage = Tagged<Schemas["ReplyMessage"], "text">;
export type ErrorMessage = Tagged<Schemas["ErrorMessage"], "error">;
export type DoneMessage = Tagged<Schemas["DoneMessage"], "done">;
export type Pong = Tagged<Schemas["Pong"], "pong">;
export type ServerMessage =
  | SessionMessage
  | LimitsMessage
  | TurnBegun
  | StatusMessage
  | TranscriptionMessage
  | DeltaMessage
  | FragmentMessage
  | VideoMessage
  | ReplyMessage
  | ErrorMessage
  | DoneMessage
  | Pong;

export type TurnInfo = Schemas["TurnInfo"];
export type TurnStatus = TurnInfo["status"];
export type Stage = StatusMessage["stage"];
export type Mode = LimitsMessage["mode"];
export type CaptionWord = Schemas["CaptionWord"];
export type SegmentInfo = Schemas["SegmentInfo"];
export type Citation = Schemas["Citation"];
export type Degraded = TurnInfo["degraded"][number];
export type DegradedReason = NonNullable<TurnInfo["degraded_reason"]>;
export type TutorInfo = Schemas["TutorInfo"];
export type AvatarInfo = Schemas["AvatarInfo"];
