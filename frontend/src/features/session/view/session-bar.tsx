import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import type { TutorInfo } from "@/api/protocol";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { Icon } from "@/components/ui/icon";
import { Notice } from "@/components/ui/notice";
import { SettingsMenu } from "@/components/ui/settings-menu";
import { paths } from "@/config/paths";
import { useProblemWords } from "@/i18n/problem-words";
import type { Link as LinkInfo } from "../model/state";
import { useEndSession } from "../session-query";
import styles from "./session-bar.module.css";

interface SessionBarProps {
  sessionId: string;
  tutor: TutorInfo | null;
  link: LinkInfo;
  onEnded: () => void;
}

export function SessionBar({ sessionId, tutor, link, onEnded }: SessionBarProps) {
  const { t } = useTranslation(["session", "common"]);
  const words = useProblemWords();
  const [asking, setAsking] = useState(false);
  const end = useEndSession(sessionId);
  return (
    <>
      <title>{tutor ? t("common:title", { page: tutor.name }) : t("common:app")}</title>
      <header className={styles.bar}>
        <Link to={paths.tutors} className={styles.back} aria-label={t("bar.back")}>
          <Icon name="arrowLeft" />
        </Link>
        <div className={styles.who}>
          <h1>{tutor?.name ?? t("page.title")}</h1>
          <p>{tutor?.subject ?? "\u00a0"}</p>
        </div>
        <p className={styles.link} role="status" data-testid="connection" data-state={link.state}>
          <span>{t(`bar.link.${link.state}`)}</span>
        </p>
        <Button look="plain" className={styles.end} onClick={() => setAsking(true)} data-testid="end-session">
          {t("bar.end")}
        </Button>
        <SettingsMenu />
      </header>
      {link.reason !== null && (
        <div className={styles.reason}>
          <Notice tone="danger" actions={<Link to={paths.tutors}>{t("bar.chooseTutor")}</Link>}>
            {words(link.reason)}
          </Notice>
        </div>
      )}
      <Dialog
        open={asking}
        title={t("bar.endTitle")}
        onClose={() => setAsking(false)}
        actions={
          <>
            <Button onClick={() => setAsking(false)}>{t("bar.keep")}</Button>
            <Button
              look="danger"
              busy={end.isPending}
              onClick={() => end.mutate(undefined, { onSuccess: onEnded })}
              data-testid="end-session-confirm"
            >
              {t("bar.endConfirm")}
            </Button>
          </>
        }
      >
        <p>{t("bar.endWords")}</p>
        {end.error && <p role="alert">{words(end.error)}</p>}
      </Dialog>
    </>
  );
}
