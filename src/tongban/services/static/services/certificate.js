// Verifies certificates with WebCrypto: SD-JWT VC (dc+sd-jwt), CWT from a QR code (TB1:), token status lists. ES256 and
// SHA-256 alone; what is not understood is refused. The rules and the reasons are those of tongban/credentials; tests
// hold the two against each other. It fetches nothing and shows nothing: verify-page.js does.
import { b64, join, parse as cbor, byteString, textString, unb45, unb64, inflate } from "./encodings.js";

export class Refused extends Error {
  constructor(reason) { super(reason); this.reason = reason; }
}
const refuse = (reason) => { throw new Refused(reason); };

const LONGEST = 256_000, PAPER_LONGEST = 64_000, LIST_LONGEST = 1 << 23, DEEPEST = 16, LEEWAY = 60, PROOF_SECONDS = 300;
const PREFIX = "TB1:";
const NEVER_HIDDEN = new Set(["iss", "nbf", "exp", "cnf", "vct", "vct#integrity", "status"]);
const OWN = new Set(["_sd", "_sd_alg", "iss", "iat", "nbf", "exp", "vct", "cnf", "status"]);
const encoder = new TextEncoder();
const isObject = (value) => value !== null && typeof value === "object" && !Array.isArray(value) && !(value instanceof Map);
const isNumber = (value) => typeof value === "number" && Number.isFinite(value);

const json = (raw) => JSON.parse(new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(raw));
const reading = (reason, read) => { try { return read(); } catch { return refuse(reason); } };
const sha256 = async (text) => b64(new Uint8Array(await crypto.subtle.digest("SHA-256", encoder.encode(text))));

// --- keys and signatures ---------------------------------------------------------------------------------------------

const importKey = ({ kty, crv, x, y }) => crypto.subtle.importKey("jwk", { kty, crv, x, y }, { name: "ECDSA", namedCurve: "P-256" }, false, ["verify"]);

async function checkSignature(message, signature, keys, kid) {
  if (signature.length !== 64) refuse("signature");
  for (const key of keys) {
    if (key.kid && kid && key.kid !== kid) continue;
    if (await crypto.subtle.verify({ name: "ECDSA", hash: "SHA-256" }, await importKey(key), signature, message)) return;
  }
  refuse("signature");
}

const keysOf = (issuers, issuer) => {
  const found = typeof issuer === "string" && Object.hasOwn(issuers, issuer) ? issuers[issuer].keys : [];
  return found.length ? found : refuse("unknown_issuer");
};

function readSigned(text, types) {
  const parts = text.split(".");
  if (parts.length !== 3) refuse("malformed");
  const [header, payload, signature] = reading("malformed", () => [json(unb64(parts[0])), json(unb64(parts[1])), unb64(parts[2])]);
  if (!isObject(header) || !isObject(payload)) refuse("malformed");
  if (header.alg !== "ES256" || "crit" in header) refuse("algorithm");
  if (!types.includes(header.typ)) refuse("type");
  return { header, payload, signature, message: encoder.encode(`${parts[0]}.${parts[1]}`) };
}

// --- SD-JWT VC (RFC 9901, draft-ietf-oauth-sd-jwt-vc) -----------------------------------------------------------------

async function verifyFile(text, issuers, now) {
  if (text.length > LONGEST) refuse("too_large");
  if (!/^[\x00-\x7f]*$/.test(text) || !text.includes("~")) refuse("malformed");
  const [signed, ...texts] = text.split("~");
  const proof = texts.pop();
  if (texts.some((one) => !one)) refuse("malformed");
  const document = readSigned(signed, ["dc+sd-jwt", "vc+sd-jwt"]), payload = document.payload;
  await checkSignature(document.message, document.signature, keysOf(issuers, payload.iss), document.header.kid);
  if ((payload._sd_alg ?? "sha-256") !== "sha-256") refuse("algorithm");
  const opening = new Opening(await disclosures(texts));
  const claims = opening.opened(payload, 0);
  if (opening.used.size < opening.disclosed.size) refuse("disclosure");
  if (typeof payload.vct !== "string") refuse("type");
  const { issued, expires } = times({ iat: payload.iat, nbf: payload.nbf, exp: payload.exp }, now);
  const bound = payload.cnf ?? null;
  if (bound !== null && (!isObject(bound) || !isObject(bound.jwk))) refuse("malformed");
  const proved = proof ? await checkProof(proof, text.slice(0, text.length - proof.length), payload.cnf, now) : null;
  const shown = Object.entries(claims).filter(([name]) => !OWN.has(name));
  return { claims: shown, type: payload.vct, issuer: payload.iss, issued, expires, status: reference(payload.status), hidden: opening.hidden, bound: bound !== null, proved };
}

async function disclosures(texts) {
  const found = new Map();
  for (const text of texts) {
    const value = reading("disclosure", () => json(unb64(text)));
    if (!Array.isArray(value) || value.length < 2 || value.length > 3 || typeof value[0] !== "string") refuse("disclosure");
    const name = value.length === 3 ? value[1] : null;
    if (value.length === 3 && (typeof name !== "string" || name === "_sd" || name === "...")) refuse("disclosure");
    const digest = await sha256(text);
    if (found.has(digest)) refuse("disclosure");
    found.set(digest, { name, value: value[value.length - 1] });
  }
  return found;
}

class Opening {
  constructor(disclosed) { this.disclosed = disclosed; this.seen = new Set(); this.used = new Set(); this.hidden = 0; }

  opened(value, depth) {
    if (depth > DEEPEST) refuse("malformed");
    if (Array.isArray(value)) return this.list(value, depth);
    return isObject(value) ? this.object(value, depth) : value;
  }

  object(value, depth) {
    const made = Object.create(null);
    for (const [name, inner] of Object.entries(value)) if (name !== "_sd") made[name] = this.opened(inner, depth + 1);
    const digests = Object.hasOwn(value, "_sd") ? value._sd : [];
    if (!Array.isArray(digests) || Object.hasOwn(value, "...")) refuse("malformed");
    for (const digest of digests) {
      const one = this.take(digest);
      if (!one) continue;
      if (one.name === null || one.name in made || (depth === 0 && NEVER_HIDDEN.has(one.name))) refuse("disclosure");
      made[one.name] = this.opened(one.value, depth + 1);
    }
    return made;
  }

  list(value, depth) {
    const made = [];
    for (const inner of value) {
      if (!isObject(inner) || !Object.hasOwn(inner, "...")) { made.push(this.opened(inner, depth + 1)); continue; }
      if (Object.keys(inner).length !== 1) refuse("malformed");
      const one = this.take(inner["..."]);
      if (!one) continue;
      if (one.name !== null) refuse("disclosure");
      made.push(this.opened(one.value, depth + 1));
    }
    return made;
  }

  take(digest) {
    if (typeof digest !== "string" || this.seen.has(digest)) refuse("malformed");
    this.seen.add(digest);
    const one = this.disclosed.get(digest);
    if (one) this.used.add(digest); else this.hidden += 1;
    return one;
  }
}

async function checkProof(proof, shown, bound, now) {
  if (!isObject(bound) || !isObject(bound.jwk)) refuse("holder");
  let document;
  try {
    document = readSigned(proof, ["kb+jwt"]);
    await checkSignature(document.message, document.signature, [{ ...bound.jwk, kid: "" }], "");
  } catch { refuse("holder"); }
  const { sd_hash, aud, nonce, iat } = document.payload;
  if (sd_hash !== await sha256(shown) || typeof aud !== "string" || typeof nonce !== "string") refuse("holder");
  if (!isNumber(iat) || iat < now - PROOF_SECONDS || iat > now + LEEWAY) refuse("holder");
  return { aud, nonce };
}

// --- what both forms have --------------------------------------------------------------------------------------------

function times(said, now) {
  for (const value of Object.values(said)) if (value !== undefined && value !== null && !isNumber(value)) refuse("malformed");
  if (Math.max(said.nbf ?? 0, said.iat ?? 0) > now + LEEWAY) refuse("not_yet_valid");
  if (isNumber(said.exp) && said.exp <= now - LEEWAY) refuse("expired");
  return { issued: said.iat ?? null, expires: said.exp ?? null };
}

function reference(status) {
  if (status === undefined || status === null) return null;
  const { uri, idx } = (isObject(status) && isObject(status.status_list) && status.status_list) || {};
  if (typeof uri !== "string" || !Number.isSafeInteger(idx) || idx < 0) refuse("malformed");
  return { uri, index: idx };
}

// --- CWT from a QR code (RFC 8392, 9052) -----------------------------------------------------------------------------

async function verifyPaper(text, issuers, now) {
  if (text.length > PAPER_LONGEST) refuse("too_large");
  const packed = reading("malformed", () => unb45(text.slice(PREFIX.length)));
  let raw;
  try { raw = await inflate(packed, PAPER_LONGEST); } catch (error) { refuse(error.message === "too large" ? "too_large" : "malformed"); }
  const { header, content, message, signature } = reading("malformed", () => readCose(raw));
  if (header.get(1) !== -7 || header.has(2)) refuse("algorithm");
  const issuer = content.get(1), kid = header.get(4);
  await checkSignature(message, signature, keysOf(issuers, issuer), kid instanceof Uint8Array ? new TextDecoder().decode(kid) : "");
  const type = content.get("vct");
  if (typeof type !== "string") refuse("type");
  const { issued, expires } = times({ iat: content.get(6), nbf: content.get(5), exp: content.get(4) }, now);
  const status = content.has(65535) ? reference(plain(content.get(65535))) : null;
  const claims = content.get("claims");
  if (!(claims instanceof Map)) refuse("malformed");
  return { claims: [...claims].map(([name, value]) => [String(name), plain(value)]), type, issuer, issued, expires, status, hidden: 0 };
}

function readCose(raw) {
  const signed = cbor(raw), parts = signed && signed.tag === 18 ? signed.value : null;
  if (!Array.isArray(parts) || parts.length !== 4 || !(parts[1] instanceof Map) || parts[1].has(1)) throw new Error("no message");
  const [protectedPart, , payload, signature] = parts;
  if (![protectedPart, payload, signature].every((part) => part instanceof Uint8Array)) throw new Error("no message");
  const header = cbor(protectedPart), content = cbor(payload);
  if (!(header instanceof Map) || !(content instanceof Map)) throw new Error("no message");
  const message = join(Uint8Array.of(0x84), textString("Signature1"), byteString(protectedPart), byteString(new Uint8Array()), byteString(payload));
  return { header, content, message, signature };
}

// Maps as objects without a prototype, for what is JSON in the other form.
function plain(value) {
  if (value instanceof Map) {
    const made = Object.create(null);
    for (const [name, inner] of value) made[String(name)] = plain(inner);
    return made;
  }
  return Array.isArray(value) ? value.map(plain) : value;
}

// --- the two together, and the list ----------------------------------------------------------------------------------

// `issuers`: issuer → { keys: [JWK] }. Gives what was shown, or throws Refused. The status is not looked at here.
export async function verify(text, issuers, now) {
  text = text.trim();
  return text.startsWith(PREFIX) ? verifyPaper(text.replace(/[\r\n\t]/g, ""), issuers, now) : verifyFile(text.replace(/\s+/g, ""), issuers, now);
}

// Whether the entry of a fetched list calls a certificate valid; gives the list's time. Throws Refused: revoked,
// suspended, status_unknown.
export async function checkStatus(token, found, issuers, now) {
  let entries, bits, payload;
  try {
    const document = readSigned(token, ["statuslist+jwt"]);
    payload = document.payload;
    await checkSignature(document.message, document.signature, keysOf(issuers, payload.iss ?? found.issuer), document.header.kid);
    ({ bits } = payload.status_list);
    entries = await inflate(unb64(payload.status_list.lst), LIST_LONGEST);
  } catch { refuse("status_unknown"); }
  if ((payload.iss ?? found.issuer) !== found.issuer || payload.sub !== found.status.uri || ![1, 2, 4, 8].includes(bits)) refuse("status_unknown");
  if (payload.exp !== undefined && (!isNumber(payload.exp) || payload.exp <= now - LEEWAY)) refuse("status_unknown");
  if (!isNumber(payload.iat) || payload.iat > now + LEEWAY) refuse("status_unknown");
  const place = found.status.index * bits, byte = entries[Math.floor(place / 8)];
  if (byte === undefined) refuse("status_unknown");
  const status = (byte >> (place % 8)) & ((1 << bits) - 1);
  if (status === 2) refuse("suspended");
  if (status === 3) refuse("replaced");
  if (status !== 0) refuse("revoked");
  return payload.iat;
}
