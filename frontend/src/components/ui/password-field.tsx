import { useState, type ComponentProps } from "react";
import { Icon } from "./icon";
import styles from "./password-field.module.css";
import { TextField } from "./text-field";

interface PasswordFieldProps extends Omit<ComponentProps<typeof TextField>, "type" | "inside"> {
  /** Of the button in it, which shows what was typed. */
  showLabel: string;
}

export function PasswordField({ showLabel, ...field }: PasswordFieldProps) {
  const [shown, setShown] = useState(false);
  return (
    <TextField
      {...field}
      type={shown ? "text" : "password"}
      autoCapitalize="none"
      spellCheck={false}
      inside={
        <button
          type="button"
          className={styles.eye}
          aria-label={showLabel}
          aria-pressed={shown}
          title={showLabel}
          onClick={() => setShown(!shown)}
        >
          <Icon name={shown ? "eyeOff" : "eye"} />
        </button>
      }
    />
  );
}
