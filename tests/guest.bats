#!/usr/bin/env bats
# guest: what who proves nothing needs, to sign up and to sign in.

load helper

GUEST=00000000-0000-7000-8000-000000000003

setup() {
	fresh_state
	stop_time
	echo "$PASSWORD" | "$BIN/yett" user add root@example.org --role admin > /dev/null
	sign_in root@example.org
	ADMIN=$ACCESS
}

forbid() {
	call roles DELETE "/roles/$GUEST/permissions" "{\"permission\":\"$1\"}" "$(bearer "$ADMIN")"
	expect 200
}

allow() {
	call roles POST "/roles/$GUEST/permissions" "{\"permission\":\"$1\"}" "$(bearer "$ADMIN")"
	expect 200
}

try_register() {
	call register POST /auth/register "{\"email\":\"$1\",\"password\":\"$PASSWORD\"}"
}

try_sign_in() {
	call login POST /auth/login "$(jq -n --arg e "$1" --arg p "${2-$PASSWORD}" '{email: $e, password: $p}')"
}

@test "signing up asks what guests may, in this order, and makes nothing when one of it is missing" {
	local permission
	# All are missing: the first is named; each that is given back uncovers the next.
	for permission in signup:execute users:create groups:create groups:refer; do
		forbid $permission
	done
	for permission in signup:execute users:create groups:create groups:refer; do
		try_register kim@example.org
		expect 403 forbidden
		[[ "$(json .detail)" == *"guests lack the permission $permission" ]]
		[ "$(sql "SELECT count(*) FROM users")" = 1 ]
		allow $permission
	done
	try_register kim@example.org
	expect 201
	# Each alone, too.
	for permission in signup:execute users:create groups:create groups:refer; do
		forbid $permission
		try_register lea@example.org
		expect 403
		[[ "$(json .detail)" == *"$permission" ]]
		allow $permission
	done
}

@test "what guests inherit or hold by a star counts, too" {
	forbid signup:execute
	allow 'signup:*'
	try_register kim@example.org
	expect 201
}

@test "a browser gets the page back when signing up is closed" {
	forbid signup:execute
	call register POST /auth/register "email=kim@example.org&password=${PASSWORD// /+}" "$FORM" "$HTML" "$SAME"
	expect 403
	[[ "$(header Content-Type)" = text/html* ]]
	[[ "$BODY" = *"signing up is closed"* ]]
}

@test "signing in asks whether guests may peek at users, before it looks at anything" {
	forbid users:peek
	local who
	for who in root@example.org nobody@example.org; do
		try_sign_in $who
		expect 403 forbidden
		[[ "$(json .detail)" == *users:peek ]]
	done
	[ "$(sql "SELECT count(*) FROM login_attempts WHERE success = 0")" = 0 ]
	call login POST /api/users/session "{\"username\":\"root@example.org\",\"password\":\"$PASSWORD\"}"
	expect 403
	# Who is signed in stays so.
	me "$(bearer "$ADMIN")"
	expect 200
	allow users:peek
	try_sign_in root@example.org
	expect 200
}

@test "at a hidden user nobody may peek: the right password is answered like none" {
	register kim@example.org
	local right
	sql "UPDATE users SET hidden = 1 WHERE email = 'kim@example.org'"
	try_sign_in kim@example.org
	expect 401 invalid-credentials
	right=$(jq -S 'del(.request_id)' <<< "$BODY")
	try_sign_in nobody@example.org
	expect 401 invalid-credentials
	[ "$right" = "$(jq -S 'del(.request_id)' <<< "$BODY")" ]
	# The session from before goes on: hidden is not locked.
	me "$(bearer "$ACCESS")"
	expect 200
	sql "UPDATE users SET hidden = 0"
	try_sign_in kim@example.org
	expect 200
}

@test "a sign-up that began before guests lost the permission makes nobody" {
	begin register POST /auth/register "{\"email\":\"kim@example.org\",\"password\":\"$PASSWORD\"}"
	forbid signup:execute
	finish
	expect 403
	[ "$(sql "SELECT count(*) FROM users")" = 1 ]
}
