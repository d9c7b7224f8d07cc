// The app's pages stay there without a network. What the server says, and media, always come from the server.
// SHELL and VERSION are written in by the build (scripts/with-service-worker.ts).
const CACHE = `shell-${VERSION}`;
const PAGE = "/index.html";
const OF_THE_SERVER = /^\/(api|admin|engine|health|media|metrics|static|ws)(\/|$)/;

self.addEventListener("install", (event) => {
  event.waitUntil(caches.open(CACHE).then((cache) => cache.addAll(SHELL)));
});

self.addEventListener("activate", (event) => {
  const clean = async () => {
    for (const name of await caches.keys()) if (name !== CACHE) await caches.delete(name);
    await self.clients.claim();
  };
  event.waitUntil(clean());
});

// A new version waits until the reader wants it: nobody is thrown out of a conversation.
self.addEventListener("message", (event) => {
  if (event.data === "take over") self.skipWaiting();
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== "GET" || origin !== self.location.origin || OF_THE_SERVER.test(pathname)) return;
  if (request.mode === "navigate") event.respondWith(page(request));
  else if (pathname.startsWith("/assets/")) event.respondWith(asset(request));
  else if (SHELL.includes(pathname)) event.respondWith(fetch(request).catch(() => kept(request)));
});

async function page(request) {
  try {
    return await fetch(request);
  } catch {
    return (await caches.match(PAGE)) ?? withoutNetwork();
  }
}

/** Named after its content: what is kept is right for ever. */
async function asset(request) {
  const found = await caches.match(request);
  if (found !== undefined) return found;
  const response = await fetch(request);
  if (response.status === 200) await (await caches.open(CACHE)).put(request, response.clone());
  return response;
}

async function kept(request) {
  return (await caches.match(request)) ?? Response.error();
}

function withoutNetwork() {
  const words = "The tutor cannot be reached. Check your connection and load the page again.<br>" +
    "<span lang=zh-CN>暂时连不上导师。请检查网络后重新加载页面。</span>";
  const html = `<!doctype html><html lang=en><meta charset=utf-8><meta name=viewport content="width=device-width">` +
    `<title>Offline · Tutor</title><main><h1>Tutor</h1><p>${words}</p></main></html>`;
  return new Response(html, { status: 503, headers: { "Content-Type": "text/html; charset=utf-8" } });
}
