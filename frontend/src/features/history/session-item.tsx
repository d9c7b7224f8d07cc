import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import type { SessionRow } from "@/api/answers";
import type { ExportFormat } from "@/api/export-session";
import { Icon } from "@/components/ui/icon";
import { IconButton } from "@/components/ui/icon-button";
import { Menu, MenuItem, MenuLine } from "@/components/ui/menu";
import { SaveAsItems } from "@/components/ui/save-as-items";
import { Tag } from "@/components/ui/tag";
import { paths } from "@/config/paths";
import { useLanguage } from "@/i18n/use-language";
import styles from "./session-item.module.css";
import { useTitle } from "./use-title";
import { when } from "./when";

interface SessionItemProps {
  session: SessionRow;
  onResume: () => void;
  onRename: () => void;
  onErase: () => void;
  onExport: (format: ExportFormat) => void;
}

export function SessionItem({ session, onResume, onRename, onErase, onExport }: SessionItemProps) {
  const { t } = useTranslation(["history", "common"]);
  const { tag } = useLanguage();
  const title = useTitle()(session);
  const active = session.status === "active";
  return (
    <li className={styles.item} data-testid={`history-${session.session_id}`}>
      <div className={styles.words}>
        <Link to={paths.session(session.session_id)} className={styles.title}>
          {title}
        </Link>
        <p className={styles.meta}>
          <span>{session.tutor_name}</span>
          <time dateTime={session.last_activity}>{when(session.last_activity, tag) ?? t("justNow")}</time>
          <span>{t("questions", { count: session.turns_count })}</span>
        </p>
      </div>
      <Tag tone={active ? "accent" : "calm"}>{active ? t("active") : t("ended")}</Tag>
      <Menu trigger={<IconButton icon="more" label={t("more", { title })} className={styles.more} data-testid="more" />}>
        {!active && (
          <MenuItem onSelect={onResume} data-testid="resume">
            <Icon name="retry" size={18} />
            {t("resume")}
          </MenuItem>
        )}
        <MenuItem onSelect={onRename} data-testid="rename">
          <Icon name="pencil" size={18} />
          {t("rename.action")}
        </MenuItem>
        <MenuLine />
        <SaveAsItems onSave={onExport} />
        <MenuLine />
        <MenuItem tone="danger" onSelect={onErase} data-testid="erase">
          <Icon name="trash" size={18} />
          {t("erase.action")}
        </MenuItem>
      </Menu>
    </li>
  );
}
