-- What changed security, and who did it: rows that nobody changes, each sealed together with the one before.

CREATE TABLE audit_log (
	seq          INTEGER NOT NULL PRIMARY KEY,          -- 1, 2, 3, ... without a gap: its place in the chain
	id           TEXT NOT NULL UNIQUE,                  -- UUIDv7
	occurred_at  INTEGER NOT NULL,                      -- ms
	actor        TEXT NOT NULL CHECK (actor IN ('user', 'key', 'guest', 'tool', 'system')), -- what kind of subject did it
	user_id      TEXT,                                  -- who; no reference, for the row outlives the user; NULL: nobody known
	on_behalf_of TEXT,                                  -- the user whom user_id impersonated; NULL: nobody
	key_id       TEXT,                                  -- the API key that proved it; NULL: none
	org_id       TEXT,                                  -- the org that it concerns; NULL: none
	action       TEXT NOT NULL,                         -- object.done, such as role.assigned
	object_type  TEXT NOT NULL,                         -- user, role, org, ...
	object_id    TEXT,                                  -- what was changed; NULL: nothing that has an id
	ip_address   TEXT,                                  -- NULL: not by a request
	user_agent   TEXT,                                  -- at most 256 bytes; NULL: not by a request
	request_id   TEXT,                                  -- as in the log; NULL: not by a request
	details      TEXT NOT NULL,                         -- JSON object without secrets and without addresses of people
	mac          BLOB NOT NULL CHECK (length(mac) = 32) -- keyed BLAKE2b-256 over the mac of the row before and this row
) STRICT;

-- For each thing one looks for an index of its own, in the order of seq (which ends every entry of an index): a page is
-- what several of them have in common, the newest first, without sorting. Of an action also the object before the dot.
CREATE INDEX audit_log_time ON audit_log (occurred_at);
CREATE INDEX audit_log_action ON audit_log (action);
CREATE INDEX audit_log_kind ON audit_log (substr(action, 1, instr(action, '.')));
CREATE INDEX audit_log_user ON audit_log (user_id) WHERE user_id IS NOT NULL;
CREATE INDEX audit_log_behalf ON audit_log (on_behalf_of) WHERE on_behalf_of IS NOT NULL;
CREATE INDEX audit_log_key ON audit_log (key_id) WHERE key_id IS NOT NULL;
CREATE INDEX audit_log_org ON audit_log (org_id) WHERE org_id IS NOT NULL;
CREATE INDEX audit_log_type ON audit_log (object_type);
CREATE INDEX audit_log_object ON audit_log (object_id) WHERE object_id IS NOT NULL;
CREATE INDEX audit_log_address ON audit_log (ip_address) WHERE ip_address IS NOT NULL;

-- The end of the chain, sealed, so that rows cut off from the end are missed.
CREATE TABLE audit_head (
	id   INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
	seq  INTEGER NOT NULL,                              -- of the last row; 0: there is none
	mac  BLOB NOT NULL CHECK (length(mac) = 32),        -- of the last row
	seal BLOB NOT NULL CHECK (length(seal) = 32)        -- keyed BLAKE2b-256 over the two
) STRICT;

-- What retention has deleted: all rows up to one, whose mac the chain goes on from.
CREATE TABLE audit_cuts (
	through_seq INTEGER NOT NULL PRIMARY KEY,           -- the last row that was deleted
	mac         BLOB NOT NULL CHECK (length(mac) = 32), -- its mac
	cut_at      INTEGER NOT NULL,                       -- ms
	seal        BLOB NOT NULL CHECK (length(seal) = 32) -- keyed BLAKE2b-256 over the three
) STRICT;

-- How long rows are kept; no row: for good.
CREATE TABLE audit_retention (
	id        INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
	keep_days INTEGER CHECK (keep_days BETWEEN 30 AND 36500), -- NULL: for good
	set_seq   INTEGER NOT NULL,                         -- the row of audit_log that says who set it
	seal      BLOB NOT NULL CHECK (length(seal) = 32)   -- keyed BLAKE2b-256 over the two
) STRICT;

-- How much was done on each day. Stays when retention deletes the rows: it names nobody.
CREATE TABLE audit_days (
	day    INTEGER NOT NULL,                            -- days since 1970, UTC
	action TEXT NOT NULL,                               -- as in audit_log
	count  INTEGER NOT NULL,                            -- rows written
	PRIMARY KEY (day, action)
) STRICT, WITHOUT ROWID;

-- Words to search for; the text itself is in audit_log. A word is a run of ASCII letters and digits and of whatever is not
-- ASCII: so simple that access/audit_words.c says the same of a row, and finds out when these are not its words.
CREATE VIRTUAL TABLE audit_words USING fts5(action, object_id, details, ip_address, user_agent,
	content = 'audit_log', content_rowid = 'seq', detail = 'none', columnsize = 0, tokenize = 'ascii');
CREATE VIRTUAL TABLE audit_terms USING fts5vocab(audit_words, instance);

-- One's own attempts, an address's, those that failed: the newest first.
CREATE INDEX login_attempts_address ON login_attempts (ip_address, attempted_at);
CREATE INDEX login_attempts_success ON login_attempts (success, attempted_at);

-- What stands in the log stays as it is: also by INSERT OR REPLACE, which deletes without asking the triggers.
CREATE TRIGGER audit_log_added BEFORE INSERT ON audit_log
WHEN NEW.seq <= coalesce((SELECT max(seq) FROM audit_log), 0) OR EXISTS (SELECT 1 FROM audit_log WHERE id = NEW.id)
BEGIN
	SELECT RAISE(ABORT, 'the audit log is only added to');
END;

CREATE TRIGGER audit_log_stays BEFORE UPDATE ON audit_log
BEGIN
	SELECT RAISE(ABORT, 'the audit log is only added to');
END;

CREATE TRIGGER audit_log_kept BEFORE DELETE ON audit_log
WHEN OLD.seq > coalesce((SELECT max(through_seq) FROM audit_cuts), 0)
BEGIN
	SELECT RAISE(ABORT, 'the audit log is only added to');
END;

CREATE TRIGGER audit_cuts_stay BEFORE UPDATE ON audit_cuts
BEGIN
	SELECT RAISE(ABORT, 'the audit log is only added to');
END;

CREATE TRIGGER audit_cuts_kept BEFORE DELETE ON audit_cuts
BEGIN
	SELECT RAISE(ABORT, 'the audit log is only added to');
END;

CREATE TRIGGER audit_cuts_added BEFORE INSERT ON audit_cuts
WHEN NEW.through_seq <= coalesce((SELECT max(through_seq) FROM audit_cuts), 0)
BEGIN
	SELECT RAISE(ABORT, 'the audit log is only added to');
END;
