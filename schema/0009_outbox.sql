-- Mail to send: a row is written in the transaction of its cause, so there is one when, and only when, that is committed.

CREATE TABLE outbox (
	id         TEXT NOT NULL PRIMARY KEY,               -- UUIDv7
	kind       TEXT NOT NULL,                           -- the template, as "test"
	to_address TEXT NOT NULL,                           -- as lib/access/profile.h takes one
	user_id    TEXT REFERENCES users (id) ON DELETE CASCADE, -- whose mail: it goes with the user, address and all; NULL: nobody's
	locale     TEXT NOT NULL,                           -- a language tag, as "de-AT"; "" is the usual one
	params     TEXT NOT NULL,                           -- JSON, an object: what fills the template, and is no secret
	secret     INTEGER NOT NULL CHECK (secret IN (0, 1)), -- 1: there is, or was, more that is one
	sealed     TEXT,                                    -- that, JSON too, as cred/secret.h seals it; NULL once sent or dead
	message_id TEXT NOT NULL UNIQUE,                    -- "<...@host>": the same at each try
	state      TEXT NOT NULL CHECK (state IN ('queued', 'sending', 'sent', 'dead')),
	attempts   INTEGER NOT NULL,                        -- how often it was tried, this time included
	next_at    INTEGER,                                 -- ms: when to try (again); only of what is queued
	give_up_at INTEGER NOT NULL,                        -- ms: from then on it is not tried any more
	last_error TEXT NOT NULL,                           -- why the last try failed, at most 200 bytes, no secret; "": it did not
	created_at INTEGER NOT NULL,                        -- ms
	sent_at    INTEGER,                                 -- ms: when the next server took it
	CHECK ((next_at IS NOT NULL) = (state = 'queued')),
	CHECK ((sent_at IS NOT NULL) = (state = 'sent')),
	CHECK (sealed IS NULL OR (secret = 1 AND state IN ('queued', 'sending')))
) STRICT;

CREATE INDEX outbox_due ON outbox (next_at) WHERE next_at IS NOT NULL;
CREATE INDEX outbox_sent ON outbox (sent_at) WHERE sent_at IS NOT NULL;
CREATE INDEX outbox_state ON outbox (state, created_at, id);
CREATE INDEX outbox_user ON outbox (user_id) WHERE user_id IS NOT NULL;
