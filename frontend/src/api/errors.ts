/** What is wrong with one field of a form: the server's code, and its words in English. */
export interface FieldError {
  code: string | null;
  message: string;
}

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
    readonly fields: Readonly<Record<string, FieldError>> = {},
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

/** "email=email_taken throttled": codes by field, and under "" that of the whole request. */
function readCodes(header: string | null): ReadonlyMap<string, string> {
  const codes = header?.split(" ").map((part): [string, string] => {
    const place = part.indexOf("=");
    return [part.slice(0, Math.max(0, place)), part.slice(place + 1)];
  });
  return new Map(codes);
}

/** Read a refusal: its body is `{"detail": "..."}` or Django REST's errors by field, its codes are in a header. */
export function apiError(status: number, body: unknown, header: string | null): ApiError {
  const codes = readCodes(header);
  const entries = typeof body === "object" && body !== null ? Object.entries(body) : [];
  const texts: [string, string][] = entries.flatMap(([key, value]) => {
    const text = firstText(value);
    return text === null ? [] : [[key, text]];
  });
  const { detail, non_field_errors: general, ...rest } = Object.fromEntries(texts);
  const fields = Object.entries(rest).map(
    ([field, message]): [string, FieldError] => [field, { code: codes.get(field) ?? null, message }],
  );
  const words = detail ?? general;
  if (words !== undefined || fields[0] === undefined) {
    const code = codes.get("") ?? (words === undefined ? codeFor(status) : null);
    return new ApiError(status, code, words ?? "", detail === undefined ? Object.fromEntries(fields) : {});
  }
  const [, first] = fields[0];
  return new ApiError(status, first.code, first.message, Object.fromEntries(fields));
}

export function asApiError(error: unknown): ApiError {
  return error instanceof ApiError ? error : new ApiError(0, "offline", "");
}
