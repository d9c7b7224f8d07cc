import { useSearchParams } from "react-router";
import type { SessionRow } from "@/api/answers";

/** Which sessions one looks for. */
export interface Wanted {
  search: string;
  tutor: number | null;
  status: SessionRow["status"] | null;
}

export const ALL: Wanted = { search: "", tutor: null, status: null };

export function isAll({ search, tutor, status }: Wanted): boolean {
  return search === "" && tutor === null && status === null;
}

export function readWanted(query: URLSearchParams): Wanted {
  const tutor = Number(query.get("tutor"));
  const status = query.get("status");
  return {
    search: query.get("search") ?? "",
    tutor: Number.isSafeInteger(tutor) && tutor > 0 ? tutor : null,
    status: status === "active" || status === "ended" ? status : null,
  };
}

export function writeWanted({ search, tutor, status }: Wanted): URLSearchParams {
  return new URLSearchParams({
    ...(search === "" ? {} : { search }),
    ...(tutor === null ? {} : { tutor: String(tutor) }),
    ...(status === null ? {} : { status }),
  });
}

/** Kept in the address: who comes back from a session finds the same list. */
export function useWanted(): [Wanted, (wanted: Wanted) => void] {
  const [query, setQuery] = useSearchParams();
  return [readWanted(query), (wanted) => setQuery(writeWanted(wanted), { replace: true })];
}
