-- Who may see which pages of other applications: the rules of the guard, asked in the order of their positions.

CREATE TABLE guard_rules (
	id          TEXT NOT NULL PRIMARY KEY,              -- UUIDv7
	position    INTEGER NOT NULL UNIQUE,                -- 1 to 1000000, with gaps; below 1 only within a transaction that moves rules
	rule        TEXT NOT NULL,                          -- as docs/guard.md has it, in the one way it is printed, at most 1024 bytes
	description TEXT NOT NULL DEFAULT '',               -- for people, at most 500 bytes
	created_at  INTEGER NOT NULL,                       -- ms
	updated_at  INTEGER NOT NULL                        -- ms of the last change of rule, position or description
) STRICT;
