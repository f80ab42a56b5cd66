// forge.mjs PEM_FILE JWKS_FILE TOKEN: print "NAME TOKEN" lines: tokens made with our own private key, or out of TOKEN, each
// wrong in one way, and first "good", which has nothing wrong: it must be accepted, or refusing the others shows nothing.
import { createHmac, createPublicKey, generateKeyPairSync } from "node:crypto";
import { readFileSync } from "node:fs";
import { SignJWT, decodeJwt, decodeProtectedHeader, importPKCS8 } from "jose";

const [pemFile, jwksFile, token] = process.argv.slice(2);
const pem = readFileSync(pemFile, "utf8");
const key = await importPKCS8(pem, "ES256");
const jwks = JSON.parse(readFileSync(jwksFile, "utf8"));
const header = decodeProtectedHeader(token);
const claims = decodeJwt(token);
const now = Math.floor(Date.now() / 1000);
const b64 = (text) => Buffer.from(text).toString("base64url");
const [h, p, s] = token.split(".");

async function sign(change = {}, headerChange = {}, signer = key) {
	const body = { ...claims, ...change };
	for (const name of Object.keys(body)) if (body[name] === undefined) delete body[name];
	return new SignJWT(body).setProtectedHeader({ ...header, ...headerChange }).sign(signer);
}

// HS256 with the public key, in each form that a careless library could take for the secret.
function hs256(secret) {
	const input = `${b64(JSON.stringify({ ...header, alg: "HS256" }))}.${p}`;
	return `${input}.${createHmac("sha256", secret).update(input).digest("base64url")}`;
}

function flip(text, bit) {
	const bytes = Buffer.from(text, "base64url");
	bytes[bit >> 3] ^= 1 << (bit & 7);
	return bytes.toString("base64url");
}

const spki = createPublicKey(pem).export({ type: "spki", format: "pem" });
const stranger = generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey;
const x5c = generateKeyPairSync("ec", { namedCurve: "P-256" });
const lines = {
	good: await sign(),
	"alg-none": `${b64(JSON.stringify({ ...header, alg: "none" }))}.${p}.`,
	"alg-none-signed": `${b64(JSON.stringify({ ...header, alg: "none" }))}.${p}.${s}`,
	"alg-hs256-pem": hs256(spki),
	"alg-hs256-pem-trimmed": hs256(spki.trim()),
	"alg-hs256-der": hs256(createPublicKey(pem).export({ type: "spki", format: "der" })),
	"alg-hs256-jwk": hs256(JSON.stringify(jwks.keys[0])),
	"alg-hs256-x": hs256(Buffer.from(jwks.keys[0].x, "base64url")),
	"alg-es384-name": await sign({}, {}).then((t) => `${b64(JSON.stringify({ ...header, alg: "ES384" }))}.${t.split(".").slice(1).join(".")}`),
	"typ-jwt": await sign({}, { typ: "JWT" }),
	"typ-missing": await sign({}, { typ: undefined }),
	"typ-rt": await sign({}, { typ: "rt+jwt" }),
	"kid-unknown": await sign({}, { kid: "nobody" }),
	"kid-missing": await sign({}, { kid: undefined }),
	"kid-path": await sign({}, { kid: "../../master.key" }),
	"other-key": await sign({}, {}, stranger),
	"jwk-in-header": await sign({}, { jwk: x5c.publicKey.export({ format: "jwk" }) }, x5c.privateKey),
	"crit": `${b64(JSON.stringify({ ...header, crit: ["exp"] }))}.${p}.${s}`,
	expired: await sign({ iat: now - 100, exp: now - 1 }),
	"no-exp": await sign({ exp: undefined }),
	"exp-text": await sign({ exp: String(now + 100) }),
	"exp-negative": await sign({ exp: -1 }),
	"exp-huge": await sign({ exp: 1e300 }),
	"not-yet-valid": await sign({ nbf: now + 60 }),
	"issued-later": await sign({ iat: now + 60 }),
	"no-iat": await sign({ iat: undefined }),
	"other-issuer": await sign({ iss: "https://evil.example" }),
	"no-issuer": await sign({ iss: undefined }),
	"issuer-list": await sign({ iss: [claims.iss] }),
	"other-audience": await sign({ aud: "https://evil.example" }),
	"no-audience": await sign({ aud: undefined }),
	"empty-audience": await sign({ aud: [] }),
	"other-user": await sign({ sub: "01a1fa86-9255-7bc6-84ea-aba600e6782b" }),
	"no-user": await sign({ sub: undefined }),
	"other-session": await sign({ sid: "01a1fa86-9255-7bc6-84ea-aba600e6782b" }),
	"no-session": await sign({ sid: undefined }),
	"trailing-letter": `${token}A`,
	"trailing-dot": `${token}.`,
	"trailing-part": `${token}.AAAA`,
	"padding": `${token}==`,
	"no-signature": `${h}.${p}`,
	"empty-signature": `${h}.${p}.`,
	"zero-signature": `${h}.${p}.${Buffer.alloc(64).toString("base64url")}`,
	"short-signature": `${h}.${p}.${s.slice(0, 40)}`,
	"long-signature": `${h}.${p}.${Buffer.concat([Buffer.from(s, "base64url"), Buffer.alloc(1)]).toString("base64url")}`,
	"header-twice": `${h}.${h}.${s}`,
	empty: ".",
	dots: "..",
};
for (let bit = 0; bit < 512; bit += 37) lines[`signature-bit-${bit}`] = `${h}.${p}.${flip(s, bit)}`;
for (let bit = 0; bit < Buffer.from(p, "base64url").length * 8; bit += 331) lines[`claims-bit-${bit}`] = `${h}.${flip(p, bit)}.${s}`;
for (let bit = 0; bit < Buffer.from(h, "base64url").length * 8; bit += 97) lines[`header-bit-${bit}`] = `${flip(h, bit)}.${p}.${s}`;
for (const [name, value] of Object.entries(lines)) console.log(name, value);
