import { answer, api } from "@/api/client";
import type { EngineTicket } from "@/api/engine-tickets";
import { asApiError } from "@/api/errors";
import { Refusal } from "./socket/tutor-socket";

/** A fresh ticket for a session's socket. Rejects with a `Refusal` when there is none to be had. */
export async function requestTicket(sessionId: string): Promise<EngineTicket> {
  try {
    const params = { path: { session_id: sessionId } };
    return await answer(api.POST("/api/student/sessions/{session_id}/token", { params }));
  } catch (error) {
    const { status, code, message } = asApiError(error);
    const passing = status === 0 || status === 429 || status >= 500;
    throw passing ? error : new Refusal({ code, message });
  }
}
