import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { prefer, usePreferences } from "@/config/preferences";
import { chooseLanguage } from "@/i18n/i18n";
import { languages, type Language } from "@/i18n/languages";
import { useLanguage } from "@/i18n/use-language";
import { IconButton } from "./icon-button";
import { Menu, MenuChoice, MenuLine, MenuSwitch } from "./menu";

const THEMES = ["system", "light", "dark"] as const;
const LANGUAGES = Object.entries(languages).map(([value, { name, tag }]) => ({
  value: value as Language,
  label: name,
  lang: tag,
}));

/** How one likes the app, on this device. More entries may follow. */
export function SettingsMenu({ children }: { children?: ReactNode }) {
  const { t } = useTranslation();
  const { language } = useLanguage();
  const { theme, captions } = usePreferences();
  return (
    <Menu trigger={<IconButton icon="settings" label={t("menu.label")} data-testid="settings" />}>
      <MenuChoice
        label={t("menu.language")}
        value={language}
        options={LANGUAGES}
        // Without a connection the page stays in the language it has.
        onChange={(chosen) => void chooseLanguage(chosen).catch(() => undefined)}
      />
      <MenuLine />
      <MenuChoice
        label={t("menu.theme")}
        value={theme}
        options={THEMES.map((value) => ({ value, label: t(`menu.themes.${value}`) }))}
        onChange={(chosen) => prefer({ theme: chosen })}
      />
      <MenuLine />
      <MenuSwitch checked={captions} onChange={(shown) => prefer({ captions: shown })}>
        {t("menu.captions")}
      </MenuSwitch>
      {children}
    </Menu>
  );
}
