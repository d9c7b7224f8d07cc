import { useCallback } from "react";
import { openTurn } from "../model/state";
import { useRecording } from "../recording/use-recording";
import { useTutorSession } from "../use-tutor-session";
import { Composer } from "./composer";
import { Controls } from "./controls";
import { Disclosure } from "./disclosure";
import { Face } from "./face";
import { SessionBar } from "./session-bar";
import styles from "./session-frame.module.css";
import { Transcript } from "./transcript";

/** A session that goes on: the call, the chat, and the row to talk and write in. */
export function LiveSession({ sessionId }: { sessionId: string }) {
  const { session, state, playback } = useTutorSession(sessionId);
  const { about, link } = state;
  const connected = link.state === "open" && about !== null;
  const running = openTurn(state);

  const recording = useRecording({
    onStart: () => session.interrupt(),
    onUtterance: (data) => {
      if (!session.say({ kind: "audio", data })) session.trouble("lost_while_speaking");
    },
    onProblem: (code) => session.trouble(code),
  });
  const write = useCallback((content: string) => session.say({ kind: "text", content }), [session]);

  return (
    <main className={styles.frame} data-recording={recording.phase === "recording" || recording.phase === "finishing"}>
      <div className={styles.bar}>
        <SessionBar sessionId={sessionId} tutor={about?.tutor ?? null} link={link} />
      </div>
      <div className={styles.call}>
        <div className={styles.face}>
          <Face
            player={session.player}
            playback={playback}
            about={about}
            stage={state.stage}
            sending={running !== null}
            recording={recording.phase === "recording"}
          />
        </div>
        <div className={styles.controls}>
          <Controls
            recording={recording}
            connected={connected}
            stoppable={running !== null || playback.speaking}
            onStop={() => session.interrupt()}
          />
        </div>
      </div>
      <div className={styles.talk}>
        <div className={styles.chat}>
          <Transcript
            about={about}
            turns={state.turns}
            problem={state.problem}
            connected={connected}
            onDismiss={() => session.dismiss()}
            onRetry={(key) => session.again(key)}
            onAsk={write}
          />
        </div>
        <div className={styles.composer}>
          <Composer connected={connected} closed={link.state === "closed"} onSend={write} />
        </div>
      </div>
      <div className={styles.notices}>
        <Disclosure demoBrain={about?.demoBrain ?? false} />
      </div>
    </main>
  );
}
