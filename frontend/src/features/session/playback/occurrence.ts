/** Resolves with the next of these events. Rejects when the signal is aborted. */
export function occurrence(target: EventTarget, names: readonly string[], signal: AbortSignal): Promise<Event> {
  return new Promise((resolve, reject) => {
    const end = () => {
      for (const name of names) target.removeEventListener(name, happened);
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
    for (const name of names) target.addEventListener(name, happened);
    signal.addEventListener("abort", aborted);
  });
}
