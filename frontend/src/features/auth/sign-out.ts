import { useQueryClient } from "@tanstack/react-query";
import { readAccount, storeAccount } from "@/api/account";
import { answer, api } from "@/api/client";

/** Leaves at once; that the server revokes the token is best effort. */
export function useSignOut(): () => void {
  const queries = useQueryClient();
  return () => {
    const account = readAccount();
    if (account === null) return;
    const revoked = answer(api.POST("/api/auth/logout", { body: { refresh: account.refresh } }));
    revoked.catch(() => undefined);
    storeAccount(null);
    queries.removeQueries({ predicate: (query) => query.queryKey[0] !== "config" });
  };
}
