import { describe, expect, test } from "vitest";
import type { ServerMessage, TurnInfo } from "@/api/protocol";
import { from, turnInfo } from "@/testing/messages";
import { reduce, type Action } from "./reducer";
import { initialState, openTurn, type SessionState } from "./state";

const received = (message: ServerMessage): Action => ({ type: "received", message });
const said = (key: string, content: string): Action => ({ type: "said", key, utterance: { kind: "text", content } });
const spoken = (key: string): Action => ({ type: "said", key, utterance: { kind: "audio", data: "AAAA" } });

function after(...steps: (Action | ServerMessage)[]): SessionState {
  return steps.reduce<SessionState>(
    (state, step) => reduce(state, isAction(step) ? step : received(step)),
    initialState,
  );
}

function isAction(step: Action | ServerMessage): step is Action {
  return !("timestamp" in step);
}

function only(state: SessionState) {
  expect(state.turns).toHaveLength(1);
  const [turn] = state.turns;
  if (turn === undefined) throw new Error("no turn");
  return turn;
}

describe("a typed turn", () => {
  test("stands in the transcript before the server knows of it", () => {
    const turn = only(after(from.session(), said("a", "Why?")));
    expect(turn).toMatchObject({ id: null, status: "sending", userText: "Why?" });
  });

  test("gets its id from the first message about it, and keeps its key", () => {
    const turn = only(after(from.session(), said("a", "Why?"), from.status("t1", "thinking")));
    expect(turn).toMatchObject({ key: "a", id: "t1", status: "thinking" });
  });

  test("shows its place in the queue", () => {
    const state = after(from.session(), said("a", "Why?"), from.status("t1", "queued", 3));
    expect(state.stage).toEqual({ name: "queued", position: 3, waitMs: null });
  });

  test("is spoken once the tutor speaks", () => {
    const written = after(said("a", "Why?"), from.text("t1", "Because."));
    expect(only(written).spoken).toBe(false);
    expect(only(after(said("a", "Why?"), from.status("t1", "speaking"), from.done("t1"))).spoken).toBe(true);
    const segments = [{ segment: 0, content: "Because.", duration_ms: 900, video_url: null, audio_url: "/a.wav", words: null }];
    expect(only(after(from.session([turnInfo({ segments })]))).spoken).toBe(true);
  });

  test("grows by deltas, and the whole reply replaces them", () => {
    const growing = [from.session(), said("a", "Why?"), from.delta("t1", "Be"), from.delta("t1", "cause")];
    expect(only(after(...growing))).toMatchObject({ replyText: "Because", settled: false });
    const whole = only(after(...growing, from.text("t1", "Because.", ["a quote"])));
    expect(whole).toMatchObject({ replyText: "Because.", settled: true });
    expect(whole.citations[0]?.quote).toBe("a quote");
  });

  test("knows whether the reply is from the material", () => {
    expect(only(after(said("a", "Why?"), from.text("t1", "Because."))).beyondMaterial).toBe(false);
    const beyond = { ...from.text("t1", "Because."), beyond_material: true };
    expect(only(after(said("a", "Why?"), beyond)).beyondMaterial).toBe(true);
    expect(only(after(from.session([turnInfo({ beyond_material: true })]))).beyondMaterial).toBe(true);
  });

  test("does not grow any more once it is whole", () => {
    const turn = only(after(said("a", "Why?"), from.text("t1", "Because."), from.delta("t1", " And")));
    expect(turn.replyText).toBe("Because.");
  });

  test("is over when it is done, and nothing runs any more", () => {
    const state = after(
      said("a", "Why?"),
      from.status("t1", "speaking"),
      from.text("t1", "Because."),
      from.done("t1", { degraded: ["video"] }),
    );
    expect(only(state)).toMatchObject({ status: "completed", degraded: ["video"] });
    expect(state).toMatchObject({ runningTurnId: null, stage: null });
    expect(openTurn(state)).toBeNull();
  });
});

describe("a spoken turn", () => {
  test("has no text until it was heard", () => {
    expect(only(after(spoken("a"), from.status("t1", "listening")))).toMatchObject({
      modality: "audio",
      userText: "",
      status: "transcribing",
    });
  });

  test("shows what was heard, and is tried again as text", () => {
    const turn = only(after(spoken("a"), from.transcription("t1", "Why is that?")));
    expect(turn.userText).toBe("Why is that?");
    expect(turn.utterance).toEqual({ kind: "text", content: "Why is that?" });
  });

  test("of which nothing was heard is not sent again as it is", () => {
    const state = after(spoken("a"), from.error("t1", "I could not hear anything.", true, "nothing_heard"));
    expect(only(state).problem).toEqual({ code: "nothing_heard", message: "I could not hear anything.", retryable: false });
  });
});

describe("several turns", () => {
  test("are named in the order in which they were said", () => {
    const state = after(said("a", "One"), said("b", "Two"), from.status("t1", "thinking"), from.status("t2", "queued"));
    expect(state.turns.map(({ key, id }) => [key, id])).toEqual([
      ["a", "t1"],
      ["b", "t2"],
    ]);
  });

  test("do not mix their replies", () => {
    const state = after(
      said("a", "One"),
      from.delta("t1", "first"),
      from.done("t1"),
      said("b", "Two"),
      from.delta("t2", "second"),
    );
    expect(state.turns.map((turn) => turn.replyText)).toEqual(["first", "second"]);
  });

  test("one that was said in another window is shown as well", () => {
    expect(only(after(from.session(), from.delta("t9", "Hello")))).toMatchObject({ id: "t9", replyText: "Hello" });
  });

  test("the end of an older turn does not end the stage of the running one", () => {
    const state = after(
      said("a", "One"),
      from.status("t1", "thinking"),
      said("b", "Two"),
      from.status("t2", "thinking"),
      from.done("t1", { interrupted: true }),
    );
    expect(state).toMatchObject({ runningTurnId: "t2", stage: { name: "thinking" } });
  });
});

describe("a turn that the server has taken", () => {
  const running = (change: Partial<TurnInfo> = {}) => turnInfo({ status: "queued", reply_text: "", ...change });

  test("is the one that was said here, not a second one", () => {
    const state = after(from.session(), said("a", "Why is the sky blue?"), from.turn(running()));
    expect(only(state)).toMatchObject({ key: "a", id: "t1", status: "queued", settled: false });
  });

  test("is told of once more without changing what came since", () => {
    const state = after(said("a", "Why is the sky blue?"), from.turn(running()), from.delta("t1", "Be"), from.turn(running()));
    expect(only(state).replyText).toBe("Be");
  });

  test("appears when it was said in another tab", () => {
    const state = after(from.session(), from.turn(running()), from.delta("t1", "Because"));
    expect(only(state)).toMatchObject({ id: "t1", userText: "Why is the sky blue?", replyText: "Because" });
  });

  test("in another tab comes before what is still on its way from here", () => {
    const state = after(from.session(), said("a", "Mine"), from.turn(running()), from.turn(running({ turn_id: "t2", user_text: "Mine" })));
    expect(state.turns.map(({ key, id }) => [key, id])).toEqual([
      ["t1", "t1"],
      ["a", "t2"],
    ]);
  });

  test("stays stopped when it was stopped before the server knew of it", () => {
    const state = after(said("a", "Why is the sky blue?"), { type: "stopped", heard: null }, from.turn(running()), from.delta("t1", "Be"));
    expect(only(state)).toMatchObject({ id: "t1", status: "interrupted", replyText: "" });
  });

  test("keeps the recording of a spoken one until it was heard", () => {
    const state = after(spoken("a"), from.turn(running({ modality: "audio", user_text: "", user_audio_url: "/media/q.webm" })));
    expect(only(state)).toMatchObject({ utterance: { kind: "audio", data: "AAAA" }, recording: "/media/q.webm" });
  });
});

describe("what could not be sent", () => {
  test("is kept, to be sent again", () => {
    const state = after(from.session(), { type: "kept", key: "a", utterance: { kind: "audio", data: "AAAA" } });
    expect(only(state)).toMatchObject({
      status: "failed",
      problem: { code: "not_sent", retryable: true },
      utterance: { kind: "audio", data: "AAAA" },
    });
    expect(openTurn(state)).toBeNull();
  });

  test("is not taken for what another tab says", () => {
    const kept: Action = { type: "kept", key: "a", utterance: { kind: "text", content: "Why is the sky blue?" } };
    expect(after(kept, from.turn(turnInfo())).turns.map((turn) => turn.id)).toEqual([null, "t1"]);
  });
});

describe("limits", () => {
  test("are known as soon as the server tells them", () => {
    const limits = from.limits({ minutes_left: 12, mode: "voice", reason: "busy" });
    expect(after(limits).limits).toEqual({ minutesLeft: 12, mode: "voice", reason: "busy", message: null });
  });

  test("of a reply say why something is missing of it", () => {
    const done = { ...from.done("t1", { degraded: ["video"] }), degraded_reason: "quota" as const };
    expect(only(after(said("a", "Why?"), from.text("t1", "Because."), done)).degradedReason).toBe("quota");
  });
});

describe("stopping", () => {
  test("keeps what was heard and takes nothing more", () => {
    const state = after(
      said("a", "Why?"),
      from.delta("t1", "Because of the air"),
      { type: "stopped", heard: { turnId: "t1", heard: "Because of" } },
      from.delta("t1", " and the sun"),
      from.status("t1", "speaking"),
      from.text("t1", "Because of the air and the sun."),
      from.done("t1", { interrupted: true }),
    );
    expect(only(state)).toMatchObject({ status: "interrupted", replyText: "Because of" });
    expect(state).toMatchObject({ runningTurnId: null, stage: null });
  });

  test("holds for a turn that the server had not named yet", () => {
    const state = after(
      said("a", "Why?"),
      { type: "stopped", heard: null },
      from.status("t1", "thinking"),
      from.delta("t1", "Because"),
    );
    expect(only(state)).toMatchObject({ id: "t1", status: "interrupted", replyText: "" });
    expect(state.runningTurnId).toBeNull();
  });

  test("keeps what was heard of a reply that was complete already, and only played", () => {
    const heard = { turnId: "t1", heard: "Because" };
    const state = after(said("a", "Why?"), from.text("t1", "Because of it."), from.done("t1"), { type: "stopped", heard });
    expect(only(state)).toMatchObject({ status: "interrupted", replyText: "Because" });
  });

  test("leaves other turns that are over as they are", () => {
    const state = after(said("a", "Why?"), from.text("t1", "Because."), from.done("t1"), { type: "stopped", heard: null });
    expect(only(state)).toMatchObject({ status: "completed", replyText: "Because." });
  });
});

describe("errors", () => {
  test("of a turn stand at that turn, with what was said", () => {
    const state = after(said("a", "Why?"), from.error("t1", "Too slow."), from.done("t1"));
    expect(only(state)).toMatchObject({
      status: "failed",
      problem: { message: "Too slow.", retryable: true },
      utterance: { kind: "text", content: "Why?" },
    });
  });

  test("without a turn belong to the oldest message which was not taken", () => {
    const state = after(said("a", "One"), from.status("t1", "thinking"), said("b", "Two"), from.error(null, "Too many."));
    expect(state.turns.map((turn) => turn.problem?.message)).toEqual([undefined, "Too many."]);
    expect(state.problem).toBeNull();
  });

  test("which belong to nothing are shown for themselves until they are dismissed", () => {
    const state = after(from.session(), from.error(null, "Something happened."));
    expect(state.problem?.message).toBe("Something happened.");
    expect(reduce(state, { type: "dismissed" }).problem).toBeNull();
  });

  test("a refused message does not take the id of the next one", () => {
    const state = after(said("a", "One"), from.error(null, "Refused."), said("b", "Two"), from.status("t1", "thinking"));
    expect(state.turns.map((turn) => turn.id)).toEqual([null, "t1"]);
  });

  test("of a turn that was taken back and said again do not touch the new one", () => {
    const state = after(
      said("a", "One"),
      from.error("t1", "Too slow."),
      { type: "withdrawn", key: "a" },
      said("b", "One"),
      from.done("t1"),
      from.turn(turnInfo({ turn_id: "t2", status: "queued", user_text: "One" })),
      from.session([turnInfo({ turn_id: "t1", status: "failed" }), turnInfo({ turn_id: "t2", user_text: "One" })]),
    );
    expect(state.turns.map(({ key, id }) => [key, id])).toEqual([["b", "t2"]]);
  });

  test("a failed turn can be taken back", () => {
    expect(after(said("a", "One"), from.error(null, "Refused."), { type: "withdrawn", key: "a" }).turns).toEqual([]);
  });
});

describe("the snapshot on connecting", () => {
  test("is the whole transcript", () => {
    const failed = turnInfo({ turn_id: "t2", status: "failed", reply_text: "", error: "Too slow." });
    const state = after(from.session([turnInfo(), failed]));
    expect(state.turns.map((turn) => turn.id)).toEqual(["t1", "t2"]);
    expect(state.turns[1]?.problem).toEqual({ code: null, message: "Too slow.", retryable: true });
    const timeout = after(from.session([turnInfo({ status: "failed", error: "timeout" })]));
    expect(only(timeout).problem).toEqual({ code: "timeout", message: "", retryable: true });
    expect(state.about).toMatchObject({ sessionId: "s1", demoBrain: true, ended: false });
  });

  test("starts the running turn anew, since its messages follow again", () => {
    const running = turnInfo({ status: "thinking", reply_text: "" });
    const state = after(
      said("a", "Why is the sky blue?"),
      from.delta("t1", "Because "),
      from.session([running], "t1"),
      from.delta("t1", "Because "),
      from.delta("t1", "of the air."),
    );
    expect(only(state)).toMatchObject({ key: "a", replyText: "Because of the air." });
    expect(state.runningTurnId).toBe("t1");
  });

  test("names a message that had arrived before the connection was lost", () => {
    const state = after(said("a", "Why is the sky blue?"), from.session([turnInfo()]));
    expect(only(state)).toMatchObject({ key: "a", id: "t1", problem: null });
  });

  test("keeps a message that had not arrived, to be sent again", () => {
    const state = after(said("a", "Something else"), from.session([turnInfo()]));
    expect(state.turns).toHaveLength(2);
    expect(state.turns[1]).toMatchObject({
      key: "a",
      status: "failed",
      utterance: { kind: "text", content: "Something else" },
      problem: { retryable: true },
    });
  });

  test("keeps a refused message and its reason", () => {
    const state = after(said("a", "One"), from.error(null, "Refused."), from.session([turnInfo()]));
    expect(state.turns.map((turn) => turn.problem?.message)).toEqual([undefined, "Refused."]);
  });
});

test("no action changes the state it was given", () => {
  const state = after(from.session([turnInfo()]), said("a", "Why?"), from.status("t2", "thinking"));
  const copy = structuredClone(state);
  for (const message of [from.delta("t2", "x"), from.text("t2", "x"), from.error("t2", "x"), from.done("t2")]) {
    reduce(state, received(message));
  }
  reduce(state, { type: "stopped", heard: null });
  expect(state).toEqual(copy);
});
