import { useInfiniteQuery, type InfiniteData } from "@tanstack/react-query";
import type { Page, SessionRow } from "@/api/answers";
import { answer, api } from "@/api/client";
import type { ApiError } from "@/api/errors";

export function useSessions() {
  return useInfiniteQuery<Page<SessionRow>, ApiError, InfiniteData<Page<SessionRow>>, string[], number>({
    queryKey: ["sessions"],
    initialPageParam: 1,
    queryFn: async ({ pageParam }) => {
      const params = { query: { page: pageParam } };
      return (await answer(api.GET("/api/student/sessions", { params }))) as Page<SessionRow>;
    },
    getNextPageParam: (last, _all, page) => (last.next ? page + 1 : null),
  });
}
