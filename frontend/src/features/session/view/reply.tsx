import { useCallback, useId } from "react";
import { useTranslation } from "react-i18next";
import type { Citation } from "@/api/protocol";
import { markedSources } from "@/components/ui/markdown/citation-syntax";
import { Markdown } from "@/components/ui/markdown/markdown";
import { VisuallyHidden } from "@/components/ui/visually-hidden";
import { SourceMark, Sources, passageId } from "./citations";
import { Passage } from "./passage";
import styles from "./turn-view.module.css";

interface ReplyProps {
  text: string;
  settled: boolean;
  citations: readonly Citation[];
}

/** What the tutor says, with its sources: marks in the text, or all of them below where the text has none. */
export function Reply({ text, settled, citations }: ReplyProps) {
  const { t } = useTranslation("session");
  const id = useId();
  const mark = useCallback(
    (number: number) => {
      const citation = citations.find((citation) => citation.number === number);
      return citation === undefined ? null : <SourceMark replyId={id} citation={citation} />;
    },
    [citations, id],
  );
  const marked = markedSources(text);
  return (
    <>
      <div className={styles.reply} data-testid="turn-assistant" data-settled={settled}>
        <VisuallyHidden>{t("chat.tutor")}</VisuallyHidden>
        <Markdown text={text} growing={!settled} mark={mark} />
      </div>
      {citations.length > 0 && !citations.some(({ number }) => marked.has(number)) && (
        <Sources replyId={id} citations={citations} />
      )}
      {citations.map((citation) => (
        <Passage key={citation.number} id={passageId(id, citation.number)} citation={citation} />
      ))}
    </>
  );
}
