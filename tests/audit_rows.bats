#!/usr/bin/env bats
# Every change of what protects the site leaves a row, in the transaction of the change.

load helper

setup() {
	fresh_state
	stop_time
	echo "$PASSWORD" | "$BIN/yett" user add root@example.org --role admin > /dev/null
	sign_in root@example.org
	ADMIN=$ACCESS
	ADMIN_ID=$(sql "SELECT id FROM users")
	register ann@example.org
	SEQ=$(sql "SELECT max(seq) FROM audit_log")
}

as() {
	call "$1" "$2" "$3" "${4--}" "$(bearer "$5")"
}

# rows: what was noted since the last call, an action a line.
rows() {
	sql "SELECT action FROM audit_log WHERE seq > $SEQ ORDER BY seq"
	SEQ=$(sql "SELECT max(seq) FROM audit_log")
}

# noted ACTION...: just these, in this order.
noted() {
	local found
	found=$(rows)
	rows > /dev/null
	[ "$found" = "$(printf '%s\n' "$@")" ] || {
		echo "noted: $found" >&2
		return 1
	}
}

last() {
	sql "SELECT $1 FROM audit_log ORDER BY seq DESC LIMIT 1"
}

@test "signing up, in and out, and choosing another password" {
	SEQ=0
	[[ "$(rows)" == *"user.created"$'\n'"session.begun" ]]
	rows > /dev/null
	sign_in ann@example.org
	noted session.begun
	[ "$(last "actor || ' ' || user_id || ' ' || object_type || ' ' || ip_address")" = "user $USER_ID session 192.0.2.7" ]
	[ "$(last details)" = '{"kind":"refresh","amr":"pwd"}' ]
	call session POST /auth/logout "{\"refresh_token\":\"$REFRESH\"}"
	expect 204
	noted session.ended
	[ "$(last "user_id || ' ' || json_extract(details, '\$.why')")" = "$USER_ID signed out" ]
	sign_in ann@example.org
	noted session.begun
	as password POST /auth/password/change "{\"current_password\":\"$PASSWORD\",\"new_password\":\"other battery staple horse\"}" "$ACCESS"
	expect 204
	noted sessions.ended password.changed
	as session DELETE /auth/sessions - "$ACCESS"
	expect 200
	[ -z "$(rows)" ] # there was none
	sign_in ann@example.org "other battery staple horse"
	as session DELETE /auth/sessions - "$ACCESS"
	expect 200
	noted session.begun sessions.ended
	as session PATCH /users/me '{}' "$ACCESS"
	expect 200
	[ -z "$(rows)" ]
	as session PATCH /users/me '{"name":"Ann Secret"}' "$ACCESS"
	expect 200
	noted user.updated
	[ "$(last details)" = '{"fields":["name"]}' ]
}

@test "a spent refresh token that comes back, and a browser that signs in anew" {
	sign_in ann@example.org
	local spent=$REFRESH
	refresh "$REFRESH"
	expect 200
	pass_time 11
	refresh "$spent"
	expect 401
	noted session.begun session.ended
	[[ "$(last details)" == *"a spent refresh token came back"* ]]
	sign_in_cookie ann@example.org
	call login POST /auth/login "email=ann@example.org&password=${PASSWORD// /+}" "$FORM" "$HTML" "$SAME" HTTP_COOKIE="$COOKIE"
	expect 303
	noted session.begun session.ended session.begun
}

@test "Open Sesame's tokens" {
	call login POST /api/users/session "{\"username\":\"ann@example.org\",\"password\":\"$PASSWORD\"}"
	expect 200
	noted session.begun
	call login DELETE /api/users/session "{\"user\":{\"username\":\"ann@example.org\",\"password\":\"$PASSWORD\"},\"session_token\":\"$(json .token)\"}"
	expect 200
	noted session.ended
	call login POST /api/users/session "{\"username\":\"ann@example.org\",\"password\":\"$PASSWORD\"}"
	call login DELETE /api/users/session "{\"user\":{\"username\":\"ann@example.org\",\"password\":\"$PASSWORD\"}}"
	expect 200
	noted session.begun sessions.ended
}

@test "roles: made, changed, given, taken, dropped, by whom" {
	local role
	as roles POST /roles '{"name":"editor"}' "$ADMIN"
	role=$(json .id)
	noted role.created
	[ "$(last "user_id || ' ' || object_id || ' ' || details")" = "$ADMIN_ID $role {\"name\":\"editor\"}" ]
	as roles PATCH "/roles/$role" '{"name":"author"}' "$ADMIN"
	noted role.updated
	as roles POST "/roles/$role/permissions" '{"permission":"posts:write"}' "$ADMIN"
	noted role.allowed
	[ "$(last details)" = '{"permission":"posts:write","conditional":false}' ]
	as roles POST "/roles/$role/parents" '{"parent":"viewer"}' "$ADMIN"
	noted role.inherited
	as roles POST "/users/$USER_ID/roles" '{"role":"author"}' "$ADMIN"
	noted role.assigned
	[ "$(last "object_id || ' ' || json_extract(details, '\$.role_id')")" = "$USER_ID $role" ]
	as roles DELETE "/users/$USER_ID/roles" '{"role":"author"}' "$ADMIN"
	noted role.unassigned
	as roles DELETE "/roles/$role/parents" '{"parent":"viewer"}' "$ADMIN"
	noted role.disinherited
	as roles DELETE "/roles/$role/permissions" '{"permission":"posts:write"}' "$ADMIN"
	noted role.forbidden
	as roles DELETE "/roles/$role" - "$ADMIN"
	noted role.deleted
}

@test "what is refused, or changes nothing, leaves none" {
	as roles POST /roles '{"name":"admin"}' "$ADMIN"
	expect 409
	as roles POST /roles '{"name":"x"}' "$ADMIN"
	expect 422
	as roles POST /roles '{"name":"mine"}' "$ACCESS"
	expect 403
	call login POST /auth/login '{"email":"ann@example.org","password":"wrong horse"}'
	expect 401
	as session GET /users/me - "$ADMIN"
	refresh "$REFRESH"
	expect 200
	[ -z "$(rows)" ]
}

@test "no row has a secret or a name in it" {
	register carl.unmistakable@example.org
	as session PATCH /users/me '{"name":"Carl Unmistakable","username":"unmistakable"}' "$ACCESS"
	expect 200
	local text
	text=$(sql "SELECT * FROM audit_log")
	[[ "$text" != *nmistakable* ]]
	[[ "$text" != *"$PASSWORD"* ]]
	[[ "$text" != *"$ACCESS"* ]]
	[[ "$text" != *"$REFRESH"* ]]
}

@test "rows are not changed and not deleted" {
	run -19 sqlite3 "$DB" "UPDATE audit_log SET action = 'x' WHERE seq = 1"
	[[ "$output" == *"only added to"* ]]
	run -19 sqlite3 "$DB" "DELETE FROM audit_log WHERE seq = 1"
	[[ "$output" == *"only added to"* ]]
}

@test "the tool: another signing key, a restored database" {
	yett key rotate > /dev/null
	noted signing_key.rotated
	[ "$(last actor)" = tool ]
	yett backup "$BATS_TEST_TMPDIR/copy.db" > /dev/null
	yett restore "$BATS_TEST_TMPDIR/copy.db" > /dev/null
	noted database.restored
}
