// verify.mjs JWKS_FILE ISSUER AUDIENCE TOKEN: verify an access token by the JWK Set alone; print its header and claims.
import { readFileSync } from "node:fs";
import { createLocalJWKSet, jwtVerify } from "jose";

const [file, issuer, audience, token] = process.argv.slice(2);
const keys = createLocalJWKSet(JSON.parse(readFileSync(file, "utf8")));
const { payload, protectedHeader } = await jwtVerify(token, keys, {
	issuer,
	audience,
	typ: "at+jwt",
	algorithms: ["ES256"],
	requiredClaims: ["exp", "iat", "jti", "sub", "sid"],
});
console.log(JSON.stringify({ header: protectedHeader, claims: payload }));
