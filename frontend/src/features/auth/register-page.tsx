import { useState, type SyntheticEvent } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { useSiteConfig } from "@/api/site-config";
import { Button } from "@/components/ui/button";
import { Notice } from "@/components/ui/notice";
import { PasswordField } from "@/components/ui/password-field";
import { TextField } from "@/components/ui/text-field";
import { paths } from "@/config/paths";
import { useProblemWords } from "@/i18n/problem-words";
import { Entrance } from "./entrance";
import styles from "./entrance.module.css";
import { useRegister, type Registration } from "./sign-in";

export function RegisterPage() {
  const { t } = useTranslation(["auth", "common"]);
  const words = useProblemWords();
  const [form, setForm] = useState<Registration>({ name: "", email: "", password: "" });
  const register = useRegister();
  const { data: site } = useSiteConfig();
  const fields = register.error?.fields ?? {};
  const general = register.error && !(["name", "email", "password"] as const).some((field) => field in fields);

  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    register.mutate(form);
  };
  const field = (name: keyof Registration) => ({
    name,
    value: form[name],
    error: fields[name] && words(fields[name]),
    required: true,
    onChange: (event: { target: { value: string } }) => setForm({ ...form, [name]: event.target.value }),
    "data-testid": `register-${name}`,
  });

  return (
    <Entrance
      title={t("register.title")}
      footer={
        <>
          {t("register.have")} <Link to={paths.login}>{t("register.signIn")}</Link>
        </>
      }
    >
      {site?.registration_open === false ? (
        <Notice tone="amber">{t("register.closed")}</Notice>
      ) : (
        <form className={styles.form} onSubmit={submit}>
          {general && <Notice tone="danger">{words(register.error)}</Notice>}
          <TextField label={t("name")} autoComplete="name" maxLength={150} {...field("name")} />
          <TextField label={t("email")} type="email" autoComplete="username" {...field("email")} />
          <PasswordField
            label={t("password")}
            showLabel={t("showPassword")}
            autoComplete="new-password"
            hint={t("register.passwordHint")}
            {...field("password")}
          />
          <Button type="submit" look="primary" busy={register.isPending} data-testid="register-submit">
            {t("register.submit")}
          </Button>
        </form>
      )}
    </Entrance>
  );
}
