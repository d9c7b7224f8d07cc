import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "react-router";
import { answer, api } from "@/api/client";
import { keepTicket } from "@/api/engine-tickets";
import type { ApiError } from "@/api/errors";
import { paths } from "@/config/paths";

interface Start {
  tutorId: number;
  kbId?: string | undefined;
  /** Asked as soon as the session is open. */
  firstQuestion?: string | undefined;
}

/** Create a session and go to its page. */
export function useStartSession() {
  const navigate = useNavigate();
  const queries = useQueryClient();
  return useMutation<string, ApiError, Start>({
    mutationFn: async ({ tutorId, kbId, firstQuestion }) => {
      const body = kbId === undefined ? { tutor_id: tutorId } : { tutor_id: tutorId, kb_id: kbId };
      const opened = await answer(api.POST("/api/student/sessions", { body }));
      keepTicket(opened.session_id, { ...opened, ...(firstQuestion === undefined ? {} : { firstQuestion }) });
      return opened.session_id;
    },
    onSuccess: async (sessionId) => {
      void queries.invalidateQueries({ queryKey: ["sessions"] });
      await navigate(paths.session(sessionId));
    },
  });
}
