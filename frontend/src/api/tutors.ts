import { useQuery } from "@tanstack/react-query";
import type { Tutor } from "@/api/answers";
import { answer, api } from "@/api/client";
import type { ApiError } from "@/api/errors";

export function useTutors() {
  return useQuery<Tutor[], ApiError>({
    queryKey: ["tutors"],
    queryFn: async () => (await answer(api.GET("/api/tutors"))) as Tutor[],
    staleTime: 60_000,
  });
}
