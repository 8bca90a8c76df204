// Checks a receipt (c2sp.org/tlog-proof) in the browser with WebCrypto: signature, inclusion proof, commitment.
// Nothing of it is sent; a PDF, a photo or an address goes to the server, as all does without JavaScript. Where the browser has no Ed25519, the form goes to the server as it does without JavaScript.
(() => {
  "use strict";
  const form = document.querySelector("[data-check-receipt]");
  if (!form || !window.crypto || !crypto.subtle) return;
  const result = document.getElementById("result");
  const encoder = new TextEncoder();
  class Wrong extends Error {
    constructor(kind) { super(kind); this.kind = kind; }
  }
  const wrong = (kind) => { throw new Wrong(kind); };

  const bytes = (text) => {
    if (!/^[A-Za-z0-9+/]*={0,2}$/.test(text) || text.length % 4) wrong("malformed");
    const raw = atob(text);
    if (btoa(raw) !== text) wrong("malformed");
    return Uint8Array.from(raw, (c) => c.charCodeAt(0));
  };
  const hex = (raw) => Array.from(raw, (b) => b.toString(16).padStart(2, "0")).join("");
  const unhex = (text) => /^([0-9a-f]{2})*$/.test(text) ? Uint8Array.from(text.match(/../g) || [], (p) => parseInt(p, 16)) : wrong("malformed");
  const join = (...parts) => {
    const out = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
    let at = 0;
    for (const part of parts) { out.set(part, at); at += part.length; }
    return out;
  };
  const sha256 = async (raw) => new Uint8Array(await crypto.subtle.digest("SHA-256", raw));
  const hash32 = (text) => { const raw = bytes(text); return raw.length === 32 ? raw : wrong("malformed"); };
  const decimal = (text) => /^(0|[1-9][0-9]{0,18})$/.test(text) ? BigInt(text) : wrong("malformed");
  const same = (a, b) => a.length === b.length && a.every((value, i) => value === b[i]);

  const parse = (text) => {
    const cut = text.indexOf("\n\n");
    const lines = cut < 0 ? [] : text.slice(0, cut).split("\n");
    if (lines.shift() !== "c2sp.org/tlog-proof@v1") wrong("malformed");
    let extra = null;
    if (lines[0] && lines[0].startsWith("extra ")) extra = new TextDecoder("utf-8", { fatal: true }).decode(bytes(lines.shift().slice(6)));
    const first = lines.shift() || "";
    if (!first.startsWith("index ") || extra === null) wrong("malformed");
    const note = text.slice(cut + 2), last = note.lastIndexOf("\n\n");
    if (last < 0 || !note.endsWith("\n")) wrong("malformed");
    const body = note.slice(0, last + 1), head = body.slice(0, -1).split("\n");
    if (head.length < 3 || head.some((line) => !line)) wrong("malformed");
    const signatures = note.slice(last + 2, -1).split("\n").map((line) => {
      const parts = line.split(" ");
      if (parts.length !== 3 || parts[0] !== "—") wrong("malformed");
      const raw = bytes(parts[2]);
      return { name: parts[1], id: hex(raw.slice(0, 4)), value: raw.slice(4) };
    });
    return { extra, index: decimal(first.slice(6)), proof: lines.map(hash32), body, origin: head[0], size: decimal(head[1]), root: hash32(head[2]), signatures };
  };

  const signed = async (found, vkeys) => {
    let good = false;
    for (const vkey of vkeys) {
      const [name, id, encoded] = [vkey.slice(0, vkey.indexOf("+")), ...vkey.slice(vkey.indexOf("+") + 1).split(/\+(.*)/s)];
      const key = bytes(encoded);
      if (key[0] !== 1) continue;
      for (const signature of found.signatures) {
        if (signature.name !== name || signature.id !== id) continue;
        const trusted = await crypto.subtle.importKey("raw", key.slice(1), { name: "Ed25519" }, false, ["verify"]);
        if (!await crypto.subtle.verify({ name: "Ed25519" }, trusted, signature.value, encoder.encode(found.body))) wrong("signature");
        good = true;
      }
    }
    if (!good) wrong("signature");
  };

  // RFC 9162, 2.1.3.2
  const rootOf = async (leaf, index, size, proof) => {
    if (index >= size) wrong("proof");
    let node = index, last = size - 1n, hash = leaf;
    for (const sibling of proof) {
      if (last === 0n) wrong("proof");
      if ((node & 1n) || node === last) {
        hash = await sha256(join(Uint8Array.of(1), sibling, hash));
        while (!(node & 1n) && node) { node >>= 1n; last >>= 1n; }
      } else hash = await sha256(join(Uint8Array.of(1), hash, sibling));
      node >>= 1n; last >>= 1n;
    }
    if (last !== 0n) wrong("proof");
    return hash;
  };

  const canonical = (value) => {
    if (value === null || typeof value !== "object") return JSON.stringify(value);
    if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
    return `{${Object.keys(value).sort().map((key) => `${JSON.stringify(key)}:${canonical(value[key])}`).join(",")}}`;
  };

  const check = async (text, vkeys) => {
    const found = parse(text);
    let extra, entry;
    try { extra = JSON.parse(found.extra); entry = JSON.parse(extra.entry); } catch { wrong("malformed"); }
    await signed(found, vkeys);
    const leaf = await sha256(join(Uint8Array.of(0), encoder.encode(extra.entry)));
    if (!same(await rootOf(leaf, found.index, found.size, found.proof), found.root)) wrong("proof");
    const act = extra.act || null, said = act && extra.words ? extra.words : null;
    if (act) await opens(extra.salt, act, entry.commit);
    if (said) await opens(said.salt, said.said, act.words);
    const told = act ? { ...act, words: said ? said.said : null } : null;
    const place = told && entry.act !== "step" ? { kind: entry.kind, unit: act.unit, month: String(act.at).slice(0, 7) } : null;
    return {
      origin: found.origin, index: String(found.index), size: String(found.size), at: entry.at || "",
      private: told ? JSON.stringify(told, null, 2) : "", words: told || {}, ...(place ? await counted(place, await mark(extra.salt)) : {}),
    };
  };

  const opens = async (salt, value, commit) => {
    const sealed = hex(await sha256(join(unhex(String(salt)), encoder.encode(canonical(value)))));
    if (sealed !== commit) wrong("proof");
  };

  // The act's mark in the statement of its month: HMAC-SHA-256(salt, "tongban item"), the first 16 bytes.
  const mark = async (salt) => {
    const key = await crypto.subtle.importKey("raw", unhex(String(salt)), { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
    return hex(new Uint8Array(await crypto.subtle.sign("HMAC", key, encoder.encode("tongban item")))).slice(0, 32);
  };

  // Asks for the unit's whole month, so that the site does not learn which item is looked for.
  const counted = async (place, wanted) => {
    try {
      const path = ["kind", "unit", "month"].reduce((at, name) => at.replace(name.toUpperCase(), encodeURIComponent(place[name])), form.dataset.statements);
      const answer = await fetch(path, { credentials: "omit" });
      if (!answer.ok) return { mark: wanted };
      for (const one of (await answer.json()).statements)
        for (const rows of Object.values(one.items))
          if (rows.some((row) => row[row.length - 1] === wanted)) return { mark: wanted, listed: String(one.index) };
      return { mark: wanted, unlisted: "1" };
    } catch { return { mark: wanted }; }
  };

  const show = (kind, slots = {}) => {
    const piece = document.getElementById(`check-${kind}`).content.cloneNode(true);
    for (const slot of piece.querySelectorAll("[data-slot]")) slot.textContent = slots[slot.dataset.slot] || "";
    for (const link of piece.querySelectorAll("[data-slot-link]")) link.href = form.dataset.entry.replace("0", slots[link.dataset.slotLink] || "0");
    for (const part of piece.querySelectorAll("[data-slot-if]")) if (!slots[part.dataset.slotIf]) part.remove();
    for (const row of piece.querySelectorAll("[data-path]")) {
      const value = row.dataset.path.split(".").reduce((at, part) => (at && typeof at === "object" ? at[part] : undefined), slots.words);
      if ((typeof value === "string" && value) || typeof value === "number") row.textContent = value;
      else { piece.querySelector(`[data-for="${row.dataset.path}"]`).remove(); row.remove(); }
    }
    result.replaceChildren(piece);
    result.dataset.kind = kind;
    result.focus();
  };

  const able = async () => {
    try { await crypto.subtle.importKey("raw", new Uint8Array(32), { name: "Ed25519" }, false, ["verify"]); return true; }
    catch (error) { return error.name !== "NotSupportedError"; }
  };

  able().then((yes) => {
    if (!yes) return;
    form.querySelector("[data-with-script]").hidden = false;
    form.addEventListener("submit", async (event) => {
      const file = form.elements.file.files[0];
      const typed = form.elements.receipt.value.replace(/\r\n/g, "\n").trim();
      // PDFs, photos and addresses are the server's to read
      if (file ? /\.pdf$/i.test(file.name) || /^(image\/|application\/pdf)/.test(file.type) : /^(https?:\/\/\S+|\/ledger\/\S+)$/.test(typed)) return;
      event.preventDefault();
      if (!file && !typed) { show("empty"); return; }
      try {
        show("good", await check(file ? await file.text() : `${typed}\n`, form.dataset.vkeys.trim().split(/\s+/).filter(Boolean)));
      } catch (error) {
        show(error instanceof Wrong ? error.kind : "malformed");
      }
    });
  });
})();
