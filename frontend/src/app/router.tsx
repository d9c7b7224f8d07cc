import { createBrowserRouter, Navigate } from "react-router";
import { paths } from "@/config/paths";
import { HandoverPage } from "@/features/auth/handover-page";
import { LoginPage } from "@/features/auth/login-page";
import { PasswordPage } from "@/features/auth/password-page";
import { RegisterPage } from "@/features/auth/register-page";
import { TutorsPage } from "@/features/tutors/tutors-page";
import { Broken } from "./broken";
import { NotFound } from "./not-found";
import { Root } from "./root";
import { Shell } from "./shell";
import { SignedIn, SignedOut } from "./signed-in";

export const router = createBrowserRouter([
  {
    element: <Root />,
    errorElement: <Broken />,
    children: [
      {
        element: <SignedOut />,
        children: [
          { path: paths.login, element: <LoginPage /> },
          { path: paths.register, element: <RegisterPage /> },
        ],
      },
      { path: paths.handover, element: <HandoverPage /> },
      { path: paths.password, element: <PasswordPage /> },
      {
        element: <SignedIn />,
        children: [
          {
            element: <Shell />,
            children: [
              { path: paths.home, element: <Navigate to={paths.tutors} replace /> },
              { path: paths.tutors, element: <TutorsPage /> },
              {
                path: paths.history,
                lazy: async () => ({ Component: (await import("@/features/history/history-page")).HistoryPage }),
                HydrateFallback: () => null,
              },
              {
                path: paths.progress,
                lazy: async () => ({ Component: (await import("@/features/progress/progress-page")).ProgressPage }),
                HydrateFallback: () => null,
              },
            ],
          },
          {
            path: "/sessions/:sessionId",
            lazy: async () => ({ Component: (await import("@/features/session/session-page")).SessionPage }),
            HydrateFallback: () => null,
          },
        ],
      },
      { path: "*", element: <NotFound /> },
    ],
  },
]);
