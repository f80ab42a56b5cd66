#!/usr/bin/env bats
# register: making an account.

load helper

setup() {
	fresh_state
}

@test "registering gives the user, the token pair and status 201" {
	call register POST /auth/register '{"email":"Ann@Example.org","password":"'"$PASSWORD"'","password_confirm":"'"$PASSWORD"'","username":"ann","name":"Ann Ä"}'
	expect 201
	[ "$(json .user.email)" = "Ann@Example.org" ]
	[ "$(json .user.username)" = ann ]
	[ "$(json .user.name)" = "Ann Ä" ]
	[ "$(json .token_type)" = Bearer ]
	[ "$(json .expires_in)" = 1800 ]
	[[ "$(json .access_token)" == eyJ*.*.* ]]
	[[ "$(json .refresh_token)" == eyJ*.*.* ]]
	[ "$(header Content-Type)" = application/json ]
	[ "$(header Cache-Control)" = no-store ]
}

@test "a new user is a viewer and has a group of the own" {
	register ann@example.org
	me "$(bearer "$ACCESS")"
	[ "$(json '.roles | join(",")')" = viewer ]
	[ "$(json '.permissions | join(",")')" = "profile:read,profile:update" ]
	[ "$(sql "SELECT count(*) FROM groups g JOIN group_members m ON m.group_id = g.id WHERE g.home_user_id = '$USER_ID' AND m.user_id = '$USER_ID'")" = 1 ]
}

@test "who signs up is written to in the language of the browser" {
	local field
	call register POST /auth/register '{"email":"ann@example.org","password":"'"$PASSWORD"'"}' "HTTP_ACCEPT_LANGUAGE=de-AT,de;q=0.9,en;q=0.5"
	[ "$(json .user.locale)" = de-AT ]
	for field in '*' '../../x' "$(printf 'a%.0s' {1..500})" ''; do
		call register POST /auth/register '{"email":"b'"${#field}"'@example.org","password":"'"$PASSWORD"'"}' "HTTP_ACCEPT_LANGUAGE=$field"
		expect 201
		[ "$(jq -c .user.locale <<< "$BODY")" = null ]
	done
}

@test "a form registers as well as JSON" {
	call register POST /auth/register "email=ann%40example.org&password=${PASSWORD// /+}&name=Ann+B%C3%A4r" "$FORM"
	expect 201
	[ "$(json .user.name)" = "Ann Bär" ]
}

@test "a browser's form gets the cookie and is sent to its page" {
	call register POST /auth/register "email=ann%40example.org&password=${PASSWORD// /+}&return_to=%2Fwiki" "$FORM" "$HTML" "$SAME"
	expect 303
	[ "$(header Location)" = /wiki ]
	[[ "$(header Set-Cookie)" == yett=* ]]
}

@test "the password comes back in no answer and stands nowhere in the database" {
	register ann@example.org
	run ! grep -q "correct horse" <<< "$HEAD$BODY"
	me "$(bearer "$ACCESS")"
	run ! grep -q -i "password\|argon2" <<< "$(jq -c 'del(.has_password, .update_password_required)' <<< "$BODY")"
	sql .dump > "$BATS_TEST_TMPDIR/dump"
	run ! grep -q "correct horse" "$BATS_TEST_TMPDIR/dump"
	[[ "$(sql 'SELECT password_hash FROM users')" == '$argon2id$v=19$m=1024,t=1,p=1$'* ]]
}

@test "an address is taken whatever its case, and stored as given" {
	register Ann@example.org
	call register POST /auth/register '{"email":"aNN@EXAMPLE.ORG","password":"'"$PASSWORD"'"}'
	expect 409 taken
	expect_field email
	[ "$(sql 'SELECT email, email_key FROM users')" = "Ann@example.org|ann@example.org" ]
}

@test "a username is taken whatever its case" {
	call register POST /auth/register '{"email":"a@example.org","username":"Ann","password":"'"$PASSWORD"'"}'
	expect 201
	call register POST /auth/register '{"email":"b@example.org","username":"aNN","password":"'"$PASSWORD"'"}'
	expect 409 taken
	expect_field username
	[ "$(sql 'SELECT count(*) FROM users')" = 1 ]
}

@test "a confirmation that differs is named and nothing is made" {
	call register POST /auth/register '{"email":"a@example.org","password":"'"$PASSWORD"'","password_confirm":"other words here"}'
	expect 422 invalid-fields
	expect_field password_confirm
	[ "$(sql 'SELECT count(*) FROM users')" = 0 ]
}

try_password() {
	call register POST /auth/register "$(jq -n --arg p "$1" '{email: "a@example.org", password: $p}')"
}

@test "a password of 7 bytes is too short, one of 8 is long enough" {
	try_password 'k7#Qz!x'
	expect 422
	expect_field password
	try_password 'k7#Qz!xw'
	expect 201
}

@test "a password of 1024 bytes is taken, one of 1025 is not" {
	local long
	long=$(head -c 768 /dev/urandom | base64 -w 0)
	[ ${#long} = 1024 ]
	try_password "${long}x"
	expect 422
	expect_field password
	try_password "$long"
	expect 201
	sign_in a@example.org "$long"
	call login POST /auth/login "$(jq -n --arg p "${long%?}!" '{email: "a@example.org", password: $p}')"
	expect 401
}

@test "a password known from breaches is refused, also one that looks strong" {
	try_password password123
	expect 422
	expect_field password
	[[ "$(json .detail)" == *breach* ]]
}

@test "a password that is easily guessed is refused" {
	try_password aaaaaaaaaaaa
	expect 422
	expect_field password
	try_password abcdefghijkl
	expect 422
}

@test "a password made of the own address is refused" {
	call register POST /auth/register '{"email":"zanzibar.quetzal@example.org","password":"zanzibar.quetzal"}'
	expect 422
	expect_field password
}

@test "any character may be in a password: spaces, umlauts, symbols of other scripts" {
	try_password 'ключ от двери 鍵'
	expect 201
	sign_in a@example.org 'ключ от двери 鍵'
}

@test "addresses that are none are refused by name" {
	local bad
	for bad in plain @example.org a@ 'a b@example.org' 'a@b..org' 'a@-b.org' 'ä@example.org' 'a@example.org\nBcc:x' 'a@exa_mple.org'; do
		call register POST /auth/register '{"email":"'"$bad"'","password":"'"$PASSWORD"'"}'
		expect 422
		expect_field email
	done
	[ "$(sql 'SELECT count(*) FROM users')" = 0 ]
}

@test "an address of 254 bytes is taken, one of 255 is not" {
	local label=abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabcdefghij # 62
	local domain=$label.$label.$label.abc # 192
	local local_part
	local_part=$(printf 'x%.0s' $(seq 61))
	[ "$(printf '%s@%s' "$local_part" "$domain" | wc -c)" = 254 ]
	call register POST /auth/register '{"email":"'"$local_part@$domain"'","password":"'"$PASSWORD"'"}'
	expect 201
	call register POST /auth/register '{"email":"x'"$local_part@$domain"'","password":"'"$PASSWORD"'"}'
	expect 422
	expect_field email
}

@test "usernames have 2 to 64 letters, digits, dots, hyphens and underscores, and never an @" {
	local name good64
	good64=$(printf 'a%.0s' $(seq 64))
	for name in a "${good64}a" 'a b' a@b -ab 'a/b' 'ä1'; do
		call register POST /auth/register '{"email":"a@example.org","username":"'"$name"'","password":"'"$PASSWORD"'"}'
		expect 422
		expect_field username
	done
	call register POST /auth/register '{"email":"a@example.org","username":"'"$good64"'","password":"'"$PASSWORD"'"}'
	expect 201
	call register POST /auth/register '{"email":"b@example.org","username":"a.","password":"'"$PASSWORD"'"}'
	expect 201
}

@test "several wrong fields are named at once" {
	call register POST /auth/register '{"email":"nope","username":"a b","password":"short"}'
	expect 422
	expect_field email
	expect_field username
	expect_field password
}

@test "two registrations of one address at once make one user" {
	local i
	for i in 1 2 3 4 5 6; do
		(
			BATS_TEST_TMPDIR=$BATS_TEST_TMPDIR/$i
			mkdir "$BATS_TEST_TMPDIR"
			call register POST /auth/register '{"email":"a@example.org","password":"'"$PASSWORD"'"}'
			echo "$STATUS" > "$BATS_TEST_TMPDIR/status"
		) 3>&- &
	done
	wait
	[ "$(cat "$BATS_TEST_TMPDIR"/?/status | sort | uniq -c | tr -s ' \n' ' ')" = " 1 201 5 409 " ]
	[ "$(sql 'SELECT count(*) FROM users')" = 1 ]
}

@test "the page to register is a form that works without JavaScript" {
	call register GET /register - "$HTML"
	expect 200
	[[ "$(header Content-Type)" == text/html* ]]
	grep -q 'action="/auth/register"' <<< "$BODY"
	grep -q 'method="post"' <<< "$BODY"
	[[ "$(header Content-Security-Policy)" == "default-src 'none';"* ]]
}

@test "a form with mistakes comes back as the page, with what was typed but the password" {
	call register POST /auth/register "email=nope&password=short&name=Ann+%3Cb%3E" "$FORM" "$HTML" "$SAME"
	expect 422
	[[ "$(header Content-Type)" == text/html* ]]
	grep -q 'value="nope"' <<< "$BODY"
	grep -q 'Ann &lt;b&gt;' <<< "$BODY"
	run ! grep -q 'value="short"' <<< "$BODY"
}
