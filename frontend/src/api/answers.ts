import type { components } from "./schema";

type Schemas = components["schemas"];

// The document marks as optional what only requests may leave out. Answers carry every field.
export type User = Required<Omit<Schemas["User"], "has_first_password">> & Pick<Schemas["User"], "has_first_password">;
export type Tutor = Required<Schemas["Tutor"]>;
export type SessionRow = Required<Schemas["SessionRow"]>;

export type Summary = Required<Schemas["Summary"]>;
export type Check = Required<Schemas["Check"]>;
export type Answered = Required<Schemas["Answered"]>;
export type TutorProgress = Required<Schemas["TutorProgress"]>;
export interface Checks {
  state: Schemas["Checks"]["state"];
  checks: Check[];
}

export interface Page<T> {
  count: number;
  next?: string | null;
  previous?: string | null;
  results: T[];
}
