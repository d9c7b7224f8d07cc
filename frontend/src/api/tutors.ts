import { useQuery } from "@tanstack/react-query";
import type { Tutor } from "./answers";
import { answer, api } from "./client";
import type { ApiError } from "./errors";

/** The tutors open to who is signed in. */
export function useTutors() {
  return useQuery<Tutor[], ApiError>({
    queryKey: ["tutors"],
    queryFn: async () => (await answer(api.GET("/api/tutors"))) as Tutor[],
    staleTime: 60_000,
  });
}
