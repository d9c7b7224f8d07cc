import { useId, useState, type SyntheticEvent } from "react";
import { useTranslation } from "react-i18next";
import type { SessionRow } from "@/api/answers";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { TextField } from "@/components/ui/text-field";
import { MAX_TITLE } from "@/config/limits";
import { useProblemWords } from "@/i18n/problem-words";
import { useRename } from "./session-changes";

interface RenameDialogProps {
  session: SessionRow;
  onClose: () => void;
  onRenamed: () => void;
}

export function RenameDialog({ session, onClose, onRenamed }: RenameDialogProps) {
  const { t } = useTranslation(["history", "common"]);
  const words = useProblemWords();
  const [title, setTitle] = useState(session.title);
  const rename = useRename(session);
  const form = useId();
  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    rename.mutate(title.trim(), { onSuccess: onRenamed });
  };
  return (
    <Dialog
      open
      title={t("rename.title")}
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>{t("common:cancel")}</Button>
          <Button look="primary" type="submit" form={form} busy={rename.isPending} data-testid="rename-confirm">
            {t("common:save")}
          </Button>
        </>
      }
    >
      <form id={form} onSubmit={submit}>
        <TextField
          label={t("rename.label")}
          value={title}
          required
          pattern=".*\S.*"
          maxLength={MAX_TITLE}
          error={rename.error ? words(rename.error) : undefined}
          onChange={(event) => setTitle(event.target.value)}
          onFocus={(event) => event.target.select()}
          data-testid="rename-title"
        />
      </form>
    </Dialog>
  );
}
