import { answer, api } from "./client";
import type { operations } from "./schema";

export type ExportFormat = operations["api_student_sessions_export_retrieve"]["parameters"]["query"]["format"];

/** A session as a file to keep. */
export function exportSession(sessionId: string, format: ExportFormat): Promise<Blob> {
  const params = { path: { session_id: sessionId }, query: { format } };
  return answer(api.GET("/api/student/sessions/{session_id}/export", { params, parseAs: "blob" }));
}
