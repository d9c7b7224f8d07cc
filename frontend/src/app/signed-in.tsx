import { Navigate, Outlet, useLocation } from "react-router";
import { useAccount } from "@/api/account";
import { paths } from "@/config/paths";

/** Pages of somebody. Others sign in first and come back to where they wanted to go. */
export function SignedIn() {
  const account = useAccount();
  const { pathname } = useLocation();
  if (account === null) return <Navigate to={paths.login} replace state={{ from: pathname }} />;
  if (account.user.has_first_password === true) return <Navigate to={paths.password} replace />;
  return <Outlet key={account.user.id} />;
}

/** Pages which make sense only before one has signed in. */
export function SignedOut() {
  const account = useAccount();
  const state = useLocation().state as { from?: string } | null;
  if (account !== null) return <Navigate to={state?.from ?? paths.home} replace />;
  return <Outlet />;
}
