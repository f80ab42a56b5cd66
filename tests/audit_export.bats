#!/usr/bin/env bats
# GET /audit/export goes on for as long as who asked for it may have it.

load helper
load tool

# root's log of 60,000 rows, far more than any buffer on the way holds, and kim, an auditor.
setup() {
	fresh_state
	add_user root@example.org --role admin
	add_user kim@example.org
	yett role add auditor
	yett role allow auditor audit:export
	yett role grant kim@example.org auditor
	KIM_ID=$(sql "SELECT id FROM users WHERE email = 'kim@example.org'")
	sign_in kim@example.org
	KIM=$ACCESS
	sql "PRAGMA journal_mode = OFF; CREATE TABLE kept AS SELECT sql FROM sqlite_schema WHERE name = 'audit_log_added'; DROP TRIGGER audit_log_added;
		WITH RECURSIVE n (i) AS (SELECT 1000 UNION ALL SELECT i + 1 FROM n WHERE i < 60999)
		INSERT INTO audit_log SELECT i, printf('01890a5d-ac96-774b-bcce-%012d', i), i, 'tool', NULL, NULL, NULL, NULL, 'many.made', 'row', NULL, NULL,
			printf('%0200d', i), NULL, '{}', zeroblob(32) FROM n; PRAGMA journal_mode = WAL" > /dev/null
	sql "$(sql "SELECT sql FROM kept"); DROP TABLE kept"
	spawn-fcgi -s "$BATS_TEST_TMPDIR/audit.sock" -P "$BATS_TEST_TMPDIR/audit.pid" -- /bin/sh -c "exec '$BIN/audit' 2>> '$BATS_TEST_TMPDIR/log'" > /dev/null 3>&-
}

teardown() {
	[ ! -e "$BATS_TEST_TMPDIR/audit.pid" ] || kill "$(cat "$BATS_TEST_TMPDIR/audit.pid")"
}

# during FIELD VALUE COMMAND [ARGUMENT]...: an export by that header field, in the midst of which COMMAND runs. ENDED is then
# "whole" or "broken", ROWS how many there were.
during() {
	local field=$1 value=$2 answer
	shift 2
	answer=$(/usr/bin/python3 - "$BATS_TEST_TMPDIR/audit.sock" "$field" "$value" "$@" <<- 'PY'
		import socket, struct, subprocess, sys
		def record(kind, body):
		    return struct.pack('>BBHHBB', 1, kind, 1, len(body), 0, 0) + body
		s = socket.socket(socket.AF_UNIX)
		s.connect(sys.argv[1])
		s.settimeout(20)
		env = {'REQUEST_METHOD': 'GET', 'REQUEST_URI': '/audit/export?action=many.made', 'REMOTE_ADDR': '192.0.2.9', sys.argv[2]: sys.argv[3]}
		pairs = b''.join(struct.pack('>BI', len(k), len(v) | 0x80000000) + k.encode() + v.encode() for k, v in env.items())
		s.sendall(record(1, b'\0\1\0\0\0\0\0\0') + record(4, pairs) + record(4, b'') + record(5, b''))
		got = bytearray(s.recv(5000))
		assert b'Status: 200' in got, got
		subprocess.run(sys.argv[4:], check=True, stdout=subprocess.DEVNULL)
		try:
		    while part := s.recv(65536):
		        got += part
		except ConnectionResetError:
		    pass
		text, ended, at = bytearray(), 'broken', 0
		while at + 8 <= len(got):
		    _, kind, _, size, padding, _ = struct.unpack('>BBHHBB', got[at:at + 8])
		    text += got[at + 8:at + 8 + size] if kind == 6 else b''
		    ended = 'whole' if kind == 3 else ended
		    at += 8 + size + padding
		print(ended, text.count(b'many.made'))
	PY
	)
	read -r ENDED ROWS <<< "$answer"
	echo "$* ended $ENDED after $ROWS rows"
}

# stops COMMAND [ARGUMENT]...: kim's export ends before its end.
stops() {
	sign_in kim@example.org
	during HTTP_AUTHORIZATION "Bearer $ACCESS" "$@"
	[ "$ENDED" = broken ]
	[ "$ROWS" -lt 30000 ]
}

@test "whoever is locked, signed out or deleted in the midst of an export gets no more of it" {
	stops yett user lock kim@example.org
	yett user unlock kim@example.org
	stops yett user disable kim@example.org
	yett user enable kim@example.org
	stops yett user logout kim@example.org
	stops yett user require-password-update kim@example.org
	sql "UPDATE users SET update_password_required = 0"
	stops yett user delete kim@example.org --yes
	grep -q "audit/export: broken off: invalid-token" "$BATS_TEST_TMPDIR/log"
	grep -q "audit/export: broken off: password-update-required" "$BATS_TEST_TMPDIR/log"
}

@test "whoever loses the permission in the midst of an export gets no more of it, in whatever way it goes" {
	stops yett role revoke kim@example.org auditor
	yett role grant kim@example.org auditor
	stops yett role forbid auditor audit:export
	yett role allow auditor audit:export
	stops yett role delete auditor
	grep -q "audit/export: broken off: forbidden" "$BATS_TEST_TMPDIR/log"
}

@test "a key that is revoked in the midst of an export ends it" {
	local key
	key=$(yett apikey create exporter --service --scope audit:export --json | jq -r .key)
	during HTTP_X_API_KEY "$key" yett apikey revoke "$(sql "SELECT id FROM api_keys")"
	[ "$ENDED" = broken ]
	[ "$ROWS" -lt 30000 ]
}

@test "what others lose, or oneself besides, lets an export go on to its end" {
	during HTTP_AUTHORIZATION "Bearer $KIM" yett user lock root@example.org
	[ "$ENDED" = whole ]
	[ "$ROWS" = 60000 ]
	during HTTP_AUTHORIZATION "Bearer $KIM" yett role forbid viewer profile:update
	[ "$ENDED" = whole ]
	during HTTP_AUTHORIZATION "Bearer $KIM" yett role revoke kim@example.org viewer
	[ "$ENDED" = whole ]
	[ "$ROWS" = 60000 ]
}
