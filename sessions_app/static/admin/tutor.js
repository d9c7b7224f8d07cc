// The page of a tutor: its voice is heard, its face seen speaking, and the whole of it tried, before it is saved.
import { play, sample } from "./sample.js";

const bar = document.querySelector("[data-tutor]");
const form = document.querySelector("#tutor_form");
const voice = form?.querySelector("[name=voice]");

function place(template, row, button, address) {
  const sampler = document.querySelector(`#${template}`).content.firstElementChild.cloneNode(true);
  row.append(sampler);
  const words = sampler.querySelector("[data-words]");
  sampler.querySelector(button).addEventListener("click", async () => {
    const from = address();
    if (!from) {
      words.textContent = "Please choose a face first.";
      return;
    }
    const found = await sample(from, voice.value, (text) => { words.textContent = text; });
    if (!found) return;
    words.textContent = "";
    await play(sampler.querySelector("[data-player]"), found);
  });
}

if (voice) {
  place("voice-sample", voice.parentElement.parentElement, "[data-listen]", () => bar.dataset.voice);
  const faces = form.querySelector("[name=face]")?.closest(".face-choices");
  if (faces) {
    place("face-sample", faces, "[data-see]", () => {
      const face = form.querySelector("[name=face]:checked");
      return face && bar.dataset.speaks.replace("/0/", `/${face.value}/`);
    });
  }
}

const problems = bar.querySelector("[data-problems]");

function tell(lines) {
  problems.hidden = lines.length === 0;
  problems.replaceChildren(...lines.map((line) => Object.assign(document.createElement("p"), { textContent: line })));
}

const button = bar.querySelector("[data-try-it]");
if (!voice) button.hidden = true; // who may only look at it meets it in the app
button.addEventListener("click", async () => {
  tell([]);
  const tab = window.open("", "_blank"); // at once: later it would be a pop-up that browsers stop
  try {
    const answer = await fetch(bar.dataset.try, { method: "POST", body: new FormData(form) });
    const { url, errors } = await answer.json();
    if (url) {
      tab.location = url;
      return;
    }
    tell(errors.map(({ field, words }) => (field ? `${field}: ${words}` : words)));
  } catch {
    tell(["This did not work. Please try again."]);
  }
  tab.close();
});
