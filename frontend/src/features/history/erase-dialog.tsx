import { useTranslation } from "react-i18next";
import type { SessionRow } from "@/api/answers";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { useProblemWords } from "@/i18n/problem-words";
import { useErase } from "./session-changes";
import { useTitle } from "./use-title";

interface EraseDialogProps {
  session: SessionRow;
  onClose: () => void;
  onErased: () => void;
}

export function EraseDialog({ session, onClose, onErased }: EraseDialogProps) {
  const { t } = useTranslation(["history", "common"]);
  const words = useProblemWords();
  const titleOf = useTitle();
  const erase = useErase(session);
  return (
    <Dialog
      open
      title={t("erase.title")}
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>{t("common:cancel")}</Button>
          <Button
            look="danger"
            busy={erase.isPending}
            onClick={() => erase.mutate(undefined, { onSuccess: onErased })}
            data-testid="erase-confirm"
          >
            {t("erase.confirm")}
          </Button>
        </>
      }
    >
      <p>{t("erase.words", { title: titleOf(session), tutor: session.tutor_name })}</p>
      {erase.error && <p role="alert">{words(erase.error)}</p>}
    </Dialog>
  );
}
