import type { ComponentProps } from "react";
import { Icon, type IconName } from "./icon";
import styles from "./icon-button.module.css";

interface IconButtonProps extends ComponentProps<"button"> {
  icon: IconName;
  label: string;
}

/** A small button of a row of them. Its label is for those who do not know the picture. */
export function IconButton({ icon, label, className, children, ...rest }: IconButtonProps) {
  return (
    <button
      type="button"
      className={[styles.button, className].filter(Boolean).join(" ")}
      aria-label={label}
      title={label}
      {...rest}
    >
      <Icon name={icon} size={18} />
      {children}
    </button>
  );
}
