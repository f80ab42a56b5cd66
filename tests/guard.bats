#!/usr/bin/env bats
# guard: may this request see that page of another application?

load helper

NAVIGATE=HTTP_SEC_FETCH_MODE=navigate

setup() {
	fresh_state
	stop_time
}

teardown() {
	stop_site
}

# rules LINE...: all rules of yett.conf.
rules() {
	YETT_GUARD_RULE=$(printf '%s\n' "$@")
	export YETT_GUARD_RULE
}

# ask METHOD URI [VARIABLE=VALUE]...: as an authorizer is asked.
ask() {
	local method=$1 uri=$2
	shift 2
	call guard "$method" "$uri" - FCGI_ROLE=AUTHORIZER "$@"
}

# is_allowed URI [VARIABLE=VALUE]..., is_refused STATUS URI [VARIABLE=VALUE]...: by a GET.
is_allowed() {
	ask GET "$@"
	expect 200
	[ -z "$BODY" ]
}

is_refused() {
	local status=$1
	shift
	ask GET "$@"
	expect "$status"
	[ -z "$(header Variable-REMOTE_USER)" ]
}

# member EMAIL ROLE: a user who holds it and whose address is confirmed. The proof is then in PROOF.
member() {
	register "$1"
	"$BIN/yett" user edit "$1" --email-confirmed true > "$BATS_TEST_TMPDIR/edited"
	"$BIN/yett" role add "$2" > "$BATS_TEST_TMPDIR/added" 2>&1 || grep -q "is a role" "$BATS_TEST_TMPDIR/added"
	"$BIN/yett" role grant "$1" "$2"
	PROOF=$(bearer "$ACCESS")
}

@test "without a rule nobody is let in" {
	is_refused 403 /
	[ "$(json .code)" = forbidden ]
	register ann@example.org
	is_refused 403 / "$(bearer "$ACCESS")"
	[[ $(json .detail) = *"no rule is about this page"* ]]
}

@test "the first rule that is about a request decides" {
	rules "/a/b nobody" "/a guest" "/a user" "/ nobody"
	is_allowed /a
	is_allowed /a/
	is_allowed /a/c
	is_refused 403 /a/b
	is_refused 403 /a/b/c
	is_refused 403 /ab
	is_refused 403 /
}

@test "a path is a prefix by whole segments, in whatever way it is escaped" {
	rules "/admin nobody" "/ guest"
	is_refused 403 /admin
	is_refused 403 /admin/
	is_refused 403 "/admin?x=1"
	is_refused 403 /%61dmin
	is_refused 403 /admi%6E/x
	is_allowed /administrator
	is_allowed /Admin
	rules "/straße nobody" "/ guest"
	is_refused 403 /stra%C3%9Fe/1
	is_allowed /stra%C3%9F
}

@test "a path that programs read in two ways is refused, whatever the rules" {
	local path
	rules "/ guest"
	for path in //admin /a//b /./a /a/. /a/.. /a/../b /%2e/a /a/%2E%2e/b /a/.%2e /a%2fb /a%2Fb /a%5cb '/a\b' /a%00 /a%0a \
		/a%7f /a%zz /a% /a%2 /%252e%252e/a '/a;b' '/a/..;/b' /a%3bb /%c0%ae/a /%ff 'a' 'http://x/a' '/a#/../b' '/a#'; do
		ask GET "$path"
		expect 400 bad-request
		call guard GET "$path" - YETT_GUARD=verdict
		expect 403
	done
	for path in / /a /a/ /a.b /a/...  /.a /a/..b '/a?b=//../%2e#' /a%20b /a%23 /%25 /%25x /a:b@c /~a; do
		is_allowed "$path"
	done
}

@test "a rule may be for a host, or all below a name" {
	rules "intern.example.org/ nobody" "*.example.org/ guest" "other.example/ guest"
	is_refused 403 / HTTP_HOST=intern.example.org
	is_refused 403 / HTTP_HOST=INTERN.example.org:8443
	is_refused 403 / HTTP_HOST=intern.example.org.
	is_allowed / HTTP_HOST=a.b.example.org
	is_allowed / HTTP_HOST=other.example
	is_refused 403 / HTTP_HOST=example.org
	is_refused 403 / HTTP_HOST=badexample.org
	is_refused 403 / HTTP_HOST=x.other.example
	is_refused 403 / "HTTP_HOST=other.example/x"
	is_refused 403 / HTTP_HOST=
}

@test "a rule may be for some methods; HEAD goes where GET goes" {
	rules "/wiki POST,PUT nobody" "/wiki GET guest" "/ nobody"
	is_allowed /wiki
	ask HEAD /wiki
	expect 200
	ask POST /wiki
	expect 403
	ask PUT /wiki/x
	expect 403
	ask DELETE /wiki
	expect 403
	ask get /wiki
	expect 400
}

@test "a method in small letters, which an application may take for the same, is refused in every way of asking" {
	rules "/wiki POST nobody" "/ guest"
	export YETT_HTTP_PROXIES=192.0.2.0/24
	local method
	for method in post Post "" "POST "; do
		call guard GET /x - YETT_GUARD=answer "YETT_METHOD=$method" YETT_URI=/wiki
		expect 400
		call guard GET /x - YETT_GUARD=verdict "YETT_METHOD=$method" YETT_URI=/wiki
		expect 403
		call guard GET /guard/forward - "HTTP_X_FORWARDED_METHOD=$method" HTTP_X_FORWARDED_URI=/wiki
		expect 400
	done
	call guard GET /guard/forward - HTTP_X_FORWARDED_METHOD=POST HTTP_X_FORWARDED_URI=/wiki
	expect 403
}

@test "a page for users: a browser is sent to sign in and knows the way back, others get 401" {
	rules "/ user"
	ask GET "/wiki/a b?x=1&y=%2F" "$HTML" "$NAVIGATE"
	expect 400
	ask GET "/wiki/a?x=1&y=%2F" "$HTML" "$NAVIGATE"
	expect 303
	[ "$(header Location)" = "/login?return_to=%2Fwiki%2Fa%3Fx%3D1%26y%3D%252F" ]
	ask HEAD /wiki "$HTML"
	expect 303
	ask GET "/$(printf %01100d 1)" "$HTML"
	expect 303
	[ "$(header Location)" = /login ]
	ask GET /wiki
	expect 401 unauthenticated
	[ "$(header WWW-Authenticate)" = 'Bearer realm="yett"' ]
	ask GET /wiki "$(bearer x.y.z)"
	expect 401 invalid-token
	[ "$(header WWW-Authenticate)" = 'Bearer realm="yett", error="invalid_token"' ]
	[ "$(header Content-Type)" = application/problem+json ]
	ask POST /wiki "$HTML"
	expect 401
	ask GET /image.png "$HTML" HTTP_SEC_FETCH_MODE=no-cors
	expect 401
	register ann@example.org
	is_allowed /wiki "$(bearer "$ACCESS")"
	sign_in_cookie ann@example.org
	is_allowed /wiki "HTTP_COOKIE=$COOKIE" "$HTML"
}

@test "whoever is let in is told to the application, by variables or header fields" {
	rules "/ user"
	member ann@example.org editor
	is_allowed / "$PROOF"
	[ "$(header Variable-REMOTE_USER)" = ann@example.org ]
	[ "$(header Variable-YETT_USER_ID)" = "$USER_ID" ]
	[ "$(header Variable-YETT_EMAIL)" = ann@example.org ]
	[ "$(header Variable-YETT_ROLES)" = editor,viewer ]
	[ -z "$(header Variable-YETT_ORG)" ]
	call guard GET / - "$PROOF" YETT_GUARD=verdict
	expect 204
	[ "$(header Remote-User)" = ann@example.org ]
	[ "$(header Remote-User-Id)" = "$USER_ID" ]
	[ "$(header Remote-Email)" = ann@example.org ]
	[ "$(header Remote-Roles)" = editor,viewer ]
	YETT_GUARD_USER=id is_allowed / "$PROOF"
	[ "$(header Variable-REMOTE_USER)" = "$USER_ID" ]
	YETT_GUARD_USER=username is_allowed / "$PROOF"
	[ -z "$(header Variable-REMOTE_USER)" ]
	rules "/ guest"
	is_allowed /
	[ "${HEAD%$'\n'}" = "Status: 200" ]
}

@test "an address that is not confirmed is nobody's name" {
	local way
	rules "/ user"
	# Whoever comes first may sign up with it.
	register boss@example.org
	PROOF=$(bearer "$ACCESS")
	for way in email id username; do
		YETT_GUARD_USER=$way is_allowed / "$PROOF"
		[ "$(header Variable-YETT_USER_ID)" = "$USER_ID" ]
		run ! grep -q boss <<< "$HEAD"
		[ "$way" = username ] || [ "$(header Variable-REMOTE_USER)" = "$USER_ID" ]
	done
	call guard GET / - "$PROOF" YETT_GUARD=verdict
	expect 204
	[ "$(header Remote-User) $(header Remote-User-Id)" = "$USER_ID $USER_ID" ]
	run ! grep -qi -e boss -e '^Remote-Email' <<< "$HEAD"
	# And so again once another is written in its place.
	"$BIN/yett" user edit boss@example.org --email-confirmed true
	is_allowed / "$PROOF"
	[ "$(header Variable-REMOTE_USER) $(header Variable-YETT_EMAIL)" = "boss@example.org boss@example.org" ]
	"$BIN/yett" user edit boss@example.org --email chief@example.org
	is_allowed / "$PROOF"
	[ "$(header Variable-REMOTE_USER)" = "$USER_ID" ]
	run ! grep -q -e boss -e chief <<< "$HEAD"
}

@test "a web server that takes a verdict gets a status, and no body" {
	rules "/open guest" "/closed nobody" "/ user"
	call guard GET /open - YETT_GUARD=verdict
	expect 204
	call guard GET /closed - YETT_GUARD=verdict "$HTML"
	expect 403
	[ "${HEAD%$'\n'}" = "Status: 403" ]
	[ -z "$BODY" ]
	call guard GET /x - YETT_GUARD=verdict "$HTML"
	expect 401
	[ -z "$BODY" ]
}

@test "a web server that takes an answer gets the one for the client; what it asks about may come apart" {
	rules "/open guest" "app.example/x POST guest" "/ user"
	call guard GET /open - YETT_GUARD=answer
	expect 204
	call guard GET /x - YETT_GUARD=answer "$HTML"
	expect 303
	call guard GET /x - YETT_GUARD=answer
	expect 401 unauthenticated
	call guard GET /_guard - YETT_GUARD=answer YETT_METHOD=POST YETT_URI=/x/1 YETT_HOST=app.example
	expect 204
	call guard GET /open - YETT_GUARD=answer YETT_URI=/closed
	expect 401
	call guard GET /open - YETT_GUARD=other
	expect 500
	call guard GET /open - YETT_GUARD=
	expect 500
}

@test "an authorizer that takes a verdict is told the application's variables, or a status and no body" {
	rules "/open guest" "/closed nobody" "/ user"
	member ann@example.org editor
	is_allowed /x "$PROOF" YETT_GUARD=verdict
	[ "$(header Variable-REMOTE_USER)" = ann@example.org ]
	is_allowed /open YETT_GUARD=verdict
	is_refused 401 /x YETT_GUARD=verdict "$HTML"
	[ "${HEAD%$'\n'}" = "Status: 401" ]
	[ -z "$BODY" ]
	is_refused 403 /closed YETT_GUARD=verdict
	[ -z "$BODY" ]
	is_refused 403 /open/../closed YETT_GUARD=verdict
	[ -z "$BODY" ]
	is_refused 500 /open YETT_GUARD=answer
	is_refused 500 /open YETT_GUARD=refusal
}

@test "a web server that asks for a refusal gets one, also where the guard would let in" {
	rules "/open guest" "/closed nobody" "/ user"
	call guard GET /open - YETT_GUARD=refusal
	expect 403 forbidden
	[[ "$(json .detail)" == *"web server"* ]]
	[ -z "$(header Remote-User)" ]
	call guard GET /open - YETT_GUARD=refusal "$HTML"
	expect 403
	[[ "$BODY" == *"<h1>Not allowed</h1>"*"<p class=\"said\">the web server does not show this; ask "* ]]
	call guard GET /x - YETT_GUARD=refusal "$HTML"
	expect 303
	call guard GET /x - YETT_GUARD=refusal
	expect 401 unauthenticated
	call guard GET /_guard - YETT_GUARD=refusal YETT_METHOD=POST YETT_URI=/closed
	expect 403
	[[ "$(json .detail)" != *"web server"* ]]
}

@test "what a client sends is no question of the web server" {
	rules "/ guest"
	call guard GET /x - HTTP_YETT_GUARD=answer HTTP_FCGI_ROLE=AUTHORIZER HTTP_YETT_URI=/
	expect 404
	rules "/closed nobody" "/ guest"
	call guard GET /closed - YETT_GUARD=answer HTTP_YETT_URI=/ HTTP_X_FORWARDED_URI=/ HTTP_X_ORIGINAL_URL=/ HTTP_X_REWRITE_URL=/
	expect 403
}

@test "a proxy may ask by X-Forwarded fields if it is one of http.proxies" {
	local way=(HTTP_X_FORWARDED_METHOD=GET HTTP_X_FORWARDED_URI=/wiki HTTP_X_FORWARDED_HOST=a.example)
	rules "a.example/wiki guest" "/ user"
	call guard GET /guard/forward - "${way[@]}"
	expect 403
	export YETT_HTTP_PROXIES=192.0.2.0/24
	call guard GET /guard/forward - "${way[@]}"
	expect 204
	call guard GET /guard/forward - "${way[@]}" HTTP_X_FORWARDED_HOST=b.example
	expect 401
	call guard GET /guard/forward - "${way[@]}" HTTP_X_FORWARDED_HOST=b.example "$HTML"
	expect 303
	call guard GET /guard/forward - HTTP_X_FORWARDED_METHOD=GET
	expect 400
	call guard GET /guard/forward - HTTP_X_FORWARDED_URI=/wiki
	expect 400
}

@test "a field that a proxy sets cannot be set beside it by another spelling" {
	rules "/open guest" "/ nobody"
	export YETT_HTTP_PROXIES=127.0.0.1
	start_site
	web GET /guard/forward -H "X-Forwarded-Method: GET" -H "X-Forwarded-Uri: /open"
	[ "$STATUS" = 204 ]
	web GET /guard/forward -H "X-Forwarded-Method: GET" -H "X-Forwarded-Uri: /closed" -H "X_Forwarded_Uri: /open"
	[ "$STATUS" = 400 ]
	web GET /guard/forward -H "X_Forwarded_Uri: /open" -H "X-Forwarded-Method: GET" -H "X-Forwarded-Uri: /closed"
	[ "$STATUS" = 400 ]
}

@test "a role lets in who holds it, also by inheritance, until he does no more" {
	rules "/ role:editor"
	member ann@example.org chief
	is_refused 403 / "$PROOF"
	[[ $(json .detail) = *'/ role:editor'*"does not let you in"* ]]
	"$BIN/yett" role add editor
	"$BIN/yett" role inherit chief editor
	is_allowed / "$PROOF"
	"$BIN/yett" role revoke ann@example.org chief
	is_refused 403 / "$PROOF"
}

@test "a permission, a group or an org lets in who has it" {
	rules "/p permission:wiki:read" '/g "group:Board members"' "/o org:acme" "/all permission:x:y org:acme group:none"
	member ann@example.org reader
	is_refused 403 /p "$PROOF"
	"$BIN/yett" role allow reader "wiki:*"
	is_allowed /p "$PROOF"
	is_refused 403 /g "$PROOF"
	"$BIN/yett" group add "Board members"
	"$BIN/yett" group join "Board members" ann@example.org
	is_allowed /g "$PROOF"
	is_refused 403 /o "$PROOF"
	is_refused 403 /all "$PROOF"
	"$BIN/yett" org add Acme --slug acme
	"$BIN/yett" org join acme ann@example.org
	is_allowed /o "$PROOF"
	is_allowed /all "$PROOF"
	"$BIN/yett" org leave acme ann@example.org
	is_refused 403 /o "$PROOF"
	"$BIN/yett" group leave "Board members" ann@example.org
	is_refused 403 /g "$PROOF"
}

@test "a rule may ask where a request comes from, besides" {
	rules "/ user from:192.0.2.0/24 from:2001:db8::/32" "/ guest"
	register ann@example.org
	is_allowed / "$(bearer "$ACCESS")"
	is_allowed / "$(bearer "$ACCESS")" REMOTE_ADDR=2001:db8::9
	is_refused 403 / "$(bearer "$ACCESS")" REMOTE_ADDR=198.51.100.1
	[[ $(json .detail) = *198.51.100.1* ]]
	is_refused 403 / "$(bearer "$ACCESS")" REMOTE_ADDR=198.51.100.1 HTTP_X_FORWARDED_FOR=192.0.2.1
	export YETT_HTTP_PROXIES=198.51.100.1
	is_allowed / "$(bearer "$ACCESS")" REMOTE_ADDR=198.51.100.1 HTTP_X_FORWARDED_FOR=192.0.2.1
}

@test "a rule may ask for a second factor within so many minutes" {
	rules "/ user mfa:15"
	register ann@example.org
	sign_in_cookie ann@example.org
	is_refused 303 / "$HTML"
	is_refused 401 / "HTTP_COOKIE=$COOKIE"
	[ "$(json .code)" = second-factor-needed ]
	[[ $(header WWW-Authenticate) = *'error="insufficient_user_authentication", max_age=900' ]]
	sql "UPDATE sessions SET amr = 'pwd otp mfa'"
	is_allowed / "HTTP_COOKIE=$COOKIE"
	pass_time 900
	is_allowed / "HTTP_COOKIE=$COOKIE"
	pass_time 1
	is_refused 401 / "HTTP_COOKIE=$COOKIE"
}

@test "a proof that holds no more is as none" {
	rules "/open guest" "/ user"
	register ann@example.org
	local proof
	proof=$(bearer "$ACCESS")
	is_allowed / "$proof"
	"$BIN/yett" user lock ann@example.org
	is_refused 401 / "$proof"
	is_refused 303 / "$proof" "$HTML"
	is_allowed /open "$proof"
	[ -z "$(header Variable-REMOTE_USER)" ]
	is_refused 401 / "HTTP_COOKIE=yett=x"
	is_refused 401 / "HTTP_AUTHORIZATION=Basic YTpi"
	is_allowed /open "HTTP_AUTHORIZATION=Basic YTpi"
}

@test "who must choose another password is let in nowhere but where guests are" {
	rules "/open guest" "/ user"
	register ann@example.org
	sign_in_cookie ann@example.org
	sql "UPDATE users SET update_password_required = 1"
	is_refused 403 / "HTTP_COOKIE=$COOKIE"
	[ "$(json .code)" = password-update-required ]
	is_allowed /open "HTTP_COOKIE=$COOKIE"
}

@test "what an API key is used for at the guard is written down within half a minute, while it is asked nothing else" {
	rules "/p permission:wiki:read"
	"$BIN/yett" role add editor
	"$BIN/yett" role allow editor wiki:read
	local key used=0 i
	key=HTTP_X_API_KEY=$("$BIN/yett" apikey create s --service --scope wiki:read)
	serve guard
	call guard GET /p - YETT_GUARD=verdict "$key"
	expect 204
	for i in $(seq 450); do
		used=$(sql "SELECT coalesce(sum(requests), 0) FROM api_key_usage")
		[ "$used" = 0 ] || break
		sleep 0.1
	done
	[ "$used" = 1 ]
	stop_served
}

@test "an API key is let in by its permissions, a user's also as the user, but not by what he is" {
	rules "/p permission:wiki:read" "/u user" "/r role:editor" "/o guest"
	member ann@example.org editor
	"$BIN/yett" role allow editor wiki:read
	local key
	key=HTTP_X_API_KEY=$("$BIN/yett" apikey create k --user ann@example.org --scope wiki:read --network 192.0.2.7)
	is_allowed /p "$key"
	is_allowed /u "$key"
	is_refused 403 /r "$key"
	is_refused 401 /p "$key" REMOTE_ADDR=192.0.2.8
	"$BIN/yett" role forbid editor wiki:read
	is_refused 403 /p "$key"
	key=HTTP_X_API_KEY=$("$BIN/yett" apikey create s --service --scope wiki:read)
	is_allowed /p "$key"
	[ -z "$(header Variable-REMOTE_USER)" ]
	is_refused 403 /u "$key"
}

@test "who acts in a user's name gets no further than in his own" {
	rules "/e role:editor" "/g group:staff" "/u user" "/m user mfa:15"
	echo "$PASSWORD" | "$BIN/yett" user add sue@example.org
	"$BIN/yett" role add support
	"$BIN/yett" role allow support users:impersonate
	"$BIN/yett" role allow support profile:read
	"$BIN/yett" role grant sue@example.org support
	member ann@example.org editor
	"$BIN/yett" group add staff
	"$BIN/yett" group join staff ann@example.org
	is_allowed /e "$PROOF"
	is_allowed /g "$PROOF"
	sign_in sue@example.org
	sql "UPDATE sessions SET amr = 'pwd otp mfa'"
	is_allowed /m "$(bearer "$ACCESS")"
	pass_time 901
	is_refused 401 /m "$(bearer "$ACCESS")"
	call groups POST "/users/$USER_ID/impersonate" '{"reason":"a look at her pages"}' "$(bearer "$ACCESS")"
	expect 201
	local acting
	acting=$(bearer "$(json .access_token)")
	is_allowed /u "$acting"
	is_refused 401 /m "$acting"
	is_refused 403 /e "$acting"
	is_refused 403 /g "$acting"
	"$BIN/yett" role grant sue@example.org editor
	"$BIN/yett" group join staff sue@example.org
	is_allowed /e "$acting"
	is_allowed /g "$acting"
}

@test "a 403 page says which rule it was and whom to ask" {
	rules "/ role:editor"
	register ann@example.org
	sign_in_cookie ann@example.org
	YETT_GUARD_ASK="Bea <bea@example.org>" ask GET / "$HTML" "HTTP_COOKIE=$COOKIE"
	expect 403
	[ "$(header Content-Type)" = "text/html; charset=utf-8" ]
	[[ $BODY = *'/ role:editor'* ]]
	[[ $BODY = *'Bea &lt;bea@example.org&gt;'* ]]
}

@test "a stranger is not told what stands in a rule" {
	rules "/a role:secret-role from:10.9.8.0/24" "/b nobody" "/ org:hidden-org"
	local path
	for path in /a /b; do
		is_refused 403 $path
		[ "$(json .detail)" = "this page is closed to you; ask whoever looks after this site" ]
		is_refused 403 $path "$HTML"
		run ! grep -Eq "10\.9|secret|nobody" <<< "$BODY"
	done
	is_refused 401 /
	run ! grep -q hidden <<< "$BODY"
}

@test "nothing is let in when something is broken" {
	rules "/ guest"
	is_allowed /
	cp "$DB" "$BATS_TEST_TMPDIR/kept"
	rules "/ guest" "/ nonsense"
	run env REQUEST_METHOD=GET REQUEST_URI=/ FCGI_ROLE=AUTHORIZER "$BIN/guard"
	[ "$status" = 1 ]
	[[ $output = *"/ nonsense"* ]]
	rules "/ guest"
	printf '[guard]\nno such setting\n' > "$BATS_TEST_TMPDIR/broken.conf"
	YETT_CONF="$BATS_TEST_TMPDIR/broken.conf" run env REQUEST_METHOD=GET REQUEST_URI=/ FCGI_ROLE=AUTHORIZER "$BIN/guard"
	[ "$status" = 1 ]
	sql "INSERT INTO guard_rules VALUES ('x', 1, 'nonsense', '', 0, 0)"
	is_refused 500 /
	sql "DROP TABLE guard_rules"
	is_refused 500 /
	rm "$DB"
	run env REQUEST_METHOD=GET REQUEST_URI=/ FCGI_ROLE=AUTHORIZER "$BIN/guard"
	[ "$status" = 1 ]
	cp "$BATS_TEST_TMPDIR/kept" "$DB"
	is_allowed /
	rm -r "$YETT_SITE_STATE"/keys/*
	printf x > "$YETT_SITE_STATE/keys/broken"
	printf x > "$YETT_SITE_STATE/master.key"
	run env REQUEST_METHOD=GET REQUEST_URI=/ FCGI_ROLE=AUTHORIZER "$BIN/guard"
	[ "$status" = 1 ]
}

@test "a program that guards nothing says so" {
	local program
	for program in session login users; do
		call $program GET /users/me - FCGI_ROLE=AUTHORIZER
		expect 403
		call $program GET /.well-known/jwks.json - YETT_GUARD=answer
		expect 403
	done
}

@test "a running guard sees at the next request what has changed" {
	rules "/e role:editor" "/o org:acme" "/g group:staff" "/u user"
	export YETT_HTTP_PROXIES=127.0.0.1
	member ann@example.org editor
	"$BIN/yett" org add Acme --slug acme
	"$BIN/yett" org join acme ann@example.org
	"$BIN/yett" group add staff
	"$BIN/yett" group join staff ann@example.org
	sign_in_cookie ann@example.org
	start_site
	seen() {
		web GET /guard/forward -b "$COOKIE" -H "X-Forwarded-Method: GET" -H "X-Forwarded-Uri: $1"
		[ "$STATUS" = "$2" ] || { echo "$1: $STATUS"; return 1; }
	}
	seen /e 204
	seen /o 204
	seen /g 204
	seen /n 403
	"$BIN/yett" role revoke ann@example.org editor
	seen /e 403
	"$BIN/yett" role grant ann@example.org editor
	seen /e 204
	"$BIN/yett" org leave acme ann@example.org
	seen /o 403
	"$BIN/yett" org join acme ann@example.org
	seen /o 204
	"$BIN/yett" org edit acme --slug acme2
	seen /o 403
	"$BIN/yett" group leave staff ann@example.org
	seen /g 403
	"$BIN/yett" group join staff ann@example.org
	seen /g 204
	"$BIN/yett" guard add "/n guest"
	seen /n 204
	[ "$(header Remote-User)" = ann@example.org ]
	"$BIN/yett" user edit ann@example.org --email-confirmed false
	seen /u 204
	[ "$(header Remote-User)" = "$USER_ID" ]
	"$BIN/yett" user edit ann@example.org --email-confirmed true
	seen /u 204
	[ "$(header Remote-Email)" = ann@example.org ]
	"$BIN/yett" user lock ann@example.org
	seen /u 401
}

# kill_writers: all versions are as after programs that were killed while they committed.
kill_writers() {
	/usr/bin/python3 - "$YETT_SITE_STATE/versions.map" <<- 'PY'
		import sys
		with open(sys.argv[1], "r+b") as f:
		    counts = bytearray(f.read())
		    for i in range(0, len(counts), 4):
		        counts[i] |= 1
		    f.seek(0)
		    f.write(counts)
	PY
}

@test "while nobody knows whether a change was committed nothing of who asks is remembered" {
	rules "/ org:acme"
	export YETT_HTTP_PROXIES=127.0.0.1
	register ann@example.org
	"$BIN/yett" org add Acme --slug acme
	"$BIN/yett" org join acme ann@example.org
	sign_in_cookie ann@example.org
	start_site
	kill_writers
	seen() {
		web GET /guard/forward -b "$COOKIE" -H "X-Forwarded-Method: GET" -H "X-Forwarded-Uri: /"
		[ "$STATUS" = "$1" ]
	}
	seen 204
	sql "DELETE FROM user_orgs"
	seen 403
}

@test "what would be decided can be asked, with the reason" {
	rules "/e role:editor" "/o guest" "/m user mfa:5" "/f guest from:192.0.2.7"
	echo "$PASSWORD" | "$BIN/yett" user add root@example.org --role admin
	member ann@example.org editor
	sign_in root@example.org
	why() {
		call guard GET "/guard/explain?$1" - "$(bearer "$ACCESS")"
		expect 200
		[ "$(json .decision)" = "$2" ] || { echo "$1: $BODY"; return 1; }
	}
	why "url=/e&as=ann@example.org" allowed
	[ "$(json .reason)" = "role:editor lets in" ]
	[ "$(json .rule)" = "/e role:editor" ]
	why "url=/e&as=$USER_ID" allowed
	why "url=/e" sign-in
	why "url=/e&as=root@example.org" denied
	why "url=https://x.example/o/1?q" allowed
	why "url=https://x.example?q=/o" denied
	why "url=/o%23there" allowed
	why "url=/none" denied
	[ "$(jq .rule <<< "$BODY")" = null ]
	why "url=/m&as=ann@example.org" second-factor
	why "url=/m&as=ann@example.org&mfa=5" allowed
	why "url=/m&as=ann@example.org&mfa=6" second-factor
	why "url=/f&from=192.0.2.7" allowed
	why "url=/f&from=192.0.2.8" denied
	call guard GET "/guard/explain?url=/e&as=nobody@example.org" - "$(bearer "$ACCESS")"
	expect 422
	expect_field as
	call guard GET "/guard/explain?url=/a%2525//b" - "$(bearer "$ACCESS")"
	expect 422
	expect_field url
	call guard GET "/guard/explain?url=/e&from=x" - "$(bearer "$ACCESS")"
	expect_field from
	call guard GET "/guard/explain?url=/e&method=get" - "$(bearer "$ACCESS")"
	expect_field method
	call guard GET "/guard/explain?url=/e&mfa=43201" - "$(bearer "$ACCESS")"
	expect_field mfa
	call guard GET "/guard/explain" - "$(bearer "$ACCESS")"
	expect_field url
	sign_in ann@example.org
	call guard GET "/guard/explain?url=/e" - "$(bearer "$ACCESS")"
	expect 403
}

@test "the rules are read again when one of them changes or all is restored, and not when something else changes" {
	export YETT_HTTP_PROXIES=127.0.0.1
	start_site
	seen() {
		web GET /guard/forward -H "X-Forwarded-Method: GET" -H "X-Forwarded-Uri: $1"
		[ "$STATUS" = "$2" ]
	}
	seen / 403
	"$BIN/yett" backup "$BATS_TEST_TMPDIR/backup.db"
	"$BIN/yett" guard add "/ guest"
	seen / 204
	sql "UPDATE guard_rules SET rule = '/ nobody'"
	"$BIN/yett" role add editor
	seen / 204
	"$BIN/yett" guard set 1 "/ guest"
	seen / 204
	"$BIN/yett" restore "$BATS_TEST_TMPDIR/backup.db"
	seen / 403
}
