-- Organisations: tenants with members, who hold roles there and nowhere else. Conditions on permissions.

CREATE TABLE orgs (
	id         TEXT NOT NULL PRIMARY KEY,               -- UUIDv7
	name       TEXT NOT NULL,                           -- for people, at most 200 bytes
	slug       TEXT NOT NULL UNIQUE,                    -- the name as it may stand in a URL: small letters, digits, '-'
	metadata   TEXT NOT NULL DEFAULT '{}',              -- JSON object of the application's, at most 16 KiB
	seat_limit INTEGER,                                 -- so many members at most; NULL: no limit
	created_at INTEGER NOT NULL,                        -- ms
	updated_at INTEGER NOT NULL                         -- ms
) STRICT;

-- Roles and permissions may now belong to an org, and are unique there. Tables that refer to them are made anew with them.
CREATE TABLE new_roles (
	id          TEXT NOT NULL PRIMARY KEY,              -- UUID
	org_id      TEXT REFERENCES orgs (id) ON DELETE CASCADE, -- whose role it is; NULL: the site's
	name        TEXT NOT NULL,                          -- small letters; admin, viewer, guest and org-* are built in
	description TEXT NOT NULL DEFAULT '',               -- for people
	created_at  INTEGER NOT NULL                        -- ms
) STRICT;

CREATE TABLE new_permissions (
	id          TEXT NOT NULL PRIMARY KEY,              -- UUID
	org_id      TEXT REFERENCES orgs (id) ON DELETE CASCADE, -- whose roles hold it; NULL: the site's
	name        TEXT NOT NULL,                          -- resource:action, '*' allowed at either side
	description TEXT NOT NULL DEFAULT '',               -- for people
	created_at  INTEGER NOT NULL                        -- ms
) STRICT;

CREATE TABLE new_role_permissions (
	role_id       TEXT NOT NULL REFERENCES new_roles (id) ON DELETE CASCADE,       -- who holds
	permission_id TEXT NOT NULL REFERENCES new_permissions (id) ON DELETE CASCADE, -- what
	condition     TEXT,                                 -- an expression that must be true (store/db_rule.h); NULL: always
	PRIMARY KEY (role_id, permission_id)
) STRICT;

CREATE TABLE new_role_parents (
	role_id        TEXT NOT NULL REFERENCES new_roles (id) ON DELETE CASCADE,      -- who inherits
	parent_role_id TEXT NOT NULL REFERENCES new_roles (id) ON DELETE CASCADE,      -- from whom
	PRIMARY KEY (role_id, parent_role_id),
	CHECK (role_id <> parent_role_id)
) STRICT;

CREATE TABLE new_user_roles (
	user_id     TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,             -- who
	role_id     TEXT NOT NULL REFERENCES new_roles (id) ON DELETE CASCADE,         -- is what
	assigned_at INTEGER NOT NULL,                                                  -- ms
	expires_at  INTEGER,                                                           -- ms; NULL: held until taken away
	PRIMARY KEY (user_id, role_id)
) STRICT;

CREATE TABLE new_group_roles (
	group_id    TEXT NOT NULL REFERENCES groups (id) ON DELETE CASCADE,            -- which group
	role_id     TEXT NOT NULL REFERENCES new_roles (id) ON DELETE CASCADE,         -- is what
	assigned_at INTEGER NOT NULL,                                                  -- ms
	PRIMARY KEY (group_id, role_id)
) STRICT;

INSERT INTO new_roles (id, name, description, created_at) SELECT id, name, description, created_at FROM roles;
INSERT INTO new_permissions (id, name, description, created_at) SELECT id, name, description, created_at FROM permissions;
INSERT INTO new_role_permissions (role_id, permission_id) SELECT role_id, permission_id FROM role_permissions;
INSERT INTO new_role_parents (role_id, parent_role_id) SELECT role_id, parent_role_id FROM role_parents;
INSERT INTO new_user_roles (user_id, role_id, assigned_at, expires_at) SELECT user_id, role_id, assigned_at, expires_at FROM user_roles;
INSERT INTO new_group_roles (group_id, role_id, assigned_at) SELECT group_id, role_id, assigned_at FROM group_roles;

DROP TABLE group_roles;
DROP TABLE user_roles;
DROP TABLE role_parents;
DROP TABLE role_permissions;
DROP TABLE permissions;
DROP TABLE roles;

ALTER TABLE new_roles RENAME TO roles;
ALTER TABLE new_permissions RENAME TO permissions;
ALTER TABLE new_role_permissions RENAME TO role_permissions;
ALTER TABLE new_role_parents RENAME TO role_parents;
ALTER TABLE new_user_roles RENAME TO user_roles;
ALTER TABLE new_group_roles RENAME TO group_roles;

CREATE UNIQUE INDEX roles_name ON roles (name, coalesce(org_id, ''));
CREATE UNIQUE INDEX permissions_name ON permissions (name, coalesce(org_id, ''));
CREATE INDEX roles_org ON roles (org_id, id) WHERE org_id IS NOT NULL;
CREATE INDEX permissions_org ON permissions (org_id) WHERE org_id IS NOT NULL;
CREATE INDEX role_permissions_permission ON role_permissions (permission_id);
CREATE INDEX role_parents_parent ON role_parents (parent_role_id);
CREATE INDEX user_roles_role ON user_roles (role_id, user_id);
CREATE INDEX group_roles_role ON group_roles (role_id);

CREATE TABLE user_orgs (
	user_id   TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,               -- who
	org_id    TEXT NOT NULL REFERENCES orgs (id) ON DELETE CASCADE,                -- is a member where
	joined_at INTEGER NOT NULL,                                                    -- ms
	PRIMARY KEY (user_id, org_id)
) STRICT;

CREATE INDEX user_orgs_org ON user_orgs (org_id, user_id);

-- What a member holds in the org: roles of the org, or of the site, which then count in the org alone.
CREATE TABLE user_org_roles (
	user_id     TEXT NOT NULL,                                                     -- who
	org_id      TEXT NOT NULL,                                                     -- where
	role_id     TEXT NOT NULL REFERENCES roles (id) ON DELETE CASCADE,             -- is what
	assigned_at INTEGER NOT NULL,                                                  -- ms
	expires_at  INTEGER,                                                           -- ms; NULL: held until taken away
	PRIMARY KEY (user_id, org_id, role_id),
	FOREIGN KEY (user_id, org_id) REFERENCES user_orgs (user_id, org_id) ON DELETE CASCADE
) STRICT;

CREATE INDEX user_org_roles_role ON user_org_roles (role_id);
CREATE INDEX user_org_roles_org ON user_org_roles (org_id, role_id);

CREATE TABLE org_domains (
	id          TEXT NOT NULL PRIMARY KEY,              -- UUIDv7
	org_id      TEXT NOT NULL REFERENCES orgs (id) ON DELETE CASCADE, -- who claims it
	domain      TEXT NOT NULL,                          -- small letters, ASCII, at most 253 bytes
	token       TEXT NOT NULL,                          -- what the TXT record must hold; public
	auto_join   INTEGER NOT NULL DEFAULT 0 CHECK (auto_join IN (0, 1)), -- 1: who has a confirmed address there joins by signing in
	verified_at INTEGER,                                -- ms; NULL: not yet
	created_at  INTEGER NOT NULL,                       -- ms
	UNIQUE (org_id, domain)
) STRICT;

CREATE UNIQUE INDEX org_domains_verified ON org_domains (domain) WHERE verified_at IS NOT NULL;

-- Who is invited: a row goes when it is accepted, revoked or long over; what happened is in the audit log.
CREATE TABLE org_invitations (
	id          TEXT NOT NULL PRIMARY KEY,              -- UUIDv7
	org_id      TEXT NOT NULL REFERENCES orgs (id) ON DELETE CASCADE,  -- into which org
	email       TEXT NOT NULL,                          -- whom, in small letters
	role_id     TEXT NOT NULL REFERENCES roles (id) ON DELETE CASCADE, -- to be what there
	token_hash  BLOB NOT NULL UNIQUE CHECK (length(token_hash) = 32),  -- BLAKE2b-256 of the token in the link
	invited_by  TEXT REFERENCES users (id) ON DELETE CASCADE,          -- by whom; NULL: a service's key, or the tool
	invited_by_key TEXT,                                -- by which service's key; NULL: a user, or the tool
	created_at  INTEGER NOT NULL,                       -- ms
	expires_at  INTEGER NOT NULL,                       -- ms
	UNIQUE (org_id, email)
) STRICT;

CREATE INDEX org_invitations_role ON org_invitations (role_id);
CREATE INDEX org_invitations_inviter ON org_invitations (invited_by) WHERE invited_by IS NOT NULL;
CREATE INDEX org_invitations_expiry ON org_invitations (expires_at);

-- Who belonged to an org once: whoever left, or was removed, is not taken in again by signing in.
CREATE TABLE org_former_members (
	user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,                 -- who
	org_id  TEXT NOT NULL REFERENCES orgs (id) ON DELETE CASCADE,                  -- belonged where
	PRIMARY KEY (user_id, org_id)
) STRICT;

CREATE INDEX org_former_members_org ON org_former_members (org_id);

-- However the membership ends; not when the user or the org does.
CREATE TRIGGER user_orgs_left AFTER DELETE ON user_orgs
BEGIN
	INSERT INTO org_former_members (user_id, org_id)
		SELECT u.id, o.id FROM users u, orgs o WHERE u.id = OLD.user_id AND o.id = OLD.org_id
		ON CONFLICT DO NOTHING;
END;

-- Which org a session acts in.
ALTER TABLE sessions ADD COLUMN org_id TEXT REFERENCES orgs (id) ON DELETE SET NULL; -- NULL: none is active
CREATE INDEX sessions_org ON sessions (org_id) WHERE org_id IS NOT NULL;

-- A role that a site has made under one of these names goes on under another.
UPDATE roles SET name = name || '-' || substr(id, 25, 12) WHERE name IN ('org-owner', 'org-admin', 'org-member');

INSERT INTO roles (id, name, description, created_at) VALUES
	('00000000-0000-7000-8000-000000000011', 'org-owner', 'May do everything in an org', 0),
	('00000000-0000-7000-8000-000000000012', 'org-admin', 'Keeps the members of an org', 0),
	('00000000-0000-7000-8000-000000000013', 'org-member', 'Belongs to an org', 0);

INSERT INTO permissions (id, name, description, created_at) VALUES
	('00000000-0000-7000-8000-000000000111', 'orgs:read', 'See an org', 0),
	('00000000-0000-7000-8000-000000000112', 'orgs:update', 'Change an org', 0),
	('00000000-0000-7000-8000-000000000113', 'members:read', 'See who belongs to an org', 0),
	('00000000-0000-7000-8000-000000000114', 'members:*', 'Add, change and remove members of an org', 0),
	('00000000-0000-7000-8000-000000000115', 'invitations:*', 'Invite people to an org', 0),
	('00000000-0000-7000-8000-000000000116', 'domains:*', 'Claim domains for an org', 0),
	('00000000-0000-7000-8000-000000000117', 'roles:read', 'See the roles', 0)
	ON CONFLICT DO NOTHING;

INSERT INTO role_permissions (role_id, permission_id)
	SELECT '00000000-0000-7000-8000-000000000011', id FROM permissions WHERE name = '*:*'
	UNION ALL SELECT '00000000-0000-7000-8000-000000000012', id FROM permissions
		WHERE name IN ('orgs:read', 'orgs:update', 'members:*', 'invitations:*', 'domains:*', 'roles:read')
	UNION ALL SELECT '00000000-0000-7000-8000-000000000013', id FROM permissions WHERE name IN ('orgs:read', 'members:read');
