// Behaviour of the components. Each page works without it; it only makes things quicker. No library.
(() => {
  "use strict";
  const each = (root, selector, act) => {
    if (root.matches?.(selector)) act(root);
    root.querySelectorAll(selector).forEach(act);
  };

  const drawCode = (field) => {
    const input = field.querySelector("input");
    const boxes = [...field.querySelectorAll(".code__boxes span")];
    const draw = () => {
      const clean = input.value.toUpperCase().replace(/[^A-Z0-9]/g, "").slice(0, boxes.length);
      if (input.value !== clean) input.value = clean;
      boxes.forEach((box, i) => {
        box.textContent = clean[i] ?? "";
        box.classList.toggle("full", i < clean.length);
        box.classList.toggle("here", i === Math.min(clean.length, boxes.length - 1));
      });
    };
    // A pasted code may carry spaces: let it in, then clean it.
    input.removeAttribute("maxlength");
    input.addEventListener("input", draw);
    field.classList.add("code--drawn");
    draw();
  };

  const start = (root) => {
    each(root, "[data-code]:not(.code--drawn)", drawCode);
    each(root, "[data-show-password], [data-dismiss], .shelf__moves", (e) => { e.hidden = false; });
    each(root, "[data-focus]", (e) => e.focus());
  };

  document.addEventListener("click", (event) => {
    const at = (selector) => event.target.closest(selector);
    const stopped = at("[aria-disabled=true]");
    if (stopped) return event.preventDefault();
    const opener = at("[data-opens]");
    if (opener && !event.ctrlKey && !event.metaKey) {
      const dialog = document.getElementById(opener.dataset.opens);
      if (dialog?.showModal) { event.preventDefault(); dialog.showModal(); }
      return;
    }
    if (at("[data-closes]")) at("dialog")?.close();
    if (event.target.matches("dialog[open]") && event.target === event.target.closest("dialog")) {
      const box = event.target.getBoundingClientRect();
      if (event.clientX < box.left || event.clientX > box.right || event.clientY < box.top || event.clientY > box.bottom) event.target.close();
    }
    at("[data-dismiss]")?.closest(".toast").remove();
    const show = at("[data-show-password]");
    if (show) {
      const input = document.getElementById(show.getAttribute("aria-controls"));
      const shown = input.type === "password";
      input.type = shown ? "text" : "password";
      show.setAttribute("aria-pressed", String(shown));
    }
    const mover = at("[data-shelf]");
    if (mover) {
      const row = mover.closest(".shelf").querySelector(".shelf__row");
      row.scrollBy({ left: Number(mover.dataset.shelf) * row.clientWidth * 0.8 });
    }
  });

  // A form is sent once: its button says that it is on its way.
  document.addEventListener("submit", (event) => {
    const button = event.submitter;
    if (event.defaultPrevented || !button?.matches(".button") || event.target.method === "get" || event.target.method === "dialog") return;
    setTimeout(() => { button.setAttribute("aria-busy", "true"); button.setAttribute("aria-disabled", "true"); });
  });
  // The page may come back from the browser's memory with its button still busy.
  addEventListener("pageshow", (event) => {
    if (event.persisted) each(document, "[type=submit][aria-busy=true]", (b) => { b.removeAttribute("aria-busy"); b.removeAttribute("aria-disabled"); });
  });

  document.addEventListener("htmx:load", (event) => start(event.detail.elt));
  start(document);
})();
