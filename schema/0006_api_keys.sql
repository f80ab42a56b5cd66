-- API keys: what programs prove themselves by.

CREATE TABLE api_keys (
	id           TEXT NOT NULL PRIMARY KEY,             -- UUIDv7
	user_id      TEXT REFERENCES users (id) ON DELETE CASCADE, -- whose; NULL: a service's
	org_id       TEXT REFERENCES orgs (id) ON DELETE CASCADE,  -- the org that it acts in; NULL: none
	name         TEXT NOT NULL,                         -- for people, at most 200 bytes
	key_hash     BLOB NOT NULL UNIQUE CHECK (length(key_hash) = 32), -- BLAKE2b-256 of the whole key
	hint         TEXT NOT NULL,                         -- its first characters, to tell keys apart
	scopes       TEXT NOT NULL,                         -- permissions, separated by spaces; a user's key has them only as far as the user does
	networks     TEXT NOT NULL DEFAULT '',              -- where it may come from, separated by spaces; '': anywhere
	created_at   INTEGER NOT NULL,                      -- ms
	created_by   TEXT,                                  -- who made it; no reference; NULL: the tool
	expires_at   INTEGER,                               -- ms; NULL: never
	revoked_at   INTEGER,                               -- ms; NULL: not revoked
	replaced_by  TEXT REFERENCES api_keys (id) ON DELETE SET NULL, -- the key that it was rotated to; it lives on until expires_at
	last_used_at INTEGER,                               -- ms, up to a minute late; NULL: never
	last_used_ip TEXT                                   -- NULL: never
) STRICT;

-- Lists of a user's keys and of services', by id; and how many keys of a user may be alive.
CREATE INDEX api_keys_user ON api_keys (user_id, id) WHERE user_id IS NOT NULL;
CREATE INDEX api_keys_service ON api_keys (id) WHERE user_id IS NULL;
CREATE INDEX api_keys_alive ON api_keys (user_id, expires_at) WHERE revoked_at IS NULL;
CREATE INDEX api_keys_org ON api_keys (org_id) WHERE org_id IS NOT NULL;
CREATE INDEX api_keys_replaced ON api_keys (replaced_by) WHERE replaced_by IS NOT NULL;

-- Roles of a service's key, besides its scopes.
CREATE TABLE api_key_roles (
	api_key_id  TEXT NOT NULL REFERENCES api_keys (id) ON DELETE CASCADE,          -- which key
	role_id     TEXT NOT NULL REFERENCES roles (id) ON DELETE CASCADE,             -- is what
	assigned_at INTEGER NOT NULL,                                                  -- ms
	expires_at  INTEGER,                                                           -- ms; NULL: held until taken away
	PRIMARY KEY (api_key_id, role_id)
) STRICT;

CREATE INDEX api_key_roles_role ON api_key_roles (role_id);

CREATE TABLE api_key_usage (
	api_key_id TEXT NOT NULL REFERENCES api_keys (id) ON DELETE CASCADE,           -- which key
	day        INTEGER NOT NULL,                                                   -- days since 1970, UTC
	requests   INTEGER NOT NULL,                                                   -- so many were let in
	PRIMARY KEY (api_key_id, day)
) STRICT, WITHOUT ROWID;
