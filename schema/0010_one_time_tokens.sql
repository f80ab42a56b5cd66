-- What a mail can prove: links and codes that are good once, for one thing. And the language that a user reads.

ALTER TABLE users ADD COLUMN locale TEXT;             -- a language tag, as "de-AT", at most 35 bytes; NULL: not known

CREATE TABLE one_time_tokens (
	id           TEXT NOT NULL PRIMARY KEY,             -- UUIDv7
	purpose      TEXT NOT NULL,                         -- what it is good for, and for nothing else: lib/access/ticket.h
	token_hash   BLOB NOT NULL UNIQUE CHECK (length(token_hash) = 32), -- BLAKE2b-256 of what stands in the link
	code_mac     BLOB CHECK (length(code_mac) = 32),    -- HMAC-SHA-256 of the short code by the master key; NULL: there is none
	user_id      TEXT REFERENCES users (id) ON DELETE CASCADE, -- whose; NULL: nobody's yet
	email        TEXT NOT NULL,                         -- in small letters: where it was mailed to
	data         TEXT NOT NULL,                         -- what its purpose needs besides; no secret; "": nothing
	browser_hash BLOB CHECK (length(browser_hash) = 32), -- BLAKE2b-256 of the cookie of the browser that asked; NULL: none
	tries_left   INTEGER NOT NULL,                      -- so many wrong codes more; none: the code is good no more
	created_at   INTEGER NOT NULL,                      -- ms
	expires_at   INTEGER NOT NULL                       -- ms
) STRICT;

CREATE INDEX one_time_tokens_email ON one_time_tokens (email, purpose);
CREATE INDEX one_time_tokens_user ON one_time_tokens (user_id, purpose) WHERE user_id IS NOT NULL;
CREATE INDEX one_time_tokens_expiry ON one_time_tokens (expires_at);
