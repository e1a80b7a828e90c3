// Keeps the app's shell, and the tickets of the one person who is signed in. No other page is ever kept.
"use strict";
const SHELL = "shell-{{ version }}", OFFLINE = "{{ offline }}", PLACES = "{{ places }}", WHO = "{{ who }}", LEAVING = "{{ leaving }}";
const FILES = [{% for file in shell %}"{{ file|escapejs }}", {% endfor %}OFFLINE];
const isTicket = (path) => path === PLACES || new RegExp("^" + PLACES + "\\d+/$").test(path);

const forgetTickets = async (but = "") => {
  for (const name of await caches.keys()) if (name.startsWith("tickets-") && name !== but) await caches.delete(name);
};

self.addEventListener("install", (event) => {
  event.waitUntil(caches.open(SHELL).then((cache) => Promise.allSettled(FILES.map((file) => cache.add(new Request(file, { cache: "reload" }))))).then(() => self.skipWaiting()));
});

self.addEventListener("activate", (event) => {
  event.waitUntil((async () => {
    for (const name of await caches.keys()) if (name.startsWith("shell-") && name !== SHELL) await caches.delete(name);
    await self.clients.claim();
  })());
});

// Whose page this is decides what stays: another person, or nobody, and the tickets go.
const noteWho = async (response, path) => {
  if (!response.headers.has(WHO)) return;
  const name = "tickets-" + response.headers.get(WHO);
  await forgetTickets(name);
  if (response.headers.get(WHO) && response.ok && !response.redirected && isTicket(path)) {
    const copy = response.clone();
    await (await caches.open(name)).put(path, copy);
  }
};

const visit = async (event) => {
  const path = new URL(event.request.url).pathname;
  try {
    const response = await fetch(event.request);
    const copy = response.clone();
    event.waitUntil(noteWho(copy, path));
    return response;
  } catch {
    if (isTicket(path)) {
      for (const name of await caches.keys()) {
        const kept = name.startsWith("tickets-") && await (await caches.open(name)).match(path);
        if (kept) return kept;
      }
    }
    return (await caches.match(OFFLINE)) ?? Response.error();
  }
};

// A file of ours: what is kept answers at once, and is renewed behind.
const file = async (event) => {
  const cache = await caches.open(SHELL), kept = await cache.match(event.request);
  const fresh = fetch(event.request).then((response) => { if (response.ok) cache.put(event.request, response.clone()); return response; });
  if (!kept) return fresh;
  event.waitUntil(fresh.catch(() => undefined));
  return kept;
};

self.addEventListener("fetch", (event) => {
  const url = new URL(event.request.url);
  if (url.origin !== location.origin) return;
  if (event.request.method === "POST" && url.pathname === LEAVING) return event.waitUntil(forgetTickets());
  if (event.request.method !== "GET") return;
  if (event.request.mode === "navigate") event.respondWith(visit(event));
  else if (FILES.includes(url.pathname)) event.respondWith(file(event));
});

// A list of tickets that was opened asks to have each of them kept, so that all open without network.
self.addEventListener("message", (event) => {
  if (!event.data?.keep) return;
  event.waitUntil(Promise.allSettled(event.data.keep.filter(isTicket).map(async (path) => noteWho(await fetch(path, { headers: { Accept: "text/html" } }), path))));
});
