import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { IconButton } from "./icon-button";
import { VisuallyHidden } from "./visually-hidden";

const SHOWN_MS = 2_000;

/** Copies a text, and says for a moment that it did. Browsers have no clipboard for pages without https: then there
 * is no button. */
export function CopyButton({ text }: { text: string }) {
  const { t } = useTranslation();
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return;
    const timer = setTimeout(() => setCopied(false), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [copied]);
  if (!window.isSecureContext) return null;

  const copy = () => {
    navigator.clipboard.writeText(text).then(
      () => setCopied(true),
      () => setCopied(false), // the browser has asked, and was told no
    );
  };
  return (
    <>
      <IconButton icon={copied ? "check" : "copy"} label={t("copy")} onClick={copy} />
      <span role="status">
        <VisuallyHidden>{copied && t("copied")}</VisuallyHidden>
      </span>
    </>
  );
}
