import { useTranslation } from "react-i18next";
import { Button } from "@/components/ui/button";
import { Icon } from "@/components/ui/icon";
import { LevelMeter } from "../recording/level-meter";
import type { HandsFreeControl } from "../recording/use-hands-free";
import styles from "./controls.module.css";

/** Talk without hands: on until it is switched off. It shows that one is heard. */
export function HandsFreeButton({ handsFree, disabled }: { handsFree: HandsFreeControl; disabled: boolean }) {
  const { t } = useTranslation("session");
  const { phase, stream, toggle } = handsFree;
  const on = phase !== "off";
  return (
    <Button
      className={on ? styles.listening : styles.round}
      look={on ? "primary" : "quiet"}
      disabled={disabled && !on}
      aria-pressed={on}
      aria-label={t("talk.handsFree")}
      title={t("talk.handsFreeHint")}
      onClick={toggle}
      data-testid="hands-free"
      data-phase={phase}
    >
      {stream ? <LevelMeter stream={stream} /> : <Icon name="handsFree" size={24} />}
      {on && <span>{t(`talk.phase.${phase}`)}</span>}
    </Button>
  );
}
