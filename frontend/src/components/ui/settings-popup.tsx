import type { ReactElement } from "react";
import { useTranslation } from "react-i18next";
import { prefer, usePreferences } from "@/config/preferences";
import { chooseLanguage } from "@/i18n/i18n";
import { languages, type Language } from "@/i18n/languages";
import { useLanguage } from "@/i18n/use-language";
import { Menu, MenuChoice, MenuItem, MenuLabel, MenuLine, MenuSwitch } from "./menu";

const THEMES = ["system", "light", "dark"] as const;
const LANGUAGES = Object.entries(languages).map(([value, { name, tag }]) => ({
  value: value as Language,
  label: name,
  lang: tag,
}));

export interface SettingsPopupProps {
  trigger: ReactElement;
  /** Who is signed in, where one may sign out. */
  account?: { name: string; onSignOut: () => void };
}

/** How one likes the app, on this device. */
export function SettingsPopup({ trigger, account }: SettingsPopupProps) {
  const { t } = useTranslation();
  const { language } = useLanguage();
  const { theme, captions } = usePreferences();
  return (
    <Menu trigger={trigger} open>
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
      {account && (
        <>
          <MenuLine />
          <MenuLabel>{t("menu.signedInAs", { name: account.name })}</MenuLabel>
          <MenuItem onSelect={account.onSignOut} data-testid="sign-out">
            {t("menu.signOut")}
          </MenuItem>
        </>
      )}
    </Menu>
  );
}
