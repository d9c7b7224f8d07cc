/** A refused or failed request, in words that can be shown. */
export class ApiError extends Error {
  constructor(
    /** The HTTP status, 0 when there was no answer at all. */
    readonly status: number,
    message: string,
    /** Per field of the form that was sent. */
    readonly fields: Readonly<Record<string, string>> = {},
  ) {
    super(message);
    this.name = "ApiError";
  }
}

const OFFLINE = "The server cannot be reached. Check your connection and try again.";

function wordsFor(status: number): string {
  if (status === 404) return "This does not exist, or it is not yours to see.";
  if (status === 429) return "Too many attempts. Wait a moment and try again.";
  if (status >= 500) return "The server has a problem. Try again in a moment.";
  return "The request was refused.";
}

function firstText(value: unknown): string | null {
  if (typeof value === "string") return value;
  return Array.isArray(value) ? firstText(value[0]) : null;
}

/** Read the body of a refusal: `{"detail": "..."}` or Django REST's errors by field. */
export function apiError(status: number, body: unknown): ApiError {
  const entries = typeof body === "object" && body !== null ? Object.entries(body) : [];
  const texts: [string, string][] = entries.flatMap(([key, value]) => {
    const text = firstText(value);
    return text === null ? [] : [[key, text]];
  });
  const { detail, non_field_errors: general, ...fields } = Object.fromEntries(texts);
  const message = detail ?? general ?? Object.values(fields)[0] ?? wordsFor(status);
  return new ApiError(status, message, detail === undefined ? fields : {});
}

export function asApiError(error: unknown): ApiError {
  return error instanceof ApiError ? error : new ApiError(0, OFFLINE);
}
