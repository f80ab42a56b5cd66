-- Webhooks: what happens, told to other servers. What happens stands in audit_log, along which the courier goes.

CREATE TABLE webhooks (
	id          TEXT NOT NULL PRIMARY KEY,              -- UUIDv7
	org_id      TEXT REFERENCES orgs (id) ON DELETE CASCADE, -- whose events it gets; NULL: the site's, which gets all
	url         TEXT NOT NULL,                          -- where to, as access/webhook.h takes one; may hold a secret
	events      TEXT NOT NULL,                          -- which: "role.assigned", "role.*" or "*", separated by spaces
	description TEXT NOT NULL,                          -- for people, at most 500 bytes
	enabled     INTEGER NOT NULL CHECK (enabled IN (0, 1)), -- 0: no event is queued, nothing is sent
	gone_at     INTEGER,                                -- ms: when its server said 410, which disabled it; NULL: it did not
	sealed      TEXT NOT NULL,                          -- the secret that signs, as cred/secret.h seals it
	old_sealed  TEXT,                                   -- the one before, which signs as well; NULL: none
	old_until   INTEGER,                                -- ms: until then
	since_seq   INTEGER NOT NULL,                       -- it gets what stands in audit_log behind this row
	failures    INTEGER NOT NULL,                       -- so many tries in a row failed
	quiet_until INTEGER NOT NULL,                       -- ms: because of that nothing is tried before; 0: all is well
	next_at     INTEGER,                                -- ms: when to try what waits; NULL: nothing does, or it is under way
	created_at  INTEGER NOT NULL,                       -- ms
	updated_at  INTEGER NOT NULL,                       -- ms
	CHECK ((old_sealed IS NULL) = (old_until IS NULL)),
	CHECK (enabled = 1 OR next_at IS NULL),
	CHECK (gone_at IS NULL OR enabled = 0)
) STRICT;

CREATE INDEX webhooks_org ON webhooks (org_id, id);
CREATE INDEX webhooks_enabled ON webhooks (org_id) WHERE enabled = 1;
CREATE INDEX webhooks_due ON webhooks (next_at) WHERE next_at IS NOT NULL;
CREATE INDEX webhooks_old ON webhooks (old_until) WHERE old_until IS NOT NULL;

-- One event for one webhook.
CREATE TABLE webhook_deliveries (
	id          TEXT NOT NULL PRIMARY KEY,              -- UUIDv7; the webhook-id of each try
	webhook_id  TEXT NOT NULL REFERENCES webhooks (id) ON DELETE CASCADE, -- where to
	seq         INTEGER NOT NULL,                       -- of the row of audit_log; 0: it is of none
	type        TEXT NOT NULL,                          -- of the event, as "role.assigned"
	payload     TEXT NOT NULL,                          -- JSON, what is sent; "": it is a secret
	secret      INTEGER NOT NULL CHECK (secret IN (0, 1)), -- 1: what is sent is, or was, in sealed
	sealed      TEXT,                                   -- that, as cred/secret.h seals it; NULL once sent or dead
	state       TEXT NOT NULL CHECK (state IN ('queued', 'sending', 'sent', 'dead')),
	attempts    INTEGER NOT NULL,                       -- how often it was tried, this time included
	next_at     INTEGER,                                -- ms: when to try (again); only of what is queued
	give_up_at  INTEGER NOT NULL,                       -- ms: from then on it is not tried any more
	http_status INTEGER,                                -- of the last answer; NULL: there was none
	last_error  TEXT NOT NULL,                          -- why the last try failed, at most 200 bytes, no secret; "": it did not
	took_ms     INTEGER,                                -- how long the last try took; NULL: there was none
	created_at  INTEGER NOT NULL,                       -- ms
	sent_at     INTEGER,                                -- ms: when it was taken
	CHECK ((next_at IS NOT NULL) = (state = 'queued')),
	CHECK ((sent_at IS NOT NULL) = (state = 'sent')),
	CHECK (sealed IS NULL OR (secret = 1 AND state IN ('queued', 'sending'))),
	CHECK ((payload = '') = (secret = 1))
) STRICT;

CREATE INDEX webhook_deliveries_list ON webhook_deliveries (webhook_id, id);
CREATE INDEX webhook_deliveries_due ON webhook_deliveries (webhook_id, next_at, seq) WHERE next_at IS NOT NULL;
CREATE INDEX webhook_deliveries_over ON webhook_deliveries (give_up_at) WHERE next_at IS NOT NULL;
CREATE INDEX webhook_deliveries_sending ON webhook_deliveries (webhook_id) WHERE state = 'sending';
CREATE INDEX webhook_deliveries_sent ON webhook_deliveries (sent_at) WHERE sent_at IS NOT NULL;
CREATE INDEX webhook_deliveries_dead ON webhook_deliveries (created_at) WHERE state = 'dead';

-- How far the courier has gone along the log.
CREATE TABLE webhook_bookmark (
	id  INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
	seq INTEGER NOT NULL                                -- of audit_log: what stands up to here is queued
) STRICT;

INSERT INTO webhook_bookmark (id, seq) VALUES (1, 0);
