import { useMutation, useQueryClient } from "@tanstack/react-query";
import { storeAccount, type Account } from "@/api/account";
import { answer, api } from "@/api/client";
import type { ApiError } from "@/api/errors";

export interface Credentials {
  email: string;
  password: string;
}

export interface Registration extends Credentials {
  name: string;
}

export interface NewPassword {
  current: string;
  password: string;
}

function useEntrance<T>(enter: (form: T) => Promise<Account>) {
  const queries = useQueryClient();
  return useMutation<Account, ApiError, T>({
    mutationFn: enter,
    onSuccess: (account) => {
      queries.removeQueries({ predicate: (query) => query.queryKey[0] !== "config" });
      storeAccount(account);
    },
  });
}

export function useSignIn() {
  return useEntrance(async (body: Credentials) => (await answer(api.POST("/api/auth/login", { body }))) as Account);
}

/** With the code that the staff side gave out, once. */
export function useHandover() {
  return useEntrance(async (code: string) => {
    return (await answer(api.POST("/api/auth/handover", { body: { code } }))) as Account;
  });
}

export function useRegister() {
  return useEntrance(async (body: Registration) => (await answer(api.POST("/api/auth/register", { body }))) as Account);
}

/** Signs in anew: the logins with the old one end. */
export function useNewPassword() {
  return useEntrance(
    async (body: NewPassword) => (await answer(api.POST("/api/auth/password", { body }))) as Account,
  );
}
