import { useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import { Link, Navigate, useLocation } from "react-router";
import { Notice } from "@/components/ui/notice";
import { paths } from "@/config/paths";
import { useProblemWords } from "@/i18n/problem-words";
import { Entrance } from "./entrance";
import { useHandover } from "./sign-in";

/** From the staff side into a session: `#code.session`, which no server sees and no log keeps. */
export function HandoverPage() {
  const { t } = useTranslation(["auth", "common"]);
  const words = useProblemWords();
  const { hash } = useLocation();
  const [code = "", sessionId = ""] = hash.slice(1).split(".");
  const { mutate, isSuccess, error } = useHandover();
  const used = useRef("");

  useEffect(() => {
    if (used.current === code) return; // it works once
    used.current = code;
    mutate(code);
  }, [code, mutate]);

  if (isSuccess) return <Navigate to={paths.session(sessionId)} replace />;
  return (
    <Entrance title={t("handover.title")} footer={<Link to={paths.home}>{t("handover.back")}</Link>}>
      {error ? <Notice tone="danger">{words(error)}</Notice> : <p role="status">{t("handover.wait")}</p>}
    </Entrance>
  );
}
