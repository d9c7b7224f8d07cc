import { useState, type SyntheticEvent } from "react";
import { Link } from "react-router";
import { useSiteConfig } from "@/api/site-config";
import { Button } from "@/components/ui/button";
import { Notice } from "@/components/ui/notice";
import { TextField } from "@/components/ui/text-field";
import { DEMO_ACCOUNT } from "@/config/demo";
import { paths } from "@/config/paths";
import { Entrance } from "./entrance";
import styles from "./entrance.module.css";
import { useSignIn } from "./sign-in";

export function LoginPage() {
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
      title="Sign in"
      footer={
        site?.registration_open !== false && (
          <>
            New here? <Link to={paths.register}>Create an account</Link>
          </>
        )
      }
    >
      <form className={styles.form} onSubmit={submit}>
        {signIn.error && <Notice tone="danger">{signIn.error.message}</Notice>}
        <TextField
          label="Email"
          type="email"
          name="email"
          autoComplete="username"
          required
          value={email}
          onChange={(event) => setEmail(event.target.value)}
          data-testid="login-email"
        />
        <TextField
          label="Password"
          type="password"
          name="password"
          autoComplete="current-password"
          required
          value={password}
          onChange={(event) => setPassword(event.target.value)}
          data-testid="login-password"
        />
        <Button type="submit" look="primary" busy={signIn.isPending} data-testid="login-submit">
          Sign in
        </Button>
        {site?.demo_brain && (
          <Notice>
            <div className={styles.demo}>
              <span>This is a demo. Anybody may use the account {DEMO_ACCOUNT.email}.</span>
              <Button busy={signIn.isPending} onClick={() => signIn.mutate(DEMO_ACCOUNT)} data-testid="login-demo">
                Use the demo account
              </Button>
            </div>
          </Notice>
        )}
      </form>
    </Entrance>
  );
}
