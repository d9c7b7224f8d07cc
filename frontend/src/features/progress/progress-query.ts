import { useQuery } from "@tanstack/react-query";
import type { TutorProgress } from "@/api/answers";
import { answer, api } from "@/api/client";
import type { ApiError } from "@/api/errors";

export function useProgress() {
  return useQuery<TutorProgress[], ApiError>({
    queryKey: ["progress"],
    queryFn: () => answer(api.GET("/api/student/progress")),
    staleTime: 0,
  });
}
