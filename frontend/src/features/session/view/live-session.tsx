import { useCallback, useMemo } from "react";
import type { ProblemCode } from "@/i18n/problem-words";
import { useCallSettings } from "../call-settings";
import { openTurn } from "../model/state";
import { useHandsFree } from "../recording/use-hands-free";
import { useRecording } from "../recording/use-recording";
import { useTutorSession } from "../use-tutor-session";
import { Controls } from "./controls";
import { Disclosure } from "./disclosure";
import { DraftComposer } from "./draft-composer";
import { Face } from "./face";
import { followUpWords } from "./follow-up";
import { SessionBar } from "./session-bar";
import styles from "./session-frame.module.css";
import { Transcript } from "./transcript";
import type { TurnActions } from "./turn-view";

/** A session that goes on: the call, the chat, and the row to talk and write in. */
export function LiveSession({ sessionId, onEnded }: { sessionId: string; onEnded: () => void }) {
  const { session, state, playback } = useTutorSession(sessionId);
  const { about, link } = state;
  const { mode, microphone } = useCallSettings();
  const connected = link.state === "open" && about !== null;
  const running = openTurn(state);

  const { player } = session;
  const hears = {
    microphone,
    onUtterance: (data: string) => session.sayOrKeep({ kind: "audio", data }),
    onProblem: (code: ProblemCode) => session.trouble(code),
  };
  const recording = useRecording({ ...hears, onStart: () => session.interrupt() });
  const handsFree = useHandsFree({
    ...hears,
    tutorSpeaks: () => player.snapshot().speaking,
    playbackDb: () => player.level(),
    onStart: () => void player.measure(),
    onHush: (on) => player.hush(on),
    onInterruption: () => session.interrupt(),
  });
  const write = useCallback((content: string) => session.say({ kind: "text", content }), [session]);
  const language = about?.tutor.language ?? "";
  const actions = useMemo<TurnActions>(
    () => ({
      onRetry: (key) => session.again(key),
      onReplay: (turnId) => void session.replay(turnId).catch(() => session.trouble("unavailable")),
      onFollowUp: (what) => write(followUpWords(what, language)),
    }),
    [session, write, language],
  );

  return (
    <main id="content" className={styles.frame} data-recording={recording.phase === "recording" || recording.phase === "finishing"}>
      <div className={styles.bar}>
        <SessionBar sessionId={sessionId} tutor={about?.tutor ?? null} link={link} onEnded={onEnded} />
      </div>
      <div className={styles.call}>
        <div className={styles.face}>
          <Face
            player={session.player}
            playback={playback}
            about={about}
            stage={state.stage}
            sending={running !== null}
            recording={recording.phase === "recording" || handsFree.phase === "hearing"}
          />
        </div>
        <div className={styles.controls}>
          <Controls
            recording={recording}
            handsFree={handsFree}
            connected={connected}
            stoppable={running !== null || playback.speaking}
            onStop={() => session.interrupt()}
          />
        </div>
      </div>
      <div className={styles.talk}>
        <div className={styles.chat}>
          <Transcript
            state={state}
            connected={connected}
            aloud={mode !== "text" && !playback.failed}
            actions={actions}
            onDismiss={() => session.dismiss()}
            onAsk={write}
          />
        </div>
        <div className={styles.composer}>
          <DraftComposer
            sessionId={sessionId}
            turns={about === null ? null : state.turns}
            connected={connected}
            closed={link.state === "closed"}
            onSend={write}
          />
        </div>
      </div>
      <div className={styles.notices}>
        <Disclosure demoBrain={about?.demoBrain ?? false} />
      </div>
    </main>
  );
}
