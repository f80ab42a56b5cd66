#!/usr/bin/env bats
# passwordless: signing in by a link or a code that is mailed.

load helper
load mail

setup() {
	fresh_state
	stop_time
	mail_out
	# Other mails than these are counted elsewhere.
	export YETT_SIGNUP_VERIFICATION=off YETT_MAIL_NOTICES=no
	# Two browsers.
	JAR=
	register ann@example.org
	sql "UPDATE users SET locale = 'en'"
	SESSIONS=$(sessions)
}

teardown() {
	stop_all
	stop_site
}

sessions() {
	sql "SELECT count(*) FROM sessions WHERE revoked_at IS NULL"
}

# read_mail [COUNT]: of so many that are written by now the newest, as mail_to() does.
read_mail() {
	deliver "${1-1}"
	mail_to "$(sql "SELECT to_address FROM outbox ORDER BY rowid DESC LIMIT 1")"
}

# take_jar: the cookie of the browser that asked, from now on that of the browser that sends.
take_jar() {
	JAR=$(header Set-Cookie | sed -n 's/^\(yett-asked=[^;]*\);.*/\1/p')
	[ -n "$JAR" ]
}

# ask EMAIL [VARIABLE=VALUE]...: for a link.
ask() {
	local email=$1
	shift
	call passwordless POST /auth/magic-link "{\"email\":\"$email\"}" "$@"
}

# ask_link EMAIL [COUNT]: and take it out of the mail, the only one, or the COUNTth; JAR is then that browser's cookie.
ask_link() {
	ask "$1"
	expect 202
	take_jar
	read_mail "${2-1}"
}

# ask_code EMAIL [COUNT]
ask_code() {
	call passwordless POST /auth/otp "{\"email\":\"$1\"}"
	expect 202
	read_mail "${2-1}"
}

# verify PATH BODY [VARIABLE=VALUE]...: with the cookie of JAR, if there is one.
verify() {
	local path=$1 body=$2
	shift 2
	call passwordless POST "$path" "$body" ${JAR:+"HTTP_COOKIE=$JAR"} "$@"
}

by_link() {
	verify /auth/magic-link/verify "{\"token\":\"$1\"}" "${@:2}"
}

# by_code CODE [EMAIL [VARIABLE=VALUE]...]: by the route of codes.
by_code() {
	verify /auth/otp/verify "{\"email\":\"${2-ann@example.org}\",\"code\":\"$1\"}" "${@:3}"
}

# wrong CODE: another one.
wrong() {
	[ "$1" = 000000 ] && echo 000001 || echo 000000
}

# refused: as all that is wrong with a link or code is, and nobody was signed in.
refused() {
	expect 400 invalid-link
	[ "$(jq -S 'del(.request_id)' <<< "$BODY")" = '{
  "code": "invalid-link",
  "detail": "This link or code is not valid, or not any more",
  "status": 400,
  "title": "This link or code is not valid, or not any more",
  "type": "about:blank"
}' ]
	[ "$(sessions)" = "$SESSIONS" ]
	[[ "$(header Set-Cookie)" != *yett=* ]]
}

@test "a link signs in, in the browser that asked for it, once" {
	ask_link ann@example.org
	[ "$SUBJECT" = "Sign in to Yett" ]
	by_link "$TOKEN"
	expect 200
	[ "$(json .user.id)" = "$USER_ID" ]
	[ "$(json .token_type)" = Bearer ]
	take_tokens
	me "$(bearer "$ACCESS")"
	expect 200
	[ "$(cut -d. -f2 <<< "$ACCESS" | tr _- /+ | base64 -di 2> /dev/null | jq -c .amr)" = '["otp"]' ]
	refresh "$REFRESH"
	expect 200
	SESSIONS=$(sessions)
	by_link "$TOKEN"
	refused
	by_code "$CODE"
	refused
}

@test "the code of the same mail does so as well, as people type it, and in any case of the address" {
	ask_link Ann@Example.ORG
	verify /auth/magic-link/verify "{\"email\":\"ANN@example.org\",\"code\":\"${CODE:0:3} ${CODE:3}\"}"
	expect 200
	SESSIONS=$(sessions)
	by_link "$TOKEN"
	refused
}

@test "a browser's form gets a page with a field for the code, a cookie of its own, and then the session's" {
	call passwordless POST /auth/magic-link "email=Ann%40example.org&return_to=/wiki/Start?a=b" "$FORM" "$HTML" "$SAME"
	expect 202
	[[ "$(header Set-Cookie)" =~ ^yett-asked=[A-Za-z0-9_-]{43}\;\ Path=/\;\ Max-Age=600\;\ HttpOnly\;\ SameSite=Lax$ ]]
	take_jar
	[[ $BODY == *'<h1>Look into your mail</h1>'* ]]
	[[ $BODY == *'value="Ann@example.org"'* ]]
	[[ $BODY == *'value="/wiki/Start?a=b"'* ]]
	[[ $BODY == *'name="code"'* ]]
	read_mail
	[[ $BODY != *$CODE* ]]
	# What the link leads to goes where the form wanted to, though the page knows nothing of it.
	verify /auth/magic-link/verify "token=$TOKEN" "$FORM" "$HTML" "$SAME"
	expect 303
	[ "$(header Location)" = "/wiki/Start?a=b" ]
	[ "$(header Set-Cookie | sed -E 's/=[A-Za-z0-9_-]{43};/=SECRET;/' | sort)" = \
		"yett-asked=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax
yett-device=SECRET; Path=/; Max-Age=31536000; HttpOnly; SameSite=Lax
yett=SECRET; Path=/; Max-Age=604800; HttpOnly; SameSite=Lax" ]
	[ "$(sql "SELECT kind FROM sessions WHERE amr = 'otp'")" = cookie ]
}

@test "the cookie is __Host- and Secure wherever the site is not plain http on loopback" {
	YETT_SITE_URL=https://id.example.org ask ann@example.org
	expect 202
	[[ "$(header Set-Cookie)" =~ ^__Host-yett-asked=[A-Za-z0-9_-]{43}\;\ Path=/\;\ Max-Age=600\;\ HttpOnly\;\ SameSite=Lax\;\ Secure$ ]]
}

@test "return_to leads nowhere but to this site, from the mail, too" {
	local target
	for target in https://evil.example //evil.example '/\evil.example' javascript:alert%281%29; do
		call passwordless POST /auth/magic-link "email=ann%40example.org&return_to=$target" "$FORM" "$HTML" "$SAME"
		expect 202
		take_jar
		[[ $BODY != *evil.example* && $BODY != *alert* ]]
		read_mail "$(sql 'SELECT count(*) FROM outbox')"
		verify /auth/magic-link/verify "token=$TOKEN" "$FORM" "$HTML" "$SAME"
		expect 303
		[ "$(header Location)" = /account ]
	done
	call passwordless POST /auth/magic-link "email=ann%40example.org" "$FORM" "$HTML" "$SAME"
	take_jar
	read_mail 5
	verify /auth/magic-link/verify "token=$TOKEN&return_to=//evil.example" "$FORM" "$HTML" "$SAME"
	expect 303
	[ "$(header Location)" = /account ]
}

@test "another browser is not let in, is told what to do, and takes nothing away from the one that asked" {
	local mine tries
	ask_link ann@example.org
	mine=$JAR
	tries=$(sql "SELECT tries_left FROM one_time_tokens")
	for JAR in "" "yett-asked=$(printf 'x%.0s' $(seq 43))" "yett-asked=" "yett=${mine#*=}"; do
		by_link "$TOKEN"
		expect 400 invalid-link
		[[ "$(json .detail)" == *"browser that asked"*"code"* ]]
		[ "$(sessions)" = "$SESSIONS" ]
		[[ "$(header Set-Cookie)" != *yett=* ]]
		# The right code is worth nothing there, either.
		by_code "$CODE"
		refused
	done
	[ "$(sql "SELECT tries_left FROM one_time_tokens")" = "$tries" ]
	verify /auth/magic-link/verify "token=$TOKEN" "$FORM" "$HTML" "$SAME"
	expect 400
	[[ $BODY == *"type the code of the mail there, or ask for another mail here"* ]]
	[[ $BODY == *'href="/login"'* ]]
	[[ $BODY != *$TOKEN* ]]
	JAR=$mine
	by_link "$TOKEN"
	expect 200
}

@test "a stranger who asks in somebody's name takes nothing away from what was mailed before, and gets nothing that works" {
	local mine old code theirs
	ask_link ann@example.org
	mine=$JAR old=$TOKEN code=$CODE
	ask_link ann@example.org 2
	theirs=$JAR
	by_link "$old"
	expect 400 invalid-link
	by_code "$code"
	refused
	JAR=$mine
	by_link "$TOKEN"
	expect 400 invalid-link
	by_code "$CODE"
	refused
	[ "$(sessions)" = "$SESSIONS" ]
	by_code "$code"
	expect 200
	JAR=$theirs
	by_link "$old"
	refused
}

@test "of what one browser asked for the last is good, and nothing before" {
	local old code
	ask_link ann@example.org
	old=$TOKEN code=$CODE
	ask ann@example.org "HTTP_COOKIE=$JAR"
	expect 202
	read_mail 2
	take_jar
	by_link "$old"
	expect 400 invalid-link
	by_code "$code"
	refused
	by_link "$TOKEN"
	expect 200
}

@test "a link or code is good for ten minutes, and not a moment longer" {
	ask_link ann@example.org
	pass_time 600
	by_link "$TOKEN"
	refused
	by_code "$CODE"
	refused
	pass_time -1
	by_link "$TOKEN"
	expect 200
}

@test "a page of another site can neither ask nor sign anybody in, and following a link changes nothing" {
	ask_link ann@example.org
	verify /auth/magic-link/verify "token=$TOKEN" "$FORM" HTTP_SEC_FETCH_SITE=cross-site
	expect 403 cross-site
	call passwordless POST /auth/magic-link "email=ann%40example.org" "$FORM" HTTP_SEC_FETCH_SITE=cross-site
	expect 403 cross-site
	local before
	before=$(sql .dump)
	call passwordless GET /sign-in - "$HTML" HTTP_COOKIE="$JAR"
	expect 200
	[[ $BODY == *'action="/auth/magic-link/verify"'* ]]
	[[ $BODY == *data-token* ]]
	[ "$(sql .dump)" = "$before" ]
}

@test "the mail is in the language of who gets it, as text and as HTML" {
	sql "UPDATE users SET locale = 'de-AT'"
	ask_link ann@example.org
	[ "$SUBJECT" = "Bei Yett anmelden" ]
	[[ $TEXT == *"http://127.0.0.1:8080/sign-in#$TOKEN"* ]]
	[[ $TEXT == *"10 Minuten"* ]]
	[[ $PAGE == *"<a href=\"http://127.0.0.1:8080/sign-in#$TOKEN\""* ]]
	sql "UPDATE users SET locale = NULL"
	call passwordless POST /auth/otp '{"email":"ann@example.org"}' HTTP_ACCEPT_LANGUAGE="de-DE,de;q=0.9,en;q=0.1"
	expect 202
	read_mail 2
	[ "$SUBJECT" = "Ihr Code für Yett" ]
	[ "${#CODE}" = 6 ]
	[ -z "$TOKEN" ]
}

# Somebody of each kind who is not let in; their addresses.
make_others() {
	local who
	for who in disabled locked hidden; do
		register $who@example.org
	done
	yett user disable disabled@example.org
	yett user lock locked@example.org
	sql "UPDATE users SET hidden = 1 WHERE email = 'hidden@example.org'"
	SESSIONS=$(sessions)
}

@test "whether an address is anybody's is not told, nor whether he may sign in, and only he who may gets a mail" {
	local path who first=
	make_others
	export YETT_THROTTLE_MAILS=0
	for path in /auth/magic-link /auth/otp; do
		for who in ann nobody disabled locked hidden; do
			call passwordless POST "$path" "{\"email\":\"$who@example.org\"}"
			expect 202
			[ "$BODY" = '{"expires_in":600}' ]
			[ "$(header Set-Cookie | wc -w)" = "$([ $path = /auth/otp ] && echo 0 || echo 5)" ]
		done
		for who in ann nobody disabled locked hidden; do
			call passwordless POST "$path" "email=$who%40example.org" "$FORM" "$HTML" "$SAME"
			expect 202
			[ "$(sed "s/$who@/WHO@/g" <<< "$BODY")" = "${first:=$(sed "s/$who@/WHO@/g" <<< "$BODY")}" ]
		done
	done
	[ "$(sql "SELECT DISTINCT to_address FROM outbox")" = ann@example.org ]
	[ "$(sql "SELECT count(*) FROM outbox")" = 4 ]
	[ "$(sql "SELECT DISTINCT email FROM one_time_tokens")" = ann@example.org ]
}

@test "for an address of nobody the same is written, and taken back" {
	local who
	for who in ann nobody; do
		printf '{"email":"%s@example.org"}' $who > "$BATS_TEST_TMPDIR/in"
		REQUEST_METHOD=POST REQUEST_URI=/auth/magic-link CONTENT_TYPE=application/json REMOTE_ADDR=192.0.2.7 \
			CONTENT_LENGTH="$(wc -c < "$BATS_TEST_TMPDIR/in")" ASAN_OPTIONS=detect_leaks=0 \
			strace -f -e trace=fdatasync,fsync -o "$BATS_TEST_TMPDIR/$who" \
			"$BIN/passwordless" < "$BATS_TEST_TMPDIR/in" > "$BATS_TEST_TMPDIR/answer"
		split_answer
		expect 202
		grep -cE 'f(data)?sync\(' "$BATS_TEST_TMPDIR/$who" > "$BATS_TEST_TMPDIR/$who.count"
	done
	[ "$(cat "$BATS_TEST_TMPDIR/ann.count")" -ge 1 ]
	cmp "$BATS_TEST_TMPDIR/ann.count" "$BATS_TEST_TMPDIR/nobody.count"
}

@test "who was locked, disabled, hidden or got another address meanwhile is not let in by what was mailed before" {
	local n=0 change
	for change in "enabled = 0" "locked = 1" "hidden = 1" "email = 'new@example.org'"; do
		n=$((n + 1))
		ask_link ann@example.org $n
		sql "UPDATE users SET $change"
		by_link "$TOKEN"
		case $change in
		enabled*|locked*) expect 403 account-not-usable ;;
		*) refused ;;
		esac
		[ "$(sessions)" = "$SESSIONS" ]
		sql "UPDATE users SET enabled = 1, locked = 0, hidden = 0, email = 'ann@example.org'"
		# It is used up, all the same.
		by_link "$TOKEN"
		refused
	done
	[ "$(sql "SELECT count(*) FROM login_attempts WHERE user_id = '$USER_ID' AND success = 0")" -ge 4 ]
}

@test "a code signs in wherever it is typed, unless a browser's form asked for it" {
	ask_code ann@example.org
	[ "$SUBJECT" = "Your code to sign in to Yett" ]
	[[ $TEXT$PAGE != *sign-in#* ]]
	by_code "$CODE"
	expect 200
	[ "$(json .user.email)" = ann@example.org ]
	SESSIONS=$(sessions)
	by_code "$CODE"
	refused

	call passwordless POST /auth/otp "email=ann%40example.org&return_to=/wiki" "$FORM" "$HTML" "$SAME"
	expect 202
	take_jar
	read_mail 2
	local mine=$JAR
	JAR=
	by_code "$CODE"
	refused
	JAR=$mine
	verify /auth/otp/verify "email=ann%40example.org&code=$CODE&return_to=/wiki" "$FORM" "$HTML" "$SAME"
	expect 303
	[ "$(header Location)" = /wiki ]
}

@test "a code takes five wrong tries, and the sixth is one too many" {
	local i
	export YETT_THROTTLE_FAILURES=0
	ask_code ann@example.org
	for i in 1 2 3 4; do
		by_code "$(wrong "$CODE")"
		refused
	done
	by_code "$CODE"
	expect 200
	SESSIONS=$(sessions)
	ask_code ann@example.org 2
	for i in 1 2 3 4 5; do
		by_code "$(wrong "$CODE")"
		refused
	done
	by_code "$CODE"
	refused
	# The tries are those of the code: the link of the same mail is as good as before.
	ask_link ann@example.org 3
	for i in 1 2 3 4 5; do
		by_code "$(wrong "$CODE")"
		refused
	done
	by_code "$CODE"
	refused
	by_link "$TOKEN"
	expect 200
}

@test "an older code is good no more, of whichever kind, and what is wrong is all the same" {
	local old
	ask_code ann@example.org
	old=$CODE
	ask_code ann@example.org 2
	[ "$old" = "$CODE" ] || {
		by_code "$old"
		refused
	}
	register bob@example.org
	SESSIONS=$(sessions)
	by_code "$CODE" bob@example.org
	refused
	by_code "$CODE" nobody@example.org
	refused
	by_code "${CODE:0:5}"
	refused
	by_code "${CODE}0"
	refused
	by_code "$CODE" ann@example.org
	expect 200
	SESSIONS=$(sessions)
	ask_link ann@example.org 3
	by_link "${TOKEN:0:42}"
	refused
	by_link "${TOKEN}x"
	refused
	by_link "$(printf 'x%.0s' $(seq 43))"
	refused
	by_link "$(printf 'x%.0s' $(seq 2048))"
	refused
	by_link "$(printf 'x%.0s' $(seq 2049))"
	expect 422
	expect_field token
	sql "UPDATE one_time_tokens SET purpose = 'reset'"
	by_link "$TOKEN"
	refused
	by_code "$CODE"
	refused
}

@test "wrong codes are counted with wrong passwords, of the account and of the network" {
	local i
	export YETT_THROTTLE_MAILS=0
	ask_code ann@example.org
	for i in 1 2 3; do
		by_code "$(wrong "$CODE")"
		refused
	done
	for i in 1 2 3; do
		call login POST /auth/login '{"email":"ann@example.org","password":"wrong"}'
		expect 401
	done
	by_code "$CODE"
	expect 429 too-many-requests
	[ "$(header Retry-After)" = 1 ]
	call login POST /auth/login '{"email":"ann@example.org","password":"wrong"}'
	expect 429
	pass_time 1
	# Who proves himself ends the waits.
	by_code "$CODE"
	expect 200
	for i in 1 2 3 4 5 6; do
		by_code 000000 bob@example.org
		expect 400
	done
	by_code 000000 bob@example.org
	expect 429
	export YETT_THROTTLE_NETWORK_FAILURES=3
	for i in 1 2 3; do
		by_link "$(printf 'x%.0s' $(seq 43))" REMOTE_ADDR=198.51.100.7
		expect 400
	done
	by_link "$(printf 'x%.0s' $(seq 43))" REMOTE_ADDR=198.51.100.7
	expect 429
	by_link "$(printf 'x%.0s' $(seq 43))" REMOTE_ADDR=198.51.100.8
	expect 400
}

@test "nobody tries more than 30 codes of an address, whatever is configured, from wherever, whosoever it is" {
	local i who
	export YETT_THROTTLE_FAILURES=0 YETT_THROTTLE_MAILS=0 YETT_THROTTLE_NETWORK_FAILURES=0
	for who in ann nobody; do
		for ((i = 0; i < 30; i++)); do
			by_code 000000 $who@example.org REMOTE_ADDR=198.51.100.$i
			expect 400
		done
		by_code 000000 $who@example.org
		expect 429 too-many-requests
		[ "$(header Retry-After)" = 2880 ]
	done
	ask_link ann@example.org
	by_code "$CODE"
	expect 429
	# A link is no code.
	by_link "$TOKEN"
	expect 200
	ask_code ann@example.org 2
	by_code "$CODE"
	expect 429
	yett user unlock ann@example.org
	by_code "$CODE"
	expect 200
	SESSIONS=$(sessions)
	by_code 000000 nobody@example.org
	expect 429
	pass_time 2880
	by_code 000000 nobody@example.org
	refused
	by_code 000000 nobody@example.org
	expect 429
	# What was right counts for nothing.
	ask_code ann@example.org 3
	for ((i = 0; i < 29; i++)); do
		by_code 000000 bob@example.org
		expect 400
	done
	register bob@example.org
	ask_code bob@example.org 4
	by_code "$CODE" bob@example.org
	expect 200
	by_code 000000 bob@example.org
	expect 400
	by_code 000000 bob@example.org
	expect 429
}

@test "an address is mailed five times an hour, a network may ask for five times as many, whosever they are" {
	local i who
	for who in ann nobody; do
		for i in 1 2 3 4 5; do
			ask $who@example.org REMOTE_ADDR=198.51.100.$i
			expect 202
		done
		ask $who@example.org REMOTE_ADDR=198.51.100.9
		expect 429 too-many-requests
		[ "$(header Retry-After)" = 720 ]
		call passwordless POST /auth/otp "{\"email\":\"${who^^}@example.org\"}" REMOTE_ADDR=198.51.100.9
		expect 429
	done
	[ "$(sql "SELECT count(*) FROM outbox")" = 5 ]
	for ((i = 0; i < 25; i++)); do
		ask "a$i@example.org"
		expect 202
	done
	ask a25@example.org
	expect 429
}

@test "it is a sign-in like any: attempts, audit, orgs by domain, the old cookie's session, a password that is due" {
	local old
	call register POST /auth/register "email=kim@example.org&password=${PASSWORD// /+}" "$FORM" "$HTML" "$SAME"
	expect 303
	old=$(header Set-Cookie)
	old=${old%%;*}
	call passwordless POST /auth/magic-link "email=kim%40example.org" "$FORM" "$HTML" "$SAME"
	take_jar
	read_mail
	sql "UPDATE users SET email_confirmed = 1"
	yett user require-password-update kim@example.org
	sql "DELETE FROM login_attempts;
		INSERT INTO orgs (id, name, slug, created_at, updated_at) VALUES ('o', 'Club', 'club', 0, 0);
		INSERT INTO org_domains (id, org_id, domain, token, auto_join, verified_at, created_at) VALUES ('d', 'o', 'example.org', 't', 1, 1, 0)"
	call passwordless POST /auth/magic-link/verify "token=$TOKEN" "$FORM" "$HTML" "$SAME" "HTTP_COOKIE=$JAR; $old" HTTP_USER_AGENT=curl/8
	expect 303
	[ "$(sql "SELECT success, ip_address, user_agent FROM login_attempts")" = "1|192.0.2.7|curl/8" ]
	[ "$(sql "SELECT action, json_extract(details, '\$.amr'), json_extract(details, '\$.why')
		FROM audit_log ORDER BY seq DESC LIMIT 3")" = "session.begun|otp|
session.ended||signed in anew
org_member.joined||" ]
	[ "$(sql "SELECT count(*) FROM user_orgs WHERE org_id = 'o'")" = 1 ]
	COOKIE=$(header Set-Cookie | sed -n 's/^\(yett=[^;]*\);.*/\1/p')
	me "HTTP_COOKIE=$old"
	expect 401
	call session PATCH /users/me '{"name":"Kim"}' "HTTP_COOKIE=$COOKIE" "$SAME"
	expect 403 password-update-required
	yett audit verify
}

@test "who signs in by mail has shown the address to be his; what let somebody in before, when nobody had, does so no more" {
	local old=$ACCESS key
	export YETT_MAIL_NOTICES=yes
	call apikeys POST /apikeys '{"name":"mine","scopes":["profile:read"]}' "$(bearer "$old")"
	expect 201
	key=$(json .key)
	ask_link ann@example.org
	verify /auth/magic-link/verify "{\"token\":\"$TOKEN\"}"
	expect 200
	me "$(bearer "$(json .access_token)")"
	expect 200
	[ "$(jq -c '[.email_confirmed, .has_password]' <<< "$BODY")" = '[true,false]' ]
	me "$(bearer "$old")"
	expect 401
	me HTTP_X_API_KEY="$key"
	expect 401
	call login POST /auth/login '{"email":"ann@example.org","password":"'"$PASSWORD"'"}'
	expect 401
	[ "$(sql "SELECT action || ' ' || details FROM audit_log WHERE action LIKE '%claimed' OR action LIKE 'email.%' ORDER BY seq")" = \
		$'user.claimed {"phone":false,"password":true,"api_keys":1}\nemail.confirmed {}' ]
	[ "$(sql "SELECT group_concat(json_extract(params, '\$.removed')) FROM outbox WHERE kind = 'password-changed'")" = 1 ]
	yett mail preview password-changed --set removed=1 --set gone=1 --set forgot=1 | grep -q 'nobody had shown'
	# Who had confirmed it before keeps everything.
	sql "UPDATE users SET password_hash = 'x'"
	ask_link ann@example.org 3
	verify /auth/magic-link/verify "{\"token\":\"$TOKEN\"}"
	expect 200
	[ "$(sql "SELECT password_hash FROM users")" = x ]
}

@test "every attempt is a row, and a line of the log for whoever bans addresses by it" {
	ask_link ann@example.org
	# No secret is stored while it is good.
	[ "$(sql "SELECT count(*) FROM one_time_tokens")" = 1 ]
	run ! grep -qF -e "$TOKEN" -e "${JAR#*=}" <(sql .dump)
	sql "DELETE FROM login_attempts"
	by_code "$(wrong "$CODE")"
	refused
	by_code 000000 nobody@example.org
	refused
	by_link "$(printf 'x%.0s' $(seq 43))"
	refused
	by_link "$TOKEN"
	expect 200
	[ "$(sql "SELECT user_id = '$USER_ID', success FROM login_attempts ORDER BY success, user_id")" = $'|0\n|0\n1|0\n1|1' ]
	[ "$(grep -c 'sign-in failed from 192.0.2.7$' "$BATS_TEST_TMPDIR/log")" = 3 ]
	# No secret is in it, nor left.
	run ! grep -qF -e "$TOKEN" -e "$CODE" -e "${JAR#*=}" "$BATS_TEST_TMPDIR/log"
	run ! grep -qF -e "$TOKEN" -e "${JAR#*=}" <(sql .dump)
}

@test "who may not sign in as a guest closes the site may not by mail" {
	ask_link ann@example.org
	sql "DELETE FROM role_permissions WHERE role_id = '00000000-0000-7000-8000-000000000003'"
	ask ann@example.org
	expect 403 forbidden
	by_link "$TOKEN"
	expect 403 forbidden
	[ "$(sessions)" = "$SESSIONS" ]
}

@test "what is missing, too much or too long is named" {
	call passwordless POST /auth/magic-link '{}'
	expect 422
	expect_field email
	ask "not an address"
	expect 422
	expect_field email
	ask "$(printf 'a%.0s' $(seq 243))@example.org"
	expect 422
	expect_field email
	ask "$(printf 'a%.0s' $(seq 62))@$(printf 'b%.0s' $(seq 60)).example.org"
	expect 202
	call passwordless POST /auth/otp '{"email":"a@example.org","code":"1"}'
	expect 422
	expect_field code
	call passwordless POST /auth/magic-link/verify '{}'
	expect 422
	expect_field email
	expect_field code
	call passwordless POST /auth/magic-link/verify '{"token":"x","email":"a@example.org","code":"1"}'
	expect 422
	expect_field token
	call passwordless POST /auth/otp/verify '{"token":"x"}'
	expect 422
	expect_field token
	call passwordless POST /auth/otp/verify '{"email":"a@example.org","code":""}'
	expect 422
	expect_field code
	call passwordless POST /auth/magic-link "email=x" "$FORM" "$HTML" "$SAME"
	expect 422
	[[ $BODY == *'id="email-error"'* ]]
	call passwordless POST /auth/magic-link/verify "email=ann%40example.org&code=1" "$FORM" "$HTML" "$SAME"
	expect 400
	[[ $BODY == *'value="ann@example.org"'* ]]
	[[ $BODY != *'name="token"'* ]]
	[ "$(sql "SELECT count(*) FROM outbox")" = 0 ]
}

@test "either way can be switched off: its routes are not there, and the page does not offer it" {
	export YETT_SIGNIN_MAGIC_LINK=no
	ask ann@example.org
	expect 404
	by_link x
	expect 404
	call login GET /login - "$HTML"
	[[ $BODY == *'action="/auth/otp"'*"Mail me a code instead"* ]]
	ask_code ann@example.org
	by_code "$CODE"
	expect 200
	call passwordless GET /sign-in - "$HTML"
	expect 200
	[[ $BODY == *'action="/auth/otp/verify"'* && $BODY != *magic-link* ]]
	export YETT_SIGNIN_OTP=no
	call passwordless POST /auth/otp '{"email":"ann@example.org"}'
	expect 404
	by_code 000000
	expect 404
	call passwordless GET /sign-in - "$HTML"
	expect 404
	call login GET /login - "$HTML"
	[[ $BODY != *"Mail me"* && $BODY == *'action="/auth/login"'* ]]
	export YETT_SIGNIN_MAGIC_LINK=yes
	call login GET /login?return_to=/wiki - "$HTML"
	[[ $BODY == *'action="/auth/magic-link"'*'value="/wiki"'*"Mail me a link instead"* ]]
	# After a wrong password, when it is wanted most, too.
	call login POST /auth/login "email=ann%40example.org&password=wrong" "$FORM" "$HTML" "$SAME"
	expect 401
	[[ $BODY == *"Mail me a link instead"* ]]
	# Where no mail goes out nobody is told to wait for one.
	YETT_MAIL_URL='' call login GET /login - "$HTML"
	[[ $BODY != *"Mail me"* ]]
}

@test "on a site of its own it works with cookie jars: one browser asks and comes in, another does not" {
	local jar=$BATS_TEST_TMPDIR/jar other=$BATS_TEST_TMPDIR/other
	unset YETT_TEST_CLOCK
	start_site
	web POST /auth/magic-link -c "$jar" --json '{"email":"ann@example.org"}'
	expect 202
	mail_to ann@example.org
	web POST /auth/magic-link/verify -b "$other" -c "$other" --json "{\"token\":\"$TOKEN\"}"
	expect 400 invalid-link
	web POST /auth/magic-link/verify -b "$jar" -c "$jar" -d "token=$TOKEN" -H 'Accept: text/html' -H 'Sec-Fetch-Site: same-origin'
	expect 303
	web GET /users/me -b "$jar"
	expect 200
	[ "$(json .email)" = ann@example.org ]
	web GET /sign-in -H 'Accept: text/html'
	expect 200
	web POST /auth/otp --json '{"email":"ann@example.org"}'
	expect 202
	web POST /auth/otp/verify --json '{"email":"ann@example.org","code":"1"}'
	expect 400 invalid-link
}
