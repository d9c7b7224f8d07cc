import { useTranslation } from "react-i18next";
import { Icon } from "./icon";
import { MenuItem, MenuLabel } from "./menu";

const FORMATS = ["txt", "md", "vtt", "json"] as const;

/** Entries of a menu: a session as a file to keep. */
export function SaveAsItems({ onSave }: { onSave: (format: (typeof FORMATS)[number]) => void }) {
  const { t } = useTranslation();
  return (
    <>
      <MenuLabel>{t("export.label")}</MenuLabel>
      {FORMATS.map((format) => (
        <MenuItem key={format} onSelect={() => onSave(format)} data-testid={`export-${format}`}>
          <Icon name="download" size={18} />
          {t(`export.${format}`)}
        </MenuItem>
      ))}
    </>
  );
}
