import { useState, type SyntheticEvent } from "react";
import { useTranslation } from "react-i18next";
import { Navigate } from "react-router";
import { useAccount } from "@/api/account";
import { Button } from "@/components/ui/button";
import { Notice } from "@/components/ui/notice";
import { PasswordField } from "@/components/ui/password-field";
import { paths } from "@/config/paths";
import { useProblemWords } from "@/i18n/problem-words";
import { Entrance } from "./entrance";
import styles from "./entrance.module.css";
import { useNewPassword, type NewPassword } from "./sign-in";
import { useSignOut } from "./sign-out";

/** Who was handed a password out chooses one that nobody else knows. */
export function PasswordPage() {
  const { t } = useTranslation(["auth", "common"]);
  const words = useProblemWords();
  const account = useAccount();
  const [form, setForm] = useState<NewPassword>({ current: "", password: "" });
  const change = useNewPassword();
  const signOut = useSignOut();
  const fields = change.error?.fields ?? {};
  const general = change.error && !("current" in fields || "password" in fields);

  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    change.mutate(form);
  };
  const field = (name: keyof NewPassword) => ({
    name,
    value: form[name],
    error: fields[name] && words(fields[name]),
    showLabel: t("showPassword"),
    required: true,
    onChange: (event: { target: { value: string } }) => setForm({ ...form, [name]: event.target.value }),
    "data-testid": `password-${name}`,
  });

  if (account?.user.has_first_password !== true) return <Navigate to={paths.home} replace />;
  return (
    <Entrance
      title={t("newPassword.title")}
      footer={
        <Button look="plain" onClick={signOut}>
          {t("common:menu.signOut")}
        </Button>
      }
    >
      <form className={styles.form} onSubmit={submit}>
        <p>{t("newPassword.why")}</p>
        {general && <Notice tone="danger">{words(change.error)}</Notice>}
        <input type="hidden" autoComplete="username" value={account.user.email} readOnly />
        <PasswordField label={t("newPassword.current")} autoComplete="current-password" {...field("current")} />
        <PasswordField
          label={t("newPassword.password")}
          autoComplete="new-password"
          hint={t("register.passwordHint")}
          {...field("password")}
        />
        <Button type="submit" look="primary" busy={change.isPending} data-testid="password-submit">
          {t("newPassword.submit")}
        </Button>
      </form>
    </Entrance>
  );
}
