-- The devices that users were seen to sign in on: so that a sign-in on another one can be told to the user.

CREATE TABLE user_devices (
	id            TEXT NOT NULL PRIMARY KEY,            -- UUIDv7
	user_id       TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
	device_hash   BLOB NOT NULL CHECK (length(device_hash) = 32), -- BLAKE2b-256 of the browser's cookie for it; else of agent and network
	name          TEXT NOT NULL,                        -- as lib/access/device.h calls it: "Firefox on Linux"
	first_seen_at INTEGER NOT NULL,                     -- ms
	last_seen_at  INTEGER NOT NULL,                     -- ms: the last sign-in on it, up to a day late
	UNIQUE (user_id, device_hash)
) STRICT;

CREATE INDEX user_devices_seen ON user_devices (last_seen_at);
CREATE INDEX user_devices_of ON user_devices (user_id, last_seen_at);
