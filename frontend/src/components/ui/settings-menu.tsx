import { lazy, Suspense, useState } from "react";
import { useTranslation } from "react-i18next";
import { IconButton } from "./icon-button";
import styles from "./settings-menu.module.css";
import type { SettingsPopupProps } from "./settings-popup";

const load = () => import("./settings-popup");
const SettingsPopup = lazy(async () => ({ default: (await load()).SettingsPopup }));

/** The button of the settings. What it opens is loaded when somebody is about to. */
export function SettingsMenu(props: Omit<SettingsPopupProps, "trigger">) {
  const { t } = useTranslation();
  const [wanted, setWanted] = useState(false);
  const button = (
    <IconButton
      icon="gear"
      label={t("menu.label")}
      className={styles.button}
      aria-haspopup="menu"
      onPointerEnter={() => void load()}
      onFocus={() => void load()}
      onClick={() => setWanted(true)}
      data-testid="settings"
    />
  );
  if (!wanted) return button;
  return (
    <Suspense fallback={button}>
      <SettingsPopup {...props} trigger={button} />
    </Suspense>
  );
}
