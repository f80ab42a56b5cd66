// oidc-provider on SQLite: node oidc-provider.mjs DIR PORT PEOPLE
// In DIR then are the files access, refresh and introspect, as tests/bench/load takes them.
import { existsSync } from "node:fs";
import { exportJWK, generateKeyPair } from "jose";
import { Provider } from "oidc-provider";
import { db, origin, people, serve, writeLines, dir } from "./common.mjs";

db.exec(`CREATE TABLE IF NOT EXISTS models (id TEXT PRIMARY KEY, payload TEXT NOT NULL, grant_id TEXT, uid TEXT,
	user_code TEXT, expires_at INTEGER) WITHOUT ROWID;
	CREATE INDEX IF NOT EXISTS models_by_grant ON models (grant_id) WHERE grant_id IS NOT NULL`);
const statements = {
	put: db.prepare(`INSERT INTO models (id, payload, grant_id, uid, user_code, expires_at) VALUES (?, ?, ?, ?, ?, ?)
		ON CONFLICT (id) DO UPDATE SET payload = excluded.payload, expires_at = excluded.expires_at`),
	get: db.prepare("SELECT payload FROM models WHERE id = ? AND (expires_at IS NULL OR expires_at > unixepoch())"),
	uid: db.prepare("SELECT payload FROM models WHERE uid = ?"),
	code: db.prepare("SELECT payload FROM models WHERE user_code = ?"),
	consume: db.prepare("UPDATE models SET payload = json_set(payload, '$.consumed', unixepoch()) WHERE id = ?"),
	remove: db.prepare("DELETE FROM models WHERE id = ?"),
	revoke: db.prepare("DELETE FROM models WHERE grant_id = ?"),
};
const parse = (row) => (row ? JSON.parse(row.payload) : undefined);

class Adapter {
	constructor(name) {
		this.name = name;
	}
	async upsert(id, payload, expiresIn) {
		const expires = expiresIn ? Math.floor(Date.now() / 1000) + expiresIn : null;
		statements.put.run(`${this.name}:${id}`, JSON.stringify(payload), payload.grantId ?? null, payload.uid ?? null,
			payload.userCode ?? null, expires);
	}
	async find(id) {
		return parse(statements.get.get(`${this.name}:${id}`));
	}
	async findByUid(uid) {
		return parse(statements.uid.get(uid));
	}
	async findByUserCode(code) {
		return parse(statements.code.get(code));
	}
	async consume(id) {
		statements.consume.run(`${this.name}:${id}`);
	}
	async destroy(id) {
		statements.remove.run(`${this.name}:${id}`);
	}
	async revokeByGrantId(grantId) {
		statements.revoke.run(grantId);
	}
}

// Signed as Yett signs: ES256.
const { privateKey } = await generateKeyPair("ES256", { extractable: true });
const provider = new Provider(origin, {
	adapter: Adapter,
	jwks: { keys: [{ ...(await exportJWK(privateKey)), kid: "bench", use: "sig", alg: "ES256" }] },
	clients: [
		{
			client_id: "bench",
			token_endpoint_auth_method: "none",
			grant_types: ["authorization_code", "refresh_token"],
			redirect_uris: [`${origin}/callback`],
			id_token_signed_response_alg: "ES256",
		},
		{
			client_id: "api",
			client_secret: "of-the-bench",
			grant_types: [],
			redirect_uris: [],
			response_types: [],
			id_token_signed_response_alg: "ES256",
		},
	],
	cookies: { keys: ["of-the-bench"] },
	features: { introspection: { enabled: true }, devInteractions: { enabled: false } },
	findAccount: async (ctx, sub) => ({ accountId: sub, claims: async () => ({ sub }) }),
});

const seed = async () => {
	const lines = { access: [], refresh: [], introspect: [] };
	const client = await provider.Client.find("bench");
	const proof = `Authorization: Basic ${Buffer.from("api:of-the-bench").toString("base64")}`;
	for (let i = 0; i < people; i++) {
		const accountId = `user${i}`;
		const grant = new provider.Grant({ accountId, clientId: "bench" });
		grant.addOIDCScope("openid offline_access");
		const shared = { accountId, client, grantId: await grant.save(), scope: "openid offline_access", gty: "authorization_code" };
		const access = await new provider.AccessToken(shared).save();
		const refresh = await new provider.RefreshToken({ ...shared, authTime: Math.floor(Date.now() / 1000) }).save();
		lines.access.push(`Authorization: Bearer ${access}\t="sub":"${accountId}"`);
		lines.refresh.push(refresh);
		lines.introspect.push(`${proof}\ttoken=${access}\t="sub":"${accountId}"`);
	}
	for (const [name, some] of Object.entries(lines))
		writeLines(name, some);
};

if (!existsSync(`${dir}/access`))
	await seed();
serve(provider.callback());
