// The page of an avatar: what it looks like while its form is filled in, how far it is prepared, and how it speaks.
import { play, sample } from "./sample.js";

const DEBOUNCE_MS = 350;
const LOOK_MS = 1000;

const stage = document.querySelector("[data-face]");
const form = document.querySelector("#avatar_form");
const [poster, idle, speaking, none, words, progress, refusal, problem] = [
  "poster", "idle", "speaking", "none", "words", "progress", "refusal", "problem",
].map((name) => stage.querySelector(`[data-${name}]`));

function show(one) {
  for (const each of [poster, idle, speaking, none]) each.hidden = each !== one;
  if (one !== speaking) speaking.pause();
}

function say(text) {
  problem.textContent = text;
  problem.hidden = !text;
}

// Only the fields of what is chosen: a drawing or a person

function chosen() {
  return form.querySelector("[name=made_of]:checked")?.value;
}

function showFields() {
  for (const kind of ["drawn", "person"]) form.querySelector(`fieldset.avatar-${kind}`).hidden = chosen() !== kind;
}

// The drawing as the form describes it

let waiting = 0;
let asked = 0;

function drawSoon() {
  clearTimeout(waiting);
  waiting = setTimeout(draw, DEBOUNCE_MS);
}

async function draw() {
  const number = ++asked;
  const looks = [...new FormData(form)].filter(([name]) => name.startsWith("look_"));
  const answer = await fetch(`${stage.dataset.still}?${new URLSearchParams(looks)}`);
  if (number !== asked) return;
  if (!answer.ok) {
    say(await answer.text());
    return;
  }
  say("");
  URL.revokeObjectURL(poster.src);
  poster.src = URL.createObjectURL(await answer.blob());
  show(poster);
}

// What is kept of it

async function follow() {
  const answer = await fetch(stage.dataset.state);
  if (!answer.ok) return;
  const state = await answer.json();
  words.textContent = state.words;
  progress.hidden = state.progress === null;
  progress.value = state.progress ?? 0;
  refusal.hidden = !state.refusal;
  refusal.textContent = state.refusal;
  if (state.idle && !asked) {
    if (new URL(state.idle, location.href).pathname !== (idle.src && new URL(idle.src).pathname)) idle.src = state.idle;
    show(idle);
    idle.play().catch(() => undefined); // a browser that saves power shows the first picture
  } else if (!asked) {
    none.textContent = "There is nothing to show yet.";
    show(none);
  }
  if (state.busy) setTimeout(follow, LOOK_MS);
}

stage.querySelector("[data-speak]")?.addEventListener("click", async () => {
  const address = await sample(stage.dataset.speaks, stage.querySelector("[data-voice]").value, say);
  if (!address) return;
  say("");
  show(speaking);
  await play(speaking, address);
});
speaking.addEventListener("ended", () => idle.src && show(idle));

if (form) {
  showFields();
  form.addEventListener("change", (event) => {
    if (event.target.name === "made_of") showFields();
    if (chosen() === "drawn" && /^(look_|made_of)/.test(event.target.name)) drawSoon();
  });
  form.addEventListener("input", (event) => event.target.type === "color" && drawSoon());
}
if (stage.dataset.state) follow();
else if (form && chosen() === "drawn") draw();
