import { keepPreviousData, useInfiniteQuery, type InfiniteData } from "@tanstack/react-query";
import type { Page, SessionRow } from "@/api/answers";
import { answer, api } from "@/api/client";
import type { ApiError } from "@/api/errors";
import type { Wanted } from "./wanted";

const PAGE_SIZE = 20;

type Rows = Page<SessionRow>;

/** One's sessions, newest first. While others are searched, those that were found stand. */
export function useSessions({ search, tutor, status }: Wanted) {
  return useInfiniteQuery<Rows, ApiError, InfiniteData<Rows>, unknown[], number>({
    queryKey: ["sessions", "list", search, tutor, status],
    initialPageParam: 1,
    queryFn: ({ pageParam, signal }) => {
      const query = {
        page: pageParam,
        page_size: PAGE_SIZE,
        ...(search === "" ? {} : { search }),
        ...(tutor === null ? {} : { tutor }),
        ...(status === null ? {} : { status }),
      };
      return answer(api.GET("/api/student/sessions", { params: { query }, signal }));
    },
    getNextPageParam: (last, _all, page) => (last.next ? page + 1 : null),
    placeholderData: keepPreviousData,
    staleTime: 0,
  });
}
