import { useState, type SyntheticEvent } from "react";
import { Link } from "react-router";
import { useSiteConfig } from "@/api/site-config";
import { Button } from "@/components/ui/button";
import { Notice } from "@/components/ui/notice";
import { TextField } from "@/components/ui/text-field";
import { paths } from "@/config/paths";
import { Entrance } from "./entrance";
import styles from "./entrance.module.css";
import { useRegister, type Registration } from "./sign-in";

export function RegisterPage() {
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
    error: fields[name],
    required: true,
    onChange: (event: { target: { value: string } }) => setForm({ ...form, [name]: event.target.value }),
    "data-testid": `register-${name}`,
  });

  return (
    <Entrance
      title="Create an account"
      footer={
        <>
          Have an account already? <Link to={paths.login}>Sign in</Link>
        </>
      }
    >
      {site?.registration_open === false ? (
        <Notice tone="amber">Accounts are created by your school here. Ask your teacher for yours.</Notice>
      ) : (
        <form className={styles.form} onSubmit={submit}>
          {general && <Notice tone="danger">{register.error.message}</Notice>}
          <TextField label="Name" autoComplete="name" maxLength={150} {...field("name")} />
          <TextField label="Email" type="email" autoComplete="username" {...field("email")} />
          <TextField
            label="Password"
            type="password"
            autoComplete="new-password"
            hint="At least 8 characters, and not a common one."
            {...field("password")}
          />
          <Button type="submit" look="primary" busy={register.isPending} data-testid="register-submit">
            Create account
          </Button>
        </form>
      )}
    </Entrance>
  );
}
