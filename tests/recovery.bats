#!/usr/bin/env bats
# Forgotten passwords: who reads the address gets back in, and nobody learns anything by asking.

load helper
load mail

NEW="another quite long sentence"

setup() {
	fresh_state
	stop_time
	# Other mails than these are counted elsewhere.
	export YETT_SIGNUP_VERIFICATION=off
	start_box
	register ann@example.org
	ANN=$ACCESS
	ANN_ID=$USER_ID
}

teardown() {
	stop_all
}

forgot() {
	call password POST /auth/password/forgot "$(jq -n --arg e "$1" '{email: $e}')" "${@:2}"
}

# reset TOKEN [PASSWORD]
reset() {
	call password POST /auth/password/reset "$(jq -n --arg t "$1" --arg n "${2-$NEW}" '{token: $t, new_password: $n}')"
}

# link [ADDRESS]: TOKEN, out of the mail that she got.
link() {
	forgot "${1-ann@example.org}"
	expect 202
	mail_to "${1-ann@example.org}" reset
}

admin() {
	echo "$PASSWORD" | "$BIN/yett" user add root@example.org --role admin > /dev/null
	sign_in root@example.org
	ADMIN=$ACCESS
}

# dead TOKEN...: none of them is good, and which of the reasons it is cannot be told.
dead() {
	local token
	reset nonsense
	expect 400 invalid-link
	local said
	said=$(answer)
	for token; do
		reset "$token"
		expect 400 invalid-link
		[ "$(answer)" = "$said" ] || {
			answer >&2
			return 1
		}
	done
}

@test "who forgot the password gets a mail, and by its link chooses another, once" {
	link
	[ "$LINK" = "http://127.0.0.1:8080/reset#$TOKEN" ]
	[[ "$TEXT" == *"within 30 minutes"* && "$PAGE" == *"href=\"$LINK\""* ]]
	[ "$SUBJECT" = "Another password for Yett" ]
	reset "$TOKEN"
	expect 204
	sign_in ann@example.org "$NEW"
	call login POST /auth/login '{"email":"ann@example.org","password":"'"$PASSWORD"'"}'
	expect 401
	dead "$TOKEN"
}

@test "a link is dead once an admin has written another address, also when the old one is back" {
	local before
	link
	before=$TOKEN
	admin
	change() {
		call users PATCH "/users/$ANN_ID" "{\"email\":\"$1\"}" "$(bearer "$ADMIN")"
		expect 200
	}
	# The same in other letters is no other.
	change Ann@example.org
	[ "$(sql "SELECT count(*) FROM one_time_tokens WHERE user_id = '$ANN_ID'")" = 1 ]
	change lee@example.org
	[ "$(sql "SELECT count(*) FROM one_time_tokens WHERE user_id = '$ANN_ID'")" = 0 ]
	change ann@example.org
	dead "$before"
	link
	before=$TOKEN
	"$BIN/yett" user edit ann@example.org --name Ann --email ANN@example.org
	[ "$(sql "SELECT count(*) FROM one_time_tokens WHERE user_id = '$ANN_ID'")" = 1 ]
	"$BIN/yett" user edit ann@example.org --email lee@example.org
	"$BIN/yett" user edit lee@example.org --email ann@example.org
	dead "$before"
	link
	reset "$TOKEN"
	expect 204
}

@test "the answer is the same for everybody, and only who may sign in gets a mail" {
	local who said
	for who in disabled locked hidden bare; do
		register $who@example.org
	done
	sql "UPDATE users SET enabled = 0 WHERE email = 'disabled@example.org'; UPDATE users SET locked = 1 WHERE email = 'locked@example.org';
		UPDATE users SET hidden = 1 WHERE email = 'hidden@example.org'; UPDATE users SET password_hash = NULL WHERE email = 'bare@example.org'"
	forgot ann@example.org
	expect 202
	said=$(answer)
	[ "$(jq -c keys <<< "$BODY")" = '["detail"]' ]
	for who in disabled locked hidden bare unknown; do
		forgot $who@example.org
		expect 202
		[ "$(answer)" = "$said" ]
	done
	# Who has no password can have one so.
	[ "$(sql "SELECT to_address FROM outbox ORDER BY 1")" = $'ann@example.org\nbare@example.org' ]
	[ "$(sql "SELECT email FROM one_time_tokens ORDER BY 1")" = $'ann@example.org\nbare@example.org' ]
}

@test "for a browser's form it is the same page, whoever it is" {
	local who
	for who in ann nobody; do
		call password POST /auth/password/forgot "email=$who%40example.org" "$FORM" "$HTML" "$SAME"
		expect 303
		[ "$(header Location)" = "/forgot#sent" ]
		[ -z "$BODY" ]
	done
	call password POST /auth/password/forgot "email=nobody" "$FORM" "$HTML" "$SAME"
	expect 422
	grep -q 'Email is not an e-mail address' <<< "$BODY"
	grep -q 'value="nobody"' <<< "$BODY"
}

@test "an address is found however it is written, and what is none is named" {
	forgot ANN@Example.ORG
	expect 202
	[ "$(letters reset ann@example.org)" = 1 ]
	local bad
	for bad in ann "ann@" "a b@example.org" $'ann@example.org\nbcc: eve@example.org'; do
		forgot "$bad"
		expect 422
		expect_field email
	done
	call password POST /auth/password/forgot '{}'
	expect 422
	expect_field email
	[ "$(letters reset)" = 1 ]
}

@test "so many mails an hour and no more, for an address that is somebody's and for one that is not" {
	local who i
	for who in ann nobody; do
		for i in 1 2 3; do
			YETT_THROTTLE_MAILS=3 forgot $who@example.org
			expect 202
		done
		YETT_THROTTLE_MAILS=3 forgot $who@example.org
		expect 429 too-many-requests
		[ "$(header Retry-After)" = 1200 ]
	done
	[ "$(letters reset)" = 3 ]
	YETT_THROTTLE_MAILS=3 forgot bob@example.org
	expect 202
	pass_time 1200
	YETT_THROTTLE_MAILS=3 forgot ann@example.org
	expect 202
}

@test "a link is good for 30 minutes, and not a moment longer" {
	link
	pass_time 1799
	reset "$TOKEN" short
	expect 422
	pass_time 1
	dead "$TOKEN"
	sign_in ann@example.org
}

@test "whatever is wrong with a token, the answer is the same" {
	link
	local first=$TOKEN
	link
	local second=$TOKEN
	register bob@example.org
	link bob@example.org
	local bobs=$TOKEN
	# Of another purpose: as good as one, but for its purpose.
	sql "UPDATE one_time_tokens SET purpose = 'unlock' WHERE email = 'bob@example.org'"
	dead "$first" "${second:0:42}" "${second}A" "${second,,}" "$bobs" "$(printf 'a%.0s' $(seq 43))" "$(printf 'a%.0s' $(seq 2048))" "'; --"
	reset "$second"
	expect 204
	dead "$second"
}

@test "a link is good no more for who is locked, disabled or hidden, or has another address by now" {
	local change
	for change in locked=1 enabled=0 hidden=1 "email='ann@elsewhere.example',email_key='ann@elsewhere.example'"; do
		sql "UPDATE users SET locked = 0, enabled = 1, hidden = 0, email = 'ann@example.org', email_key = 'ann@example.org', password_hash = 'x' WHERE id = '$ANN_ID'"
		pass_time 3600
		link
		sql "UPDATE users SET $change WHERE id = '$ANN_ID'"
		dead "$TOKEN"
	done
	[ "$(sql "SELECT count(*) FROM audit_log WHERE action = 'password.reset'")" = 0 ]
}

@test "a password that may not be chosen is named, and the link stays good" {
	local bad
	link
	for bad in short password123 aaaaaaaaaaaa ann@example.org; do
		reset "$TOKEN" "$bad"
		expect 422
		expect_field new_password
	done
	call password POST /auth/password/reset '{"token":"'"$TOKEN"'","new_password":"'"$NEW"'","new_password_confirm":"x"}'
	expect 422
	expect_field new_password_confirm
	call password POST /auth/password/reset '{"new_password":"'"$NEW"'"}'
	expect 422
	expect_field token
	reset "$(printf 'a%.0s' $(seq 2049))"
	expect 422
	expect_field token
	call password POST /auth/password/reset '{"token":"'"$TOKEN"'","new_password":"'"$NEW"'","new_password_confirm":"'"$NEW"'"}'
	expect 204
}

@test "a token that is none is told before a password is hashed" {
	# Nobody gets a place to hash, so whoever asks for one is told to come back.
	printf . > "$BATS_TEST_TMPDIR/held"
	/usr/bin/python3 - "$YETT_SITE_STATE" "$BATS_TEST_TMPDIR/held" 3>&- <<- 'PY' &
		import fcntl, os, struct, sys, time
		for name in '/hash.lock', '/hash-reserve.lock':
		    fd = os.open(sys.argv[1] + name, os.O_RDWR)
		    fcntl.fcntl(fd, 37, struct.pack('hhlli', fcntl.F_WRLCK, os.SEEK_SET, 0, 1024, 0))
		os.unlink(sys.argv[2])
		time.sleep(60)
	PY
	local holder=$! i
	for i in $(seq 100); do [ ! -e "$BATS_TEST_TMPDIR/held" ] && break; sleep 0.1; done
	link
	export YETT_PASSWORD_WAIT_MS=0
	reset "$TOKEN"
	expect 503 busy
	dead "${TOKEN}A"
	kill -9 $holder
	wait $holder 2> /dev/null || [ $? = 137 ]
	export YETT_PASSWORD_WAIT_MS=3000
	reset "$TOKEN"
	expect 204
}

@test "it ends all sessions, links and waits, and the address is known to be hers" {
	local i cookie opaque refresh=$REFRESH
	sign_in_cookie ann@example.org
	cookie=$COOKIE
	call login POST /api/users/session '{"username":"ann@example.org","password":"'"$PASSWORD"'"}'
	opaque=$(json .token)
	sql "UPDATE users SET update_password_required = 1"
	# One link for something else is open, too.
	sql "INSERT INTO one_time_tokens SELECT '01890a5d-ac96-774b-bcce-b302099a8057', 'sign-in', randomblob(32), NULL, '$ANN_ID', 'ann@example.org', '',
		NULL, 5, 1, 9999999999999"
	for i in 1 2 3 4 5 6; do
		call login POST /auth/login '{"email":"ann@example.org","password":"wrong"}'
		expect 401
	done
	call login POST /auth/login '{"email":"ann@example.org","password":"wrong"}'
	expect 429
	[ "$(sql "SELECT email_confirmed FROM users")" = 0 ]
	link
	reset "$TOKEN"
	expect 204
	[ -z "$(header Set-Cookie)" ]
	me "$(bearer "$ANN")"
	expect 401
	me "HTTP_COOKIE=$cookie"
	expect 401
	me "$(bearer "$opaque")"
	expect 401
	refresh "$refresh"
	expect 401
	[ "$(sql "SELECT count(*) FROM sessions WHERE revoked_at IS NULL")" = 0 ]
	[ "$(sql "SELECT count(*) FROM one_time_tokens")" = 0 ]
	[ "$(sql "SELECT email_confirmed || update_password_required FROM users")" = 10 ]
	sign_in ann@example.org "$NEW"
	me "$(bearer "$ACCESS")"
	expect 200
	[ "$(json .email_confirmed)" = true ]
}

@test "the audit log says so, with no secret in it, nor in the log or the queue" {
	local seq
	link
	# Nor where it is stored while it is good.
	[ "$(sql "SELECT count(*) FROM one_time_tokens")" = 1 ]
	run -1 grep -F -e "$TOKEN" <(sql .dump)
	seq=$(sql "SELECT max(seq) FROM audit_log")
	reset "$TOKEN"
	expect 204
	[ "$(sql "SELECT action FROM audit_log WHERE seq > $seq ORDER BY seq")" = $'sessions.ended\nuser.claimed\nemail.confirmed\npassword.reset' ]
	[ "$(sql "SELECT actor || ' ' || user_id || ' ' || object_id || ' ' || details FROM audit_log WHERE action = 'password.reset'")" = \
		"user $ANN_ID $ANN_ID {\"email_confirmed\":true}" ]
	run -1 grep -F -e "$TOKEN" "$BATS_TEST_TMPDIR/log" "$BATS_TEST_TMPDIR/courier.log"
	run -1 grep -F -e "$TOKEN" <(sql .dump)
	run -1 grep -F "$NEW" "$BATS_TEST_TMPDIR/log" <(sql .dump)
	link
	reset "$TOKEN" "$PASSWORD"
	[ "$(sql "SELECT details FROM audit_log WHERE action = 'password.reset' ORDER BY seq DESC LIMIT 1")" = '{"email_confirmed":false}' ]
}

@test "where the address was never confirmed, keys made before are no good after it; where it was, they are" {
	local key old
	call apikeys POST /apikeys '{"name":"mine","scopes":["profile:read"]}' "$(bearer "$ANN")"
	expect 201
	old=$(json .key)
	call session GET /users/me - HTTP_X_API_KEY="$old"
	expect 200
	link
	reset "$TOKEN"
	expect 204
	call session GET /users/me - HTTP_X_API_KEY="$old"
	expect 401
	[ "$(sql "SELECT details FROM audit_log WHERE action = 'user.claimed'")" = '{"phone":false,"password":true,"api_keys":1}' ]
	sign_in ann@example.org "$NEW"
	call apikeys POST /apikeys '{"name":"mine","scopes":["profile:read"]}' "$(bearer "$ACCESS")"
	expect 201
	key=$(json .key)
	link
	reset "$TOKEN" "$PASSWORD"
	expect 204
	call session GET /users/me - HTTP_X_API_KEY="$key"
	expect 200
	[ "$(sql "SELECT count(*) FROM audit_log WHERE action = 'user.claimed'")" = 1 ]
}

@test "of two who come with the same link at once one wins" {
	local i
	link
	for i in 1 2 3 4; do
		(
			BATS_TEST_TMPDIR=$BATS_TEST_TMPDIR/$i
			mkdir "$BATS_TEST_TMPDIR"
			reset "$TOKEN" "$NEW number $i"
			echo "$STATUS" > "$BATS_TEST_TMPDIR/status"
		) 3>&- &
		CALLS+=($!)
	done
	wait "${CALLS[@]}"
	[ "$(cat "$BATS_TEST_TMPDIR"/?/status | sort | tr '\n' ' ')" = "204 400 400 400 " ]
}

@test "a mail says that the password was changed, when, from where, and what to do if it was somebody else" {
	link
	call password POST /auth/password/reset "{\"token\":\"$TOKEN\",\"new_password\":\"$NEW\"}" \
		"HTTP_USER_AGENT=Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0" YETT_GUARD_ASK="Ann, in room 12"
	expect 204
	mail_to ann@example.org password-changed
	[ "$SUBJECT" = "Your password for Yett was changed" ]
	[[ "$TEXT" == *"by a link that was mailed to you"*"When: "*" UTC"*"Device: Firefox on Linux"*"Network address: 192.0.2.7"* ]]
	[[ "$TEXT" == *"http://127.0.0.1:8080/forgot"*"ask Ann, in room 12."* ]]
	[[ "$PAGE" == *"Firefox on Linux"* && "$PAGE" == *'href="http://127.0.0.1:8080/forgot"'* ]]
	[[ "$TEXT$PAGE" != *"{{"* ]]
	[ -z "$TOKEN" ]
}

@test "changing it tells as well, and ends links that were mailed before" {
	link
	call password POST /auth/password/change '{"current_password":"'"$PASSWORD"'","new_password":"'"$NEW"'"}' "$(bearer "$ANN")"
	expect 204
	dead "$TOKEN"
	mail_to ann@example.org password-changed
	[[ "$TEXT" == *"somebody who was signed in and knew the old one"* ]]
	# What failed is told to nobody.
	call password POST /auth/password/change '{"current_password":"wrong","new_password":"'"$NEW 2"'"}' "$(bearer "$ANN")"
	expect 401
	[ "$(letters password-changed)" = 1 ]
}

@test "who has no password any more, or another, by an admin's doing is told so, and not where the admin is" {
	admin
	link
	call users DELETE "/users/$ANN_ID/password" - "$(bearer "$ADMIN")" REMOTE_ADDR=203.0.113.99
	expect 200
	dead "$TOKEN"
	mail_to ann@example.org password-changed
	[ "$SUBJECT" = "Your password for Yett was removed" ]
	[[ "$TEXT" == *"has removed the password"* && "$TEXT" != *203.0.113.99* && "$TEXT" != */forgot* ]]
	echo "$PASSWORD 2" | "$BIN/yett" user passwd ann@example.org > /dev/null
	mail_to ann@example.org password-changed
	[[ "$TEXT" == *"has set another password"*/forgot* ]]
	link
	"$BIN/yett" user clear-password ann@example.org > /dev/null
	dead "$TOKEN"
	[ "$(letters password-changed)" = 3 ]
	# One that is cleared already is not cleared again.
	call users DELETE "/users/$ANN_ID/password" - "$(bearer "$ADMIN")"
	expect 200
	[ "$(letters password-changed)" = 3 ]
}

@test "in the language of who reads it" {
	sql "UPDATE users SET locale = 'de-AT'"
	link
	[ "$SUBJECT" = "Ein neues Passwort für Yett" ]
	reset "$TOKEN"
	mail_to ann@example.org password-changed
	[ "$SUBJECT" = "Ihr Passwort für Yett wurde geändert" ]
	[[ "$TEXT" == *"mit einem Link"* && "$PAGE" == *'lang="de"'* && "$TEXT$PAGE" != *"{{"* ]]
	sql "UPDATE users SET locale = NULL"
	forgot ann@example.org HTTP_ACCEPT_LANGUAGE=de
	mail_to ann@example.org reset
	[ "$SUBJECT" = "Ein neues Passwort für Yett" ]
}

@test "looking at the pages changes nothing, whatever code is in the address" {
	link
	local before path
	before=$(sql .dump)
	for path in "GET /forgot" "GET /reset" "GET /unlock" "GET /end-session"; do
		call password GET "${path#* }?token=$TOKEN" - "$HTML"
		expect 200
		[[ "$(header Content-Type)" == text/html* && "$(header Referrer-Policy)" == same-origin && "$BODY" == *"<form"* ]]
		[[ "$BODY" != *"$TOKEN"* ]]
	done
	[ "$(sql .dump)" = "$before" ]
	call login GET /login - "$HTML"
	[[ "$BODY" == *'href="/forgot"'* ]]
}

@test "a browser's form chooses it, is sent to sign in, and is told what was wrong beside the field" {
	link
	call password POST /auth/password/reset "token=$TOKEN&new_password=12345678&new_password_confirm=12345678" "$FORM" "$HTML" "$SAME"
	expect 422
	grep -q 'id="new_password-error"' <<< "$BODY"
	[[ "$BODY" != *"$TOKEN"* ]]
	call password POST /auth/password/reset "token=nonsense&new_password=${NEW// /+}&new_password_confirm=${NEW// /+}" "$FORM" "$HTML" "$SAME"
	expect 400
	grep -q 'not valid, or not any more' <<< "$BODY"
	grep -q 'href="/forgot"' <<< "$BODY"
	call password POST /auth/password/reset "token=$TOKEN&new_password=${NEW// /+}&new_password_confirm=${NEW// /+}" "$FORM" "$HTML" HTTP_SEC_FETCH_SITE=cross-site
	expect 403
	call password POST /auth/password/reset "token=$TOKEN&new_password=${NEW// /+}&new_password_confirm=${NEW// /+}" "$FORM" "$HTML" "$SAME"
	expect 303
	[ "$(header Location)" = "/login#password-reset" ]
	[ -z "$(header Set-Cookie)" ]
}

@test "without a mail.url, or with notices off, the link is mailed or waits, and nothing else is told" {
	export YETT_MAIL_NOTICES=no
	link
	reset "$TOKEN"
	expect 204
	[ "$(letters password-changed)" = 0 ]
	stop_courier
	export YETT_MAIL_NOTICES=yes YETT_MAIL_URL=
	forgot ann@example.org
	expect 202
	[ "$(letters reset)" = 2 ]
	sign_in ann@example.org "$NEW"
	call password POST /auth/password/change '{"current_password":"'"$NEW"'","new_password":"'"$PASSWORD"'"}' "$(bearer "$ACCESS")"
	expect 204
	[ "$(letters password-changed)" = 0 ]
}
