import "@fontsource-variable/figtree/wght.css";
import "./tokens.css";
import "./base.css";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { beginInPreferredLanguage } from "@/i18n/i18n";
import { App } from "./app";
import { followTheme } from "./theme";
import { keepApp } from "./updates";

const root = document.getElementById("root");
if (root === null) throw new Error("index.html has no #root");
followTheme();
if (import.meta.env.PROD) keepApp();
await beginInPreferredLanguage();
createRoot(root).render(
  <StrictMode>
    <App />
  </StrictMode>,
);
