import { useMutation, useQuery } from "@tanstack/react-query";
import type { Answered, Checks, Summary } from "@/api/answers";
import { answer, api } from "@/api/client";
import type { ApiError } from "@/api/errors";

const PAUSE_MS = 1_500;
/** So often a summary or questions in the making are asked for before that is given up. */
const PATIENCE = 40;

const path = (sessionId: string) => ({ path: { session_id: sessionId } });

export function useSummary(sessionId: string) {
  return useQuery<Summary, ApiError>({
    queryKey: ["sessions", sessionId, "summary"],
    queryFn: async () =>
      (await answer(api.GET("/api/student/sessions/{session_id}/summary", { params: path(sessionId) }))) as Summary,
    refetchInterval: ({ state }) => state.data?.being_written === true && state.dataUpdateCount < PATIENCE && PAUSE_MS,
    staleTime: 0,
  });
}

/** The quick questions, made at the first call. */
export function useChecks(sessionId: string) {
  return useQuery<Checks, ApiError>({
    queryKey: ["sessions", sessionId, "checks"],
    queryFn: () => answer(api.POST("/api/student/sessions/{session_id}/checks", { params: path(sessionId) })),
    refetchInterval: ({ state }) => state.data?.state === "being_made" && state.dataUpdateCount < PATIENCE && PAUSE_MS,
    staleTime: 0,
  });
}

export function useAnswer(sessionId: string) {
  return useMutation<Answered, ApiError, { position: number; choice: number }>({
    mutationFn: ({ position, choice }) =>
      answer(
        api.POST("/api/student/sessions/{session_id}/checks/{position}/answer", {
          params: { path: { session_id: sessionId, position } },
          body: { choice },
        }),
      ),
  });
}
