import { useTranslation } from "react-i18next";
import { Link, NavLink, Outlet } from "react-router";
import { useAccount } from "@/api/account";
import { Brand } from "@/components/ui/brand";
import { SettingsMenu } from "@/components/ui/settings-menu";
import { paths } from "@/config/paths";
import { useSignOut } from "@/features/auth/sign-out";
import styles from "./shell.module.css";

/** The frame of all pages but the session itself. */
export function Shell() {
  const { t } = useTranslation();
  const user = useAccount()?.user;
  const signOut = useSignOut();
  const name = (user?.name === "" ? user.email : user?.name) ?? "";
  return (
    <div className={styles.shell}>
      <header className={styles.bar}>
        <Link to={paths.home} className={styles.brand}>
          <Brand name={t("app")} />
        </Link>
        <nav className={styles.nav} aria-label={t("nav.label")}>
          <NavLink to={paths.tutors}>{t("nav.tutors")}</NavLink>
          <NavLink to={paths.history}>{t("nav.history")}</NavLink>
          <NavLink to={paths.progress}>{t("nav.progress")}</NavLink>
        </nav>
        <div className={styles.account}>
          <span className={styles.name}>{name}</span>
          <SettingsMenu account={{ name, onSignOut: signOut }} />
        </div>
      </header>
      <main id="content" className={styles.main}>
        <Outlet />
      </main>
    </div>
  );
}
