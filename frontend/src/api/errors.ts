/** A refused or failed request. */
export class ApiError extends Error {
  constructor(
    /** The HTTP status, 0 when there was no answer at all. */
    readonly status: number,
    /** What happened, stable; null where the server gave only words. */
    readonly code: string | null,
    /** The server's own words, in English; may be empty. */
    message: string,
    /** Per field of the form that was sent. */
    readonly fields: Readonly<Record<string, string>> = {},
  ) {
    super(message);
    this.name = "ApiError";
  }
}

function codeFor(status: number): string {
  if (status === 404) return "not_found";
  if (status === 429) return "too_many_requests";
  return status >= 500 ? "server" : "refused";
}

function firstText(value: unknown): string | null {
  if (typeof value === "string") return value;
  return Array.isArray(value) ? firstText(value[0]) : null;
}

/** Read the body of a refusal: `{"detail": "...", "code": "..."}` or Django REST's errors by field. */
export function apiError(status: number, body: unknown): ApiError {
  const entries = typeof body === "object" && body !== null ? Object.entries(body) : [];
  const texts: [string, string][] = entries.flatMap(([key, value]) => {
    const text = firstText(value);
    return text === null ? [] : [[key, text]];
  });
  const { detail, code, non_field_errors: general, ...fields } = Object.fromEntries(texts);
  const message = detail ?? general ?? Object.values(fields)[0];
  const known = code ?? (message === undefined ? codeFor(status) : null);
  return new ApiError(status, known, message ?? "", detail === undefined ? fields : {});
}

export function asApiError(error: unknown): ApiError {
  return error instanceof ApiError ? error : new ApiError(0, "offline", "");
}
