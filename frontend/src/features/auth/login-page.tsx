import { useState, type SyntheticEvent } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { useSiteConfig } from "@/api/site-config";
import { Button } from "@/components/ui/button";
import { Notice } from "@/components/ui/notice";
import { PasswordField } from "@/components/ui/password-field";
import { TextField } from "@/components/ui/text-field";
import { DEMO_ACCOUNT } from "@/config/demo";
import { paths } from "@/config/paths";
import { useProblemWords } from "@/i18n/problem-words";
import { Entrance } from "./entrance";
import styles from "./entrance.module.css";
import { useSignIn } from "./sign-in";

export function LoginPage() {
  const { t } = useTranslation(["auth", "common"]);
  const words = useProblemWords();
  const [email, setEmail] = useState("");
  const [password, setPassword] = useState("");
  const signIn = useSignIn();
  const { data: site } = useSiteConfig();

  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    signIn.mutate({ email, password });
  };

  return (
    <Entrance
      title={t("signIn.title")}
      footer={
        site?.registration_open !== false && (
          <>
            {t("signIn.new")} <Link to={paths.register}>{t("signIn.register")}</Link>
          </>
        )
      }
    >
      <form className={styles.form} onSubmit={submit}>
        {signIn.error && <Notice tone="danger">{words(signIn.error)}</Notice>}
        <TextField
          label={t("email")}
          type="email"
          name="email"
          autoComplete="username"
          required
          value={email}
          onChange={(event) => setEmail(event.target.value)}
          data-testid="login-email"
        />
        <PasswordField
          label={t("password")}
          showLabel={t("showPassword")}
          name="password"
          autoComplete="current-password"
          required
          value={password}
          onChange={(event) => setPassword(event.target.value)}
          data-testid="login-password"
        />
        <Button type="submit" look="primary" busy={signIn.isPending} data-testid="login-submit">
          {t("signIn.submit")}
        </Button>
        {site?.demo_brain && (
          <Notice>
            <div className={styles.demo}>
              <span>{t("signIn.demo", { email: DEMO_ACCOUNT.email })}</span>
              <Button busy={signIn.isPending} onClick={() => signIn.mutate(DEMO_ACCOUNT)} data-testid="login-demo">
                {t("signIn.useDemo")}
              </Button>
            </div>
          </Notice>
        )}
      </form>
    </Entrance>
  );
}
