#!/usr/bin/env bats
# session: staying signed in, seeing who you are, leaving.

load helper

setup() {
	fresh_state
	stop_time
	register ann@example.org
}


@test "an access token, the cookie and an opaque token all answer who I am" {
	me "$(bearer "$ACCESS")"
	expect 200
	local one=$BODY
	[ "$(json .email)" = ann@example.org ]
	sign_in_cookie ann@example.org
	me "HTTP_COOKIE=other=1; $COOKIE; third=3"
	expect 200
	[ "$BODY" = "$one" ]
	call login POST /api/users/session '{"username":"ann@example.org","password":"'"$PASSWORD"'"}'
	me "$(bearer "$(json .token)")"
	expect 200
	[ "$BODY" = "$one" ]
}

@test "without a proof the answer is 401 with a challenge" {
	me
	expect 401 unauthenticated
	[ "$(header WWW-Authenticate)" = 'Bearer realm="yett"' ]
}

@test "a token of one kind never counts as another" {
	me "$(bearer "$REFRESH")"
	expect 401 invalid-token
	refresh "$ACCESS"
	expect 401 invalid-token
	sign_in_cookie ann@example.org
	me "$(bearer "${COOKIE#*=}")"
	expect 401 invalid-token
	me "HTTP_COOKIE=yett=$ACCESS"
	expect 401
	call login POST /api/users/session '{"username":"ann@example.org","password":"'"$PASSWORD"'"}'
	me "HTTP_COOKIE=yett=$(json .token)"
	expect 401
}

@test "with an Authorization field no cookie counts" {
	sign_in_cookie ann@example.org
	me "HTTP_COOKIE=$COOKIE" HTTP_AUTHORIZATION="Bearer nonsense"
	expect 401
	me "HTTP_COOKIE=$COOKIE" HTTP_AUTHORIZATION="Basic eDp5"
	expect 401
}

@test "two cookies of the name with different values prove nothing" {
	sign_in_cookie ann@example.org
	me "HTTP_COOKIE=$COOKIE; yett=planted"
	expect 401
}

@test "refreshing gives a new pair, and the new access token works" {
	local old=$REFRESH
	refresh "$REFRESH"
	expect 200
	take_tokens
	[ "$REFRESH" != "$old" ]
	[ "$(json .user.email)" = ann@example.org ]
	me "$(bearer "$ACCESS")"
	expect 200
}

@test "within the grace window a spent token gives the very same successor" {
	local old=$REFRESH
	refresh "$old"
	local new
	new=$(json .refresh_token)
	pass_time 9
	refresh "$old"
	expect 200
	[ "$(json .refresh_token)" = "$new" ]
	refresh "$new"
	expect 200
}

@test "after the grace window a spent token ends its family" {
	local old=$REFRESH
	refresh "$old"
	take_tokens
	pass_time 11
	refresh "$old"
	expect 401 invalid-token
	refresh "$REFRESH"
	expect 401
	me "$(bearer "$ACCESS")"
	expect 401
}

@test "a token spent twice over ends its family even within the grace window" {
	local first=$REFRESH
	refresh "$first"
	take_tokens
	refresh "$REFRESH"
	expect 200
	take_tokens
	refresh "$first"
	expect 401
	refresh "$REFRESH"
	expect 401
	me "$(bearer "$ACCESS")"
	expect 401
}

@test "a family's end leaves the user's other sessions alone" {
	local spent=$REFRESH
	refresh "$spent"
	sign_in ann@example.org
	pass_time 11
	refresh "$spent"
	expect 401
	me "$(bearer "$ACCESS")"
	expect 200
}

@test "two tabs that refresh at once both stay signed in" {
	local i
	for i in 1 2 3 4 5 6 7 8; do
		(
			BATS_TEST_TMPDIR=$BATS_TEST_TMPDIR/$i
			mkdir "$BATS_TEST_TMPDIR"
			refresh "$REFRESH"
			[ "$STATUS" = 200 ] && json .refresh_token > "$BATS_TEST_TMPDIR/token"
		) 3>&- &
	done
	wait
	[ "$(cat "$BATS_TEST_TMPDIR"/?/token | wc -l)" = 8 ]
	[ "$(sort -u "$BATS_TEST_TMPDIR"/?/token | wc -l)" = 1 ]
	refresh "$(cat "$BATS_TEST_TMPDIR/1/token")"
	expect 200
}

@test "an access token dies after 30 minutes, a refresh token after 7 days" {
	pass_time 1799
	me "$(bearer "$ACCESS")"
	expect 200
	pass_time 2
	me "$(bearer "$ACCESS")"
	expect 401 invalid-token
	pass_time $((7 * 86400 - 1801 - 30))
	refresh "$REFRESH"
	expect 200
	take_tokens
	pass_time $((7 * 86400 + 1))
	refresh "$REFRESH"
	expect 401
}

@test "no rotation goes past the end of the session" {
	local i
	for i in $(seq 15); do
		pass_time $((6 * 86400))
		refresh "$REFRESH"
		[ "$STATUS" = 200 ] || break
		take_tokens
	done
	# 90 days are 15 times 6: the last one comes too late.
	expect 401
	[ "$i" = 15 ]
}

@test "a cookie dies after 7 days" {
	sign_in_cookie ann@example.org
	pass_time $((7 * 86400 - 5))
	me "HTTP_COOKIE=$COOKIE"
	expect 200
	pass_time 10
	me "HTTP_COOKIE=$COOKIE"
	expect 401
}

@test "tokens and cookies are stored only as hashes" {
	sign_in_cookie ann@example.org
	sql .dump > "$BATS_TEST_TMPDIR/dump"
	run ! grep -q -e "${COOKIE#*=}" -e "$REFRESH" -e "$ACCESS" "$BATS_TEST_TMPDIR/dump"
}

@test "logging out with the refresh token ends the session at once, its access token too" {
	call session POST /auth/logout "{\"refresh_token\":\"$REFRESH\"}"
	expect 204
	me "$(bearer "$ACCESS")"
	expect 401
	refresh "$REFRESH"
	expect 401
	call session POST /auth/logout "{\"refresh_token\":\"$REFRESH\"}"
	expect 401
}

@test "logging out with the access token ends its session" {
	call session POST /auth/logout - "$(bearer "$ACCESS")"
	expect 204
	me "$(bearer "$ACCESS")"
	expect 401
	refresh "$REFRESH"
	expect 401
}

@test "logging out under the cookie takes the cookie away" {
	sign_in_cookie ann@example.org
	call session POST /auth/logout - "HTTP_COOKIE=$COOKIE" "$SAME"
	expect 204
	[[ "$(header Set-Cookie)" == "yett=; Path=/; Max-Age=0;"* ]]
	me "HTTP_COOKIE=$COOKIE"
	expect 401
}

@test "a browser's form that logs out ends on the page to sign in, signed in or not" {
	sign_in_cookie ann@example.org
	call session POST /auth/logout 'return_to=' "$FORM" "$HTML" "HTTP_COOKIE=$COOKIE" "$SAME"
	expect 303
	[ "$(header Location)" = /login ]
	call session POST /auth/logout 'return_to=' "$FORM" "$HTML" "HTTP_COOKIE=$COOKIE" "$SAME"
	expect 303
}

@test "logging out without a proof is refused" {
	call session POST /auth/logout -
	expect 401
	[ "$(sql 'SELECT count(*) FROM sessions WHERE revoked_at IS NOT NULL')" = 0 ]
}

@test "my sessions are listed with device, address, times, and which is this one" {
	call login POST /auth/login '{"email":"ann@example.org","password":"'"$PASSWORD"'"}' REMOTE_ADDR=198.51.100.4 \
		HTTP_USER_AGENT='Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0'
	take_tokens
	call session GET /auth/sessions - "$(bearer "$ACCESS")"
	expect 200
	[ "$(json '.items | length')" = 2 ]
	[ "$(json '[.items[] | select(.current)] | length')" = 1 ]
	[ "$(json '.items[] | select(.current) | .device')" = "Firefox on Linux" ]
	[ "$(json '.items[] | select(.current) | .ip_address')" = 198.51.100.4 ]
	json '.items[] | select(.current) | .created_at, .last_seen_at' | grep -cE '^[0-9-]{10}T[0-9:]{8}\.[0-9]{3}Z$' | grep -qx 2
	[ "$(jq '.next' <<< "$BODY")" = null ]
}

@test "others' sessions are neither seen nor ended" {
	call session GET /auth/sessions - "$(bearer "$ACCESS")"
	local anns
	anns=$(json '.items[0].id')
	register bob@example.org
	call session GET /auth/sessions - "$(bearer "$ACCESS")"
	[ "$(json '.items | length')" = 1 ]
	[ "$(json '.items[0].id')" != "$anns" ]
	call session DELETE "/auth/sessions/$anns" - "$(bearer "$ACCESS")"
	expect 404
	[ "$(sql 'SELECT count(*) FROM sessions WHERE revoked_at IS NOT NULL')" = 0 ]
}

@test "one session is ended by its id, at once, and the others live on" {
	local mine=$ACCESS
	sign_in ann@example.org
	call session GET /auth/sessions - "$(bearer "$mine")"
	local other
	other=$(json '.items[] | select(.current | not) | .id')
	call session DELETE "/auth/sessions/$other" - "$(bearer "$mine")"
	expect 204
	me "$(bearer "$ACCESS")"
	expect 401
	me "$(bearer "$mine")"
	expect 200
	call session DELETE "/auth/sessions/$other" - "$(bearer "$mine")"
	expect 404
}

@test "all other sessions are ended in one call" {
	local mine=$ACCESS
	sign_in ann@example.org
	sign_in_cookie ann@example.org
	call session DELETE /auth/sessions - "$(bearer "$mine")"
	expect 200
	[ "$(json .revoked)" = 2 ]
	me "$(bearer "$ACCESS")"
	expect 401
	me "HTTP_COOKIE=$COOKIE"
	expect 401
	me "$(bearer "$mine")"
	expect 200
}

@test "ids in paths that are no ids are not found" {
	local id
	for id in 1 ../me 01a1fa86-9255-7bc6-84ea-aba600e6782B "x' OR 1=1"; do
		call session DELETE "/auth/sessions/$id" - "$(bearer "$ACCESS")"
		[[ "$STATUS" = 404 || "$STATUS" = 400 ]]
	done
}

@test "name, username, picture and properties can be changed, and are seen at once" {
	call session PATCH /users/me '{"name":"Ann","username":"ann","picture_url":"https://example.org/a.png","properties":{"theme":"dark","n":[1,2.5,null,true]}}' "$(bearer "$ACCESS")"
	expect 200
	me "$(bearer "$ACCESS")"
	[ "$(json .name)" = Ann ]
	[ "$(json .username)" = ann ]
	[ "$(json .picture_url)" = https://example.org/a.png ]
	[ "$(jq -c .properties <<< "$BODY")" = '{"theme":"dark","n":[1,2.5,null,true]}' ]
	call session PATCH /users/me '{"name":null,"username":""}' "$(bearer "$ACCESS")"
	expect 200
	[ "$(jq -c '[.name, .username, .picture_url]' <<< "$BODY")" = '[null,null,"https://example.org/a.png"]' ]
}

@test "nothing else of a user can be changed by the user" {
	local member
	for member in '"email":"x@example.org"' '"roles":["admin"]' '"id":"x"' '"email_confirmed":true' '"password":"x"' '"locked":false'; do
		call session PATCH /users/me "{$member}" "$(bearer "$ACCESS")"
		expect 422
	done
}

@test "a username that somebody has is refused by name and nothing is changed" {
	call session PATCH /users/me '{"username":"ann"}' "$(bearer "$ACCESS")"
	register bob@example.org
	call session PATCH /users/me '{"username":"ANN","name":"Bob"}' "$(bearer "$ACCESS")"
	expect 409
	expect_field username
	me "$(bearer "$ACCESS")"
	[ "$(jq -c '[.name, .username]' <<< "$BODY")" = '[null,null]' ]
}

@test "properties of 16384 bytes are taken, of 16385 not" {
	local text
	text=$(printf 'x%.0s' $(seq 16376))
	call session PATCH /users/me "{\"properties\":{\"a\":\"${text}\"}}" "$(bearer "$ACCESS")"
	expect 200
	call session PATCH /users/me "{\"properties\":{\"a\":\"${text}y\"}}" "$(bearer "$ACCESS")"
	expect 422
	expect_field properties
	me "$(bearer "$ACCESS")"
	[ "$(json '.properties.a | length')" = 16376 ]
}

@test "properties of 24 levels are taken, of 25 not; of 2048 values, of 2049 not" {
	local i nested={}
	for i in $(seq 23); do nested="{\"a\":$nested}"; done
	call session PATCH /users/me "{\"properties\":$nested}" "$(bearer "$ACCESS")"
	expect 200
	call session PATCH /users/me "{\"properties\":{\"a\":$nested}}" "$(bearer "$ACCESS")"
	expect 422
	expect_field properties
	# Eight lists of 255 numbers are 2,048 values.
	call session PATCH /users/me "$(jq -nc '{properties: [range(8) | {("k\(.)"): [range(255) | 0]}] | {properties: add}.properties}')" "$(bearer "$ACCESS")"
	expect 200
	call session PATCH /users/me "$(jq -nc '{properties: (([range(8) | {("k\(.)"): [range(255) | 0]}] | add) + {x: 0})}')" "$(bearer "$ACCESS")"
	expect 422
	expect_field properties
}

@test "a request begun while the session lived changes nothing once it has ended" {
	begin session PATCH /users/me '{"name":"Thief"}' "$(bearer "$ACCESS")"
	call session POST /auth/logout - "$(bearer "$ACCESS")"
	expect 204
	finish
	expect 401
	[ "$(sql 'SELECT count(*) FROM users WHERE name IS NOT NULL')" = 0 ]
	sign_in ann@example.org
	begin password POST /auth/password/change '{"current_password":"'"$PASSWORD"'","new_password":"'"$PASSWORD 2"'"}' "$(bearer "$ACCESS")"
	"$BIN/yett" user lock ann@example.org
	finish
	expect 401
	"$BIN/yett" user unlock ann@example.org
	sign_in ann@example.org
	begin session DELETE /auth/sessions '' "$(bearer "$ACCESS")"
	finish
	expect 200
}

@test "an access token never outlives its session" {
	export YETT_SESSION_MAX_S=600
	sign_in ann@example.org
	local claims
	claims=$(cut -d. -f2 <<< "$ACCESS" | tr -- -_ +/)
	claims=$(printf '%s%s' "$claims" "$(printf '%*s' $(((4 - ${#claims} % 4) % 4)) '' | tr ' ' =)" | base64 -d)
	[ "$(jq '.exp - .iat' <<< "$claims")" = 600 ]
	[ "$(json .expires_in)" = 600 ]
}

@test "a picture must be an https address" {
	local url
	for url in javascript:alert ftp://x data:image/png http://example.org/a.png; do
		call session PATCH /users/me "{\"picture_url\":\"$url\"}" "$(bearer "$ACCESS")"
		expect 422
		expect_field picture_url
	done
}

@test "a user says which language to write in, by its tag" {
	local tag
	for tag in de de-AT sr-Latn-RS aa-bbbbbbbb-cccccccc-dddddddd-eeeee; do
		call session PATCH /users/me "{\"locale\":\"$tag\"}" "$(bearer "$ACCESS")"
		expect 200
		[ "$(json .locale)" = "$tag" ]
	done
	for tag in d 12 de- -de de_AT ../en de-abcdefghi aa-bbbbbbbb-cccccccc-dddddddd-eeeeee; do
		call session PATCH /users/me "{\"locale\":\"$tag\"}" "$(bearer "$ACCESS")"
		expect 422
		expect_field locale
	done
	call session PATCH /users/me '{"locale":""}' "$(bearer "$ACCESS")"
	[ "$(jq -c .locale <<< "$BODY")" = null ]
}

@test "a user who is locked or deleted is out at the very next request" {
	sign_in_cookie ann@example.org
	local cookie=$COOKIE
	yett user lock ann@example.org
	me "$(bearer "$ACCESS")"
	expect 401
	me "HTTP_COOKIE=$cookie"
	expect 401
	refresh "$REFRESH"
	expect 401
	yett user unlock ann@example.org
	me "$(bearer "$ACCESS")"
	expect 401
	sign_in ann@example.org
	sign_in_cookie ann@example.org
	cookie=$COOKIE
	yett user delete --yes ann@example.org
	me "$(bearer "$ACCESS")"
	expect 401
	me "HTTP_COOKIE=$cookie"
	expect 401
}

@test "under a cookie an unsafe request must come from our own pages" {
	sign_in_cookie ann@example.org
	local site
	for site in HTTP_SEC_FETCH_SITE=cross-site HTTP_SEC_FETCH_SITE=same-site HTTP_ORIGIN=https://evil.example HTTP_ORIGIN=null X=1; do
		call session PATCH /users/me '{"name":"evil"}' "HTTP_COOKIE=$COOKIE" "$site"
		expect 403 cross-site
		call session POST /auth/logout - "HTTP_COOKIE=$COOKIE" "$site"
		expect 403 cross-site
		call session DELETE /auth/sessions - "HTTP_COOKIE=$COOKIE" "$site"
		expect 403 cross-site
	done
	me "HTTP_COOKIE=$COOKIE"
	[ "$(jq .name <<< "$BODY")" = null ]
	for site in HTTP_SEC_FETCH_SITE=same-origin HTTP_SEC_FETCH_SITE=none HTTP_ORIGIN=http://127.0.0.1:8080; do
		call session PATCH /users/me '{"name":"own"}' "HTTP_COOKIE=$COOKIE" "$site"
		expect 200
	done
}

@test "under a bearer token the site of origin does not matter" {
	call session PATCH /users/me '{"name":"x"}' "$(bearer "$ACCESS")" HTTP_ORIGIN=https://app.example
	expect 200
}

@test "only configured origins are told that they may read" {
	export YETT_HTTP_CORS_ORIGINS="https://app.example https://other.example"
	me "$(bearer "$ACCESS")" HTTP_ORIGIN=https://app.example
	[ "$(header Access-Control-Allow-Origin)" = https://app.example ]
	[ -z "$(header Access-Control-Allow-Credentials)" ]
	me "$(bearer "$ACCESS")" HTTP_ORIGIN=https://evil.example
	[ -z "$(header Access-Control-Allow-Origin)" ]
	me "$(bearer "$ACCESS")" HTTP_ORIGIN=https://app.exampl
	[ -z "$(header Access-Control-Allow-Origin)" ]
	call session OPTIONS /users/me - HTTP_ORIGIN=https://app.example HTTP_ACCESS_CONTROL_REQUEST_METHOD=PATCH
	expect 204
	[ "$(header Access-Control-Allow-Methods)" = "GET, POST, PATCH, DELETE" ]
}

@test "a form can stand for DELETE and PATCH by _method, under the same checks" {
	sign_in_cookie ann@example.org
	call session POST '/users/me?_method=PATCH' 'name=Form' "$FORM" "$HTML" "HTTP_COOKIE=$COOKIE" "$SAME"
	expect 303
	[ "$(header Location)" = /account ]
	me "HTTP_COOKIE=$COOKIE"
	[ "$(json .name)" = Form ]
	call session POST '/users/me?_method=PATCH' 'name=Evil' "$FORM" "$HTML" "HTTP_COOKIE=$COOKIE"
	expect 403
	call session POST '/auth/sessions?_method=DELETE' '' "$FORM" "$HTML" "HTTP_COOKIE=$COOKIE" "$SAME"
	expect 303
	call session POST '/users/me?_method=PUT' 'name=x' "$FORM" "HTTP_COOKIE=$COOKIE" "$SAME"
	expect 400
}

@test "the account page shows profile and sessions, and sends others to sign in" {
	sign_in_cookie ann@example.org
	call session GET /account - "$HTML" "HTTP_COOKIE=$COOKIE"
	expect 200
	grep -q ann@example.org <<< "$BODY"
	call session GET /account - "$HTML"
	expect 303
	[ "$(header Location)" = "/login?return_to=/account" ]
}

@test "a bearer token does not open the account page: who has one is sent to sign in, and learns nothing" {
	local token opaque page before
	sign_in_cookie ann@example.org
	sign_in ann@example.org
	call login POST /api/users/session "{\"username\":\"ann@example.org\",\"password\":\"$PASSWORD\"}"
	expect 200
	opaque=$(json .token)
	before=$(sql .dump)
	for token in "$ACCESS" "$opaque"; do
		me "$(bearer "$token")"
		expect 200
		for page in "$HTML" HTTP_ACCEPT=application/json; do
			call session GET /account - "$page" "$(bearer "$token")"
			expect 303
			[ "$(header Location)" = "/login?return_to=/account" ]
			[ -z "$(header Set-Cookie)" ]
			[[ "$BODY" != *ann@example.org* ]]
			# Nor does the cookie beside it.
			call session GET /account - "$page" "$(bearer "$token")" "HTTP_COOKIE=$COOKIE"
			expect 303
			[ -z "$(header Set-Cookie)" ]
		done
	done
	# Nor what is no live token.
	for token in "$REFRESH" nonsense "${ACCESS%?????}AAAAA"; do
		call session GET /account - "$HTML" "$(bearer "$token")" "HTTP_COOKIE=$COOKIE"
		expect 303
		[ -z "$(header Set-Cookie)" ]
		[[ "$BODY" != *ann@example.org* ]]
	done
	[ "$(sql .dump)" = "$before" ]
}

@test "a request that only reads writes nothing to the database" {
	local before
	before=$(stat -c %Y%s "$YETT_SITE_STATE"/yett.db*; sha256sum "$DB")
	me "$(bearer "$ACCESS")"
	expect 200
	call session GET /auth/sessions - "$(bearer "$ACCESS")"
	expect 200
	[ "$before" = "$(stat -c %Y%s "$YETT_SITE_STATE"/yett.db*; sha256sum "$DB")" ]
}

@test "a long profile is answered like a short one" {
	local text
	text=$(printf '%016000d' 0)
	call session PATCH /users/me "{\"properties\":{\"a\":\"$text\"}}" "$(bearer "$ACCESS")"
	expect 200
	me "$(bearer "$ACCESS")"
	expect 200
	[ "$(json '.properties.a | length')" = 16000 ]
	[ "$(json .email)" = ann@example.org ]
}
