#!/usr/bin/env bats
# yett audit: what was done, whether that is true, and how long it is kept.

load helper
load tool

# Ten rows and a kept head; the state as it then is, to come back to.
setup() {
	local i
	fresh_state
	stop_time
	add_user kim@example.org
	add_user root@example.org --role admin
	KIM=$(sql "SELECT id FROM users WHERE email = 'kim@example.org'")
	ROOT=$(sql "SELECT id FROM users WHERE email = 'root@example.org'")
	sign_in root@example.org
	for i in 1 2 3 4 5 6 7 8 9 10; do
		grant
		pass_time 1
		revoke
	done
	sql "SELECT count(*) FROM audit_log" > "$BATS_TEST_TMPDIR/count"
	LAST=$(< "$BATS_TEST_TMPDIR/count")
	[ "$LAST" -ge 20 ]
	yett audit head > "$BATS_TEST_TMPDIR/head"
	cp -r "$YETT_SITE_STATE" "$BATS_TEST_TMPDIR/good"
}

# grant, revoke: one row more each.
grant() {
	call roles POST "/users/$KIM/roles" '{"role":"admin"}' "$(bearer "$ACCESS")"
	expect 200
}

revoke() {
	call roles DELETE "/users/$KIM/roles" '{"role":"admin"}' "$(bearer "$ACCESS")"
	expect 200
}

again() {
	rm -rf "$YETT_SITE_STATE"
	cp -r "$BATS_TEST_TMPDIR/good" "$YETT_SITE_STATE"
}

# tamper SQL: as somebody who may write the file, and knows how to take the triggers away and put them back.
tamper() {
	local triggers drop
	triggers=$(sql "SELECT sql || ';' FROM sqlite_schema WHERE type = 'trigger' AND tbl_name GLOB 'audit_*'")
	drop=$(sql "SELECT 'DROP TRIGGER ' || name || ';' FROM sqlite_schema WHERE type = 'trigger' AND tbl_name GLOB 'audit_*'")
	sqlite3 -bail "$DB" "BEGIN;$drop$1;$triggers;COMMIT;" > /dev/null
}

# finds WHAT ROW: the first finding of a verification, which fails.
finds() {
	run -1 --separate-stderr yett audit verify --json
	[ "$(jq -r '.ok' <<< "$output")" = false ] || return 1
	jq -e --arg w "$1" --arg s "$2" '.findings[0] | .what == $w and (.seq | tostring) == $s or (.seq > 9e18 and $s == "9223372036854775807")' <<< "$output" > /dev/null || {
		echo "wanted $*: $output" >&2
		return 1
	}
}

@test "a log that nobody changed is verified, as a sentence or as JSON" {
	run -0 yett audit verify
	[[ "$output" = "the audit log is what was written: $LAST rows, the last is $LAST; heads compared: 0" ]]
	run -0 yett audit verify --json --head "$BATS_TEST_TMPDIR/head"
	[ "$(jq -c . <<< "$output")" = "{\"findings\":[],\"ok\":true,\"count\":0,\"rows\":$LAST,\"through\":$LAST,\"heads\":1,\"heads_too_old\":0}" ]
}

@test "a row that was changed, removed, put in, moved or cut off is found, and it says which" {
	local line what row change
	while IFS='|' read -r what row change; do
		again
		tamper "$change" || return 1
		finds "$what" "${row/LAST/$LAST}" || { echo "after: $change" >&2; return 1; }
		# Who only looks at the exit status knows, too, and who reads it is told.
		run -1 --separate-stderr yett audit verify
		[[ "$stderr" = *"the audit log is NOT what was written"* ]]
	done <<- E
		changed|5|UPDATE audit_log SET details = '{"role":"viewer"}' WHERE seq = 5
		changed|5|UPDATE audit_log SET details = details || char(0) || 'hidden' WHERE seq = 5
		changed|5|UPDATE audit_log SET id = replace(id, '7', '8') WHERE seq = 5
		changed|5|UPDATE audit_log SET occurred_at = occurred_at + 1 WHERE seq = 5
		changed|5|UPDATE audit_log SET actor = 'system' WHERE seq = 5
		changed|5|UPDATE audit_log SET user_id = '$KIM' WHERE seq = 5
		changed|5|UPDATE audit_log SET user_id = '' WHERE seq = 5
		changed|5|UPDATE audit_log SET on_behalf_of = '$KIM' WHERE seq = 5
		changed|5|UPDATE audit_log SET key_id = '$KIM' WHERE seq = 5
		changed|5|UPDATE audit_log SET org_id = '$KIM' WHERE seq = 5
		changed|5|UPDATE audit_log SET action = 'role.created' WHERE seq = 5
		changed|5|UPDATE audit_log SET object_type = 'role' WHERE seq = 5
		changed|5|UPDATE audit_log SET object_id = NULL WHERE seq = 5
		changed|5|UPDATE audit_log SET ip_address = '192.0.2.1' WHERE seq = 5
		changed|5|UPDATE audit_log SET user_agent = 'x' WHERE seq = 5
		changed|5|UPDATE audit_log SET request_id = 'x' WHERE seq = 5
		changed|5|UPDATE audit_log SET mac = zeroblob(32) WHERE seq = 5
		changed|1|UPDATE audit_log SET user_agent = 'x' WHERE seq = 1
		changed|LAST|UPDATE audit_log SET details = '{}' WHERE seq = $LAST
		missing|5|DELETE FROM audit_log WHERE seq = 5
		missing|4|DELETE FROM audit_log WHERE seq BETWEEN 4 AND 7
		changed|5|DELETE FROM audit_log WHERE seq = 5; UPDATE audit_log SET seq = -seq WHERE seq > 5; UPDATE audit_log SET seq = -seq - 1 WHERE seq < 0
		changed|5|UPDATE audit_log SET seq = -5 WHERE seq = 5; UPDATE audit_log SET seq = 5 WHERE seq = 6; UPDATE audit_log SET seq = 6 WHERE seq = -5
		changed|6|UPDATE audit_log SET seq = -seq WHERE seq > 5; UPDATE audit_log SET seq = 1 - seq WHERE seq < 0; INSERT INTO audit_log SELECT 6, 'new', occurred_at, actor, user_id, on_behalf_of, key_id, org_id, action, object_type, object_id, ip_address, user_agent, request_id, details, mac FROM audit_log WHERE seq = 5
		changed|$((LAST + 1))|INSERT INTO audit_log SELECT seq + 1, 'new', occurred_at, actor, user_id, on_behalf_of, key_id, org_id, action, object_type, object_id, ip_address, user_agent, request_id, details, mac FROM audit_log WHERE seq = $LAST
		missing|$((LAST + 1))|INSERT INTO audit_log SELECT seq + 1000000000000, 'new', occurred_at, actor, user_id, on_behalf_of, key_id, org_id, action, object_type, object_id, ip_address, user_agent, request_id, details, mac FROM audit_log WHERE seq = $LAST
		late|9223372036854775807|INSERT INTO audit_log SELECT 9223372036854775807, 'new', occurred_at, actor, user_id, on_behalf_of, key_id, org_id, action, object_type, object_id, ip_address, user_agent, request_id, details, mac FROM audit_log WHERE seq = $LAST
		missing|8|DELETE FROM audit_log WHERE seq > 7
		missing|LAST|DELETE FROM audit_log WHERE seq = $LAST
		missing|1|DELETE FROM audit_log WHERE seq <= 3
		missing|1|DELETE FROM audit_log
		early|null|UPDATE audit_log SET seq = 0 WHERE seq = 5
		early|-3|UPDATE audit_log SET seq = -3 WHERE seq = 5
		head|7|DELETE FROM audit_log WHERE seq > 7; UPDATE audit_head SET seq = 7, mac = (SELECT mac FROM audit_log WHERE seq = 7)
		head|LAST|UPDATE audit_head SET seal = zeroblob(32)
		head|LAST|UPDATE audit_head SET mac = zeroblob(32)
		head|null|DELETE FROM audit_head
		cut|3|DELETE FROM audit_log WHERE seq <= 2; INSERT INTO audit_cuts SELECT 3, mac, 0, zeroblob(32) FROM audit_log WHERE seq = 3; DELETE FROM audit_log WHERE seq = 3
		words|5|INSERT INTO audit_words (audit_words, rowid, action, object_id, details, ip_address, user_agent) SELECT 'delete', seq, action, object_id, details, ip_address, user_agent FROM audit_log WHERE seq = 5
		words|5|INSERT INTO audit_words (rowid, details) VALUES (5, 'another')
		words|99|INSERT INTO audit_words (rowid, details) VALUES (99, 'nowhere')
		words|1|INSERT INTO audit_words (audit_words) VALUES ('delete-all')
	E
}

@test "a trigger, table or index that was changed is found" {
	local change
	for change in "DROP TRIGGER audit_log_kept" "DROP TRIGGER audit_log_stays; CREATE TRIGGER audit_log_stays BEFORE UPDATE ON audit_log BEGIN SELECT 1; END" \
		"CREATE TRIGGER helpful AFTER INSERT ON users BEGIN DELETE FROM audit_log; END" "DROP INDEX audit_log_user" "CREATE TABLE audit_more (x)"; do
		again
		sql "$change"
		finds schema null || { echo "after: $change" >&2; return 1; }
	done
	# An index that does not know a row, so that no filter shows it, while the row is as it was.
	again
	tamper "CREATE TEMP TABLE t AS SELECT object_id FROM audit_log WHERE seq = 5; UPDATE audit_log SET object_id = NULL WHERE seq = 5"
	sql "PRAGMA writable_schema = ON; CREATE TABLE kept AS SELECT * FROM sqlite_schema WHERE name = 'audit_log_object'; DELETE FROM sqlite_schema WHERE name = 'audit_log_object'"
	tamper "UPDATE audit_log SET object_id = '$KIM' WHERE seq = 5"
	sql "PRAGMA writable_schema = ON; INSERT INTO sqlite_schema SELECT * FROM kept; DROP TABLE kept"
	finds index null
}

@test "who cuts the end off and lets Yett write on is found for good" {
	tamper "DELETE FROM audit_log WHERE seq > 7; UPDATE audit_head SET seq = 7, mac = (SELECT mac FROM audit_log WHERE seq = 7)"
	# The site goes on, and says so to its operator.
	grant
	[[ "$(cat "$BATS_TEST_TMPDIR/log")" = *"the end of the audit log is not as it was left"* ]]
	finds broken 8
	revoke
	finds broken 8
	# And only there the chain is broken; but the words of the rows that were there before are still searched.
	[ "$(jq -c '[.findings[] | select(.what != "words").what]' <<< "$output")" = '["broken"]' ]
	# Without a head, or with rows behind it, it is the same.
	again
	tamper "DELETE FROM audit_log WHERE seq > 7; DELETE FROM audit_head"
	grant
	finds broken 8
	again
	tamper "INSERT INTO audit_log SELECT seq + 1, 'new', occurred_at, actor, user_id, on_behalf_of, key_id, org_id, action, object_type, object_id, ip_address, user_agent, request_id, details, mac FROM audit_log WHERE seq = $LAST"
	grant
	finds changed $((LAST + 1))
	jq -e --argjson s $((LAST + 2)) '.findings | any(.what == "broken" and .seq == $s)' <<< "$output"
}

@test "a kept head tells an older copy of the whole database, and a log begun anew" {
	local head
	grant
	yett audit head >> "$BATS_TEST_TMPDIR/head"
	head=$(tail -n 1 "$BATS_TEST_TMPDIR/head")
	run -0 yett audit verify --head "$BATS_TEST_TMPDIR/head"
	[[ "$output" = *"heads compared: 2" ]]
	run -0 yett audit verify --head "$head"
	again
	# By itself the older copy is whole.
	yett audit verify
	run -1 yett audit verify --head "$head"
	[[ "$output" = *kept*"$((LAST + 1))"*"older copy"* ]]
	run -1 yett audit verify --head "$BATS_TEST_TMPDIR/head"
	# Going on from there makes another row of that number.
	pass_time 1
	grant
	yett audit verify
	run -1 yett audit verify --head "$head"
	[[ "$output" = *"another row here"* ]]
	# All of it gone, its head too: nothing but a kept head can tell.
	tamper "DELETE FROM audit_log; DELETE FROM audit_head; INSERT INTO audit_words (audit_words) VALUES ('delete-all')"
	yett audit verify
	run -1 yett audit verify --head "$head"
}

@test "a head that is forged, another site's or none is told" {
	local head
	head=$(cat "$BATS_TEST_TMPDIR/head")
	run -1 yett audit verify --head "${head/yett-head.$LAST./yett-head.5.}"
	[[ "$output" = *forged* ]]
	run -1 yett audit verify --head "${head%?}"
	[[ "$output" = *'did not print'* ]]
	echo nonsense > "$BATS_TEST_TMPDIR/none"
	run -1 yett audit verify --head "$BATS_TEST_TMPDIR/none"
	: > "$BATS_TEST_TMPDIR/none"
	run -1 yett audit verify --head "$BATS_TEST_TMPDIR/none"
	[[ "$output" = *"no head"* ]]
	run -1 yett audit verify --head "$BATS_TEST_TMPDIR/absent"
	run -100 yett audit head more
	tamper "UPDATE audit_head SET seq = 5"
	run -1 yett audit head
	[[ "$output" = *"yett audit verify"* ]]
}

@test "signing keys may rotate away: heads are sealed by the master key, without which nothing can be verified" {
	yett key rotate
	rm -r "$YETT_SITE_STATE/keys"
	yett init > /dev/null
	yett audit verify --head "$BATS_TEST_TMPDIR/head"
	rm "$YETT_SITE_STATE/master.key"
	run -1 yett audit verify
	[[ "$output" = *master.key* ]]
	yett init > /dev/null
	finds head "$((LAST + 1))" || finds changed 1
}

@test "rows cannot be changed or deleted by who forgets the triggers" {
	local change
	for change in "UPDATE audit_log SET details = '{}' WHERE seq = 5" "DELETE FROM audit_log WHERE seq = 5" "DELETE FROM audit_log" \
		"INSERT OR REPLACE INTO audit_log SELECT * FROM audit_log WHERE seq = 5" \
		"INSERT OR REPLACE INTO audit_log SELECT 99, id, occurred_at, actor, user_id, on_behalf_of, key_id, org_id, action, object_type, object_id, ip_address, user_agent, request_id, details, mac FROM audit_log WHERE seq = 5" \
		"INSERT INTO audit_cuts VALUES (3, zeroblob(32), 0, zeroblob(32)); UPDATE audit_cuts SET through_seq = 5" \
		"INSERT INTO audit_cuts VALUES (4, zeroblob(32), 0, zeroblob(32)); DELETE FROM audit_cuts" \
		"INSERT OR REPLACE INTO audit_cuts VALUES (4, zeroblob(32), 1, zeroblob(32))"; do
		run -19 sqlite3 "$DB" "$change"
		[[ "$output" = *"the audit log is only added to"* ]]
	done
}

@test "what is older than it should be kept is deleted from the beginning, and the rest can still be verified" {
	local head first
	run -0 yett audit retention
	[ "$output" = "rows are kept for good" ]
	run -0 yett audit retention 30
	[ "$output" = "rows are kept for 30 days" ]
	head=$(yett audit head)
	pass_time $((31 * 86400 - 10))
	run -0 yett audit cut
	[ "$output" = "rows deleted: 0" ]
	pass_time 60
	run -0 yett audit cut
	[ "$output" = "rows deleted: $((LAST + 1))" ]
	run -0 yett audit cut
	[ "$output" = "rows deleted: 0" ]
	yett audit verify
	[ "$(yett audit list --json | jq -c '[.items[] | [.seq, .action, .details.through_seq, .details.rows]]')" = "[[$((LAST + 2)),\"audit.cut\",$((LAST + 1)),$((LAST + 1))]]" ]
	[ "$(yett audit list --search revoke --json | jq '.items | length')" = 0 ]
	# The head of the last row deleted can be compared with the cut; those before it with nothing.
	run -0 yett audit verify --head "$head"
	[[ "$output" = *"compared: 1"* ]]
	run -0 --separate-stderr yett audit verify --head "$BATS_TEST_TMPDIR/head"
	[[ "$stderr" = *"say nothing any more: 1"* ]]
	# It is no way to get rid of more.
	again_from=$YETT_SITE_STATE.cut
	cp -r "$YETT_SITE_STATE" "$again_from"
	for change in "DELETE FROM audit_cuts" "UPDATE audit_cuts SET through_seq = through_seq + 1" "UPDATE audit_cuts SET cut_at = cut_at + 1" \
		"DELETE FROM audit_log" "DELETE FROM audit_log; DELETE FROM audit_head"; do
		rm -rf "$YETT_SITE_STATE"
		cp -r "$again_from" "$YETT_SITE_STATE"
		tamper "$change"
		run -1 yett audit verify
	done
}

@test "the days to keep are 30 to 36500, and nobody but Yett sets them" {
	local days
	for days in 29 36501 0 -1 x 3.5 ""; do
		run -1 yett audit retention -- "$days"
	done
	run -100 yett audit retention 30 40
	yett audit retention 36500
	yett audit retention forever
	[ "$(yett audit retention)" = "rows are kept for good" ]
	pass_time $((40 * 86400))
	# Written into the file; put back as it once was.
	tamper "UPDATE audit_retention SET keep_days = 30"
	run -1 yett audit retention
	[[ "$output" = *"somebody else"* ]]
	run -1 yett audit cut
	yett audit retention 30
	sql "CREATE TABLE kept AS SELECT * FROM audit_retention"
	yett audit retention forever
	tamper "DELETE FROM audit_retention; INSERT INTO audit_retention SELECT * FROM kept"
	run -1 yett audit cut
	[ "$(sql "SELECT min(seq) FROM audit_log")" = 1 ]
}

@test "a log that was tampered with is not shortened: the traces stay" {
	yett audit retention 30
	pass_time $((40 * 86400))
	tamper "DELETE FROM audit_log WHERE seq = 5"
	run -1 yett audit cut
	[[ "$output" = *"so it stays"* ]]
	finds missing 5
}

@test "audit list shows what was done, by every filter" {
	run -0 --separate-stderr yett audit list --limit 3
	[[ "${lines[0]}" = ROW*TIME*ACTION*BY*OBJECT*ADDRESS*DETAILS ]]
	[[ "${lines[1]}" = "$LAST "*role.unassigned*"user $ROOT"*"user $KIM"*192.0.2.7* ]]
	[[ "$stderr" = *"there may be more: --after $((LAST - 2))"* ]]
	[ "$(yett audit list --after 3 --json | jq -c '[.items[].seq], .next')" = $'[2,1]\nnull' ]
	[ "$(yett audit list --action role.assigned --object "$KIM" --limit 2 --json | jq '[.items[] | .action == "role.assigned"] | length')" = 2 ]
	[ "$(yett audit list --action role. --json | jq '.items | length')" = "$(sql "SELECT count(*) FROM audit_log WHERE action GLOB 'role.*'")" ]
	[ "$(yett audit list --user kim@example.org --json | jq '.items | length')" = 0 ]
	[ "$(yett audit list --user root@example.org --json | jq '.items | length')" = "$(sql "SELECT count(*) FROM audit_log WHERE user_id = '$ROOT'")" ]
	[ "$(yett audit list --search "UNASSIGNED admin" --object-type user --json | jq '.items | length')" = 10 ]
	[ "$(yett audit list --from 2000-01-01T00:00:00Z --to 2000-01-02T00:00:00Z --json | jq '.items | length')" = 0 ]
	run -1 yett audit list --from yesterday
	run -1 yett audit list --from 2000-01-02T00:00:00Z --to 2000-01-01T00:00:00Z
	run -1 yett audit list --user nobody@example.org
	run -1 yett audit list --search '*'
	run -100 yett audit list --limit 10001
	run -100 yett audit list --after x
}

@test "audit export prints all rows, as JSON or CSV, and is in the log itself" {
	run -0 yett audit export
	[ "${#lines[@]}" = $((LAST + 1)) ]
	[ "$(jq -r .action <<< "${lines[0]}")" = audit.exported ]
	[ "$(jq -s '[.[].seq] == ([range(1; '$((LAST + 2))')] | reverse)' <<< "$output")" = true ]
	run -0 yett audit export --format csv --action role.assigned
	[ "${#lines[@]}" = $(($(sql "SELECT count(*) FROM audit_log WHERE action = 'role.assigned'") + 1)) ]
	[[ "${lines[0]}" = '"seq","id",'* ]]
	run -100 yett audit export --format xml
}

@test "audit stats counts by action and day" {
	[ "$(yett audit stats --json | jq -c '[.total, .actions["role.unassigned"], (.days | length)]')" = "[$LAST,10,30]" ]
	run -0 yett audit stats
	[[ "$output" = *role.unassigned*10* ]]
	[ "$(yett audit stats --from 2020-01-01 --to 2020-12-31 --json | jq -c '[.total, (.days | length)]')" = "[0,366]" ]
	run -1 yett audit stats --from 2019-12-31 --to 2020-12-31
	run -1 yett audit stats --from 2020-01-02 --to 2020-01-01
	run -1 yett audit stats --from today
}

@test "audit attempts lists who tried to sign in, by each filter, as a table or as JSON" {
	local query count start
	start=$(date -u -d "@$(($(tr -d @ < "$YETT_TEST_CLOCK") / 1000))" +%FT%TZ)
	pass_time 100
	call login POST /auth/login '{"email":"kim@example.org","password":"wrong and wrong"}' REMOTE_ADDR=192.0.2.77 HTTP_USER_AGENT=Mozilla/5.0
	expect 401
	pass_time 10
	call login POST /auth/login '{"email":"nobody@example.org","password":"wrong and wrong"}'
	expect 401
	pass_time 10
	sign_in kim@example.org
	run -0 yett audit attempts
	[[ "${lines[0]}" = TIME*RESULT*USER*ADDRESS*AGENT* ]]
	[ "${#lines[@]}" = "$(($(sql "SELECT count(*) FROM login_attempts") + 1))" ]
	[[ "${lines[1]}" = *"signed in"*kim@example.org* ]]
	[[ "$output" = *refused*kim@example.org*192.0.2.77*Mozilla/5.0* ]]
	# What the browser said commands no terminal.
	sql "UPDATE login_attempts SET user_agent = char(27) || '[31m' WHERE user_agent = 'Mozilla/5.0'"
	[[ "$(yett audit attempts)" = *'?[31m'* ]]
	# As the route has it.
	call audit GET /login-attempts - "$(bearer "$ACCESS")"
	expect 403
	yett role grant kim@example.org admin
	call audit GET /login-attempts - "$(bearer "$ACCESS")"
	[ "$(yett audit attempts --json | jq -c .)" = "$(jq -c . <<< "$BODY")" ]
	while IFS='|' read -r query count; do
		echo "$query"
		[ "$(yett audit attempts --json $query | jq '.items | length')" = "$count" ]
	done <<- E
		|$(sql "SELECT count(*) FROM login_attempts")
		--user kim@example.org|2
		--user $ROOT|1
		--success true|2
		--success false|2
		--success false --user $KIM|1
		--address 192.0.2.77|1
		--address 192.0.2.78|0
		--from $start|3
		--to $start|1
		--limit 2|2
	E
	# Page by page it is the same; a deleted user has none.
	local next all
	all=$(yett audit attempts --json | jq -c '.items[].id')
	next=$(yett audit attempts --json --limit 2 | jq -r .next)
	[ "$(yett audit attempts --json --limit 2 | jq -c '.items[].id'; yett audit attempts --json --after "$next" | jq -c '.items[].id')" = "$all" ]
	run -0 --separate-stderr yett audit attempts --limit 2
	[[ "$stderr" = *"--after $next"* ]]
	yett user delete kim@example.org --yes
	[ "$(yett audit attempts --json | jq '.items | length')" = 2 ]
}

@test "audit attempts goes through many, and refuses what it does not understand" {
	sql "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 30000)
		INSERT INTO login_attempts SELECT printf('01890a5d-ac96-774b-bcce-%012d', i), NULL, 1000 + i / 100, i % 10000 = 0, '192.0.2.99', printf('%0200d', i) FROM n"
	[ "$(yett audit attempts --json --address 192.0.2.99 --success true | jq -c '[(.items | length), .next]')" = '[3,null]' ]
	[ "$(yett audit attempts --json --address 192.0.2.99 --limit 10000 | jq -c '[.items[].id] | unique | length')" = 10000 ]
	run -1 yett audit attempts --success maybe
	[[ "$output" = *"--success: must be"* ]]
	run -1 yett audit attempts --from yesterday
	[[ "$output" = *"--from: must be"* ]]
	run -1 yett audit attempts --from 2027-01-02T00:00:00Z --to 2027-01-02T00:00:00Z
	[[ "$output" = *"--to: must be after"* ]]
	run -1 yett audit attempts --user nobody
	run -100 yett audit attempts --limit 0
	run -100 yett audit attempts --limit 10001
	run -100 yett audit attempts --after 7
	run -100 yett audit attempts --after x.01890a5d-ac96-774b-bcce-b302099a8057
	run -100 yett audit attempts --nonsense
}
