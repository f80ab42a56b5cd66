-- The rest of what is known of a user, who acts for whom, and what guests may.

ALTER TABLE users ADD COLUMN legacy_user_id TEXT;         -- the id in the system the user came from; at most 200 bytes
ALTER TABLE users ADD COLUMN first_name TEXT;             -- UTF-8, at most 200 bytes
ALTER TABLE users ADD COLUMN last_name TEXT;              -- UTF-8, at most 200 bytes
ALTER TABLE users ADD COLUMN update_password_required INTEGER NOT NULL DEFAULT 0
	CHECK (update_password_required IN (0, 1));           -- 1: the next sign-in must choose another
ALTER TABLE users ADD COLUMN can_create_orgs INTEGER NOT NULL DEFAULT 0 CHECK (can_create_orgs IN (0, 1));
ALTER TABLE users ADD COLUMN hidden INTEGER NOT NULL DEFAULT 0
	CHECK (hidden IN (0, 1));                             -- 1: a guest may not peek at the user, so nobody can sign in as such
ALTER TABLE users ADD COLUMN attributes TEXT NOT NULL DEFAULT '{}'; -- JSON object of the admins', at most 16 KiB: what conditions rely on

ALTER TABLE users ADD COLUMN number INTEGER;              -- counts the users in the order they were made
ALTER TABLE users ADD COLUMN username_place TEXT
	GENERATED ALWAYS AS (coalesce(username_key, '')) VIRTUAL;  -- where lists by username have the user
ALTER TABLE users ADD COLUMN active_place INTEGER
	GENERATED ALWAYS AS (coalesce(last_active_at, 0)) VIRTUAL; -- the same for lists by last sign-in

UPDATE users SET number = n.number
	FROM (SELECT id, row_number() OVER (ORDER BY id) AS number FROM users) AS n WHERE n.id = users.id;

CREATE UNIQUE INDEX users_legacy ON users (legacy_user_id) WHERE legacy_user_id IS NOT NULL;
CREATE UNIQUE INDEX users_number ON users (number);

-- A list in each order and with each filter is one walk along one of these, or a merge of up to eight.
CREATE INDEX users_by_id ON users (enabled, locked, email_confirmed, id);
CREATE INDEX users_by_email ON users (enabled, locked, email_confirmed, email_key, id);
CREATE INDEX users_by_username ON users (enabled, locked, email_confirmed, username_place, id);
CREATE INDEX users_by_active ON users (enabled, locked, email_confirmed, active_place, id);

-- Any three characters of these find a user. The rowid is the user's number; marks are "e:1l:0c:0" (enabled, locked,
-- confirmed), so that what is searched for and a filter are looked up together.
CREATE VIRTUAL TABLE users_words USING fts5(email, username, name, marks, tokenize = 'trigram');

INSERT INTO users_words (rowid, email, username, name, marks)
	SELECT number, email, username, name, 'e:' || enabled || 'l:' || locked || 'c:' || email_confirmed FROM users;

-- Roles that all members of a group hold.
CREATE TABLE group_roles (
	group_id    TEXT NOT NULL REFERENCES groups (id) ON DELETE CASCADE,        -- which group
	role_id     TEXT NOT NULL REFERENCES roles (id) ON DELETE CASCADE,         -- is what
	assigned_at INTEGER NOT NULL,                                              -- ms
	PRIMARY KEY (group_id, role_id)
) STRICT;

CREATE INDEX group_roles_role ON group_roles (role_id);
ALTER TABLE groups ADD COLUMN description TEXT NOT NULL DEFAULT ''; -- for people, at most 500 bytes
-- Names are unique but for users' own groups. A page of the others, by name, without sorting.
CREATE UNIQUE INDEX groups_name ON groups (coalesce(home_user_id, ''), name);
-- A page of a user's groups without sorting.
DROP INDEX group_members_user;
CREATE INDEX group_members_user ON group_members (user_id, group_id);

-- A session of a user that somebody else began in the user's name.
ALTER TABLE sessions ADD COLUMN actor_user_id TEXT REFERENCES users (id) ON DELETE CASCADE; -- NULL: the user's own
CREATE INDEX sessions_actor ON sessions (actor_user_id, user_id) WHERE actor_user_id IS NOT NULL;

CREATE TABLE impersonation_log (
	id                   TEXT NOT NULL PRIMARY KEY,      -- UUIDv7
	admin_user_id        TEXT NOT NULL,                  -- who; no reference, for the row outlives both
	impersonated_user_id TEXT NOT NULL,                  -- whom
	session_id           TEXT NOT NULL,                  -- by which session
	reason               TEXT NOT NULL,                  -- as the admin said, at most 500 bytes
	started_at           INTEGER NOT NULL,               -- ms
	expires_at           INTEGER NOT NULL,               -- ms the session ends by itself
	ended_at             INTEGER,                        -- ms; NULL: not ended before its time
	ip_address           TEXT NOT NULL,
	user_agent           TEXT NOT NULL                   -- at most 256 bytes
) STRICT;

CREATE INDEX impersonation_log_session ON impersonation_log (session_id);
-- A page of each filter, the newest first, without sorting.
CREATE INDEX impersonation_log_admin ON impersonation_log (admin_user_id, id);
CREATE INDEX impersonation_log_user ON impersonation_log (impersonated_user_id, id);
CREATE INDEX impersonation_log_both ON impersonation_log (admin_user_id, impersonated_user_id, id);

-- Whatever ends the session, be it by the admin, the user, a lock or a new password, is known here.
CREATE TRIGGER sessions_ended AFTER UPDATE OF revoked_at ON sessions
WHEN NEW.actor_user_id IS NOT NULL AND OLD.revoked_at IS NULL AND NEW.revoked_at IS NOT NULL
BEGIN
	UPDATE impersonation_log SET ended_at = NEW.revoked_at WHERE session_id = NEW.id;
END;

-- What guests need so that people can sign up and in; an admin takes away what a site does not want.
INSERT INTO permissions (id, name, description, created_at) VALUES
	('00000000-0000-7000-8000-000000000104', 'signup:execute', 'Sign up', 0),
	('00000000-0000-7000-8000-000000000105', 'users:create', 'Make users', 0),
	('00000000-0000-7000-8000-000000000106', 'groups:create', 'Make groups', 0),
	('00000000-0000-7000-8000-000000000107', 'groups:refer', 'Put users into groups', 0),
	('00000000-0000-7000-8000-000000000108', 'users:peek', 'Sign in: learn that a user is there by giving the password', 0)
	ON CONFLICT (name) DO NOTHING;

INSERT INTO role_permissions (role_id, permission_id)
	SELECT '00000000-0000-7000-8000-000000000003', id FROM permissions
	WHERE name IN ('signup:execute', 'users:create', 'groups:create', 'groups:refer', 'users:peek')
	ON CONFLICT DO NOTHING;
