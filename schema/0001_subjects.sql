-- Who there is, what they may do, how they stay signed in.
-- Ids are UUIDs (version 7) as 36 lower-case characters, times are Unix milliseconds, booleans are 0 or 1.

CREATE TABLE users (
	id              TEXT NOT NULL PRIMARY KEY,          -- UUIDv7
	email           TEXT NOT NULL,                      -- as given at sign-up, ASCII, at most 254 bytes
	email_key       TEXT NOT NULL UNIQUE,               -- email in small letters: what makes it unique
	email_confirmed INTEGER NOT NULL DEFAULT 0 CHECK (email_confirmed IN (0, 1)),
	username        TEXT,                               -- as given; letters, digits, '.', '_', '-'; never an '@'
	username_key    TEXT UNIQUE,                        -- username in small letters
	name            TEXT,                               -- display name, UTF-8, at most 200 bytes
	picture_url     TEXT,                               -- http(s) URL, at most 2,048 bytes
	properties      TEXT NOT NULL DEFAULT '{}',         -- JSON object of the application's, at most 16 KiB
	password_hash   TEXT,                               -- PHC or crypt(3) string; NULL: cannot sign in by password
	enabled         INTEGER NOT NULL DEFAULT 1 CHECK (enabled IN (0, 1)), -- 0: switched off by an admin
	locked          INTEGER NOT NULL DEFAULT 0 CHECK (locked IN (0, 1)),  -- 1: locked until somebody unlocks it
	created_at      INTEGER NOT NULL,                   -- ms
	updated_at      INTEGER NOT NULL,                   -- ms, of the profile or password
	last_active_at  INTEGER                             -- ms of the last sign-in; NULL: never
) STRICT;

CREATE TABLE roles (
	id          TEXT NOT NULL PRIMARY KEY,              -- UUID
	name        TEXT NOT NULL UNIQUE,                   -- small letters; admin, viewer and guest are built in
	description TEXT NOT NULL DEFAULT '',               -- for people
	created_at  INTEGER NOT NULL                        -- ms
) STRICT;

CREATE TABLE permissions (
	id          TEXT NOT NULL PRIMARY KEY,              -- UUID
	name        TEXT NOT NULL UNIQUE,                   -- resource:action, '*' allowed at either side
	description TEXT NOT NULL DEFAULT '',               -- for people
	created_at  INTEGER NOT NULL                        -- ms
) STRICT;

CREATE TABLE role_permissions (
	role_id       TEXT NOT NULL REFERENCES roles (id) ON DELETE CASCADE,       -- who holds
	permission_id TEXT NOT NULL REFERENCES permissions (id) ON DELETE CASCADE, -- what
	PRIMARY KEY (role_id, permission_id)
) STRICT;

CREATE TABLE role_parents (
	role_id        TEXT NOT NULL REFERENCES roles (id) ON DELETE CASCADE,      -- who inherits
	parent_role_id TEXT NOT NULL REFERENCES roles (id) ON DELETE CASCADE,      -- from whom
	PRIMARY KEY (role_id, parent_role_id),
	CHECK (role_id <> parent_role_id)
) STRICT;

CREATE TABLE user_roles (
	user_id     TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,         -- who
	role_id     TEXT NOT NULL REFERENCES roles (id) ON DELETE CASCADE,         -- is what
	assigned_at INTEGER NOT NULL,                                              -- ms
	PRIMARY KEY (user_id, role_id)
) STRICT;

CREATE INDEX user_roles_role ON user_roles (role_id);

CREATE TABLE groups (
	id           TEXT NOT NULL PRIMARY KEY,             -- UUIDv7
	name         TEXT NOT NULL,                         -- for people
	home_user_id TEXT UNIQUE REFERENCES users (id) ON DELETE CASCADE, -- whose own group it is; NULL: nobody's
	created_at   INTEGER NOT NULL                       -- ms
) STRICT;

CREATE TABLE group_members (
	group_id TEXT NOT NULL REFERENCES groups (id) ON DELETE CASCADE,           -- which group
	user_id  TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,            -- has whom
	added_at INTEGER NOT NULL,                                                 -- ms
	PRIMARY KEY (group_id, user_id)
) STRICT;

CREATE INDEX group_members_user ON group_members (user_id);

-- One row per sign-in, whatever carries it. WITHOUT ROWID: found by id in one tree, not two.
CREATE TABLE sessions (
	id           TEXT NOT NULL PRIMARY KEY,             -- UUIDv7; the sid of its tokens
	user_id      TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE, -- whose
	kind         TEXT NOT NULL CHECK (kind IN ('cookie', 'refresh', 'opaque')), -- what carries it
	token_hash   BLOB NOT NULL CHECK (length(token_hash) = 32), -- BLAKE2b-256 of the cookie, refresh or opaque token
	generation   INTEGER NOT NULL DEFAULT 0,            -- refresh: how often rotated
	token_id     TEXT NOT NULL,                         -- refresh: jti of the live token; others: the id again
	rotated_at   INTEGER NOT NULL,                      -- ms the live token was issued
	created_at   INTEGER NOT NULL,                      -- ms of the sign-in, its auth_time
	last_seen_at INTEGER NOT NULL,                      -- ms, up to a minute late
	expires_at   INTEGER NOT NULL,                      -- ms the live token dies
	ends_at      INTEGER NOT NULL,                      -- ms no rotation may pass
	revoked_at   INTEGER,                               -- ms; NULL: not revoked
	amr          TEXT NOT NULL,                         -- how proven, RFC 8176 names separated by spaces
	ip_address   TEXT NOT NULL,                         -- of the sign-in
	user_agent   TEXT NOT NULL                          -- of the sign-in, at most 256 bytes
) STRICT, WITHOUT ROWID;

CREATE INDEX sessions_user ON sessions (user_id);
CREATE INDEX sessions_expiry ON sessions (expires_at);
-- Refresh tokens carry their session's id; only the other kinds are looked up by hash. So a rotation moves no index.
CREATE UNIQUE INDEX sessions_token ON sessions (token_hash) WHERE kind <> 'refresh';

CREATE TABLE login_attempts (
	id           TEXT NOT NULL PRIMARY KEY,             -- UUIDv7, so also its order
	user_id      TEXT REFERENCES users (id) ON DELETE CASCADE, -- NULL: no such user
	attempted_at INTEGER NOT NULL,                      -- ms
	success      INTEGER NOT NULL CHECK (success IN (0, 1)),
	ip_address   TEXT NOT NULL,                         -- as the web server saw it
	user_agent   TEXT NOT NULL                          -- at most 256 bytes
) STRICT, WITHOUT ROWID;

CREATE INDEX login_attempts_user ON login_attempts (user_id, attempted_at);
CREATE INDEX login_attempts_time ON login_attempts (attempted_at);

INSERT INTO roles (id, name, description, created_at) VALUES
	('00000000-0000-7000-8000-000000000001', 'admin', 'May do everything', 0),
	('00000000-0000-7000-8000-000000000002', 'viewer', 'What everybody gets who signs up', 0),
	('00000000-0000-7000-8000-000000000003', 'guest', 'Requests that prove nothing', 0);

INSERT INTO permissions (id, name, description, created_at) VALUES
	('00000000-0000-7000-8000-000000000101', '*:*', 'Everything', 0),
	('00000000-0000-7000-8000-000000000102', 'profile:read', 'See the own profile', 0),
	('00000000-0000-7000-8000-000000000103', 'profile:update', 'Change the own profile', 0);

INSERT INTO role_permissions (role_id, permission_id) VALUES
	('00000000-0000-7000-8000-000000000001', '00000000-0000-7000-8000-000000000101'),
	('00000000-0000-7000-8000-000000000002', '00000000-0000-7000-8000-000000000102'),
	('00000000-0000-7000-8000-000000000002', '00000000-0000-7000-8000-000000000103');
