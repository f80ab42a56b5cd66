-- Users and sessions in numbers; $USERS, $SESSIONS, $HASH (of the password of all) and $NOW (ms) are filled in by seed.
-- A session's user is not its neighbour's: as if people had signed in at random.
PRAGMA journal_mode = OFF;
PRAGMA synchronous = OFF;
PRAGMA cache_size = -600000;
BEGIN;
WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < $USERS),
	t AS (SELECT i, $NOW - 7776000000 + i * 20 AS at FROM n)
INSERT INTO users (id, email, email_key, email_confirmed, username, username_key, name, password_hash, created_at, updated_at, number)
SELECT substr(printf('%012x', at), 1, 8) || '-' || substr(printf('%012x', at), 9) || printf('-7000-8000-%012x', i),
	printf('User%06d@example.org', i), printf('user%06d@example.org', i), 1,
	printf('User%06d', i), printf('user%06d', i), printf('User Number %d', i), '$HASH', at, at, i + 1000
FROM t;
INSERT INTO users_words (rowid, email, username, name, marks)
SELECT number, email, username, name, 'e:1l:0c:1' FROM users WHERE number >= 1000;
INSERT INTO user_roles (user_id, role_id, assigned_at)
SELECT id, '00000000-0000-7000-8000-000000000002', created_at FROM users;
INSERT INTO groups (id, name, home_user_id, created_at)
SELECT replace(id, '-8000-', '-9000-'), email, id, created_at FROM users;
INSERT INTO group_members (group_id, user_id, added_at)
SELECT id, home_user_id, created_at FROM groups;
CREATE TEMP TABLE numbered (i INTEGER PRIMARY KEY, id TEXT);
INSERT INTO numbered SELECT row_number() OVER (ORDER BY id) - 1, id FROM users;
WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < $SESSIONS),
	t AS (SELECT i, $NOW - 86400000 + i * 80 AS at FROM n),
	s AS (SELECT i, at, substr(printf('%012x', at), 1, 8) || '-' || substr(printf('%012x', at), 9)
		|| '-7abc-9' || substr(lower(hex(randomblob(2))), 1, 3) || '-' || lower(hex(randomblob(6))) AS id FROM t)
INSERT INTO sessions (id, user_id, kind, token_hash, generation, token_id, rotated_at, created_at, last_seen_at,
	expires_at, ends_at, amr, ip_address, user_agent)
SELECT s.id, numbered.id, CASE s.i % 3 WHEN 0 THEN 'cookie' WHEN 1 THEN 'refresh' ELSE 'opaque' END, randomblob(32),
	0, s.id, at, at, at, at + 604800000, at + 7776000000, 'pwd', '192.0.2.' || (s.i % 250),
	'Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0'
FROM s JOIN numbered ON numbered.i = s.i * 7919 % $USERS;
COMMIT;
PRAGMA journal_mode = WAL;
