// Better Auth on SQLite: node better-auth.mjs DIR PORT PEOPLE. BENCH_CACHE=1: with its cookie cache.
// In DIR then are the files cookie, login and verify, as tests/bench/load takes them.
import { randomBytes } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { apiKey } from "@better-auth/api-key";
import { Algorithm, hash, verify } from "@node-rs/argon2";
import { betterAuth } from "better-auth";
import { getMigrations } from "better-auth/db/migration";
import { toNodeHandler } from "better-auth/node";
import { db, dir, origin, people, serve, writeLines } from "./common.mjs";

const password = "correct horse battery staple";
const fresh = !existsSync(`${dir}/cookie`);
if (fresh)
	writeFileSync(`${dir}/secret`, randomBytes(32).toString("hex"));
// The cost that Yett has by default: 19 MiB, twice, in a thread of libuv's.
const cost = { algorithm: Algorithm.Argon2id, memoryCost: 19456, timeCost: 2, parallelism: 1 };

const options = {
	baseURL: origin,
	secret: readFileSync(`${dir}/secret`, "utf8"),
	database: db,
	telemetry: { enabled: false },
	rateLimit: { enabled: false },
	session: { cookieCache: { enabled: process.env.BENCH_CACHE === "1", maxAge: 3600 } },
	emailAndPassword: {
		enabled: true,
		password: { hash: (text) => hash(text, cost), verify: (given) => verify(given.hash, given.password) },
	},
	plugins: [apiKey({ rateLimit: { enabled: false } })],
};
const auth = betterAuth(options);

const seed = async () => {
	const lines = { cookie: [], login: [], verify: [] };
	for (let i = 0; i < people; i++) {
		const body = { email: `user${i}@example.org`, password, name: `User ${i}` };
		const answer = await auth.api.signUpEmail({ body, asResponse: true });
		const { user } = await answer.json();
		const cookies = answer.headers.getSetCookie().map((cookie) => cookie.split(";")[0]);
		const key = await auth.api.createApiKey({ body: { userId: user.id, name: "bench" } });
		lines.cookie.push(`Cookie: ${cookies.join("; ")}\t="email":"${body.email}"`);
		lines.login.push(`${JSON.stringify({ email: body.email, password })}\t="email":"${body.email}"`);
		lines.verify.push(`${JSON.stringify({ key: key.key })}\t="referenceId":"${user.id}"`);
	}
	for (const [name, some] of Object.entries(lines))
		writeLines(name, some);
};

// It checks API keys by a function only, so the application that asks has a route of its own.
const verifyKey = async (request, response) => {
	let text = "";
	for await (const part of request)
		text += part;
	const answer = JSON.stringify(await auth.api.verifyApiKey({ body: JSON.parse(text) }));
	response.writeHead(200, { "Content-Type": "application/json", "Content-Length": Buffer.byteLength(answer) }).end(answer);
};

if (fresh) {
	await (await getMigrations(options)).runMigrations();
	await seed();
}
const handler = toNodeHandler(auth);
serve((request, response) => (request.url === "/verify" ? verifyKey(request, response) : handler(request, response)));
