import { useInfiniteQuery, useMutation, useQuery, useQueryClient, type InfiniteData } from "@tanstack/react-query";
import type { Page, SessionRow } from "@/api/answers";
import { answer, api } from "@/api/client";
import type { ApiError } from "@/api/errors";
import type { TurnInfo } from "@/api/protocol";

const path = (sessionId: string) => ({ path: { session_id: sessionId } });

export function useSessionRow(sessionId: string, enabled: boolean) {
  return useQuery<SessionRow, ApiError>({
    queryKey: ["sessions", sessionId],
    queryFn: async () => {
      const row = await answer(api.GET("/api/student/sessions/{session_id}", { params: path(sessionId) }));
      return row as SessionRow;
    },
    enabled,
    staleTime: 0,
  });
}

/** The transcript of a session that is over, oldest first. */
export function useTurns(sessionId: string) {
  return useInfiniteQuery<Page<TurnInfo>, ApiError, InfiniteData<Page<TurnInfo>>, string[], number>({
    queryKey: ["sessions", sessionId, "turns"],
    initialPageParam: 1,
    queryFn: ({ pageParam }) => {
      const params = { ...path(sessionId), query: { page: pageParam } };
      return answer(api.GET("/api/student/sessions/{session_id}/turns", { params }));
    },
    getNextPageParam: (last, _all, page) => (last.next ? page + 1 : null),
  });
}

export function useEndSession(sessionId: string) {
  const queries = useQueryClient();
  return useMutation<unknown, ApiError>({
    mutationFn: () => answer(api.DELETE("/api/student/sessions/{session_id}", { params: path(sessionId) })),
    onSuccess: () => void queries.invalidateQueries({ queryKey: ["sessions"] }),
  });
}
