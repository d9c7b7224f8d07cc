import { answer, api } from "./client";
import { keepTicket } from "./engine-tickets";

/** Go on with a session that has ended. Its page opens with the ticket that comes with it. */
export async function resumeSession(sessionId: string): Promise<void> {
  const params = { path: { session_id: sessionId } };
  keepTicket(sessionId, await answer(api.POST("/api/student/sessions/{session_id}/resume", { params })));
}
