// The counter: the sixth character asks, the camera reads, and with no network the signature is checked here.
// Without this script the page is a form that works. Kept on the device: codes only, never a name.
import { isOurs, loadKey, readCode, readTicket, verdict } from "./ticket.js";

const root = document.querySelector("[data-counter]");
const form = document.getElementById("ask"), input = form.elements.code, scan = document.getElementById("scan");
const video = scan.querySelector("video"), saysScan = scan.querySelector("[role=status]"), opener = root.querySelector("[data-scan]");
const says = root.querySelector("[data-says]"), later = document.getElementById("later");
const venues = root.dataset.venues.trim().split(/\s+/);
const none = document.getElementById("answer").innerHTML;
const empty = root.querySelector(".answer--none") ? none : "";
const whenSaid = new Intl.DateTimeFormat(document.documentElement.lang, { dateStyle: "medium", timeStyle: "short" });
let key = null, stopCamera = null, lastTicket = null, asked = "";

const store = (name, value) => {
  try {
    if (value !== undefined) localStorage.setItem(`diptych.counter.${name}`, JSON.stringify(value));
    return JSON.parse(localStorage.getItem(`diptych.counter.${name}`) ?? "null");
  } catch { return value ?? null; } // a private window may refuse to keep anything
};
const seen = () => store("seen") ?? {};
const kept = () => store("later") ?? [];

function remember(token) {
  const limit = Date.now() - 7 * 86400e3;
  const entries = Object.entries(seen()).filter(([, at]) => at > limit).slice(-999);
  store("seen", Object.fromEntries([...entries, [token, Date.now()]]));
}

function fill(place, values) {
  for (const slot of place.querySelectorAll("[data-slot]")) {
    const value = values[slot.dataset.slot];
    slot.textContent = typeof value === "boolean" ? (value ? slot.dataset.yes : slot.dataset.no) : (value ?? "");
  }
}

function show(kind, values = {}) {
  const answer = document.getElementById("answer");
  answer.replaceChildren(document.getElementById(`verdict-${kind}`).content.cloneNode(true));
  answer.removeAttribute("data-token");
  fill(answer, { ...values, when: values.when ? whenSaid.format(values.when) : "" });
  answer.querySelector("h2").focus();
}

function clear() {
  const answer = document.getElementById("answer");
  answer.innerHTML = empty;
  setCode("");
  input.focus();
}

function setCode(token) {
  input.value = token;
  asked = token;
  input.dispatchEvent(new Event("input", { bubbles: true }));
}

function ask(token) {
  setCode(token);
  if (navigator.onLine) form.requestSubmit();
  else offline();
}

// With no network: a scanned ticket is judged by its signature, a typed code cannot be.
async function offline() {
  const ticket = lastTicket?.token === readCode(input.value) ? lastTicket : null;
  if (!ticket) return show("untold", { token: readCode(input.value) });
  const found = await verdict(ticket, { key, venues, seen: seen(), now: Date.now() });
  show(found.kind, { ...ticket, ...found });
}

async function handle(text) {
  const ticket = readTicket(text), code = ticket ? ticket.token : readCode(text);
  lastTicket = ticket;
  if (!code) return show("malformed");
  if (ticket && key && !(await isOurs(ticket, key))) return show("forged");
  ask(code);
}

// The list of codes to validate later: seen by the person, sent by the person.
function drawLater() {
  const list = later.querySelector("ul"), lines = kept();
  later.hidden = lines.length === 0;
  list.replaceChildren(...lines.map((line) => {
    const item = document.getElementById("later-line").content.cloneNode(true);
    fill(item, { token: line.token, when: whenSaid.format(line.at), proved: line.proved });
    item.querySelector("[data-check]").addEventListener("click", () => { lastTicket = null; ask(line.token); });
    item.querySelector("[data-drop]").addEventListener("click", () => drop(line.token));
    return item;
  }));
}

function keep() {
  const token = lastTicket?.token ?? readCode(input.value);
  if (!token) return;
  const proved = lastTicket?.token === token;
  if (!kept().some((line) => line.token === token)) store("later", [...kept(), { token, at: Date.now(), proved }]);
  if (proved) remember(token);
  drawLater();
  clear();
}

function drop(token) {
  store("later", kept().filter((line) => line.token !== token));
  drawLater();
}

// The camera.
async function decoder() {
  if ("BarcodeDetector" in window && (await BarcodeDetector.getSupportedFormats()).includes("qr_code")) {
    const detector = new BarcodeDetector({ formats: ["qr_code"] });
    return async (canvas) => (await detector.detect(canvas))[0]?.rawValue;
  }
  if (!window.jsQR) {
    await new Promise((done, failed) => {
      const script = Object.assign(document.createElement("script"), { src: root.dataset.decoder, onload: done, onerror: failed });
      document.head.append(script);
    });
  }
  return async (canvas, context) => {
    const { data, width, height } = context.getImageData(0, 0, canvas.width, canvas.height);
    return window.jsQR(data, width, height, { inversionAttempts: "attemptBoth" })?.data;
  };
}

function trouble(error) {
  const kind = { NotAllowedError: "refused", NotFoundError: "none", OverconstrainedError: "none", NotReadableError: "busy" }[error.name];
  return scan.dataset[kind ?? "failed"];
}

async function openCamera() {
  scan.hidden = false;
  opener.setAttribute("aria-expanded", "true");
  scan.classList.remove("scan--failed");
  if (!navigator.mediaDevices) return refuseCamera(scan.dataset.insecure);
  saysScan.textContent = scan.dataset.wait;
  try {
    const stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment", width: { ideal: 1280 } } });
    let running = true;
    stopCamera = () => { running = false; stream.getTracks().forEach((track) => track.stop()); video.srcObject = null; stopCamera = null; };
    video.srcObject = stream;
    await video.play();
    saysScan.textContent = scan.dataset.look;
    const decode = await decoder(), canvas = document.createElement("canvas");
    const context = canvas.getContext("2d", { willReadFrequently: true });
    while (running) {
      const scale = Math.min(1, 800 / video.videoWidth);
      [canvas.width, canvas.height] = [video.videoWidth * scale, video.videoHeight * scale];
      context.drawImage(video, 0, 0, canvas.width, canvas.height);
      const text = await decode(canvas, context);
      if (text && running) { closeCamera(); navigator.vibrate?.(80); return handle(text); }
      await new Promise((next) => setTimeout(next, 120));
    }
  } catch (error) {
    stopCamera?.();
    refuseCamera(trouble(error));
  }
}

function refuseCamera(text) {
  scan.classList.add("scan--failed");
  saysScan.textContent = text;
}

function closeCamera() {
  stopCamera?.();
  scan.hidden = true;
  opener.setAttribute("aria-expanded", "false");
}

input.addEventListener("input", () => {
  const code = readCode(input.value);
  if (code.length === 6 && code !== asked) { lastTicket = null; ask(code); }
  if (!code) asked = "";
});
input.addEventListener("paste", (event) => {
  const text = event.clipboardData.getData("text");
  if (!text.includes("TOKEN:")) return;
  event.preventDefault();
  handle(text);
});
form.addEventListener("submit", () => { asked = readCode(input.value); });
if (opener) { // not there for those to whom the camera is not open yet
  opener.hidden = false;
  opener.addEventListener("click", () => (scan.hidden ? openCamera() : closeCamera()));
  scan.querySelector("[data-scan-stop]").addEventListener("click", () => { closeCamera(); opener.focus(); });
}
document.addEventListener("visibilitychange", () => { if (document.hidden) closeCamera(); });
root.addEventListener("click", (event) => {
  if (event.target.closest("[data-keep]")) keep();
  const clearer = event.target.closest("[data-clear]");
  if (clearer && empty) { event.preventDefault(); clear(); }
});
document.addEventListener("htmx:sendError", offline);
document.addEventListener("htmx:afterSwap", () => {
  const answer = document.getElementById("answer");
  if (answer.dataset.state && answer.dataset.state !== "CONFIRMED") drop(answer.dataset.token);
  if (answer.dataset.state === "USED") remember(answer.dataset.token);
});
addEventListener("offline", () => { says.textContent = says.dataset.offline; });
addEventListener("online", () => { says.textContent = says.dataset.online; drawLater(); });

drawLater();
loadKey(root.dataset.key).then((found) => { key = found; }).catch(() => { key = null; });
navigator.serviceWorker?.register(root.dataset.worker).catch(() => {}); // the page works without it, on line
if (!("offline" in root.dataset)) input.focus({ preventScroll: true });
