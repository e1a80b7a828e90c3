// A ticket's QR code, read and checked with no network: is it ours, whose venue, seen before on this device?
// Text: DIPTYCH:v1;TOKEN:…;VENUE:…;OFFER:…;PLACES:…;FROM:…;UNTIL:…;SIG:… (bookings/rules/tickets.py says it all).
const FIELDS = ["TOKEN", "VENUE", "OFFER", "PLACES", "FROM", "UNTIL"];
const CODE = /^[A-HJ-NP-Z2-7]{6}$/;

export function readCode(text) {
  const clean = text.replace(/[\s-]/g, "").toUpperCase();
  return CODE.test(clean) ? clean : "";
}

export function readTicket(text) {
  const trimmed = text.trim().slice(0, 400), cut = trimmed.lastIndexOf(";SIG:");
  const [prefix, ...parts] = trimmed.slice(0, Math.max(cut, 0)).split(";");
  const values = Object.fromEntries(parts.map((part) => [part.slice(0, part.indexOf(":")), part.slice(part.indexOf(":") + 1)]));
  if (prefix !== "DIPTYCH:v1" || Object.keys(values).join() !== FIELDS.join() || !CODE.test(values.TOKEN)) return null;
  return {
    token: values.TOKEN, venue: values.VENUE, places: Number(values.PLACES), from: Number(values.FROM), until: Number(values.UNTIL),
    body: trimmed.slice(0, cut), signature: trimmed.slice(cut + 5),
  };
}

function bytes(base64url) {
  const text = atob(base64url.replace(/-/g, "+").replace(/_/g, "/"));
  return Uint8Array.from(text, (letter) => letter.charCodeAt(0));
}

export async function loadKey(address) {
  const { kty, crv, x } = await (await fetch(address)).json();
  return crypto.subtle.importKey("jwk", { kty, crv, x }, { name: "Ed25519" }, false, ["verify"]);
}

export async function isOurs(ticket, key) {
  try {
    return await crypto.subtle.verify({ name: "Ed25519" }, key, bytes(ticket.signature), new TextEncoder().encode(ticket.body));
  } catch {
    return false; // a signature that is no base64url is no signature
  }
}

// The verdict with no network: the name of one of the page's templates, and the instant that it may need.
export async function verdict(ticket, { key, venues, seen, now }) {
  if (!key) return { kind: "untold" };
  if (!(await isOurs(ticket, key))) return { kind: "forged" };
  if (!venues.includes(ticket.venue)) return { kind: "elsewhere" };
  if (seen[ticket.token]) return { kind: "seen", when: new Date(seen[ticket.token]) };
  if (ticket.from && now < ticket.from * 1000) return { kind: "early", when: new Date(ticket.from * 1000) };
  if (ticket.until && now > ticket.until * 1000) return { kind: "late", when: new Date(ticket.until * 1000) };
  return { kind: "valid" };
}
