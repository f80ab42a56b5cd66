-- How much is let through: policies, and for whom.

CREATE TABLE rate_limit_policies (
	id          TEXT NOT NULL PRIMARY KEY,              -- UUIDv7
	name        TEXT NOT NULL UNIQUE,                   -- small letters, as in the RateLimit header
	scope       TEXT NOT NULL CHECK (scope IN ('user', 'org', 'key', 'network', 'route')), -- what is counted apart from each other
	limit_count INTEGER NOT NULL CHECK (limit_count BETWEEN 1 AND 1000000000),  -- so many requests
	window_sec  INTEGER NOT NULL CHECK (window_sec BETWEEN 1 AND 31536000),     -- in so many seconds
	description TEXT NOT NULL DEFAULT '',               -- for people, at most 500 bytes
	created_at  INTEGER NOT NULL                        -- ms
) STRICT;

-- Which requests a policy holds for: those of one user, org, API key or network, or of everybody; of one route, or of all.
CREATE TABLE rate_limit_assignments (
	id         TEXT NOT NULL PRIMARY KEY,               -- UUIDv7
	policy_id  TEXT NOT NULL REFERENCES rate_limit_policies (id) ON DELETE CASCADE, -- what holds
	user_id    TEXT REFERENCES users (id) ON DELETE CASCADE,    -- for whom; all four NULL: for everybody
	org_id     TEXT REFERENCES orgs (id) ON DELETE CASCADE,     -- for whoever acts in this org
	api_key_id TEXT REFERENCES api_keys (id) ON DELETE CASCADE, -- for this key and what it was rotated to
	network    TEXT,                                    -- an address or network, as base/address.h writes it
	route      TEXT,                                    -- "METHOD /path" as in a route table; NULL: all routes
	created_at INTEGER NOT NULL,                        -- ms
	CHECK ((user_id IS NOT NULL) + (org_id IS NOT NULL) + (api_key_id IS NOT NULL) + (network IS NOT NULL) <= 1)
) STRICT;

CREATE UNIQUE INDEX rate_limit_assignments_once ON rate_limit_assignments
	(policy_id, coalesce(user_id, ''), coalesce(org_id, ''), coalesce(api_key_id, ''), coalesce(network, ''), coalesce(route, ''));
CREATE INDEX rate_limit_assignments_policy ON rate_limit_assignments (policy_id, id);
CREATE INDEX rate_limit_assignments_user ON rate_limit_assignments (user_id) WHERE user_id IS NOT NULL;
CREATE INDEX rate_limit_assignments_org ON rate_limit_assignments (org_id) WHERE org_id IS NOT NULL;
CREATE INDEX rate_limit_assignments_key ON rate_limit_assignments (api_key_id) WHERE api_key_id IS NOT NULL;
