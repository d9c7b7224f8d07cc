import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Mode } from "@/api/protocol";
import { Button } from "@/components/ui/button";
import { Icon } from "@/components/ui/icon";
import { Menu, MenuChoice } from "@/components/ui/menu";
import { callSettings, useCallSettings } from "../call-settings";
import { useMicrophones } from "../recording/use-microphones";
import styles from "./controls.module.css";

const MODES: readonly Mode[] = ["video", "voice", "text"];
/** The system's own choice. */
const ANY = "";

/** How the call shall be: what replies come with, and which microphone hears the student. */
export function CallMenu() {
  const { t } = useTranslation("session");
  const { mode, microphone } = useCallSettings();
  const [looked, setLooked] = useState(false);
  const microphones = useMicrophones(looked);
  const named = microphones.filter(({ label }) => label !== "");
  const trigger = (
    <Button
      className={styles.round}
      onPointerEnter={() => setLooked(true)}
      onFocus={() => setLooked(true)}
      aria-label={t("talk.settings")}
      title={t("talk.settings")}
      data-testid="call-menu"
    >
      <Icon name="settings" size={24} />
    </Button>
  );
  return (
    <Menu trigger={trigger}>
      <MenuChoice
        label={t("talk.mode.label")}
        value={mode}
        options={MODES.map((value) => ({ value, label: t(`talk.mode.${value}`) }))}
        onChange={(chosen) => callSettings.choose({ mode: chosen })}
      />
      {named.length > 0 && (
        <MenuChoice
          label={t("talk.microphone")}
          value={named.some(({ deviceId }) => deviceId === microphone) ? (microphone ?? ANY) : ANY}
          options={[
            { value: ANY, label: t("talk.anyMicrophone") },
            ...named.map(({ deviceId, label }) => ({ value: deviceId, label })),
          ]}
          onChange={(chosen) => callSettings.choose({ microphone: chosen === ANY ? null : chosen })}
        />
      )}
    </Menu>
  );
}
