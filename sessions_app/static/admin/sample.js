// A sample of a voice or a face: asked for, waited for, played.
const AGAIN_MS = 700;
const PATIENCE_MS = 90_000;

export async function sample(address, voice, tell) {
  const until = Date.now() + PATIENCE_MS;
  while (Date.now() < until) {
    const answer = await fetch(`${address}?${new URLSearchParams({ voice })}`);
    if (!answer.ok) break;
    const { state, url, problem } = await answer.json();
    if (state === "ready") return url;
    if (state === "failed") {
      tell(problem);
      return null;
    }
    tell("It is being made …");
    await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
  }
  tell("This did not work. Please try again.");
  return null;
}

export async function play(player, address) {
  player.hidden = false;
  if (player.src !== new URL(address, location.href).href) player.src = address;
  player.currentTime = 0;
  await player.play();
}
