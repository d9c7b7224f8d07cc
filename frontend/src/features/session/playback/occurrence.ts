/** Resolves with the next of these events at one of these. Rejects when the signal is aborted. */
export function occurrence(
  targets: EventTarget | readonly EventTarget[],
  names: readonly string[],
  signal: AbortSignal,
): Promise<Event> {
  return new Promise((resolve, reject) => {
    const places = [targets].flat().flatMap((target) => names.map((name) => [target, name] as const));
    const end = () => {
      for (const [target, name] of places) target.removeEventListener(name, happened);
      signal.removeEventListener("abort", aborted);
    };
    const happened = (event: Event) => {
      end();
      resolve(event);
    };
    const aborted = () => {
      end();
      reject(new DOMException("stopped", "AbortError"));
    };
    if (signal.aborted) {
      aborted();
      return;
    }
    for (const [target, name] of places) target.addEventListener(name, happened);
    signal.addEventListener("abort", aborted);
  });
}
