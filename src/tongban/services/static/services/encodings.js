// base64url, base45, zlib and CBOR: strict where they are read. Each throws Error for what no encoder of ours writes.

export const join = (...parts) => {
  const out = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) { out.set(part, at); at += part.length; }
  return out;
};

export const b64 = (raw) => btoa(String.fromCharCode(...raw)).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");

export function unb64(text) {
  if (typeof text !== "string" || !/^[A-Za-z0-9_-]*$/.test(text) || text.length % 4 === 1) throw new Error("no base64url");
  const filled = text.replace(/-/g, "+").replace(/_/g, "/") + "=".repeat((4 - (text.length % 4)) % 4);
  const raw = atob(filled);
  if (btoa(raw) !== filled) throw new Error("bits behind the end");
  return Uint8Array.from(raw, (letter) => letter.charCodeAt(0));
}

const B45 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:";

// RFC 9285
export function unb45(text) {
  const numbers = Array.from(text, (letter) => B45.indexOf(letter));
  if (numbers.includes(-1) || numbers.length % 3 === 1) throw new Error("no base45");
  const out = [];
  for (let at = 0; at + 2 < numbers.length; at += 3) {
    const value = numbers[at] + numbers[at + 1] * 45 + numbers[at + 2] * 2025;
    if (value > 65535) throw new Error("out of range");
    out.push(value >> 8, value & 255);
  }
  if (numbers.length % 3 === 2) {
    const value = numbers.at(-2) + numbers.at(-1) * 45;
    if (value > 255) throw new Error("out of range");
    out.push(value);
  }
  return Uint8Array.from(out);
}

// Unpacks zlib; no more than `most` bytes come of it ("too large").
export async function inflate(raw, most) {
  const stream = new Blob([raw]).stream().pipeThrough(new DecompressionStream("deflate")).getReader();
  const parts = [];
  let size = 0;
  for (;;) {
    const { done, value } = await stream.read();
    if (done) return join(...parts);
    size += value.length;
    if (size > most) { await stream.cancel(); throw new Error("too large"); }
    parts.push(value);
  }
}

// --- CBOR (RFC 8949), of definite length -----------------------------------------------------------------------------

// Numbers, text, bytes (Uint8Array), arrays, maps (Map), true, false, null, floats, and tags as { tag, value }.
export function parse(raw) {
  const view = new DataView(raw.buffer, raw.byteOffset, raw.byteLength);
  let at = 0;
  const take = (count) => {
    if (at + count > raw.length) throw new Error("cut short");
    at += count;
    return at - count;
  };
  const length = (info) => {
    if (info < 24) return info;
    if (info === 24) return view.getUint8(take(1));
    if (info === 25) return view.getUint16(take(2));
    if (info === 26) return view.getUint32(take(4));
    if (info !== 27) throw new Error("of no definite length");
    const long = view.getBigUint64(take(8));
    if (long > BigInt(Number.MAX_SAFE_INTEGER)) throw new Error("too large a number");
    return Number(long);
  };
  const item = (depth) => {
    if (depth > 20) throw new Error("too deep");
    const first = view.getUint8(take(1)), major = first >> 5, info = first & 31;
    if (major === 7) return simple(info);
    const count = length(info);
    if (major === 0) return count;
    if (major === 1) return -1 - count;
    if (major === 2) { const start = take(count); return raw.slice(start, at); }
    if (major === 3) { const start = take(count); return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(raw.subarray(start, at)); }
    if (major === 6) return { tag: count, value: item(depth + 1) };
    if (count > raw.length) throw new Error("cut short");
    if (major === 4) return Array.from({ length: count }, () => item(depth + 1));
    const made = new Map();
    for (let left = count; left > 0; left -= 1) {
      const name = item(depth + 1);
      if (typeof name !== "number" && typeof name !== "string") throw new Error("no name");
      if (made.has(name)) throw new Error("a name twice");
      made.set(name, item(depth + 1));
    }
    return made;
  };
  const simple = (info) => {
    if (info === 20) return false;
    if (info === 21) return true;
    if (info === 22) return null;
    if (info === 26) return view.getFloat32(take(4));
    if (info === 27) return view.getFloat64(take(8));
    throw new Error("no such value");
  };
  const found = item(0);
  if (at !== raw.length) throw new Error("something behind the end");
  return found;
}

const head = (major, count) => {
  if (count < 24) return Uint8Array.of((major << 5) | count);
  if (count < 256) return Uint8Array.of((major << 5) | 24, count);
  if (count < 65536) return Uint8Array.of((major << 5) | 25, count >> 8, count & 255);
  return Uint8Array.of((major << 5) | 26, count >>> 24, (count >> 16) & 255, (count >> 8) & 255, count & 255);
};
export const byteString = (raw) => join(head(2, raw.length), raw);
export const textString = (text) => { const raw = new TextEncoder().encode(text); return join(head(3, raw.length), raw); };
