#!/usr/bin/env bats
# audit: what was done is found, leaves the site whole, and is true.

load helper

NOBODY=01890a5d-ac96-774b-bcce-b302099a8057

# root's making and sign-in, Ann's registration with what belongs to it, and a role given and taken: some ten rows.
setup() {
	fresh_state
	stop_time
	echo "$PASSWORD" | "$BIN/yett" user add root@example.org --role admin
	sign_in root@example.org
	ADMIN=$ACCESS
	ROOT_ID=$(sql "SELECT id FROM users WHERE email = 'root@example.org'")
	register ann@example.org
	ANN=$ACCESS
	ANN_ID=$USER_ID
	pass_time 10
	call roles POST "/users/$ANN_ID/roles" '{"role":"admin"}' "$(bearer "$ADMIN")" HTTP_USER_AGENT='Mozilla/5.0 Firefox/128.0'
	expect 200
	pass_time 10
	call roles DELETE "/users/$ANN_ID/roles" '{"role":"admin"}' "$(bearer "$ADMIN")" REMOTE_ADDR=2001:db8::7
	expect 200
	LAST=$(sql "SELECT max(seq) FROM audit_log")
}

teardown() {
	stop_site
}

# as METHOD PATH [BODY [VARIABLE]...]: by the admin.
as() {
	local method=$1 path=$2 body=${3--}
	shift 2
	[ $# = 0 ] || shift
	call audit "$method" "$path" "$body" "$(bearer "$ADMIN")" "$@"
}

# rows QUERY: the seqs of all pages, the newest first.
rows() {
	local after='' all=''
	while :; do
		as GET "/audit?$1${after:+&after=$after}"
		expect 200 || return 1
		all="$all $(jq -r '[.items[].seq] | join(" ")' <<< "$BODY")"
		after=$(jq -r '.next // empty' <<< "$BODY")
		[ -n "$after" ] || break
	done
	echo $all
}

# wanted CONDITION: the same out of the database.
wanted() {
	sql "SELECT seq FROM audit_log WHERE $1 ORDER BY seq DESC" | paste -sd ' '
}

at() {
	date -u -d "@$(($(tr -d @ < "$YETT_TEST_CLOCK") / 1000 + $1))" +%FT%TZ
}

@test "GET /audit finds rows by each filter, by several, and in pages of any size" {
	local query condition
	while IFS='|' read -r query condition; do
		[ "$(rows "$query")" = "$(wanted "$condition")" ] || {
			echo "$query: $(rows "$query"), wanted $(wanted "$condition")" >&2
			return 1
		}
	done <<- E
		|1
		limit=1|1
		limit=200|1
		action=role.assigned|action = 'role.assigned'
		action=role.|action GLOB 'role.*'
		action=none.such|0
		user=$ROOT_ID|user_id = '$ROOT_ID'
		user=$ANN_ID&limit=1|user_id = '$ANN_ID'
		user=$NOBODY|0
		on_behalf_of=$NOBODY|0
		org=$NOBODY|0
		key=$NOBODY|0
		object_type=user|object_type = 'user'
		object=$ANN_ID|object_id = '$ANN_ID'
		ip_address=2001:db8::7|ip_address = '2001:db8::7'
		from=$(at -10)|occurred_at >= $(($(tr -d @ < "$YETT_TEST_CLOCK") / 1000 * 1000 - 10000))
		to=$(at -15)|occurred_at < $((($(tr -d @ < "$YETT_TEST_CLOCK") / 1000 - 15) * 1000))
		from=$(at -15)&to=$(at -5)|user_agent GLOB '*Firefox*'
		q=firefox|user_agent GLOB '*Firefox*'
		q=FireFox%20role.assigned|user_agent GLOB '*Firefox*'
		q=firefox&user=$ANN_ID|0
		q=$ANN_ID|object_id = '$ANN_ID' OR details LIKE '%$ANN_ID%'
		q=role&object=$ANN_ID&user=$ROOT_ID&object_type=user&ip_address=2001:db8::7|action = 'role.unassigned'
		q=nowhere|0
	E
}

@test "a query that is not understood is refused by name, and shows nothing" {
	local query field
	while IFS='|' read -r query field; do
		as GET "/audit?$query"
		expect 422 || return 1
		expect_field "$field"
	done <<- E
		nonsense=1|nonsense
		user=$ANN_ID&user=$ROOT_ID|user
		user=ann@example.org|user
		user=|user
		org=x|org
		key=x|key
		on_behalf_of=x|on_behalf_of
		action=role|action
		action=role.assigned.twice|action
		action=.|action
		action=Role.assigned|action
		action=|action
		object=|object
		object=$(printf 'x%.0s' $(seq 201))|object
		object_type=%01|object_type
		ip_address=|ip_address
		from=2027-01-31|from
		from=1970-01-01T00:00:00Z|from
		to=x|to
		from=2027-01-31T00:00:00Z&to=2027-01-31T00:00:00Z|to
		q=|q
		q=*|q
		q=a+b+c+d+e+f+g|q
		q=$(printf 'x%.0s' $(seq 201))|q
		limit=0|limit
		limit=201|limit
		limit=x|limit
		after=0|after
		after=x|after
		format=csv|format
	E
	as GET "/audit?q=%ff"
	expect 400
	as GET "/audit?object=$(printf 'x%.0s' $(seq 200))"
	expect 200
	as GET "/audit?q=a+b+c+d+e+f"
	expect 200
	as GET "/audit?q=$(printf 'x%.0s' $(seq 200))"
	expect 200
}

@test "GET /audit/{id} is one row, with all that is known of it" {
	as GET "/audit?action=role.assigned"
	local item
	item=$(jq -c '.items[0]' <<< "$BODY")
	as GET "/audit/$(jq -r .id <<< "$item")"
	expect 200
	[ "$(jq -c . <<< "$BODY")" = "$item" ]
	[ "$(jq -c '[.actor, .user_id, .on_behalf_of, .action, .object_type, .object_id, .ip_address, .user_agent, .details.role]' <<< "$BODY")" = \
		"[\"user\",\"$ROOT_ID\",null,\"role.assigned\",\"user\",\"$ANN_ID\",\"192.0.2.7\",\"Mozilla/5.0 Firefox/128.0\",\"admin\"]" ]
	as GET "/audit/$NOBODY"
	expect 404
	as GET /audit/x
	expect 404
}

@test "GET /audit/export gives all rows as NDJSON or CSV, and says so in the log" {
	as GET /audit/export
	expect 200
	[ "$(header Content-Type)" = application/x-ndjson ]
	[ -z "$(header Content-Length)" ]
	[[ "$(header Content-Disposition)" = *'filename="audit.ndjson"' ]]
	[ "$(jq -s '[.[].seq]' -c <<< "$BODY")" = "$(jq -nc "[range(1; $((LAST + 2)))] | reverse")" ]
	[ "$(jq -s '.[0].action' -r <<< "$BODY")" = audit.exported ]
	as GET "/audit/export?format=csv&action=role.&user=$ROOT_ID"
	expect 200
	[ "$(header Content-Type)" = "text/csv; charset=utf-8" ]
	/usr/bin/python3 - "$BATS_TEST_TMPDIR/answer" <<- 'PY'
		import csv, sys
		body = open(sys.argv[1], newline='').read().split('\r\n\r\n', 1)[1]
		assert body.endswith('\r\n') and '\n' not in body.replace('\r\n', ''), body
		rows = list(csv.DictReader(body.splitlines()))
		assert [r['action'] for r in rows] == ['role.unassigned', 'role.assigned'], rows
	PY
	[ "$(sql "SELECT json_extract(details, '\$.format'), json_extract(details, '\$.filters') FROM audit_log WHERE seq = (SELECT max(seq) FROM audit_log)")" = "csv|action user" ]
	# A head without a body writes nothing, nor does a query that is refused.
	as HEAD /audit/export
	expect 200
	[ -z "$BODY" ]
	as GET "/audit/export?format=xml"
	expect 422
	expect_field format
	as GET "/audit/export?limit=3"
	expect 422
	expect_field limit
	[ "$(sql "SELECT count(*) FROM audit_log WHERE action = 'audit.exported'")" = 2 ]
}

@test "what a spreadsheet would compute leaves as text" {
	call roles POST "/users/$ANN_ID/roles" '{"role":"admin"}' "$(bearer "$ADMIN")" HTTP_USER_AGENT='=cmd|"/C calc"!A0'
	as GET "/audit/export?format=csv&q=calc"
	[[ "$BODY" = *",\"'=cmd|\"\"/C calc\"\"!A0\","* ]]
}

@test "an export stays small however large the log is, and however slowly it is read" {
	local pid most count
	# Rows without a chain: it is not about that.
	sql "PRAGMA journal_mode = OFF; DROP TRIGGER audit_log_added;
		WITH RECURSIVE n (i) AS (SELECT 100 UNION ALL SELECT i + 1 FROM n WHERE i < 100099)
		INSERT INTO audit_log SELECT i, printf('01890a5d-ac96-774b-bcce-%012d', i), i, 'tool', NULL, NULL, NULL, NULL, 'many.made', 'row', NULL, NULL,
			printf('%0200d', i), NULL, '{}', zeroblob(32) FROM n; PRAGMA journal_mode = WAL" > /dev/null
	# What AddressSanitizer keeps of freed memory is not the program's.
	ASAN_OPTIONS="${ASAN_OPTIONS-}:quarantine_size_mb=1" start_site
	web POST /auth/login --json "{\"email\":\"root@example.org\",\"password\":\"$PASSWORD\"}"
	expect 200
	ADMIN=$(json .access_token)
	pid=$(pgrep -P "$SITE_PID" -x audit || pgrep -x audit -P "$(pgrep -P "$SITE_PID" | head -n 1)")
	# Who reads a little and then nothing for 3 s gets all of it, and others are answered meanwhile.
	curl -sSN "$URL/audit/export?action=many.made" -H "Authorization: Bearer $ADMIN" | { head -c 1000; sleep 3; cat; } > "$BATS_TEST_TMPDIR/out" &
	local reader=$!
	sleep 1
	web GET "/audit?limit=1" -H "Authorization: Bearer $ADMIN"
	expect 200
	most=$(awk '/VmHWM/{print $2}' "/proc/$pid/status")
	[ "$most" -lt 60000 ]
	wait $reader
	[ "$(wc -l < "$BATS_TEST_TMPDIR/out")" = 100000 ]
	[ "$(awk '/VmHWM/{print $2}' "/proc/$pid/status")" -lt 60000 ]
	[ "$(jq -s '[.[0].seq, .[-1].seq]' -c "$BATS_TEST_TMPDIR/out")" = "[100099,100]" ]
}

@test "at most half of the threads export at once; who stops reading is cut off, and whoever does not is told of a broken export" {
	sql "PRAGMA journal_mode = OFF; DROP TRIGGER audit_log_added;
		WITH RECURSIVE n (i) AS (SELECT 100 UNION ALL SELECT i + 1 FROM n WHERE i < 60099)
		INSERT INTO audit_log SELECT i, printf('01890a5d-ac96-774b-bcce-%012d', i), i, 'tool', NULL, NULL, NULL, NULL, 'many.made', 'row', NULL, NULL,
			printf('%0200d', i), NULL, '{}', zeroblob(32) FROM n; PRAGMA journal_mode = WAL" > /dev/null
	export YETT_HTTP_TIMEOUT_S=3 YETT_HTTP_THREADS=2
	spawn-fcgi -s "$BATS_TEST_TMPDIR/audit.sock" -P "$BATS_TEST_TMPDIR/audit.pid" -- "$BIN/audit" > /dev/null 2>> "$BATS_TEST_TMPDIR/log" 3>&-
	/usr/bin/python3 - "$BATS_TEST_TMPDIR/audit.sock" "$ADMIN" <<- 'PY'
		import socket, struct, sys, time
		def record(kind, body):
		    return struct.pack('>BBHHBB', 1, kind, 1, len(body), 0, 0) + body
		def ask(path):
		    s = socket.socket(socket.AF_UNIX)
		    s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
		    s.connect(sys.argv[1])
		    env = {'REQUEST_METHOD': 'GET', 'REQUEST_URI': path, 'REMOTE_ADDR': '192.0.2.9', 'HTTP_AUTHORIZATION': 'Bearer ' + sys.argv[2]}
		    pairs = b''.join(struct.pack('>BI', len(k), len(v) | 0x80000000) + k.encode() + v.encode() for k, v in env.items())
		    s.sendall(record(1, b'\0\1\0\0\0\0\0\0') + record(4, pairs) + record(4, b'') + record(5, b''))
		    return s
		def rest(s, limit=1 << 30):
		    s.settimeout(20)
		    got = b''
		    while len(got) < limit:
		        part = s.recv(65536)
		        if not part:
		            break
		        got += part
		    return got
		first = ask('/audit/export')
		assert b'Status: 200' in rest(first, 5000)
		busy = rest(ask('/audit/export'))
		assert b'Status: 503' in busy and b'Retry-After: 2' in busy, busy
		assert b'Status: 200' in rest(ask('/audit?limit=1'))
		time.sleep(6)
		# It was ended: no end of the answer (record 3) comes, and the next one is served.
		left = rest(first)
		assert struct.pack('>BBH', 1, 3, 1) not in left[-64:], left[-64:]
		whole = rest(ask('/audit/export'))
		assert b'Status: 200' in whole and struct.pack('>BBH', 1, 3, 1) in whole[-64:]
	PY
	kill "$(cat "$BATS_TEST_TMPDIR/audit.pid")"
}

@test "GET /audit/verify goes along the chain part by part, and finds what was changed" {
	as GET /audit/verify
	expect 200
	[ "$(jq -c . <<< "$BODY")" = "{\"findings\":[],\"ok\":true,\"count\":0,\"rows\":$LAST,\"through\":$LAST,\"next\":null}" ]
	as GET "/audit/verify?limit=3"
	[ "$(jq -c '[.ok, .rows, .through, .next]' <<< "$BODY")" = '[true,3,3,"3"]' ]
	as GET "/audit/verify?limit=50000&after=3"
	[ "$(jq -c '[.ok, .rows, .through, .next]' <<< "$BODY")" = "[true,$((LAST - 3)),$LAST,null]" ]
	sql "DROP TRIGGER audit_log_stays; DROP TRIGGER audit_log_kept; UPDATE audit_log SET user_agent = 'another' WHERE seq = 2; DELETE FROM audit_log WHERE seq = 4"
	as GET /audit/verify
	expect 200
	[ "$(jq -c '[.ok, .count, [.findings[] | [.what, .seq]]]' <<< "$BODY")" = '[false,2,[["changed",2],["missing",4]]]' ]
	[ "$(json '.findings[0].id')" = "$(sql "SELECT id FROM audit_log WHERE seq = 2")" ]
	as GET "/audit/verify?after=2&limit=1"
	[ "$(jq -c '[.ok, .rows]' <<< "$BODY")" = '[true,1]' ]
	as GET "/audit/verify?after=3&limit=1"
	[ "$(jq -c '[.ok, .rows, .findings[0].what]' <<< "$BODY")" = '[false,1,"missing"]' ]
	local bad
	for bad in limit=0 limit=50001 after=-1 after=x head=x head= nonsense=1 "limit=1&limit=2"; do
		as GET "/audit/verify?$bad"
		expect 422
		expect_field "${bad%%=*}"
	done
}

@test "GET /audit/head gives what can be kept elsewhere, and /audit/verify compares with it" {
	local head
	as GET /audit/head
	expect 200
	[ "$(json .seq)" = "$LAST" ]
	[ "$(json .mac)" = "$(sql "SELECT lower(hex(mac)) FROM audit_log WHERE seq = $LAST")" ]
	head=$(json .token)
	[ "$("$BIN/yett" audit head)" = "$head" ]
	as GET "/audit/verify?head=$head"
	[ "$(jq -c '[.ok, .head_comparable]' <<< "$BODY")" = '[true,true]' ]
	as GET "/audit/verify?head=${head/yett-head.$LAST./yett-head.1.}"
	expect 422
	expect_field head
	# Its last rows cut off, and an old end put back that was sealed by Yett.
	cp "$DB" "$BATS_TEST_TMPDIR/old"
	call roles POST "/users/$ANN_ID/roles" '{"role":"admin"}' "$(bearer "$ADMIN")"
	as GET /audit/head
	head=$(json .token)
	sql "DROP TRIGGER audit_log_kept; ATTACH '$BATS_TEST_TMPDIR/old' AS old; DELETE FROM audit_log WHERE seq > $LAST; UPDATE audit_head SET (seq, mac, seal) = (SELECT seq, mac, seal FROM old.audit_head)"
	as GET /audit/verify
	[ "$(json .ok)" = true ]
	as GET "/audit/verify?head=$head"
	[ "$(jq -c '[.ok, .findings[0].what, .findings[0].seq]' <<< "$BODY")" = "[false,\"kept\",$((LAST + 1))]" ]
	# An end that is not ours is no head.
	sql "UPDATE audit_head SET seq = 1"
	as GET /audit/head
	expect 500
	[[ "$(json .detail)" = *verify* ]]
}

@test "GET /audit/stats counts by action and day" {
	as GET /audit/stats
	expect 200
	[ "$(json .total)" = "$LAST" ]
	[ "$(json '.actions[] | select(.action == "role.assigned").count')" = "$(sql "SELECT count(*) FROM audit_log WHERE action = 'role.assigned'")" ]
	[ "$(json '.days | length')" = 30 ]
	[ "$(json '[.days[].count] | add')" = "$LAST" ]
	as GET "/audit/stats?from=2024-01-01&to=2024-12-31"
	[ "$(jq -c '[.from, .to, .total, (.days | length)]' <<< "$BODY")" = '["2024-01-01","2024-12-31",0,366]' ]
	local bad
	for bad in "from=2023-12-31&to=2024-12-31" "from=2024-01-02&to=2024-01-01" from=x "from=2024-02-30" "from=9999-12-31"; do
		as GET "/audit/stats?$bad"
		expect 422
		expect_field from
	done
	as GET "/audit/stats?to=2024-1-1"
	expect 422
	expect_field to
}

@test "GET and PATCH /audit/retention: 30 to 36500 days, or for good" {
	local days
	as GET /audit/retention
	expect 200
	[ "$BODY" = '{"keep_days":null}' ]
	for days in 30 36500 null; do
		as PATCH /audit/retention "{\"keep_days\":$days}"
		expect 200
		[ "$BODY" = "{\"keep_days\":$days}" ]
		as GET /audit/retention
		[ "$BODY" = "{\"keep_days\":$days}" ]
	done
	for days in 29 36501 0 -30 30.5 1e300 '"30"' true '[]'; do
		as PATCH /audit/retention "{\"keep_days\":$days}"
		expect 422
		expect_field keep_days
	done
	as PATCH /audit/retention '{}'
	expect 422
	expect_field keep_days
	as PATCH /audit/retention 'keep_days=365' "$FORM"
	expect 200
	[ "$BODY" = '{"keep_days":365}' ]
	[ "$(sql "SELECT group_concat(json_extract(details, '\$.keep_days'), ' ') FROM audit_log WHERE action = 'audit.retention_set'")" = "30 36500 365" ]
	# Written into the file by somebody else.
	sql "UPDATE audit_retention SET keep_days = 30"
	as GET /audit/retention
	expect 500
	[[ "$(json .detail)" = *"set it again"* ]]
	as PATCH /audit/retention '{"keep_days":365}'
	expect 200
	as GET /audit/retention
	expect 200
}

@test "GET /login-attempts shows who tried, by each filter" {
	local i query count next
	call login POST /auth/login '{"email":"ann@example.org","password":"wrong wrong wrong"}' REMOTE_ADDR=2001:db8::9
	pass_time 1
	call login POST /auth/login '{"email":"nobody@example.org","password":"wrong wrong wrong"}'
	while IFS='|' read -r query count; do
		as GET "/login-attempts?$query"
		expect 200
		[ "$(json '.items | length')" = "$count" ] || {
			echo "$query: $BODY" >&2
			return 1
		}
	done <<- E
		|$(sql "SELECT count(*) FROM login_attempts")
		user=$ANN_ID|$(sql "SELECT count(*) FROM login_attempts WHERE user_id = '$ANN_ID'")
		user=$ANN_ID&success=false|1
		success=false|2
		success=true|$(sql "SELECT count(*) FROM login_attempts WHERE success")
		ip_address=2001:db8::9|1
		ip_address=2001:db8::9&success=true|0
		from=$(at 1)|0
		to=$(at -15)&success=false|0
		from=$(at -1)&success=false|2
		from=$(at 0)&success=false|1
	E
	as GET "/login-attempts?success=false"
	[ "$(jq -c '[.items[] | [.user_id, .ip_address, .success]]' <<< "$BODY")" = "[[null,\"192.0.2.7\",false],[\"$ANN_ID\",\"2001:db8::9\",false]]" ]
	# Page by page, of the same millisecond too.
	sql "WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 2499)
		INSERT INTO login_attempts SELECT printf('01890a5d-ac96-774b-bcce-%012d', i), NULL, 1000 + i / 100, i % 1000 = 0, '192.0.2.99', '' FROM n"
	next=
	count=0
	for i in $(seq 20); do
		as GET "/login-attempts?ip_address=192.0.2.99&limit=200${next:+&after=$next}"
		expect 200
		count=$((count + $(json '.items | length')))
		next=$(jq -r '.next // empty' <<< "$BODY")
		[ -n "$next" ] || break
	done
	[ "$count" = 2500 ]
	# What is rare is found after a look at so many a request.
	next=
	count=0
	for i in $(seq 20); do
		as GET "/login-attempts?ip_address=192.0.2.99&success=true${next:+&after=$next}"
		count=$((count + $(json '.items | length')))
		next=$(jq -r '.next // empty' <<< "$BODY")
		[ -n "$next" ] || break
	done
	[ "$count" = 3 ]
	[ "$i" -gt 2 ]
	for query in user=x success=1 ip_address= from=x to=x "from=$(at 1)&to=$(at 1)" limit=0 limit=201 after=x after=1.x nonsense=1 "success=true&success=true"; do
		as GET "/login-attempts?$query"
		expect 422
	done
}

@test "who is let read the log by the guest's role reads it, and no more" {
	sql "INSERT INTO permissions (id, name, created_at) VALUES ('$NOBODY', 'audit:read', 0);
		INSERT INTO role_permissions (role_id, permission_id) VALUES ('00000000-0000-7000-8000-000000000003', '$NOBODY')"
	call audit GET /audit
	expect 200
	call audit GET /audit/export
	expect 401
	call audit PATCH /audit/retention '{"keep_days":30}'
	expect 401
	call audit GET /audit/verify - "$(bearer "$ANN")"
	expect 403
}

@test "no statement of the log sorts, or reads more than it is asked for" {
	local plan statement count=0
	/usr/bin/python3 - "$TOP" > "$BATS_TEST_TMPDIR/statements" <<- 'PY'
		import re, sys
		for name in ('audit', 'audit_read', 'audit_keep', 'attempt'):
		    text = open(f'{sys.argv[1]}/lib/store/{name}.c').read()
		    macros = dict((m[0], m[1].replace('\\\n', ' ')) for m in re.findall(r'#define (\w+)\s*((?:.*\\\n)*.*)', text))
		    for found in re.findall(r'(?:sql|by_\w+)\[\] =\s*(.*?);\n|(?:= |\] =\s+)((?:SEEK_WORD|"SELECT seq)[^;]*?)(?=,\n\s*\[|,\n\})', text, re.S):
		        source = ''.join(found)
		        for macro, value in macros.items():
		            source = re.sub(r'\b' + macro + r'\b', lambda m: value, source)
		        parts = re.findall(r'"((?:[^"\\]|\\.)*)"', source)
		        print(''.join(parts).replace('\\"', '"'))
	PY
	[ "$(wc -l < "$BATS_TEST_TMPDIR/statements")" -ge 35 ]
	while read -r statement; do
		plan=$(sql "EXPLAIN QUERY PLAN $statement" 2>&1)
		# The words of FTS5 are looked up in its own index, which it calls a scan, with what is looked for after the colon.
		if [[ "$plan" = *Error* || "$plan" = *"TEMP B-TREE"* ]] ||
			grep -E 'SCAN' <<< "$plan" | grep -qvE 'SCAN audit_words VIRTUAL TABLE INDEX [0-9]+:M|SCAN CONSTANT ROW|SCAN \(subquery'; then
			# In the order of the primary key from its end on, as far as is asked for.
			[[ "$statement" = *"FROM audit_cuts ORDER BY through_seq DESC"* || "$statement" = "SELECT m"[axin]*"(seq) FROM audit_log" ]] || {
				printf '%s\n%s\n' "$statement" "$plan" >&2
				return 1
			}
		fi
		count=$((count + 1))
	done < "$BATS_TEST_TMPDIR/statements"
	[ $count -ge 35 ]
}
