#!/usr/bin/env bats
# Notices: what users are told of that somebody else may have done, and the links that undo it.

load helper
load mail

FIREFOX="HTTP_USER_AGENT=Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"
IPHONE="HTTP_USER_AGENT=Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Version/18.0 Mobile/15E148 Safari/604.1"

setup() {
	fresh_state
	stop_time
	# Other mails than these are counted elsewhere.
	export YETT_SIGNUP_VERIFICATION=off
	start_box
	register ann@example.org
	ANN_ID=$USER_ID
}

teardown() {
	stop_all
}

# come [VARIABLE=VALUE]...: ann signs in, a program.
come() {
	call login POST /auth/login '{"email":"ann@example.org","password":"'"$PASSWORD"'"}' "$@"
	expect 200
	take_tokens
}

# browse [VARIABLE=VALUE]...: ann signs in by the form. DEVICE and COOKIE are the two cookies that she has then.
browse() {
	call login POST /auth/login "email=ann@example.org&password=${PASSWORD// /+}" "$FORM" "$HTML" "$SAME" "$@"
	expect 303
	COOKIE=$(header Set-Cookie | sed -n 's/^\(yett=[^;]*\);.*/\1/p')
	DEVICE=$(header Set-Cookie | sed -n 's/^\(yett-device=[^;]*\);.*/\1/p')
}

devices() {
	sql "SELECT count(*) FROM user_devices WHERE user_id = '$ANN_ID'"
}

# told COUNT: of so many new devices by now.
told() {
	[ "$(letters new-device ann@example.org)" = "$1" ] || {
		echo "told $(letters new-device ann@example.org) times, not $1" >&2
		return 1
	}
}

# use WHAT TOKEN: unlock or end-session.
use() {
	call password POST "/auth/$1" "$(jq -n --arg t "$2" '{token: $t}')"
}

# dead WHAT TOKEN...: none of them is good, and which of the reasons it is cannot be told.
dead() {
	local what=$1 token said
	shift
	use "$what" nonsense
	expect 400 invalid-link
	said=$(answer)
	for token; do
		use "$what" "$token"
		expect 400 invalid-link
		[ "$(answer)" = "$said" ]
	done
}

try() {
	call login POST /auth/login "$(jq -n --arg e "$1" --arg p "$2" '{login: $e, password: $p}')" "${@:3}"
}

# besiege LOGIN [COUNT]: wrong passwords from everywhere, until the account waits for everybody.
besiege() {
	local i
	for ((i = 0; i < ${2-11}; i++)); do
		try "$1" wrong REMOTE_ADDR=198.51.100.$i
		expect 401 invalid-credentials
	done
}

@test "the first device of all is no news, nor is one that was seen before" {
	come
	come
	told 0
	[ "$(devices)" = 1 ]
	come "$FIREFOX"
	told 1
	come "$FIREFOX"
	told 1
	[ "$(devices)" = 2 ]
	[ "$(sql "SELECT name FROM user_devices ORDER BY rowid")" = $'Unknown device\nFirefox on Linux' ]
}

@test "a program is known by what it calls itself and by its network, which is a /24 or a /48" {
	come REMOTE_ADDR=192.0.2.255
	come REMOTE_ADDR=::ffff:192.0.2.9
	told 0
	come REMOTE_ADDR=192.0.3.7
	told 1
	come REMOTE_ADDR=2001:db8:1:2::1
	told 2
	come REMOTE_ADDR=2001:db8:1:ffff::2
	told 2
	come REMOTE_ADDR=2001:db8:2::1
	told 3
}

@test "a browser is known by its cookie, wherever it comes from, and by nothing else" {
	browse "$FIREFOX"
	told 1
	[[ "$DEVICE" =~ ^yett-device=[A-Za-z0-9_-]{43}$ ]]
	local mine=$DEVICE
	browse "$IPHONE" REMOTE_ADDR=203.0.113.9 HTTP_COOKIE="$mine"
	told 1
	[ "$DEVICE" = "$mine" ]
	browse "$FIREFOX"
	told 2
	[ "$DEVICE" != "$mine" ]
	browse "$FIREFOX" HTTP_COOKIE="yett-device=chosen-by-somebody"
	told 3
	[ "$DEVICE" != yett-device=chosen-by-somebody ]
	# What proves the browser proves nobody in it.
	me "HTTP_COOKIE=yett=${DEVICE#*=}"
	expect 401
	run -1 grep -F "${mine#*=}" <(sql .dump)
}

@test "a device is known for one user, not for the next in the same browser" {
	register bob@example.org
	sign_in bob@example.org
	browse
	told 1
	call login POST /auth/login "email=bob@example.org&password=${PASSWORD// /+}" "$FORM" "$HTML" "$SAME" HTTP_COOKIE="$DEVICE"
	expect 303
	[ "$(letters new-device bob@example.org)" = 1 ]
}

@test "who registers by the form is known in that browser" {
	call register POST /auth/register "email=eve@example.org&password=${PASSWORD// /+}" "$FORM" "$HTML" "$SAME"
	expect 303
	DEVICE=$(header Set-Cookie | sed -n 's/^\(yett-device=[^;]*\);.*/\1/p')
	call login POST /auth/login "email=eve@example.org&password=${PASSWORD// /+}" "$FORM" "$HTML" "$SAME" HTTP_COOKIE="$DEVICE"
	expect 303
	[ "$(letters new-device)" = 0 ]
}

@test "Open Sesame's API counts, too, and a wrong password does not" {
	try ann@example.org wrong "$IPHONE"
	expect 401
	told 0
	call login POST /api/users/session '{"username":"ann@example.org","password":"'"$PASSWORD"'"}' "$IPHONE"
	expect 200
	told 1
}

@test "the mail says which device it was, from where and when, and its link ends that session alone, once" {
	local old new
	come
	old=$ACCESS
	come "$FIREFOX" REMOTE_ADDR=203.0.113.9 YETT_GUARD_ASK="Ann, in room 12"
	new=$ACCESS
	mail_to ann@example.org new-device
	[ "$SUBJECT" = "A sign-in to Yett on a new device" ]
	[[ "$TEXT" == *"When: "*" UTC"*"Device: Firefox on Linux"*"Network address: 203.0.113.9"*"for 7 days"* ]]
	[[ "$TEXT" == *"ask Ann, in room 12."* && "$PAGE" == *"href=\"$LINK\""* && "$TEXT$PAGE" != *"{{"* ]]
	[ "$LINK" = "http://127.0.0.1:8080/end-session#$TOKEN" ]
	use end-session "$TOKEN"
	expect 204
	me "$(bearer "$new")"
	expect 401
	me "$(bearer "$old")"
	expect 200
	[ "$(sql "SELECT action || ' ' || user_id || ' ' || json_extract(details, '$.why') FROM audit_log ORDER BY seq DESC LIMIT 1")" = \
		"session.ended $ANN_ID ended by the link in a mail" ]
	dead end-session "$TOKEN"
	# It is a new one again.
	come "$FIREFOX" REMOTE_ADDR=203.0.113.9
	told 2
}

@test "each mail has a link of its own, good for seven days, whatever else was mailed" {
	local first second
	come "$FIREFOX"
	mail_to ann@example.org new-device
	first=$TOKEN
	come "$IPHONE"
	mail_to ann@example.org new-device
	second=$TOKEN
	[ "$first" != "$second" ]
	use end-session "$first"
	expect 204
	pass_time 604799
	use end-session "$second"
	expect 204
	refresh "$REFRESH"
	expect 401
	come "$FIREFOX" REMOTE_ADDR=203.0.113.9
	mail_to ann@example.org new-device
	pass_time 604800
	dead end-session "$TOKEN"
}

@test "whatever is wrong with such a link, the answer is the same" {
	local end unlock
	export YETT_THROTTLE_FAILURES=1
	come "$FIREFOX"
	mail_to ann@example.org new-device
	end=$TOKEN
	besiege ann@example.org
	mail_to ann@example.org locked
	unlock=$TOKEN
	dead end-session "$unlock" "${end:0:42}" "${end}A" "$(printf 'a%.0s' $(seq 2048))"
	dead unlock "$end" "${unlock:0:42}" "${unlock}A" "$(printf 'a%.0s' $(seq 2048))"
	call password POST /auth/password/reset "{\"token\":\"$end\",\"new_password\":\"another quite long sentence\"}"
	expect 400 invalid-link
	use unlock "$(printf 'a%.0s' $(seq 2049))"
	expect 422
	expect_field token
	use end-session ""
	expect 422
	expect_field token
	sql "DELETE FROM users WHERE id = '$ANN_ID'"
	dead end-session "$end"
	dead unlock "$unlock"
}

@test "a session that is over already is as good as ended" {
	come "$FIREFOX"
	mail_to ann@example.org new-device
	call session POST /auth/logout "{\"refresh_token\":\"$REFRESH\"}"
	expect 204
	use end-session "$TOKEN"
	expect 204
	[ "$(devices)" = 1 ]
}

@test "a browser is led from the link to choosing another password" {
	come "$FIREFOX"
	mail_to ann@example.org new-device
	call password POST /auth/end-session "token=nonsense" "$FORM" "$HTML" "$SAME"
	expect 400
	grep -q 'not valid, or not any more' <<< "$BODY"
	call password POST /auth/end-session "token=$TOKEN" "$FORM" "$HTML" HTTP_SEC_FETCH_SITE=cross-site
	expect 403
	call password POST /auth/end-session "token=$TOKEN" "$FORM" "$HTML" "$SAME"
	expect 303
	[ "$(header Location)" = "/forgot#session-ended" ]
	call password GET /forgot - "$HTML"
	grep -q 'id="session-ended"' <<< "$BODY"
}

@test "that a device was seen is written once a day" {
	come
	local first
	first=$(sql "SELECT last_seen_at FROM user_devices")
	pass_time 86399
	come
	[ "$(sql "SELECT last_seen_at - $first FROM user_devices")" = 0 ]
	pass_time 1
	come
	[ "$(sql "SELECT last_seen_at - $first, last_seen_at - first_seen_at > 0 FROM user_devices")" = "86400000|1" ]
}

@test "a user has at most 50 devices, and the one that was seen longest ago goes" {
	local i
	pass_time 1
	for i in $(seq 49); do
		sql "INSERT INTO user_devices SELECT printf('01890a5d-ac96-774b-bcce-%012d', $i), user_id, randomblob(32), 'd', 5, last_seen_at + $i FROM user_devices
			WHERE name = 'Unknown device'"
	done
	come "$FIREFOX"
	[ "$(devices)" = 50 ]
	[ "$(sql "SELECT count(*) FROM user_devices WHERE name IN ('Unknown device', 'Firefox on Linux')")" = 1 ]
	come
	[ "$(devices)" = 50 ]
	told 2
}

@test "who comes after devices are forgotten is told; who came before any was noted is not" {
	sql "DELETE FROM user_devices"
	come "$FIREFOX"
	told 0
	pass_time $((366 * 86400))
	sql "DELETE FROM user_devices"
	come "$IPHONE"
	told 1
}

@test "with notices off nobody is told, but devices are noted" {
	YETT_MAIL_NOTICES=no come "$FIREFOX"
	YETT_MAIL_URL='' come "$IPHONE"
	told 0
	[ "$(devices)" = 3 ]
	come "$FIREFOX"
	come "$IPHONE"
	told 0
}

@test "who has an address that no mail can go to signs in all the same" {
	export YETT_THROTTLE_FAILURES=1
	sql "UPDATE users SET email = 'ann@no where', email_key = 'ann@no where', username = 'ann', username_key = 'ann'"
	try ann "$PASSWORD" "$FIREFOX"
	expect 200
	take_tokens
	besiege ann
	call password POST /auth/password/change '{"current_password":"'"$PASSWORD"'","new_password":"another quite long sentence"}' "$(bearer "$ACCESS")"
	expect 204
	[ "$(sql "SELECT count(*) FROM outbox")" = 0 ]
}

@test "no more than ten such mails an hour" {
	local i
	for i in $(seq 12); do
		come REMOTE_ADDR=198.18.$i.1
	done
	told 10
	[ "$(devices)" = 13 ]
	pass_time 3600
	come REMOTE_ADDR=198.18.99.1
	told 11
}

@test "what a client calls itself becomes no link in the mail" {
	come HTTP_USER_AGENT="evil.example/1"
	mail_to ann@example.org new-device
	[[ "$TEXT$PAGE" == *"Unknown device"* && "$TEXT$PAGE" != *evil* ]]
	come HTTP_USER_AGENT="<b>bold</b>"
	mail_to ann@example.org new-device
	[[ "$TEXT$PAGE" == *"Unknown device"* && "$TEXT$PAGE" != *bold* ]]
	come HTTP_USER_AGENT="curl/8.5.0"
	mail_to ann@example.org new-device
	[[ "$TEXT" == *"Device: curl"* ]]
}

@test "a mail tells of wrong passwords once the account waits for everybody, once an hour" {
	export YETT_THROTTLE_FAILURES=1
	besiege ann@example.org 10
	[ "$(letters locked)" = 0 ]
	besiege ann@example.org 1
	[ "$(letters locked)" = 1 ]
	try ann@example.org "$PASSWORD" REMOTE_ADDR=203.0.113.1
	expect 429
	mail_to ann@example.org locked
	[ "$SUBJECT" = "Many wrong passwords for your account at Yett" ]
	[[ "$TEXT" == *"11 by now"*" UTC"*"within 60 minutes"*"$LINK"* && "$TEXT$PAGE" != *"{{"* ]]
	[ "$LINK" = "http://127.0.0.1:8080/unlock#$TOKEN" ]
	pass_time 2
	try ann@example.org wrong REMOTE_ADDR=203.0.113.1
	expect 401
	[ "$(letters locked)" = 1 ]
	pass_time 3598
	try ann@example.org wrong REMOTE_ADDR=203.0.113.1
	expect 401
	[ "$(letters locked)" = 2 ]
	mail_to ann@example.org locked
	[[ "$TEXT" == *"13 by now"* ]]
}

@test "its link ends the waits, from everywhere and for all names, and says so in the audit log" {
	export YETT_THROTTLE_FAILURES=1
	sql "UPDATE users SET username = 'Ann.B', username_key = 'ann.b'"
	besiege ANN.b
	[ "$(letters locked ann@example.org)" = 1 ]
	besiege ann@example.org
	try ann@example.org "$PASSWORD" REMOTE_ADDR=203.0.113.1
	expect 429
	mail_to ann@example.org locked
	call password POST /auth/unlock "token=$TOKEN" "$FORM" "$HTML" "$SAME"
	expect 303
	[ "$(header Location)" = "/login#unlocked" ]
	try ann@example.org "$PASSWORD" REMOTE_ADDR=203.0.113.1
	expect 200
	try ann.b "$PASSWORD" REMOTE_ADDR=198.51.100.1
	expect 200
	[ "$(sql "SELECT user_id || ' ' || object_id FROM audit_log WHERE action = 'user.waits_ended'")" = "$ANN_ID $ANN_ID" ]
	dead unlock "$TOKEN"
}

@test "it is good for an hour, and touches no lock of an admin's" {
	export YETT_THROTTLE_FAILURES=1
	besiege ann@example.org
	mail_to ann@example.org locked
	sql "UPDATE users SET locked = 1"
	pass_time 3599
	use unlock "$TOKEN"
	expect 204
	[ "$(sql "SELECT locked FROM users")" = 1 ]
	try ann@example.org "$PASSWORD"
	expect 403
	sql "UPDATE users SET locked = 0"
	pass_time 3600
	besiege ann@example.org
	mail_to ann@example.org locked
	pass_time 3600
	dead unlock "$TOKEN"
}

@test "for accounts that are not there, and those that may not sign in, the same answer and no mail" {
	local who known
	export YETT_THROTTLE_FAILURES=1 YETT_THROTTLE_NETWORK_FAILURES=0
	register locked@example.org
	register disabled@example.org
	register hidden@example.org
	sql "UPDATE users SET locked = 1 WHERE email = 'locked@example.org'; UPDATE users SET enabled = 0 WHERE email = 'disabled@example.org';
		UPDATE users SET hidden = 1 WHERE email = 'hidden@example.org'"
	besiege ann@example.org
	known=$(answer)
	for who in nobody@example.org nobody locked@example.org disabled@example.org hidden@example.org; do
		besiege $who
		[ "$(answer)" = "$known" ]
		try $who wrong REMOTE_ADDR=203.0.113.1
		expect 429
	done
	[ "$(sql "SELECT to_address FROM outbox WHERE kind = 'locked'")" = ann@example.org ]
	[ "$(sql "SELECT count(*) FROM one_time_tokens WHERE purpose = 'unlock'")" = 1 ]
}
