-- Who waits to be let in, and how an invitation into an org reached whom it is for.

CREATE TABLE waitlist (
	id         TEXT NOT NULL PRIMARY KEY,               -- UUIDv7
	email      TEXT NOT NULL UNIQUE,                    -- in small letters
	name       TEXT NOT NULL,                           -- for people, at most 200 bytes; "": not said
	note       TEXT NOT NULL,                           -- what they wrote, at most 1000 bytes; "": nothing
	locale     TEXT,                                    -- a language tag, as "de-AT": of the mails; NULL: not known
	state      TEXT NOT NULL CHECK (state IN ('unconfirmed', 'waiting', 'invited', 'refused', 'joined')),
	placed_at  INTEGER NOT NULL,                        -- ms: when the address was confirmed, and until then when it came; the order
	created_at INTEGER NOT NULL,                        -- ms
	invited_at INTEGER,                                 -- ms: the last time; NULL: never
	user_id    TEXT REFERENCES users (id) ON DELETE CASCADE, -- who it is now: the row goes with the user; NULL: nobody yet
	CHECK (state <> 'unconfirmed' OR user_id IS NULL)
) STRICT;

CREATE INDEX waitlist_order ON waitlist (placed_at, id);
CREATE INDEX waitlist_state ON waitlist (state, placed_at, id);
CREATE INDEX waitlist_user ON waitlist (user_id) WHERE user_id IS NOT NULL;

-- 0: its token went out by mail and was shown to nobody, so who comes with it reads that address.
ALTER TABLE org_invitations ADD COLUMN shown INTEGER NOT NULL DEFAULT 1 CHECK (shown IN (0, 1));
