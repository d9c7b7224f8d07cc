import { useTranslation } from "react-i18next";

/** What the student must know about who answers. */
export function Disclosure({ demoBrain }: { demoBrain: boolean }) {
  const { t } = useTranslation(["session", "common"]);
  return (
    <p>
      {t("disclosure.ai")}{" "}
      {demoBrain ? (
        <span data-testid="demo-notice">{t("disclosure.demo")}</span>
      ) : (
        t("disclosure.check")
      )}
    </p>
  );
}
