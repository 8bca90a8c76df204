// "Is this address listed?" without telling it: reads the address as a browser does, forms Safe Browsing v5's
// expressions and their SHA-256 here, and asks the server for the first two bytes of a hash alone, and only where its map
// says that something begins with them. Without WebCrypto, or where an answer does not come, the form goes to the server.
(() => {
  "use strict";
  const form = document.querySelector("[data-listed]");
  if (!form || !window.crypto || !crypto.subtle) return;
  const result = document.getElementById("listed-result");
  const encoder = new TextEncoder();
  const MOST_LABELS = 12;

  const read = (text) => {
    const plain = text.trim().replace(/[\u200b-\u200d\u2060\ufeff]/g, "").replace(/^h[tx]{2}p(s?)(?=[:[])/i, "http$1")
      .replace(/\[(:|\.|dot)\]/gi, (_all, what) => (what === ":" ? ":" : ".")).replace(/\(dot\)/gi, ".");
    for (const one of [plain, `http://${plain}`]) {
      try {
        const url = new URL(one);
        if (/^(https?|ftp|wss?):$/.test(url.protocol) && /[.:]/.test(url.hostname)) return url;
      } catch { /* the next reading */ }
    }
    return null;
  };

  // Bytes of a text, percent-escapes taken out until none is left.
  const unescaped = (text) => {
    let raw = Array.from(encoder.encode(text));
    for (;;) {
      const out = [];
      for (let at = 0; at < raw.length; at += 1) {
        const digits = raw[at] === 37 ? String.fromCharCode(raw[at + 1] || 0, raw[at + 2] || 0) : "";
        if (/^[0-9a-fA-F]{2}$/.test(digits)) { out.push(parseInt(digits, 16)); at += 2; } else out.push(raw[at]);
      }
      if (out.length === raw.length) return raw;
      raw = out;
    }
  };
  const escaped = (raw) => raw.map((byte) => (byte <= 32 || byte >= 127 || byte === 35 || byte === 37
    ? `%${byte.toString(16).toUpperCase().padStart(2, "0")}` : String.fromCharCode(byte))).join("");
  const cleaned = (raw) => {
    const text = raw.filter((byte) => byte !== 9 && byte !== 10 && byte !== 13).map((byte) => String.fromCharCode(byte)).join("");
    const parts = text.replace(/\/\/+/g, "/").split("/").slice(1), kept = [];
    parts.forEach((part, number) => {
      const last = number === parts.length - 1;
      if (part === "..") kept.pop();
      else if (part !== ".") { kept.push(part); return; }
      if (last) kept.push("");
    });
    return Array.from(`/${kept.join("/")}`, (one) => one.charCodeAt(0));
  };

  // Every host suffix of two labels or more: more than Safe Browsing asks for, so that no list of suffixes is needed.
  const hosts = (host) => {
    if (/^\[|^[0-9.]+$/.test(host)) return [host];
    const labels = host.split("."), found = [];
    for (let start = 0; start <= labels.length - 2; start += 1) found.push(labels.slice(start).join("."));
    return found.length > MOST_LABELS ? [found[0], ...found.slice(-MOST_LABELS)] : found;
  };
  const paths = (url) => {
    const path = escaped(cleaned(unescaped(url.pathname))), query = escaped(unescaped(url.search));
    const found = query ? [path + query, path] : [path], roots = ["/"];
    for (let at = path.indexOf("/", 1); at > 0 && roots.length < 4; at = path.indexOf("/", at + 1)) roots.push(path.slice(0, at + 1));
    return [...new Set([...found, ...roots])];
  };
  const expressions = (url) => {
    const host = url.hostname.replace(/\.$/, "");
    return hosts(host).flatMap((name) => paths(url).map((path) => name + path));
  };

  const hash = async (text) => Array.from(new Uint8Array(await crypto.subtle.digest("SHA-256", encoder.encode(text))),
    (byte) => byte.toString(16).padStart(2, "0")).join("");
  const ask = async (path) => {
    const answer = await fetch(form.dataset.api + path, { credentials: "omit", referrerPolicy: "no-referrer" });
    if (!answer.ok) throw new Error(String(answer.status));
    return answer.json();
  };

  const look = async (url) => {
    const hashes = await Promise.all(expressions(url).map(hash));
    const bits = Uint8Array.from(atob((await ask("")).buckets), (one) => one.charCodeAt(0));
    const wanted = [...new Set(hashes.map((one) => one.slice(0, 4)))].filter((prefix) => {
      const bucket = parseInt(prefix, 16);
      return bits[bucket >> 3] & (1 << (bucket & 7));
    });
    const found = (await Promise.all(wanted.map((prefix) => ask(`/${prefix}`)))).flatMap((answer) => answer.hashes);
    const known = new Set(hashes);
    return { asked: wanted.length, rows: found.filter((row) => known.has(row.hash)) };
  };

  const show = (kind, fill = () => {}) => {
    const piece = document.getElementById(`listed-${kind}`).content.cloneNode(true);
    fill(piece);
    result.replaceChildren(piece);
    result.focus();
  };

  form.querySelector("[data-with-script]").hidden = false;
  form.querySelector("[data-without-script]").hidden = true;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const url = read(form.elements.address.value);
    if (!url) { show("unreadable"); return; }
    try {
      const { asked, rows } = await look(url);
      const name = url.hostname.replaceAll(".", "[.]");
      show(rows.length ? "yes" : "no", (piece) => {
        for (const slot of piece.querySelectorAll("[data-slot=name]")) slot.textContent = name;
        for (const slot of piece.querySelectorAll("[data-slot=asked]")) slot.textContent = String(asked);
        const list = piece.querySelector("[data-rows]");
        for (const row of rows) {
          const item = list.querySelector("template").content.cloneNode(true), link = item.querySelector("a");
          link.href = form.dataset.decision.replace("0000-000000", row.decision);
          link.textContent = row.decision;
          item.querySelector("[data-until]").textContent = row.until;
          list.append(item);
        }
      });
    } catch {
      show("failed");
    }
  });
})();
