// The page /verify/: takes a certificate from the camera, a file, a photo or pasted text, checks it in this browser
// (certificate.js) and shows what comes of it. Only public things are fetched: keys and status lists. A photo or a PDF
// that this browser cannot read goes to the server by the form, as everything does without JavaScript.
import { Refused, checkStatus, verify } from "./certificate.js";
import { inflate } from "./encodings.js";

const form = document.querySelector("[data-verify]");
const result = document.getElementById("result");
const origins = form.dataset.origins.split(" "); // the address of the house, then those it had before
const lists = new Map();
const waiting = 6000;
let issuers = null;

const able = async () => {
  try {
    await crypto.subtle.generateKey({ name: "ECDSA", namedCurve: "P-256" }, false, ["sign", "verify"]);
    return typeof DecompressionStream === "function" && typeof Object.hasOwn === "function";
  } catch { return false; }
};

const fetched = (path, accept) => fetch(path, { credentials: "omit", cache: "no-cache", headers: { Accept: accept }, signal: AbortSignal.timeout(waiting) });

const loadKeys = async () => {
  try {
    const answer = await fetched(form.dataset.keys, "application/json");
    if (answer.ok) ({ issuers } = await answer.json());
  } catch { /* no network: those that were loaded before */ }
  return issuers;
};

// The path of an address of this site, and the former one it is under; nothing for another site's.
const own = (address) => {
  const at = [...origins, location.origin].find((one) => String(address).startsWith(`${one}/`));
  return at ? { path: address.slice(at.length), former: origins.indexOf(at) > 0 ? at : "" } : null;
};

// A list of this site; another site's cannot be fetched from this page. Gives the text, and whether it was kept.
const listAt = async (uri) => {
  const found = own(uri), path = found && found.path + (found.former ? `?of=${encodeURIComponent(found.former)}` : "");
  try {
    const answer = path ? await fetched(path, "application/statuslist+jwt") : { ok: false };
    if (answer.ok) {
      const text = await answer.text();
      lists.set(uri, text);
      return { text, kept: answer.headers.get("X-Kept") === "1" };
    }
  } catch { /* no network */ }
  return { text: lists.get(uri), kept: true };
};

// --- showing ---------------------------------------------------------------------------------------------------------

const put = (piece) => { result.replaceChildren(piece); result.focus(); result.scrollIntoView({ block: "nearest" }); };
const say = (name) => put(document.getElementById(`verify-${name}`).content.cloneNode(true));
const moment = (seconds) => new Date(seconds * 1000).toLocaleString("sv-SE", { timeZone: "Asia/Shanghai" }).slice(0, 16);

const words = document.getElementById("verify-words").content;
const inWords = (value) => {
  if (value === true) return words.querySelector("[data-yes]").textContent;
  if (value === false) return words.querySelector("[data-no]").textContent;
  return typeof value === "object" && value !== null ? JSON.stringify(value) : String(value);
};
const named = (issuer) => {
  const { name } = issuers[issuer], language = document.documentElement.lang.toLowerCase();
  return (name && (name[language] || name[language.slice(0, 2)] || name["zh-hans"])) || issuer;
};

const present = (address) => (own(address) ? origins[0] + own(address).path : address);

function show(found, status, keptAt) {
  const piece = document.getElementById("verify-good").content.cloneNode(true), section = piece.querySelector("section");
  const type = [...words.querySelectorAll("dl")].find((one) => one.dataset.type === present(found.type));
  const facts = { kept: keptAt ? moment(keptAt) : "", kind: type ? type.dataset.name : found.type, issuer: named(found.issuer), issued: found.issued ? moment(found.issued) : "", expires: found.expires ? moment(found.expires) : "", audience: found.proved ? found.proved.aud : "", nonce: found.proved ? found.proved.nonce : "" };
  const holds = { ...facts, good: status === "good", unknown: status !== "good", hidden: found.hidden > 0, local: true, proved: Boolean(found.proved), unproved: Boolean(found.bound && !found.proved) };
  section.classList.add(status === "good" && !holds.unproved ? "verdict--good" : "verdict--unsure");
  section.dataset.status = status;
  for (const part of [...piece.querySelectorAll("[data-if]")]) if (!holds[part.dataset.if]) part.remove();
  for (const slot of piece.querySelectorAll("[data-slot]")) slot.textContent = facts[slot.dataset.slot] || "";
  const list = piece.querySelector("[data-lines]"), lines = document.createDocumentFragment();
  const place = ([name]) => (type ? [...type.children].findIndex((one) => one.dataset.claim === name) : 0);
  for (const [name, value] of [...found.claims].sort((one, other) => place(one) - place(other))) {
    const label = document.createElement("dt"), text = document.createElement("dd");
    const known = type && [...type.children].find((one) => one.dataset.claim === name);
    label.textContent = known ? known.textContent : name;
    text.textContent = inWords(value);
    text.className = "wrap-anywhere";
    text.dataset.claim = name;
    lines.append(label, text);
  }
  list.prepend(lines);
  put(piece);
}

async function check(text) {
  await loading;
  if (!issuers || !Object.keys(issuers).length) await loadKeys();
  if (!issuers) { say("no-keys"); return; }
  const now = Math.floor(Date.now() / 1000);
  try {
    let found;
    try { found = await verify(text, issuers, now); } catch (error) {
      if (error.reason !== "unknown_issuer" && error.reason !== "signature") throw error;
      await loadKeys(); // a unit that has issued its first since, or a new key
      found = await verify(text, issuers, now);
    }
    if (!found.status) { show(found, "none"); return; }
    const { text: token, kept } = await listAt(found.status.uri);
    if (!token) { show(found, "unknown"); return; }
    try {
      const at = await checkStatus(token, found, issuers, now);
      show(found, "good", kept ? at : 0);
    } catch (error) {
      if (error.reason !== "status_unknown") throw error;
      show(found, "unknown");
    }
  } catch (error) {
    say(error instanceof Refused ? error.reason : "malformed");
  }
}

// --- files, photos, the camera ---------------------------------------------------------------------------------------

const detector = async () => {
  if (!("BarcodeDetector" in window)) return null;
  try { return (await BarcodeDetector.getSupportedFormats()).includes("qr_code") ? new BarcodeDetector({ formats: ["qr_code"] }) : null; } catch { return null; }
};
const certificateAmong = (codes) => codes.map((one) => one.rawValue).find((text) => text.startsWith("TB1:") || text.includes("~"));

// The certificate that is enclosed in a PDF of this site: the stream that unpacks to one.
async function inPdf(raw) {
  const text = new TextDecoder("latin1").decode(raw);
  for (const start of text.matchAll(/stream\r?\n/g)) {
    const from = start.index + start[0].length, end = text.indexOf("endstream", from);
    if (end < 0 || end - from > 300_000 || text.slice(start.index - 3, start.index) === "end") continue;
    for (const cut of [end, end - 1, end - 2]) {
      try {
        const found = new TextDecoder("ascii").decode(await inflate(raw.slice(from, cut), 300_000));
        if (/^eyJ[\w-]+\.[\w-]+\.[\w-]+~/.test(found)) return found;
        break;
      } catch { /* with the line's end, or no such stream */ }
    }
  }
  return "";
}

const isPdf = (file) => file.type === "application/pdf" || /\.pdf$/i.test(file.name);
const isPhoto = (file) => file.type.startsWith("image/");

// What of a file this browser can check itself; null: the server has to read it.
async function read(file) {
  if (isPdf(file)) return (await inPdf(new Uint8Array(await file.arrayBuffer()))) || null;
  if (!isPhoto(file)) return file.size > 1_000_000 ? "" : file.text();
  const eye = await detector();
  if (!eye) return null;
  try { return certificateAmong(await eye.detect(await createImageBitmap(file))) || null; } catch { return null; }
}

async function submitted() {
  const file = form.elements.file.files[0], typed = form.elements.text.value.trim();
  if (!file && !typed) { say("empty"); return; }
  if (!file) { await check(typed); return; }
  const text = await read(file);
  if (text !== null) await check(text);
  else if (!navigator.onLine) say("offline-file");
  else form.submit();
}

async function camera(eye) {
  const view = form.querySelector("[data-camera-view]"), video = view.querySelector("video");
  let stream = null;
  const stop = () => {
    if (stream) for (const track of stream.getTracks()) track.stop();
    stream = null;
    view.hidden = true;
  };
  form.querySelector("[data-camera]").hidden = false;
  view.querySelector("[data-camera-stop]").addEventListener("click", stop);
  form.querySelector("[data-camera-start]").addEventListener("click", async () => {
    try { stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment", width: { ideal: 1920 } } }); } catch { say("no-camera"); return; }
    video.srcObject = stream;
    view.hidden = false;
    await video.play();
    while (stream) {
      const codes = await eye.detect(video).catch(() => []), text = certificateAmong(codes);
      if (text && stream) { stop(); await check(text); return; }
      await new Promise((done) => { setTimeout(done, 150); });
    }
  });
}

// Has the page and what it was made of kept, for when there is no network.
async function keep() {
  if (!("serviceWorker" in navigator)) return;
  await navigator.serviceWorker.register(form.dataset.worker);
  const { active } = await navigator.serviceWorker.ready;
  const made = performance.getEntriesByType("resource").map((one) => one.name);
  active.postMessage({ keep: [location.pathname, ...new Set(made.filter((name) => name.startsWith(location.origin)))] });
}

const loading = able().then(async (yes) => {
  if (!yes) return;
  form.querySelector("[data-with-script]").hidden = false;
  form.dataset.ready = "1";
  form.addEventListener("submit", (event) => { event.preventDefault(); submitted(); });
  for (const sample of document.querySelectorAll("[data-sample]"))
    sample.addEventListener("submit", (event) => { event.preventDefault(); check(sample.elements.text.value); });
  const eye = await detector();
  if (eye && navigator.mediaDevices && navigator.mediaDevices.getUserMedia) camera(eye);
  await loadKeys();
  form.dataset.keysLoaded = issuers ? "1" : "";
  keep().catch(() => {});
});
