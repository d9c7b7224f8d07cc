import { answer, api } from "@/api/client";
import type { TurnInfo } from "@/api/protocol";

const PAGE_SIZE = 200;

/** A turn as the server keeps it, its media by addresses that are valid now. Null when there is no such turn. */
export async function storedTurn(sessionId: string, turnId: string): Promise<TurnInfo | null> {
  for (let page = 1; ; page++) {
    const params = { path: { session_id: sessionId }, query: { page, page_size: PAGE_SIZE } };
    const { results, next } = await answer(api.GET("/api/student/sessions/{session_id}/turns", { params }));
    const found = results.find((turn) => turn.turn_id === turnId);
    if (found !== undefined || !next) return found ?? null;
  }
}
