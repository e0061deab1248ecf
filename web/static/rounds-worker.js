// Keeps the page of a round and its files for when there is no network; nothing else is kept, and no answer with data.
const KEPT = "daoru-rounds-1", PAGE = /^\/estates\/\d+\/canvass\/round$/;

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));
self.addEventListener("message", (event) => {
  if (event.data.keep) event.waitUntil(caches.open(KEPT).then((kept) => kept.addAll(event.data.keep)));
});
self.addEventListener("fetch", (event) => {
  const { request } = event, { pathname, origin } = new URL(request.url);
  if (request.method !== "GET" || origin !== self.location.origin) return;
  if (pathname === "/sign-in") { event.waitUntil(caches.delete(KEPT)); return; }
  if (!PAGE.test(pathname) && !pathname.startsWith("/static/")) {
    // opened from the home screen while there is no network: to the round that was taken along
    if (request.mode === "navigate") event.respondWith(fetch(request).catch(async (error) => {
      const round = (await (await caches.open(KEPT)).keys()).map((one) => new URL(one.url).pathname).find((one) => PAGE.test(one));
      if (!round) throw error;
      return Response.redirect(round);
    }));
    return;
  }
  event.respondWith((async () => {
    const kept = await caches.open(KEPT);
    try {
      const answer = await fetch(request);
      if (answer.ok && !answer.redirected && (PAGE.test(pathname) || await kept.match(request))) await kept.put(request, answer.clone());
      return answer;
    } catch (error) {
      const found = await kept.match(request, { ignoreSearch: true });
      if (found) return found;
      throw error;
    }
  })());
});
