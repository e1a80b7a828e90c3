// The board: what a swap would lose. Each page works without it.
(() => {
  "use strict";
  // A field that is being searched sends nothing of the editor: only its results change.
  document.addEventListener("change", (event) => {
    if (event.target.type === "search") event.stopPropagation();
  }, true);
  document.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && event.target.type === "search" && event.target.closest(".editor")) event.preventDefault();
    if (!(event.ctrlKey || event.metaKey) || event.target.closest("input, textarea, select")) return;
    const wanted = event.key === "z" && !event.shiftKey ? "undo" : event.key === "y" || (event.key === "Z" && event.shiftKey) ? "redo" : null;
    const button = wanted && document.getElementById(wanted);
    if (button && button.getAttribute("aria-disabled") !== "true") { event.preventDefault(); button.click(); }
  });
  // The element that had the focus may be gone after a swap: its card, or the board's title, is next.
  let last = "";
  document.addEventListener("htmx:beforeRequest", (event) => {
    last = event.target.closest?.("[id^=carte-]")?.id ?? "";
  });
  document.addEventListener("htmx:afterSettle", () => {
    if (document.activeElement && document.activeElement !== document.body) return;
    const card = last && document.getElementById(last);
    const target = card?.querySelector("a, button:not([aria-disabled=true])") ?? document.getElementById("main");
    target?.focus({ preventScroll: true });
  });
})();
