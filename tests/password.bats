#!/usr/bin/env bats
# password: changing it.

load helper

NEW="another quite long sentence"

setup() {
	fresh_state
	register ann@example.org
}

change() {
	call password POST /auth/password/change "$(jq -n --arg c "$1" --arg n "$2" '{current_password: $c, new_password: $n}')" "$(bearer "$ACCESS")"
}

@test "wrong guesses at the current password are noted like those at signing in" {
	local before
	before=$(sql 'SELECT count(*) FROM login_attempts WHERE success = 0')
	call password POST /auth/password/change '{"current_password":"wrong","new_password":"'"$PASSWORD 2"'"}' "$(bearer "$ACCESS")"
	expect 401
	[ "$(sql 'SELECT count(*) FROM login_attempts WHERE success = 0')" = $((before + 1)) ]
}

@test "changing it needs the current one and then only the new one signs in" {
	change "$PASSWORD" "$NEW"
	expect 204
	call login POST /auth/login '{"email":"ann@example.org","password":"'"$PASSWORD"'"}'
	expect 401
	sign_in ann@example.org "$NEW"
}

@test "changing it ends all other sessions and keeps this one" {
	local mine=$ACCESS
	sign_in ann@example.org
	local other=$ACCESS
	sign_in_cookie ann@example.org
	ACCESS=$mine
	change "$PASSWORD" "$NEW"
	expect 204
	me "$(bearer "$mine")"
	expect 200
	me "$(bearer "$other")"
	expect 401
	me "HTTP_COOKIE=$COOKIE"
	expect 401
}

@test "a wrong current one is refused by name and nothing is changed" {
	change "wrong wrong wrong" "$NEW"
	expect 401 invalid-credentials
	expect_field current_password
	sign_in ann@example.org
}

@test "a new one must satisfy the policy" {
	local bad
	for bad in short password123 aaaaaaaaaaaa ann@example.org; do
		change "$PASSWORD" "$bad"
		expect 422
		expect_field new_password
	done
	sign_in ann@example.org
}

@test "a confirmation that differs is named" {
	call password POST /auth/password/change '{"current_password":"'"$PASSWORD"'","new_password":"'"$NEW"'","new_password_confirm":"x"}' "$(bearer "$ACCESS")"
	expect 422
	expect_field new_password_confirm
}

@test "without a proof nobody changes anything" {
	call password POST /auth/password/change '{"current_password":"'"$PASSWORD"'","new_password":"'"$NEW"'"}'
	expect 401
}

@test "under a cookie it works from our own page only" {
	sign_in_cookie ann@example.org
	call password POST /auth/password/change "current_password=${PASSWORD// /+}&new_password=${NEW// /+}" "$FORM" "$HTML" "HTTP_COOKIE=$COOKIE"
	expect 403
	call password POST /auth/password/change "current_password=${PASSWORD// /+}&new_password=${NEW// /+}&return_to=/account" "$FORM" "$HTML" "HTTP_COOKIE=$COOKIE" "$SAME"
	expect 303
	sign_in ann@example.org "$NEW"
}

@test "of two changes at once with the same current password one wins" {
	local i
	for i in 1 2 3 4; do
		(
			BATS_TEST_TMPDIR=$BATS_TEST_TMPDIR/$i
			mkdir "$BATS_TEST_TMPDIR"
			change "$PASSWORD" "$NEW number $i"
			echo "$STATUS" > "$BATS_TEST_TMPDIR/status"
		) 3>&- &
	done
	wait
	[ "$(grep -cx 204 "$BATS_TEST_TMPDIR"/?/status | awk -F: '{n += $2} END {print n}')" = 1 ]
}
