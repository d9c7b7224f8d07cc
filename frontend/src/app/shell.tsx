import { Link, NavLink, Outlet } from "react-router";
import { useAccount } from "@/api/account";
import { Brand } from "@/components/ui/brand";
import { Button } from "@/components/ui/button";
import { paths } from "@/config/paths";
import { useSignOut } from "@/features/auth/sign-out";
import styles from "./shell.module.css";

/** The frame of all pages but the session itself. */
export function Shell() {
  const user = useAccount()?.user;
  const signOut = useSignOut();
  return (
    <div className={styles.shell}>
      <header className={styles.bar}>
        <Link to={paths.home} className={styles.brand}>
          <Brand />
        </Link>
        <nav className={styles.nav} aria-label="Main">
          <NavLink to={paths.tutors}>Tutors</NavLink>
          <NavLink to={paths.history}>History</NavLink>
        </nav>
        <div className={styles.account}>
          <span className={styles.name}>{user?.name === "" ? user.email : user?.name}</span>
          <Button look="plain" onClick={signOut} data-testid="sign-out">
            Sign out
          </Button>
        </div>
      </header>
      <main className={styles.main}>
        <Outlet />
      </main>
    </div>
  );
}
