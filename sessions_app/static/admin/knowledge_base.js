// The page of a knowledge base: the search box, and how far documents are while they are read.
const section = document.querySelector("[data-knowledge-base]");
const form = section.querySelector("[data-search]");
const found = section.querySelector("[data-found]");

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  found.textContent = "…";
  const answer = await fetch(`${form.dataset.search}?${new URLSearchParams(new FormData(form))}`);
  found.innerHTML = answer.ok ? await answer.text() : "The search failed. Please try again.";
});

async function follow() {
  const answer = await fetch(section.dataset.knowledgeBase);
  if (!answer.ok) return;
  const { busy, documents } = await answer.json();
  for (const [id, { progress, unread }] of Object.entries(documents)) {
    const row = document.querySelector(`input[name$="-id"][value="${id}"]`)?.closest("tbody");
    if (!row) continue;
    const cells = { ".field-progress": progress, ".field-unread": unread };
    for (const [cell, text] of Object.entries(cells)) {
      const place = row.querySelector(`${cell} .readonly`) ?? row.querySelector(cell);
      if (place && place.textContent.trim() !== text) place.textContent = text;
    }
  }
  if (busy) setTimeout(follow, 1000);
}

follow();
