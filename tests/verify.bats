#!/usr/bin/env bats
# Addresses: confirmed by a link in a mail, required or not, and changed.

load helper
load mail

OTHER="another quite long sentence"

setup() {
	fresh_state
}

teardown() {
	stop_all
	stop_site
}

require() {
	export YETT_SIGNUP_VERIFICATION=required
}

# sign_up EMAIL [PASSWORD [USERNAME]]
sign_up() {
	call register POST /auth/register "$(jq -n --arg e "$1" --arg p "${2-$PASSWORD}" --arg u "${3-}" \
		'{email: $e, password: $p} + if $u == "" then {} else {username: $u} end')"
}

verify() {
	call password POST /auth/email/verify "{\"token\":\"$1\"}"
}

resend() {
	call password POST /auth/email/resend "{\"email\":\"$1\"}"
}

# change EMAIL [PASSWORD]: by who has ACCESS.
change() {
	call password POST /auth/email/change "$(jq -n --arg e "$1" --arg p "${2-$PASSWORD}" '{email: $e, current_password: $p}')" "$(bearer "$ACCESS")"
}

# try_sign_in EMAIL [PASSWORD]
try_sign_in() {
	call login POST /auth/login "$(jq -n --arg e "$1" --arg p "${2-$PASSWORD}" '{email: $e, password: $p}')"
}

# confirmed EMAIL: 0 or 1; empty when there is no such user.
confirmed() {
	sql "SELECT email_confirmed FROM users WHERE email_key = lower('$1')"
}

# move TOKEN: the link to another address, by who is signed in.
move() {
	call password POST /auth/email/verify "{\"token\":\"$1\"}" "$(bearer "$ACCESS")"
}

# answer: the last one, but for what differs with each.
answer() {
	if [[ $BODY == \{* ]]; then
		echo "$STATUS $(jq -cS 'del(.request_id)' <<< "$BODY")"
	else
		echo "$STATUS $BODY"
	fi
}

# refused: the one answer for whatever is wrong with a link.
refused() {
	[ "$(answer)" = '400 {"code":"invalid-link","detail":"This link or code is not valid, or not any more","status":400,"title":"This link or code is not valid, or not any more","type":"about:blank"}' ] || {
		answer >&2
		return 1
	}
}

# actions USER_ID: what the audit log says of the address.
actions() {
	sql "SELECT group_concat(action || ' ' || coalesce(user_id, '-') || ' ' || details, ';')
		FROM (SELECT * FROM audit_log WHERE object_id = '$1' AND action LIKE 'email.%' ORDER BY seq)"
}

@test "signup.verification is off, optional or required" {
	local value
	for value in off optional required; do
		YETT_SIGNUP_VERIFICATION=$value run -0 yett config check
	done
	for value in on Required ""; do
		YETT_SIGNUP_VERIFICATION=$value run -1 yett config check
		[[ "$output" = *"signup.verification must be off, optional or required"* ]]
	done
	run -0 yett config show
	[[ "$output" = *"verification = optional"* ]]
}

@test "who signs up is signed in as ever, and a mail's link confirms the address" {
	start_box
	register ann@example.org
	me "$(bearer "$ACCESS")"
	[ "$(json '.email_confirmed | tostring')" = false ]
	mail_to ann@example.org verify
	[[ "$TEXT" = "Confirm your address for Yett"* ]]
	[[ "$TEXT" = *"http://127.0.0.1:8080/verify#$TOKEN"*"24 hours"* ]]
	verify "$TOKEN"
	expect 200
	[ "$BODY" = '{"status":"email-confirmed"}' ]
	[ -z "$(header Set-Cookie)" ]
	me "$(bearer "$ACCESS")"
	[ "$(json .email_confirmed)" = true ]
	[ "$(actions "$USER_ID")" = "email.confirmed $USER_ID {}" ]
	[ "$(mails ann@example.org)" = verify ]
	run -0 yett audit verify
}

@test "without mail.url, or with verification = off, no mail is queued, and signing up is as ever" {
	register ann@example.org
	export YETT_MAIL_URL="file:$BATS_TEST_TMPDIR/out" YETT_SIGNUP_VERIFICATION=off
	register bob@example.org
	[ "$(sql "SELECT (SELECT count(*) FROM outbox) + (SELECT count(*) FROM one_time_tokens)")" = 0 ]
	sign_in bob@example.org
}

@test "the mail is in the language of the browser, or of the user" {
	start_box
	call register POST /auth/register '{"email":"ann@example.org","password":"'"$PASSWORD"'"}' "HTTP_ACCEPT_LANGUAGE=de-AT,en"
	mail_to ann@example.org verify
	[[ "$TEXT" = "Ihre Adresse für Yett bestätigen"* ]]
	require
	call register POST /auth/register '{"email":"bob@example.org","password":"'"$PASSWORD"'"}' "HTTP_ACCEPT_LANGUAGE=de"
	mail_to bob@example.org verify
	[[ "$TEXT" = "Ihre Registrierung bei Yett abschließen"* ]]
	# Whoever tries with the address of somebody else.
	sql "UPDATE users SET locale = 'en'"
	call register POST /auth/register '{"email":"ann@example.org","password":"'"$PASSWORD"'"}' "HTTP_ACCEPT_LANGUAGE=de"
	mail_to ann@example.org register-taken
	[[ "$TEXT" = "You have an account at Yett already"* ]]
}

@test "nothing that a stranger writes stands in a mail to an address that he names" {
	local kind
	start_box
	for kind in optional required; do
		YETT_SIGNUP_VERIFICATION=$kind call register POST /auth/register '{"email":"'$kind'@example.org","password":"'"$PASSWORD"'",
			"name":"Cheap pills","username":"pills-'$kind'"}' HTTP_USER_AGENT=pills.example
		mail_to $kind@example.org verify
		run -1 grep -i pills "$BATS_TEST_TMPDIR/out/$ID.eml"
		grep -q 192.0.2.7 "$BATS_TEST_TMPDIR/out/$ID.eml" || [ $kind = optional ]
	done
}

@test "used, replaced, cut short, made up, for something else, of who is gone: the same answer" {
	local token
	start_box
	register ann@example.org
	mail_to ann@example.org verify
	token=$TOKEN
	verify "${token%?}"
	refused
	verify "${token}A"
	refused
	verify "$(head -c 32 /dev/zero | base64 | tr '/+' '_-' | tr -d =)"
	refused
	verify "$REFRESH"
	refused
	verify "Robert'); DROP TABLE one_time_tokens;--"
	refused
	sql "UPDATE one_time_tokens SET purpose = 'reset'"
	verify "$token"
	refused
	sql "UPDATE one_time_tokens SET purpose = 'verify'"
	resend ann@example.org
	verify "$token"
	refused
	[ "$(confirmed ann@example.org)" = 0 ]
	mail_to ann@example.org verify
	token=$TOKEN
	verify "$token"
	expect 200
	verify "$token"
	refused
	register bob@example.org
	mail_to bob@example.org verify
	sql "DELETE FROM users WHERE id = '$USER_ID'"
	verify "$TOKEN"
	refused
	register carl@example.org
	mail_to carl@example.org verify
	# An admin gave the user another address, or locked the account.
	yett user edit carl@example.org --email charles@example.org
	verify "$TOKEN"
	refused
	resend charles@example.org
	mail_to charles@example.org verify
	yett user lock charles@example.org
	verify "$TOKEN"
	refused
	yett user unlock charles@example.org
	verify "$TOKEN"
	refused
}

@test "a link is good for a day, and not a second longer" {
	local token
	stop_time
	start_box
	register ann@example.org
	mail_to ann@example.org verify
	token=$TOKEN
	pass_time 86400
	verify "$token"
	refused
	resend ann@example.org
	mail_to ann@example.org verify
	pass_time 86399
	verify "$TOKEN"
	expect 200
}

@test "a token of 2048 bytes gets that answer, one of 2049 is named, and so is none" {
	local long
	long=$(head -c 1536 /dev/zero | base64 -w 0)
	verify "$long"
	refused
	verify "${long}A"
	expect 422 invalid-fields
	expect_field token
	call password POST /auth/email/verify '{}'
	expect 422
	expect_field token
}

@test "the page of a link has a form, and looking at it changes nothing" {
	start_box
	register ann@example.org
	mail_to ann@example.org verify
	call password GET "/verify?token=$TOKEN" - "$HTML"
	expect 200
	[[ "$BODY" = *'action="/auth/email/verify"'*'name="token"'* ]]
	[[ "$BODY" != *"$TOKEN"* ]]
	call password GET "/verify?sent=1" - "$HTML"
	[[ "$BODY" = *"<h1>Look into your mail</h1>"* ]]
	[ "$(confirmed ann@example.org)" = 0 ]
	call password POST /auth/email/verify "token=$TOKEN" "$FORM" "$HTML" HTTP_SEC_FETCH_SITE=cross-site
	expect 403
	[ "$(confirmed ann@example.org)" = 0 ]
	call password POST /auth/email/verify "token=$TOKEN" "$FORM" "$HTML" "$SAME"
	expect 303
	[ "$(header Location)" = "/account#email-confirmed" ]
	[ "$(confirmed ann@example.org)" = 1 ]
	call password POST /auth/email/verify "token=$TOKEN" "$FORM" "$HTML" "$SAME"
	expect 400
	[[ "$BODY" = *"This link or code is not valid, or not any more"* ]]
	[[ "$BODY" != *"$TOKEN"* ]]
}

@test "the link once more: one answer, whoever's the address is; a mail only where there is something to confirm" {
	local first address
	start_box
	register ann@example.org
	register bob@example.org
	sql "UPDATE users SET email_confirmed = 1 WHERE email = 'bob@example.org'"
	register carl@example.org
	yett user disable carl@example.org
	sql "DELETE FROM outbox"
	resend Ann@Example.org
	expect 202
	first=$(answer)
	[ "$BODY" = '{"status":"verification-sent"}' ]
	for address in bob carl nobody; do
		resend "$address@example.org"
		[ "$(answer)" = "$first" ]
	done
	[ "$(sql "SELECT group_concat(to_address) FROM outbox")" = ann@example.org ]
	[ "$(sql "SELECT group_concat(email) FROM one_time_tokens WHERE purpose = 'verify' AND created_at =
		(SELECT max(created_at) FROM one_time_tokens)")" = ann@example.org ]
	mail_to ann@example.org verify
	verify "$TOKEN"
	expect 200
	call password POST /auth/email/resend "email=ann%40example.org&return_to=%2Faccount%23mail-sent" "$FORM" "$HTML" "$SAME"
	expect 303
	[ "$(header Location)" = "/account#mail-sent" ]
	call password POST /auth/email/resend "email=ann%40example.org" "$FORM" "$HTML" "$SAME"
	[ "$(header Location)" = "/verify#mail-sent" ]
	resend nonsense
	expect 422
	expect_field email
}

@test "five mails an hour to an address, somebody's or not, and the sixth has to wait" {
	local address i
	stop_time
	export YETT_MAIL_URL="file:$BATS_TEST_TMPDIR/out"
	register ann@example.org
	resend nobody@example.org
	for address in ann nobody; do
		for i in 2 3 4 5; do
			resend $address@example.org
			expect 202
		done
		resend $address@example.org
		expect 429 too-many-requests
		[ "$(header Retry-After)" -gt 0 ]
	done
	# Who signs up all the same has no mail, and an account.
	YETT_THROTTLE_MAILS=1
	export YETT_THROTTLE_MAILS
	resend bob@example.org
	expect 202
	register bob@example.org
	[ -z "$(header Retry-After)" ]
	[ -z "$(mails bob@example.org)" ]
	require
	sign_up carl@example.org
	expect 202
	sign_up carl@example.org
	expect 429
	sign_up ann@example.org
	expect 429
}

# org_of_domain DOMAIN: whose people join by it.
org_of_domain() {
	sql "INSERT INTO orgs (id, name, slug, created_at, updated_at) VALUES ('01890a5d-ac96-774b-bcce-b302099a8057', 'A', 'a', 0, 0);
		INSERT INTO org_domains (id, org_id, domain, token, auto_join, verified_at, created_at)
		VALUES ('01890a5d-ac96-774b-bcce-b302099a8059', '01890a5d-ac96-774b-bcce-b302099a8057', '$1', 'x', 1, 1, 0)"
}

@test "who confirms joins the organisation of the domain, in whatever way it is confirmed" {
	start_box
	org_of_domain example.org
	register ann@example.org
	[ "$(sql "SELECT count(*) FROM user_orgs")" = 0 ]
	mail_to ann@example.org verify
	verify "$TOKEN"
	[ "$(sql "SELECT user_id FROM user_orgs")" = "$USER_ID" ]
	register bob@example.com
	change bob@example.org
	expect 202
	mail_to bob@example.org address
	move "$TOKEN"
	expect 200
	[ "$(sql "SELECT count(*) FROM user_orgs")" = 2 ]
	require
	sign_up carl@example.org
	[ "$(sql "SELECT count(*) FROM user_orgs")" = 2 ]
	mail_to carl@example.org verify
	verify "$TOKEN"
	expect 200
	[ "$(sql "SELECT count(*) FROM user_orgs")" = 3 ]
	run -0 yett audit verify
}

@test "another address counts once its mail is answered; the old one is told, but not where to" {
	start_box
	export YETT_GUARD_ASK="Ida, in room 12"
	register ann@example.org
	mail_to ann@example.org verify
	local old_link=$TOKEN
	change Anna.New@Example.com
	expect 202
	[ "$BODY" = '{"status":"verification-sent"}' ]
	me "$(bearer "$ACCESS")"
	[ "$(json .email)" = ann@example.org ]
	try_sign_in anna.new@example.com
	expect 401
	[ "$(mails ann@example.org)" = verify ]
	mail_to Anna.New@Example.com address
	[[ "$TEXT" != *"ann@example.org"* ]]
	# Only with the account that is to have it: somebody else may have asked for that address, too.
	local mine=$ACCESS my_id=$USER_ID
	verify "$TOKEN"
	expect 400 invalid-link
	[[ "$(json .detail)" = "sign in with the account"* ]]
	YETT_SIGNUP_VERIFICATION=off register eve@example.net
	move "$TOKEN"
	refused
	ACCESS=$mine USER_ID=$my_id
	move "$TOKEN"
	expect 200
	me "$(bearer "$ACCESS")"
	[ "$(json '.email + " " + (.email_confirmed | tostring)')" = "Anna.New@Example.com true" ]
	verify "$TOKEN"
	refused
	verify "$old_link"
	refused
	[ "$(sql "SELECT count(*) FROM one_time_tokens")" = 0 ]
	mail_to ann@example.org address-changed
	[[ "$TEXT" = *"A...@Example.com"*"Ida, in room 12"* ]]
	[[ "$TEXT" != *Anna.New* ]]
	[ "$(actions "$USER_ID")" = "email.changed $USER_ID {}" ]
	run ! grep -qi "example.com" <<< "$(sql "SELECT * FROM audit_log")"
	sign_in anna.new@example.com
	try_sign_in ann@example.org
	expect 401
	run -0 yett audit verify
}

@test "to somebody else's address: the same answer, no mail, no link" {
	start_box
	register bob@example.org
	register ann@example.org
	sql "DELETE FROM outbox; DELETE FROM one_time_tokens"
	change BOB@example.org
	expect 202
	local taken
	taken=$(answer)
	[ "$(sql "SELECT (SELECT count(*) FROM outbox) + (SELECT count(*) FROM one_time_tokens)")" = 0 ]
	change free@example.org
	[ "$(answer)" = "$taken" ]
	mail_to free@example.org address
	# Somebody takes it in between.
	register FREE@example.org
	verify "$TOKEN"
	refused
	[ "$(sql "SELECT count(*) FROM users WHERE email_key = 'free@example.org'")" = 1 ]
}

@test "a link to another address dies with the old address, the password, and by the next one" {
	local first
	start_box
	register ann@example.org
	change one@example.org
	mail_to one@example.org address
	first=$TOKEN
	change two@example.org
	verify "$first"
	refused
	mail_to two@example.org address
	first=$TOKEN
	call password POST /auth/password/change '{"current_password":"'"$PASSWORD"'","new_password":"'"$OTHER"'"}' "$(bearer "$ACCESS")"
	expect 204
	verify "$first"
	refused
	change three@example.org "$OTHER"
	mail_to three@example.org address
	yett user edit ann@example.org --email four@example.org
	verify "$TOKEN"
	refused
	[ "$(sql "SELECT email FROM users")" = four@example.org ]
	# Whoever took the password away did not mean that it may move on.
	change five@example.org "$OTHER"
	expect 202
	mail_to five@example.org address
	yett user clear-password four@example.org
	verify "$TOKEN"
	refused
	[ "$(sql "SELECT count(*) FROM one_time_tokens")" = 0 ]
}

@test "who ends all sessions of an account ends the links that were mailed for it" {
	local how
	start_box
	echo "$PASSWORD" | yett user add root@example.org --role admin
	sign_in root@example.org
	local root=$ACCESS
	register ann@example.org
	for how in logout lock disable; do
		sign_in ann@example.org
		change thief@example.org
		expect 202
		mail_to thief@example.org address
		call users POST "/users/$USER_ID/$how" - "$(bearer "$root")"
		expect 200
		yett user unlock ann@example.org
		yett user enable ann@example.org
		verify "$TOKEN"
		refused
	done
	sign_in ann@example.org
	change thief2@example.org
	mail_to thief2@example.org address
	call session DELETE /auth/sessions - "$(bearer "$ACCESS")"
	expect 200
	verify "$TOKEN"
	refused
	change thief2@example.org
	mail_to thief2@example.org address
	yett session revoke --user ann@example.org
	verify "$TOKEN"
	refused
	[ "$(sql "SELECT email FROM users WHERE id = '$USER_ID'")" = ann@example.org ]
}

@test "another address wants the password, and one that is not one's own yet" {
	export YETT_MAIL_URL="file:$BATS_TEST_TMPDIR/out"
	register ann@example.org
	local before
	before=$(sql "SELECT count(*) FROM login_attempts WHERE success = 0")
	sql "DELETE FROM outbox"
	change new@example.org "not this one"
	expect 401 invalid-credentials
	expect_field current_password
	[ "$(sql "SELECT count(*) FROM login_attempts WHERE success = 0")" = $((before + 1)) ]
	change ANN@example.org
	expect 422
	expect_field email
	change nonsense
	expect 422
	expect_field email
	call password POST /auth/email/change '{"email":"new@example.org"}' "$(bearer "$ACCESS")"
	expect 422
	expect_field current_password
	call password POST /auth/email/change '{"email":"new@example.org","current_password":"'"$PASSWORD"'"}'
	expect 401 unauthenticated
	sql "UPDATE users SET password_hash = NULL"
	change new@example.org
	expect 422
	expect_field current_password
	[ "$(sql "SELECT count(*) FROM outbox")" = 0 ]
}

@test "an address of 254 bytes can be changed to, one of 255 not" {
	local label=abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabcdefghij local_part
	local_part=$(printf 'x%.0s' $(seq 61))
	export YETT_MAIL_URL="file:$BATS_TEST_TMPDIR/out"
	register ann@example.org
	change "$local_part@$label.$label.$label.abc"
	expect 202
	change "x$local_part@$label.$label.$label.abc"
	expect 422
	expect_field email
}

@test "a browser's forms: to the account with a notice, and back with what is wrong" {
	export YETT_MAIL_URL="file:$BATS_TEST_TMPDIR/out"
	register ann@example.org
	sign_in_cookie ann@example.org
	call session GET /account - "$HTML" "HTTP_COOKIE=$COOKIE"
	[[ "$BODY" = *"Not confirmed yet"*'action="/auth/email/resend"'*'action="/auth/email/change"'* ]]
	call password POST /auth/email/change "email=new%40example.org&current_password=${PASSWORD// /+}&return_to=%2Faccount%23mail-sent" \
		"$FORM" "$HTML" "$SAME" "HTTP_COOKIE=$COOKIE"
	expect 303
	[ "$(header Location)" = "/account#mail-sent" ]
	call password POST /auth/email/change "email=new%40example.org&current_password=wrong" "$FORM" "$HTML" "$SAME" "HTTP_COOKIE=$COOKIE"
	expect 401
	[[ "$BODY" = *"<h1>Change address</h1>"*'value="new@example.org"'* ]]
	sql "UPDATE users SET email_confirmed = 1"
	call session GET /account - "$HTML" "HTTP_COOKIE=$COOKIE"
	[[ "$BODY" != *"Not confirmed yet"* ]]
	[[ "$BODY" != *'action="/auth/email/resend"'* ]]
	# Where no mail goes out there is nothing to press.
	YETT_MAIL_URL='' call session GET /account - "$HTML" "HTTP_COOKIE=$COOKIE"
	[[ "$BODY" != *'/auth/email/'* ]]
}

@test "required: one answer whether or not the address has an account, and no account before the link" {
	local free
	require
	start_box
	echo "$PASSWORD" | yett user add Bob@example.org
	sign_up ann@example.org
	expect 202
	free=$(answer)
	[ "$BODY" = '{"status":"verification-sent"}' ]
	[ -z "$(header Set-Cookie)" ]
	sign_up bob@example.org "$OTHER"
	[ "$(answer)" = "$free" ]
	[ "$(sql "SELECT group_concat(email) FROM users")" = Bob@example.org ]
	[ "$(sql "SELECT count(*) FROM one_time_tokens")" = 1 ]
	[ "$(mails ann@example.org)" = verify ]
	[ "$(mails Bob@example.org)" = register-taken ]
	mail_to Bob@example.org register-taken
	[ -z "$TOKEN" ]
	[[ "$TEXT" = *"http://127.0.0.1:8080/login"*"http://127.0.0.1:8080/forgot"* ]]
	mail_to ann@example.org verify
	[[ "$TEXT" = "Finish signing up at Yett"* ]]
	verify "$TOKEN"
	expect 200
	[ -z "$(header Set-Cookie)" ]
	sign_in ann@example.org
	me "$(bearer "$ACCESS")"
	[ "$(json '.email_confirmed')" = true ]
	[ "$(json '.roles | join(",")')" = viewer ]
	USER_ID=$(json .id)
	[ "$(sql "SELECT count(*) FROM groups WHERE home_user_id = '$USER_ID'")" = 1 ]
	[ "$(actions "$USER_ID")" = "email.confirmed $USER_ID {}" ]
	[ "$(sql "SELECT count(*) FROM audit_log WHERE action = 'user.created' AND object_id = '$USER_ID' AND user_id = '$USER_ID'")" = 1 ]
	verify "$TOKEN"
	refused
	run -0 yett audit verify
}

@test "required: who signs up with another's address, then in, learns nothing" {
	local nobody
	require
	export YETT_MAIL_URL="file:$BATS_TEST_TMPDIR/out"
	echo "$PASSWORD" | yett user add bob@example.org
	sign_up ann@example.org "$OTHER"
	sign_up bob@example.org "$OTHER"
	try_sign_in nobody@example.org "$OTHER"
	expect 401 invalid-credentials
	nobody=$(answer)
	try_sign_in ann@example.org "$OTHER"
	[ "$(answer)" = "$nobody" ]
	try_sign_in bob@example.org "$OTHER"
	[ "$(answer)" = "$nobody" ]
	call login POST /api/users/session '{"username":"ann@example.org","password":"'"$OTHER"'"}'
	expect 401
}

@test "required: a username that is taken is told, and says nothing of the address" {
	local taken
	require
	export YETT_MAIL_URL="file:$BATS_TEST_TMPDIR/out"
	echo "$PASSWORD" | yett user add bob@example.org --username bob
	sign_up free@example.org "$PASSWORD" Bob
	expect 409 taken
	expect_field username
	taken=$(answer)
	sign_up bob@example.org "$PASSWORD" BOB
	[ "$(answer)" = "$taken" ]
	sign_up bob@example.org "$PASSWORD" bobby
	expect 202
	sign_up free@example.org "$PASSWORD" bobby
	expect 202
	# Bad input is named, whoever's the address is, and no mail is counted.
	sign_up bob@example.org short
	expect 422
	taken=$(answer)
	sign_up free@example.org short
	[ "$(answer)" = "$taken" ]
	[ "$(sql "SELECT count(*) FROM outbox")" = 2 ]
}

@test "required: a username that somebody took meanwhile stays his, and the account is made without" {
	require
	start_box
	sign_up ann@example.org "$PASSWORD" ann
	mail_to ann@example.org verify
	echo "$PASSWORD" | yett user add other@example.org --username ANN
	verify "$TOKEN"
	expect 200
	[ "$(sql "SELECT coalesce(username, 'none') FROM users WHERE email = 'ann@example.org'")" = none ]
	sign_in ann@example.org
}

@test "required: a stranger who signs up with somebody's address, before or after, has no part in his account" {
	local before mine
	require
	start_box
	sign_up ann@example.org "the stranger was here" stranger
	mail_to ann@example.org verify
	before=$TOKEN
	sign_up ann@example.org "$PASSWORD" ann
	mail_to ann@example.org verify
	mine=$TOKEN
	sign_up ann@example.org "the stranger came back" stranger
	verify "$mine"
	expect 200
	[ "$(sql "SELECT username FROM users")" = ann ]
	sign_in ann@example.org
	try_sign_in ann@example.org "the stranger was here"
	expect 401
	verify "$before"
	refused
	mail_to ann@example.org verify
	verify "$TOKEN"
	refused
	[ "$(sql "SELECT count(*) FROM one_time_tokens")" = 0 ]
}

@test "required: what is stored before the link tells no name, hash or password" {
	require
	export YETT_MAIL_URL="file:$BATS_TEST_TMPDIR/out"
	call register POST /auth/register '{"email":"ann@example.org","password":"'"$PASSWORD"'","name":"Zanzibar","username":"quetzal"}'
	expect 202
	sql .dump > "$BATS_TEST_TMPDIR/dump"
	grep -q ann@example.org "$BATS_TEST_TMPDIR/dump"
	run -1 grep -iE 'zanzibar|quetzal|argon2id\$|correct horse' "$BATS_TEST_TMPDIR/dump"
}

@test "required: a link that is sent once more makes an account without a password: who of several signed up, nobody knows" {
	require
	start_box
	sign_up ann@example.org
	call register POST /auth/register '{"email":"ann@example.org","password":"'"$OTHER"'","username":"quetzal","name":"Mallory"}'
	expect 202
	resend ann@example.org
	expect 202
	mail_to ann@example.org verify
	[[ "$TEXT" = *"/forgot"* ]]
	[[ "$TEXT" != *"the password that you chose"* ]]
	verify "$TOKEN"
	expect 200
	[ "$(sql "SELECT count(*) FROM users WHERE password_hash IS NULL AND username IS NULL AND name IS NULL")" = 1 ]
	try_sign_in ann@example.org "$OTHER"
	expect 401
}

@test "signing up with an address that is taken uses up none of its mails" {
	local i
	start_box
	register ann@example.org
	for i in 1 2 3 4 5 6; do
		call register POST /auth/register '{"email":"ann@example.org","password":"'"$PASSWORD"'"}'
		expect 409
	done
	for i in 1 2 3 4; do
		resend ann@example.org
		expect 202
	done
	resend ann@example.org
	expect 429
}

@test "required: the link once more, as long as one is open; after that there is nothing left" {
	require
	stop_time
	start_box
	sign_up Ann@example.org
	pass_time 86300
	resend ann@example.org
	expect 202
	pass_time 200
	mail_to ann@example.org verify
	verify "$TOKEN"
	expect 200
	[ "$(confirmed ann@example.org)" = 1 ]
	[ "$(sql "SELECT email FROM users")" = Ann@example.org ]
	sign_up bob@example.org
	mail_to bob@example.org verify
	pass_time 86401
	verify "$TOKEN"
	refused
	resend bob@example.org
	expect 202
	[ "$(mails bob@example.org)" = verify ]
	[ "$(sql "SELECT count(*) FROM users")" = 1 ]
}

@test "required: who signed up under another master key is answered as everybody, and mailed nothing" {
	local usual
	require
	start_box
	sign_up ann@example.org
	mail_to ann@example.org verify
	resend bob@example.org
	expect 202
	usual=$(answer)
	sql "UPDATE one_time_tokens SET data = 'nonsense'"
	resend ann@example.org
	[ "$(answer)" = "$usual" ]
	[ "$(mails ann@example.org)" = verify ]
	verify "$TOKEN"
	refused
}

@test "required: an address that got an account otherwise gets none by the link, and a hidden one no mail" {
	require
	start_box
	sign_up ann@example.org "$OTHER"
	mail_to ann@example.org verify
	echo "$PASSWORD" | yett user add ann@example.org
	verify "$TOKEN"
	refused
	[ "$(confirmed ann@example.org)" = 0 ]
	sql "UPDATE users SET hidden = 1; DELETE FROM outbox"
	sign_up ann@example.org "$OTHER"
	expect 202
	[ "$(sql "SELECT count(*) FROM outbox")" = 0 ]
}

@test "required: guests who may not sign up may not, then or when they come with the link" {
	require
	start_box
	sign_up ann@example.org
	mail_to ann@example.org verify
	yett role forbid guest users:create
	verify "$TOKEN"
	expect 403 forbidden
	[ -z "$(confirmed ann@example.org)" ]
	sign_up bob@example.org
	expect 403 forbidden
	[ -z "$(mails bob@example.org)" ]
}

@test "required: who has an account and has not confirmed is told so, by the right password alone" {
	start_box
	register ann@example.org
	local access=$ACCESS
	require
	try_sign_in ann@example.org
	expect 403 email-unconfirmed
	try_sign_in ann@example.org wrong
	expect 401 invalid-credentials
	call login POST /api/users/session '{"username":"ann@example.org","password":"'"$PASSWORD"'"}'
	expect 403 email-unconfirmed
	[ "$(sql "SELECT count(*) FROM login_attempts WHERE success = 1")" = 0 ]
	call login POST /auth/login "email=ann%40example.org&password=${PASSWORD// /+}" "$FORM" "$HTML" "$SAME"
	expect 403
	[[ "$BODY" = *'href="/verify"'* ]]
	# What began before goes on.
	me "$(bearer "$access")"
	expect 200
	resend ann@example.org
	mail_to ann@example.org verify
	[[ "$TEXT" = "Confirm your address for Yett"* ]]
	verify "$TOKEN"
	sign_in ann@example.org
	YETT_SIGNUP_VERIFICATION=optional
	register bob@example.org
	sign_in bob@example.org
	[ "$(json '.user.email_confirmed | tostring')" = false ]
}

@test "required: a browser is sent to the page that says what to do" {
	require
	export YETT_MAIL_URL="file:$BATS_TEST_TMPDIR/out"
	echo "$PASSWORD" | yett user add bob@example.org
	local address
	for address in ann bob; do
		call register POST /auth/register "email=$address%40example.org&password=${PASSWORD// /+}&return_to=%2Fwiki" "$FORM" "$HTML" "$SAME"
		expect 303
		[ "$(header Location)" = "/verify?sent=1" ]
		[ -z "$(header Set-Cookie)" ]
	done
}

@test "of two who come with one link at once one is let in" {
	local i pids=()
	require
	start_box
	sign_up ann@example.org
	mail_to ann@example.org verify
	for i in 1 2 3 4 5 6; do
		(
			BATS_TEST_TMPDIR=$BATS_TEST_TMPDIR/$i
			mkdir "$BATS_TEST_TMPDIR"
			verify "$TOKEN"
			echo "$STATUS" > "$BATS_TEST_TMPDIR/status"
		) 3>&- &
		pids+=($!)
	done
	wait "${pids[@]}"
	[ "$(cat "$BATS_TEST_TMPDIR"/?/status | sort | uniq -c | tr -s ' \n' ' ')" = " 1 200 5 400 " ]
	[ "$(sql "SELECT count(*) FROM users")" = 1 ]
}

@test "yett doctor says what verification means where no mail is sent" {
	YETT_SIGNUP_VERIFICATION=off run yett doctor
	[[ "$output" = *"warn  mail: mail.url is not set, so none is sent: nobody changes an address"* ]]
	run yett doctor
	[[ "$output" = *"warn  mail: mail.url is not set"*"signup.verification = optional does nothing"* ]]
	YETT_SIGNUP_VERIFICATION=required run -1 yett doctor
	[[ "$output" = *"FAIL  mail: mail.url is not set"*"nobody can sign up"* ]]
}

@test "each template is there in English and German, and every hole of it is filled" {
	local kind lang how file hole shown=0
	local -a set
	for kind in verify register-taken address address-changed; do
		for lang in en de; do
			for how in txt html; do
				file=$TOP/www/mail/$kind.$lang.$how
				set=()
				[ $how = txt ] || set=(--html)
				for hole in $(grep -oE '\{\{[#^]?[a-z_]+' "$file" | tr -d '{#^' | sort -u); do
					set+=(--set "$hole=<$hole>")
				done
				run -0 yett mail preview $kind --lang $lang "${set[@]}"
				[[ "$output" != *"{{"* ]]
				for hole in $(grep -oE '\{\{[a-z_]+' "$file" | tr -d '{' | sort -u); do
					case $hole in
					site_name | site_url | to) ;;
					*)
						[[ "$output" = *"<$hole>"* || "$output" = *"&lt;$hole&gt;"* ]]
						shown=$((shown + 1))
						;;
					esac
				done
				# The same is said in both languages and both ways.
				[ "$(grep -oE '\{\{[a-z_]+' "$file" | sort -u)" = "$(grep -oE '\{\{[a-z_]+' "$TOP/www/mail/$kind.en.txt" | sort -u)" ]
			done
		done
	done
	[ $shown -ge 32 ]
}
