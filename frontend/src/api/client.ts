import createClient, { type FetchResponse } from "openapi-fetch";
import { readAccount } from "./account";
import { ApiError, apiError, asApiError } from "./errors";
import { renew } from "./renewal";
import type { paths } from "./schema";

function signed(request: Request): Request {
  const account = readAccount();
  if (account !== null) request.headers.set("Authorization", `Bearer ${account.access}`);
  return request;
}

async function signedFetch(request: Request): Promise<Response> {
  const again = request.clone();
  const used = readAccount()?.access;
  const response = await fetch(signed(request));
  if (response.status !== 401 || used === undefined || !(await renew(used))) return response;
  return fetch(signed(again));
}

export const api = createClient<paths>({ baseUrl: location.origin, fetch: signedFetch });

/** The answer's data. Throws ApiError for every refusal, also for none at all. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export async function answer<T extends Record<string | number, any>, O, M extends `${string}/${string}`>(
  call: Promise<FetchResponse<T, O, M>>,
): Promise<NonNullable<FetchResponse<T, O, M>["data"]>> {
  try {
    const { data, error, response } = await call;
    if (!response.ok) throw apiError(response.status, error, response.headers.get("X-Error-Code"));
    return data as NonNullable<FetchResponse<T, O, M>["data"]>;
  } catch (error) {
    throw error instanceof ApiError ? error : asApiError(error);
  }
}
