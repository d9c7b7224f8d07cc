import { useInfiniteQuery, useMutation, useQuery, useQueryClient, type InfiniteData } from "@tanstack/react-query";
import type { Page, SessionRow } from "@/api/answers";
import { answer, api } from "@/api/client";
import type { ApiError } from "@/api/errors";
import { exportSession, type ExportFormat } from "@/api/export-session";
import type { TurnInfo } from "@/api/protocol";
import { resumeSession } from "@/api/resume-session";
import { fileName, saveFile } from "@/components/ui/save-file";

const path = (sessionId: string) => ({ path: { session_id: sessionId } });

export function useSessionRow(sessionId: string, enabled: boolean) {
  return useQuery<SessionRow, ApiError>({
    queryKey: ["sessions", sessionId],
    queryFn: async () => {
      const row = await answer(api.GET("/api/student/sessions/{session_id}", { params: path(sessionId) }));
      return row;
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

export function useResumeSession(sessionId: string) {
  const queries = useQueryClient();
  return useMutation<unknown, ApiError>({
    mutationFn: () => resumeSession(sessionId),
    onSuccess: () => queries.invalidateQueries({ queryKey: ["sessions"] }),
  });
}

export function useSaveSession({ session_id, title, tutor_name }: SessionRow) {
  return useMutation<unknown, ApiError, ExportFormat>({
    mutationFn: async (format) => saveFile(await exportSession(session_id, format), fileName(title, tutor_name, format)),
  });
}

export function useEndSession(sessionId: string) {
  const queries = useQueryClient();
  return useMutation<unknown, ApiError>({
    mutationFn: () => answer(api.DELETE("/api/student/sessions/{session_id}", { params: path(sessionId) })),
    onSuccess: () => void queries.invalidateQueries({ queryKey: ["sessions"] }),
  });
}
