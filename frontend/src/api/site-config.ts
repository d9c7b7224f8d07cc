import { useQuery } from "@tanstack/react-query";
import { answer, api } from "./client";

/** What the server is: in demo mode a small embedded language model answers. */
export function useSiteConfig() {
  return useQuery({
    queryKey: ["config"],
    queryFn: () => answer(api.GET("/api/config")),
    staleTime: Infinity,
  });
}
