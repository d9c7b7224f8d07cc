import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "react-router";
import type { SessionRow } from "@/api/answers";
import { answer, api } from "@/api/client";
import type { ApiError } from "@/api/errors";
import { exportSession, type ExportFormat } from "@/api/export-session";
import { resumeSession } from "@/api/resume-session";
import { fileName, saveFile } from "@/components/ui/save-file";
import { paths } from "@/config/paths";

function useChange<T>(change: (wanted: T) => Promise<unknown>) {
  const queries = useQueryClient();
  return useMutation<unknown, ApiError, T>({
    mutationFn: change,
    onSuccess: () => queries.invalidateQueries({ queryKey: ["sessions"] }),
  });
}

const of = (session: SessionRow) => ({ params: { path: { session_id: session.session_id } } });

export function useRename(session: SessionRow) {
  return useChange((title: string) =>
    answer(api.PATCH("/api/student/sessions/{session_id}", { ...of(session), body: { title } })),
  );
}

export function useErase(session: SessionRow) {
  return useChange<undefined>(() => answer(api.DELETE("/api/student/sessions/{session_id}/transcript", of(session))));
}

export function useResume() {
  const navigate = useNavigate();
  const queries = useQueryClient();
  return useMutation<unknown, ApiError, SessionRow>({
    mutationFn: ({ session_id }) => resumeSession(session_id),
    onSuccess: async (_nothing, { session_id }) => {
      void queries.invalidateQueries({ queryKey: ["sessions"] });
      await navigate(paths.session(session_id));
    },
  });
}

interface Export {
  session: SessionRow;
  format: ExportFormat;
}

export function useExport() {
  return useMutation<unknown, ApiError, Export>({
    mutationFn: async ({ session, format }) => {
      const name = fileName(session.title, session.tutor_name, format);
      saveFile(await exportSession(session.session_id, format), name);
    },
  });
}
