#!/usr/bin/env bats
# Phones: shown to be one's own by a code, and signed in by; the SMS itself is a webhook's.

load helper
load mail
load hooks

PHONE=+4915112345678

setup() {
	fresh_state
	export YETT_SIGNIN_OTP_SMS=yes
	register ann@example.org
	ANN=$ACCESS ANN_ID=$USER_ID
	start_receiver http
	subscribe sms.code
	start_courier
	SENT=0
}

teardown() {
	stop_all
	stop_receivers
	stop_site
}

# sent: wait for the next SMS; CODE is in it.
sent() {
	SENT=$((SENT + 1))
	eventually got $SENT
	CODE=$(received '.[-1].body.data.code')
	[[ $CODE =~ ^[0-9]{6}$ ]]
}

# give TOKEN PHONE [MEMBERS]: have a code sent there.
give() {
	call passwordless POST /users/me/phone "{\"phone\":\"$2\",\"current_password\":\"$PASSWORD\"}" "$(bearer "$1")"
}

confirm() {
	call passwordless POST /users/me/phone/verify "{\"code\":\"$2\"}" "$(bearer "$1")"
}

# have TOKEN PHONE: it is his from now on.
have() {
	give "$1" "$2"
	expect 202
	sent
	confirm "$1" "$CODE"
	expect 204
}

ask() {
	call passwordless POST /auth/otp "{\"phone\":\"$1\"}" "${@:2}"
}

enter() {
	call passwordless POST /auth/otp/verify "{\"phone\":\"$1\",\"code\":\"$2\"}" "${@:3}"
}

wrong() {
	[ "$1" = 000000 ] && echo 000001 || echo 000000
}

@test "a phone is one's own once the code that was sent there comes back, and then one signs in by it" {
	give "$ANN" $PHONE
	expect 202
	[ "$BODY" = '{"expires_in":600}' ]
	me "$(bearer "$ANN")"
	[ "$(jq -c '[.phone, .phone_confirmed]' <<< "$BODY")" = "[\"$PHONE\",false]" ]
	sent
	[ "$(received '.[0].body | [.type, .data.to, (.data | keys)] | tojson')" = \
		"[\"sms.code\",\"$PHONE\",[\"code\",\"expires_at\",\"locale\",\"text\",\"to\"]]" ]
	[[ "$(received '.[0].body.data.text')" == "$CODE is your code for Yett, for 10 minutes."* ]]
	# Not before.
	ask $PHONE
	expect 202
	enter $PHONE "$CODE"
	expect 400 invalid-link
	confirm "$ANN" "$CODE"
	expect 204
	me "$(bearer "$ANN")"
	[ "$(jq -c '[.phone, .phone_confirmed]' <<< "$BODY")" = "[\"$PHONE\",true]" ]
	[ "$(sql "SELECT count(*) FROM audit_log WHERE action = 'phone.confirmed' AND object_id = '$ANN_ID'")" = 1 ]
	confirm "$ANN" "$CODE"
	expect 400 invalid-link
	sql "DELETE FROM login_attempts"
	ask $PHONE
	expect 202
	sent
	# No code is stored in the clear while it is good, nor logged.
	[ "$(sql "SELECT count(*) FROM one_time_tokens")" = 1 ]
	run ! grep -qF "$CODE" <(sql "SELECT * FROM one_time_tokens; SELECT payload FROM webhook_deliveries; SELECT details FROM audit_log")
	run ! grep -qF "$CODE" "$BATS_TEST_TMPDIR/log" "$BATS_TEST_TMPDIR/courier.log"
	enter $PHONE "$CODE"
	expect 200
	[ "$(json .user.id)" = "$ANN_ID" ]
	[ "$(cut -d. -f2 <<< "$(json .access_token)" | tr _- /+ | base64 -di 2> /dev/null | jq -c .amr)" = '["otp","sms"]' ]
	[ "$(sql "SELECT user_id = '$ANN_ID', success FROM login_attempts")" = "1|1" ]
	# A phone says nothing of the address.
	[ "$(sql "SELECT email_confirmed FROM users")" = 0 ]
	enter $PHONE "$CODE"
	expect 400 invalid-link
	run ! grep -qF "$CODE" "$BATS_TEST_TMPDIR/log" "$BATS_TEST_TMPDIR/courier.log"
}

@test "a phone is '+' and 8 to 15 digits" {
	local phone
	for phone in 4915112345678 +4915112 +4915112345678901 +0415112345678 "+49 15112345678" +49151x2345678 ++4915112345678; do
		give "$ANN" "$phone"
		expect 422
		expect_field phone
		ask "$phone"
		expect 422
		expect_field phone
	done
	[ "$(sql "SELECT count(*) FROM one_time_tokens")" = 0 ]
	for phone in +49151123 +491511234567890; do
		give "$ANN" "$phone"
		expect 202
	done
	call passwordless POST /auth/otp "{\"phone\":\"$PHONE\",\"email\":\"ann@example.org\"}"
	expect 422
	expect_field phone
	call passwordless POST /auth/otp/verify "{\"phone\":\"$PHONE\",\"email\":\"ann@example.org\",\"code\":\"1\"}"
	expect 422
	expect_field phone
	call passwordless POST /auth/magic-link "{\"phone\":\"$PHONE\"}"
	expect 422
	expect_field phone
}

@test "who has a password gives it, and who has none needs none" {
	call passwordless POST /users/me/phone "{\"phone\":\"$PHONE\"}" "$(bearer "$ANN")"
	expect 422
	expect_field current_password
	call passwordless POST /users/me/phone "{\"phone\":\"$PHONE\",\"current_password\":\"wrong\"}" "$(bearer "$ANN")"
	expect 401 invalid-credentials
	expect_field current_password
	[ "$(sql "SELECT count(*) FROM one_time_tokens")" = 0 ]
	sql "UPDATE users SET password_hash = NULL"
	call passwordless POST /users/me/phone "{\"phone\":\"$PHONE\"}" "$(bearer "$ANN")"
	expect 202
}

@test "whether a phone is anybody's is not told, nor whether he may sign in, and only he gets an SMS" {
	local who n=1
	have "$ANN" $PHONE
	for who in disabled locked hidden; do
		register $who@example.org
		sql "UPDATE users SET phone = '+4915100000$((++n))0', phone_confirmed = 1 WHERE email = '$who@example.org'"
	done
	sql "UPDATE users SET enabled = 0 WHERE email = 'disabled@example.org'; UPDATE users SET locked = 1 WHERE email = 'locked@example.org';
		UPDATE users SET hidden = 1 WHERE email = 'hidden@example.org'"
	for who in +49151000002 +49151000003 +49151000004 +491510000020 +491510000030 +491510000040 $PHONE; do
		ask $who REMOTE_ADDR=198.51.100.$((++n))
		expect 202
		[ "$BODY" = '{"expires_in":600}' ]
	done
	sent
	[ "$(received 'map(.body.data.to) | unique | tojson')" = "[\"$PHONE\"]" ]
	[ "$(sql "SELECT count(*) FROM webhook_deliveries")" = 2 ]
	[ "$(sql "SELECT count(*) FROM one_time_tokens")" = 1 ]
}

@test "one phone is one user's: who holds it and is another is told, the first keeps it" {
	have "$ANN" $PHONE
	register bob@example.org
	give "$ACCESS" $PHONE
	expect 202
	sent
	confirm "$ACCESS" "$CODE"
	expect 409 taken
	[ "$(sql "SELECT email, phone_confirmed FROM users ORDER BY email")" = $'ann@example.org|1\nbob@example.org|0' ]
	ask $PHONE
	sent
	enter $PHONE "$CODE"
	expect 200
	[ "$(json .user.id)" = "$ANN_ID" ]
}

@test "a confirmed phone stays until another one is, and goes when it is taken away" {
	have "$ANN" $PHONE
	give "$ANN" +4915187654321
	expect 202
	me "$(bearer "$ANN")"
	[ "$(json .phone)" = $PHONE ]
	sent
	confirm "$ANN" "$CODE"
	expect 204
	me "$(bearer "$ANN")"
	[ "$(json .phone)" = +4915187654321 ]
	ask +4915187654321
	expect 202
	sent
	call passwordless DELETE /users/me/phone - "$(bearer "$ANN")"
	expect 204
	# What was on its way is worth nothing.
	enter +4915187654321 "$CODE"
	expect 400 invalid-link
	me "$(bearer "$ANN")"
	[ "$(jq -c '[.phone, .phone_confirmed]' <<< "$BODY")" = "[null,false]" ]
	[ "$(sql "SELECT count(*) FROM audit_log WHERE action = 'phone.removed'")" = 1 ]
	call passwordless DELETE /users/me/phone - "$(bearer "$ANN")"
	expect 404
}

@test "a code takes five wrong tries; somebody else's, and one for something else, is none" {
	local i
	export YETT_THROTTLE_FAILURES=0
	have "$ANN" $PHONE
	give "$ANN" +4915187654321
	sent
	register bob@example.org
	confirm "$ACCESS" "$CODE"
	expect 400 invalid-link
	enter +4915187654321 "$CODE"
	expect 400
	for i in 1 2 3 4 5; do
		confirm "$ANN" "$(wrong "$CODE")"
		expect 400 invalid-link
	done
	confirm "$ANN" "$CODE"
	expect 400 invalid-link
	ask $PHONE
	sent
	call passwordless POST /auth/otp/verify "{\"email\":\"ann@example.org\",\"code\":\"$CODE\"}"
	expect 400
	for i in 1 2 3 4 5; do
		enter $PHONE "$(wrong "$CODE")"
		expect 400
	done
	enter $PHONE "$CODE"
	expect 400
}

@test "nobody tries more than 30 codes of a phone, from wherever; who unlocks the user ends that wait, of his phone alone" {
	local i
	export YETT_THROTTLE_FAILURES=0 YETT_THROTTLE_NETWORK_FAILURES=0
	have "$ANN" $PHONE
	stop_courier
	stop_time
	register bob@example.org
	give "$ACCESS" $PHONE
	expect 202
	for ((i = 0; i < 30; i++)); do
		enter $PHONE 000000 REMOTE_ADDR=198.51.100.$i
		expect 400 invalid-link
	done
	enter $PHONE 000000
	expect 429 too-many-requests
	[ "$(header Retry-After)" = 2880 ]
	# Who only says that it is his has no say in it.
	yett user unlock bob@example.org
	enter $PHONE 000000
	expect 429
	yett user unlock ann@example.org
	enter $PHONE 000000
	expect 400 invalid-link
}

@test "three SMS an hour to a phone, ten from a network, whatever is configured" {
	local i
	stop_courier
	stop_time
	export YETT_THROTTLE_MAILS=0
	for i in 1 2 3; do
		ask $PHONE REMOTE_ADDR=198.51.100.$i
		expect 202
	done
	ask $PHONE REMOTE_ADDR=198.51.100.9
	expect 429 too-many-requests
	[ "$(header Retry-After)" = 1200 ]
	give "$ANN" $PHONE
	expect 429
	for i in 1 2 3 4 5 6 7 8 9 10; do
		ask +491511111111$i
		expect 202
	done
	ask +4915122222222
	expect 429
	[ "$(header Retry-After)" = 360 ]
	ask +4915122222222 REMOTE_ADDR=198.51.100.9
	expect 202
	pass_time 1200
	ask $PHONE REMOTE_ADDR=198.51.100.9
	expect 202
}

@test "five SMS a day to the phones that a user says are his, whatever is configured and wherever he is" {
	local i
	stop_courier
	stop_time
	export YETT_THROTTLE_MAILS=0
	say() {
		call passwordless POST /users/me/phone "{\"phone\":\"$2\",\"current_password\":\"$PASSWORD\"}" "$(bearer "$1")" REMOTE_ADDR=198.51.100.$3
	}
	for i in 1 2 3; do
		say "$ANN" +491511111111$i $i
		expect 202
	done
	# One that is refused for the phone is not counted.
	for i in 1 2 3; do
		ask $PHONE REMOTE_ADDR=198.51.100.$i
	done
	say "$ANN" $PHONE 4
	expect 429
	for i in 4 5; do
		say "$ANN" +491511111111$i $i
		expect 202
	done
	for i in 6 7 8 9; do
		say "$ANN" +4915111111116 $i
		expect 429 too-many-requests
		[ "$(header Retry-After)" = 17280 ]
	done
	[ "$(sql "SELECT count(*) FROM webhook_deliveries")" = 5 ]
	# Nor does it count for the phone, or for others.
	register bob@example.org
	for i in 1 2 3; do
		say "$ACCESS" +4915111111116 6
		expect 202
	done
	pass_time 17280
	sign_in ann@example.org
	say "$ACCESS" +4915111111117 7
	expect 202
	say "$ACCESS" +4915111111118 8
	expect 429
}

@test "a phone that is none is told by its field, on a page where it can be mended" {
	call passwordless POST /auth/otp "phone=0151+1234567&return_to=/wiki" "$FORM" "$HTML" "$SAME"
	expect 422
	[[ $BODY == *'<a href="#phone">Phone must be'*'id="phone-error">Phone must be'*'name="phone" type="tel" value="0151 1234567"'*'value="/wiki"'* ]]
	# As no mail goes out here, there is no field for an address.
	[[ $BODY != *'name="email"'* ]]
	YETT_MAIL_URL=file:$BATS_TEST_TMPDIR/out call passwordless POST /auth/otp "phone=0151+1234567" "$FORM" "$HTML" "$SAME"
	[[ $BODY == *'name="email"'*'name="phone" type="tel" value="0151 1234567"'* ]]
}

@test "where addresses are confirmed first, a code is no way around that, and the attempt is noted as any" {
	have "$ANN" $PHONE
	sql "DELETE FROM login_attempts; UPDATE sessions SET revoked_at = 1"
	export YETT_SIGNUP_VERIFICATION=required YETT_MAIL_URL="file:$BATS_TEST_TMPDIR"
	ask $PHONE
	expect 202
	sent
	enter $PHONE "$(wrong "$CODE")"
	expect 400 invalid-link
	enter $PHONE "$CODE"
	expect 403 email-unconfirmed
	[ "$(sql "SELECT user_id = '$ANN_ID', success FROM login_attempts")" = $'1|0\n1|0' ]
	[ "$(grep -c 'sign-in failed from 192.0.2.7$' "$BATS_TEST_TMPDIR/log")" = 2 ]
	[ "$(sql "SELECT count(*) FROM sessions WHERE revoked_at IS NULL")" = 0 ]
	# It was right, and is used up.
	enter $PHONE "$CODE"
	expect 400 invalid-link
	sql "UPDATE users SET email_confirmed = 1"
	ask $PHONE
	sent
	enter $PHONE "$CODE"
	expect 200
}

@test "a browser's form is bound to the browser" {
	local jar
	have "$ANN" $PHONE
	call passwordless POST /auth/otp "phone=%2B${PHONE#+}&return_to=/wiki" "$FORM" "$HTML" "$SAME"
	expect 202
	[[ $BODY == *"<h1>Look at your phone</h1>"*"name=\"phone\" value=\"$PHONE\""* ]]
	jar=$(header Set-Cookie)
	jar=${jar%%;*}
	sent
	enter $PHONE "$CODE"
	expect 400
	call passwordless POST /auth/otp/verify "phone=%2B${PHONE#+}&code=$(wrong "$CODE")&return_to=/wiki" "$FORM" "$HTML" "$SAME" "HTTP_COOKIE=$jar"
	expect 400
	[[ $BODY == *"name=\"phone\" value=\"$PHONE\""* && $BODY != *'name="email"'* && $BODY != *'name="token"'* ]]
	call passwordless POST /auth/otp/verify "phone=%2B${PHONE#+}&code=$CODE&return_to=/wiki" "$FORM" "$HTML" "$SAME" "HTTP_COOKIE=$jar"
	expect 303
	[ "$(header Location)" = /wiki ]
	call login GET /login - "$HTML"
	[[ $BODY == *'name="phone"'*"Send me a code"* ]]
}

@test "without a webhook that takes it nobody waits for an SMS, whosever the phone is" {
	have "$ANN" $PHONE
	yett webhook edit "$HOOK" --event role.created > /dev/null
	ask $PHONE
	expect 503
	[[ "$(json .detail)" == *sms.code* ]]
	ask +4915187654321
	expect 503
	give "$ANN" +4915187654321
	expect 503
	[ "$(sql "SELECT count(*) FROM one_time_tokens")" = 0 ]
}

@test "it is off unless it is switched on: what there is can be taken away, no more" {
	have "$ANN" $PHONE
	unset YETT_SIGNIN_OTP_SMS
	ask $PHONE
	expect 422
	expect_field phone
	enter $PHONE 000000
	expect 422
	expect_field phone
	give "$ANN" $PHONE
	expect 404
	confirm "$ANN" 000000
	expect 404
	call login GET /login - "$HTML"
	[[ $BODY != *'name="phone"'* ]]
	call passwordless DELETE /users/me/phone - "$(bearer "$ANN")"
	expect 204
	# And the other way round.
	export YETT_SIGNIN_OTP_SMS=yes YETT_SIGNIN_OTP=no
	call passwordless POST /auth/otp '{"email":"ann@example.org"}'
	expect 422
	expect_field email
}

@test "an export with a phone can be imported; who imports one vouches for none" {
	local line
	have "$ANN" $PHONE
	register root@example.org
	sql "UPDATE user_roles SET role_id = '00000000-0000-7000-8000-000000000001' WHERE user_id = '$USER_ID'"
	sign_in root@example.org
	call users GET "/users/export?q=ann" - "$(bearer "$ACCESS")"
	expect 200
	line=$BODY
	[ "$(jq -c '[.phone, .phone_confirmed]' <<< "$line")" = "[\"$PHONE\",true]" ]
	call users DELETE "/users/$ANN_ID" - "$(bearer "$ACCESS")"
	expect 204
	call users POST /users/import "$line" "$(bearer "$ACCESS")" CONTENT_TYPE=application/x-ndjson
	expect 200
	[ "$(json .created)" = 1 ]
	[ "$(sql "SELECT phone IS NULL, phone_confirmed FROM users WHERE email = 'ann@example.org'")" = "1|0" ]
}

@test "the account page has forms for it where codes are sent by SMS, and they lead back to it" {
	local cookie
	call login POST /auth/login "email=ann%40example.org&password=${PASSWORD// /+}" "$FORM" "$HTML" "$SAME"
	expect 303
	cookie="HTTP_COOKIE=$(header Set-Cookie | sed -n 's/^\(yett=[^;]*\);.*/\1/p')"
	call session GET /account - "$cookie" "$HTML"
	[[ $BODY == *'action="/users/me/phone"'* ]]
	[[ $BODY != *'action="/users/me/phone/verify"'* ]]
	call passwordless POST /users/me/phone "phone=%2B4915112345678&current_password=${PASSWORD// /+}" "$FORM" "$HTML" "$SAME" "$cookie"
	expect 303
	[ "$(header Location)" = "/account#phone-sent" ]
	call session GET /account - "$cookie" "$HTML"
	[[ $BODY == *'+4915112345678: you have not shown'* ]]
	[[ $BODY == *'action="/users/me/phone/verify"'* ]]
	sql "UPDATE users SET phone_confirmed = 1"
	call session GET /account - "$cookie" "$HTML"
	[[ $BODY != *'action="/users/me/phone/verify"'* ]]
	call passwordless POST '/users/me/phone?_method=DELETE' '' "$FORM" "$HTML" "$SAME" "$cookie"
	expect 303
	[ "$(header Location)" = "/account#phone-removed" ]
	[ "$(sql "SELECT count(*) FROM users WHERE phone IS NOT NULL")" = 0 ]
	YETT_SIGNIN_OTP_SMS=no call session GET /account - "$cookie" "$HTML"
	[[ $BODY != *'/users/me/phone'* ]]
}
