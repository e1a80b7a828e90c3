// The field officers' map, from our own GeoJSON and no tile, and the button that prints. Without script the list says all.
(() => {
  "use strict";
  const print = document.querySelector("[data-print]");
  if (print) { print.hidden = false; print.addEventListener("click", () => window.print()); }

  const box = document.getElementById("field-map");
  if (!box || !window.L) return;
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
  const text = (name, words, made = document.createElement(name)) => { made.textContent = words; return made; };

  const draw = (found) => {
    box.hidden = false;
    const map = L.map(box, { attributionControl: false, zoomControl: false, zoomAnimation: !still, fadeAnimation: !still, minZoom: 5, maxZoom: 17, scrollWheelZoom: false });
    L.control.zoom({ zoomInTitle: box.dataset.in, zoomOutTitle: box.dataset.out }).addTo(map);
    box.setAttribute("role", "application");
    box.setAttribute("aria-label", box.dataset.label);
    const bounds = L.latLngBounds([]);
    const pins = new Map();
    for (const { geometry, properties } of found.features) {
      const at = [geometry.coordinates[1], geometry.coordinates[0]];
      if (properties.layer === "commune") {
        L.circle(at, { radius: 300 + 4 * Math.sqrt(properties.people), className: "field-map__commune", interactive: false }).addTo(map);
        if (properties.name) {
          const word = text("span", properties.name);
          L.marker(at, { interactive: false, keyboard: false, icon: L.divIcon({ className: "field-map__word", html: word, iconSize: null }) }).addTo(map);
        }
        continue;
      }
      bounds.extend(at);
      const pin = document.createElement("span");
      pin.className = `pin pin--${properties.stage}`;
      const marker = L.marker(at, { keyboard: false, icon: L.divIcon({ className: "field-pin", html: pin, iconSize: [32, 32] }) }).addTo(map);
      marker.bindPopup(() => {
        const popup = document.createElement("div");
        const link = text("a", properties.name);
        link.href = properties.href;
        popup.append(link, text("p", `${properties.kind} · ${properties.city} · ${properties.said}`));
        return popup;
      }, { closeButton: false });
      pins.set(String(properties.id), pin);
    }
    if (bounds.isValid()) map.fitBounds(bounds.pad(0.08), { maxZoom: 13 });
    // Where the list is, the map shows.
    const show = (event, on) => pins.get(event.target.closest?.("[data-place]")?.dataset.place)?.classList.toggle("pin--here", on);
    for (const [name, on] of [["focusin", true], ["focusout", false], ["mouseover", true], ["mouseout", false]]) {
      document.querySelector(".places")?.addEventListener(name, (event) => show(event, on));
    }
  };

  fetch(box.dataset.from, { headers: { Accept: "application/geo+json" } })
    .then((answer) => (answer.ok ? answer.json() : Promise.reject(answer.status)))
    .then(draw)
    .catch(() => box.remove());
})();
