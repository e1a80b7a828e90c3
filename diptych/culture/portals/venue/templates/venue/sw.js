{% load static %}// Keeps the counter's page on the device, so that a QR code can be checked with no network. Keeps nothing of anybody.
const CACHE = "diptych-pro-{{ version }}";
const SHELL = "{{ shell }}", COUNTER = "{{ counter }}", KEY = "{% url "ticket-key" %}";
const FILES = [
  "{% static "web/tokens.css" %}", "{% static "web/base.css" %}", "{% static "web/components.css" %}", "{% static "web/forms.css" %}",
  "{% static "web/pictures.css" %}", "{% static "web/ui.js" %}", "{% static "web/icon.svg" %}", "{% static "venue/venue.css" %}",
  "{% static "venue/counter.js" %}", "/static/venue/ticket.js", "{% static "vendor/htmx.min.js" %}", "{% static "vendor/jsqr.js" %}",
  "{% static "vendor/fonts/atkinson-hyperlegible-next-latin.woff2" %}", "{% static "vendor/fonts/bricolage-grotesque-latin.woff2" %}",
];

async function keep(address) {
  // A redirection would be the sign-in page: better the copy that is there.
  const answer = await fetch(address, { redirect: "error", cache: "no-cache" });
  if (answer.ok) await (await caches.open(CACHE)).put(address, answer);
}

self.addEventListener("install", (event) => {
  event.waitUntil(Promise.all([keep(SHELL), keep(KEY), ...FILES.map(keep)]).then(() => self.skipWaiting()));
});

self.addEventListener("activate", (event) => {
  event.waitUntil((async () => {
    for (const name of await caches.keys()) if (name.startsWith("diptych-pro-") && name !== CACHE) await caches.delete(name);
    await self.clients.claim();
  })());
});

self.addEventListener("fetch", (event) => {
  const { request } = event, address = new URL(request.url);
  if (request.method !== "GET" || address.origin !== location.origin) return;
  if (request.mode === "navigate" && address.pathname.startsWith(COUNTER)) {
    event.respondWith(fetch(request).catch(() => caches.match(SHELL)));
  } else if (address.pathname.startsWith("/static/") || address.pathname === KEY) {
    event.respondWith(fetch(request).catch(async () => (await caches.match(request, { ignoreSearch: true })) ?? Response.error()));
  }
});
