// A reply lies in parts, one for each segment: they are played one after the other in the same player.
for (const player of document.querySelectorAll("[data-parts]")) {
  const parts = player.dataset.parts.split(" ");
  const caption = player.closest("figure").querySelector("[data-part]");
  let at = 0;

  const show = (part) => {
    at = part;
    player.src = parts[at];
    if (caption) caption.textContent = `part ${at + 1} of ${parts.length}`;
  };

  player.addEventListener("ended", () => {
    if (at + 1 < parts.length) {
      show(at + 1);
      player.play();
    } else {
      show(0);
    }
  });
}
