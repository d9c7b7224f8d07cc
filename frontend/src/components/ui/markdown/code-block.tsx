import { CopyButton } from "@/components/ui/copy-button";
import styles from "./markdown.module.css";

export function CodeBlock({ code, language }: { code: string; language: string }) {
  return (
    <figure className={styles.code}>
      <figcaption>
        <span>{language.split(/\s/)[0]}</span>
        <CopyButton text={code} />
      </figcaption>
      <pre tabIndex={0}>
        <code>{code}</code>
      </pre>
    </figure>
  );
}
