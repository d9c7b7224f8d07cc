import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { MAX_AUDIO_SECONDS } from "@/config/limits";

const WARN_SECONDS = 10;

function clock(seconds: number): string {
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}

/** How long the recording lasts; near its limit, how much is left. */
export function Elapsed({ since }: { since: number }) {
  const { t } = useTranslation(["session", "common"]);
  const [now, setNow] = useState(since);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 250);
    return () => clearInterval(timer);
  }, []);
  const seconds = Math.max(0, Math.floor((now - since) / 1_000));
  const left = MAX_AUDIO_SECONDS - 1 - seconds;
  return <span>{left <= WARN_SECONDS ? t("talk.secondsLeft", { seconds: Math.max(0, left) }) : clock(seconds)}</span>;
}
