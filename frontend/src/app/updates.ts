import { useSyncExternalStore } from "react";

let waiting: ServiceWorker | null = null;
const listeners = new Set<() => void>();

function offer(worker: ServiceWorker | null): void {
  // The first one of all is no update: it takes over by itself.
  if (worker === null || navigator.serviceWorker.controller === null) return;
  waiting = worker;
  for (const listener of listeners) listener();
}

function watch(registration: ServiceWorkerRegistration): void {
  offer(registration.waiting);
  registration.addEventListener("updatefound", () => {
    const { installing } = registration;
    installing?.addEventListener("statechange", () => {
      if (installing.state === "installed") offer(installing);
    });
  });
}

/** Keep the app for times without a network, and notice new versions of it. Nothing depends on it. */
export function keepApp(): void {
  if (!("serviceWorker" in navigator)) return;
  // Later than everything that the page itself needs.
  addEventListener("load", () => {
    navigator.serviceWorker.register("/sw.js").then(watch, () => undefined);
  });
}

/** Go over to the new version, and load the page again with it. */
export function update(): void {
  navigator.serviceWorker.addEventListener("controllerchange", () => location.reload(), { once: true });
  waiting?.postMessage("take over");
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function useUpdateReady(): boolean {
  return useSyncExternalStore(subscribe, () => waiting !== null);
}
