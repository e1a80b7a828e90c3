// What the youth's pages add where scripts run: the service worker, "around me", the map, installing.
(() => {
  "use strict";
  const all = (selector, act, root = document) => root.querySelectorAll(selector).forEach(act);

  if ("serviceWorker" in navigator) {
    navigator.serviceWorker.register("/sw.js", { scope: "/" }).catch(() => undefined);
    // Once the worker stands, it keeps what this page leads to.
    navigator.serviceWorker.ready.then((registration) => {
      if (!document.querySelector("meta[name=diptych-who]")?.content) return;
      const keep = [...document.querySelectorAll("a[data-keep]")].map((link) => new URL(link.href).pathname);
      if (location.pathname.startsWith("/places/")) keep.push(location.pathname);
      keep.push("/places/");
      registration.active?.postMessage({ keep: [...new Set(keep)] });
    });
  }

  const online = () => all("[data-offline]", (note) => { note.hidden = navigator.onLine; });
  addEventListener("online", online);
  addEventListener("offline", online);
  online();

  const locate = (failed) => {
    const form = document.getElementById("here");
    if (!form || !navigator.geolocation) return failed();
    navigator.geolocation.getCurrentPosition(({ coords }) => {
      form.latitude.value = coords.latitude;
      form.longitude.value = coords.longitude;
      form.submit();
    }, failed, { maximumAge: 600000, timeout: 8000 });
  };
  document.addEventListener("click", (event) => {
    const chip = event.target.closest("a[data-around]");
    if (chip && !chip.hasAttribute("aria-busy") && !event.ctrlKey && !event.metaKey && navigator.geolocation) {
      event.preventDefault();
      chip.setAttribute("aria-busy", "true");
      return locate(() => { location.href = chip.href; });
    }
    const button = event.target.closest("[data-locate]");
    if (button) {
      button.setAttribute("aria-busy", "true");
      return locate(() => { button.removeAttribute("aria-busy"); document.querySelector(".filters")?.setAttribute("open", ""); document.querySelector("[name=near]")?.focus(); });
    }
    // In the dialog, staying only closes it; without script it is a way back.
    if (event.target.closest("dialog [data-stay]")) event.preventDefault();
  });
  const show = (root) => all("[data-locate]", (button) => { button.hidden = !navigator.geolocation; }, root);
  show(document);
  document.addEventListener("htmx:load", (event) => show(event.detail.elt));

  // The map has no tiles: circles say how far one walks.
  const box = document.getElementById("map");
  if (box && window.L) {
    box.hidden = false;
    const at = [Number(box.dataset.latitude), Number(box.dataset.longitude)];
    const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
    const map = L.map(box, { zoomSnap: 0, attributionControl: false, zoomControl: false, keyboard: false, scrollWheelZoom: false, dragging: false, doubleClickZoom: false, touchZoom: false, boxZoom: false, zoomAnimation: !still, fadeAnimation: !still });
    const far = L.circle(at, { radius: 1600, className: "map__far", interactive: false });
    const bounds = L.latLng(at).toBounds(3500);
    map.fitBounds(bounds);
    far.addTo(map);
    L.circle(at, { radius: 800, className: "map__near", interactive: false }).addTo(map);
    const word = (where, text, name) => L.marker(where, { interactive: false, keyboard: false, icon: L.divIcon({ className: `map__word ${name}`, html: document.createTextNode(text).textContent.replace(/[<>&]/g, ""), iconSize: null }) }).addTo(map);
    L.circleMarker(at, { radius: 8, className: "map__venue", interactive: false }).addTo(map);
    word([at[0] - 0.0072, at[1]], box.dataset.near, "map__word--ring");
    word([at[0] - 0.0144, at[1]], box.dataset.far, "map__word--ring");
    if (box.dataset.here) {
      const here = box.dataset.here.split(",").map(Number);
      L.circleMarker(here, { radius: 7, className: "map__you", interactive: false }).addTo(map);
      word(here, box.dataset.you, "map__word--you");
      if (L.latLng(here).distanceTo(at) < 20000) map.fitBounds(bounds.extend(here));
    }
  }

  // What is on its way shows its shape, once it has taken 300 ms: a page that was asked for, or the results of a search.
  const LATE = 300;
  let late, place, focused;
  const arrived = () => {
    clearTimeout(late);
    place?.querySelector(":scope > .skeleton")?.remove();
    place?.classList.remove("waits");
    if (place) focused?.focus();
    place = focused = undefined;
  };
  const wait = (where, kind) => {
    arrived();
    late = setTimeout(() => {
      const shape = document.getElementById(`waits-${kind}`);
      if (!shape || !where?.isConnected) return;
      [place, focused] = [where, where.contains(document.activeElement) ? document.activeElement : undefined];
      place.append(shape.content.cloneNode(true));
      place.classList.add("waits");
    }, LATE);
  };
  const main = document.getElementById("main");
  const leaveFor = (url) => {
    if (url.origin !== location.origin || (url.pathname + url.search === location.pathname + location.search && url.hash)) return;
    const cards = document.getElementById("waits-cards")?.dataset.for.split(" ").includes(url.pathname);
    wait(main, cards ? "cards" : "lines");
  };
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[href]");
    if (!link || event.defaultPrevented || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    if (!link.target && !link.hasAttribute("download")) leaveFor(new URL(link.href));
  });
  document.addEventListener("submit", (event) => {
    if (!event.defaultPrevented && event.target.method === "get") leaveFor(new URL(event.target.action));
  });
  document.addEventListener("htmx:beforeRequest", (event) => {
    if (event.detail.target?.id === "results") wait(event.detail.target, "cards");
  });
  document.addEventListener("htmx:afterRequest", arrived);
  addEventListener("pageshow", (event) => { if (event.persisted) arrived(); });
  addEventListener("keydown", (event) => { if (event.key === "Escape") arrived(); });

  let asked;
  addEventListener("beforeinstallprompt", (event) => {
    event.preventDefault();
    asked = event;
    all("[data-install]", (button) => { button.hidden = false; });
    all("[data-install-help]", (help) => { help.hidden = true; });
  });
  all("[data-install]", (button) => button.addEventListener("click", () => asked?.prompt()));
})();
