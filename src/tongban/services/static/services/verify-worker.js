// Keeps the page /verify/ and what it needs, so that it opens without a network. First the network, then what was kept:
// nobody gets an old page while there is a network. Holds public things alone, and only for pages under /verify/.
const KEPT = "verify-1";
const wanted = (url) => url.origin === self.location.origin && (url.pathname.startsWith("/verify/") || url.pathname.startsWith("/static/") || url.pathname.startsWith("/status/"));

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => {
  event.waitUntil((async () => {
    for (const name of await caches.keys()) if (name.startsWith("verify-") && name !== KEPT) await caches.delete(name);
    await self.clients.claim();
  })());
});

// The page says what it was made of: it was there before this script was.
self.addEventListener("message", (event) => {
  const places = Array.isArray(event.data && event.data.keep) ? event.data.keep : [];
  event.waitUntil((async () => {
    const cache = await caches.open(KEPT);
    for (const place of places) if (wanted(new URL(place, self.location))) await cache.add(place).catch(() => {});
  })());
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  if (request.method === "GET" && wanted(new URL(request.url))) event.respondWith(answer(event, request));
});

async function answer(event, request) {
  const cache = await caches.open(KEPT);
  try {
    const fresh = await fetch(request);
    if (fresh.ok && !/no-store/.test(fresh.headers.get("Cache-Control") || "")) event.waitUntil(cache.put(request, fresh.clone()));
    return fresh;
  } catch (error) {
    const kept = await cache.match(request, { ignoreVary: true });
    if (!kept) throw error;
    const headers = new Headers(kept.headers);
    headers.set("X-Kept", "1");
    return new Response(await kept.blob(), { status: kept.status, headers });
  }
}
