#!/usr/bin/env bats
# login: proving who you are by password.

load helper

setup() {
	fresh_state
	call register POST /auth/register '{"email":"Ann@example.org","username":"Ann.B","password":"'"$PASSWORD"'"}'
	expect 201
	USER_ID=$(json .user.id)
}

try() {
	call login POST /auth/login "$1"
}

@test "the address signs in, in any case of letters, and gives tokens and user" {
	try '{"email":"aNN@example.ORG","password":"'"$PASSWORD"'"}'
	expect 200
	[ "$(json .user.id)" = "$USER_ID" ]
	[ "$(json .token_type)" = Bearer ]
	[ "$(json .expires_in)" = 1800 ]
	json .access_token
	json .refresh_token
}

@test "the username signs in, in any case of letters" {
	try '{"username":"aNN.b","password":"'"$PASSWORD"'"}'
	expect 200
	try '{"login":"ann.b","password":"'"$PASSWORD"'"}'
	expect 200
	try '{"login":"ann@example.org","password":"'"$PASSWORD"'"}'
	expect 200
}

@test "a browser's form gets the cookie and a redirect" {
	call login POST /auth/login "email=ann%40example.org&password=${PASSWORD// /+}&return_to=/wiki/Start?a=b" "$FORM" "$HTML" "$SAME"
	expect 303
	[ "$(header Location)" = "/wiki/Start?a=b" ]
	[[ "$(header Set-Cookie | head -n 1)" =~ ^yett=[A-Za-z0-9_-]{43}\;\ Path=/\;\ Max-Age=604800\;\ HttpOnly\;\ SameSite=Lax$ ]]
	# And the one that the browser is known by.
	[[ "$(header Set-Cookie | tail -n +2)" =~ ^yett-device=[A-Za-z0-9_-]{43}\;\ Path=/\;\ Max-Age=31536000\;\ HttpOnly\;\ SameSite=Lax$ ]]
}

@test "the cookie is __Host- and Secure wherever the site is not plain http on loopback" {
	local url
	for url in https://id.example.org http://id.example.org https://127.0.0.1 http://127.0.0.1.example.org; do
		YETT_SITE_URL=$url call login POST /auth/login "email=ann%40example.org&password=${PASSWORD// /+}" "$FORM" "$HTML"
		expect 303
		[[ "$(header Set-Cookie | head -n 1)" =~ ^__Host-yett=[A-Za-z0-9_-]{43}\;\ Path=/\;\ Max-Age=604800\;\ HttpOnly\;\ SameSite=Lax\;\ Secure$ ]]
		[[ "$(header Set-Cookie | tail -n +2)" =~ ^__Host-yett-device=[A-Za-z0-9_-]{43}\;\ Path=/\;\ Max-Age=31536000\;\ HttpOnly\;\ SameSite=Lax\;\ Secure$ ]]
	done
	for url in http://127.0.0.1:8080 http://localhost 'http://[::1]:99' http://127.9.9.9; do
		YETT_SITE_URL=$url call login POST /auth/login "email=ann%40example.org&password=${PASSWORD// /+}" "$FORM" "$HTML"
		[[ "$(header Set-Cookie)" == yett=* ]]
	done
}

@test "return_to leads nowhere but to this site" {
	local target
	for target in https://evil.example //evil.example '/\evil.example' '\\evil.example' javascript:alert%281%29 evil.example \
	    '/%09/evil.example' '/%0d%0aSet-Cookie:+x=y' '%20//evil.example' '/%5cevil.example' '' 'http:evil.example' '/%C3%A4'; do
		call login POST /auth/login "email=ann%40example.org&password=${PASSWORD// /+}&return_to=$target" "$FORM" "$HTML" "$SAME"
		case $STATUS in
		303) [ "$(header Location)" = /account ] ;;
		422) expect_page_or_field ;;
		*) false ;;
		esac
	done
}

expect_page_or_field() {
	[[ "$(header Content-Type)" == text/html* ]] && [ -z "$(header Location)" ]
}

@test "an unknown user and a wrong password get the very same answer" {
	try '{"email":"ann@example.org","password":"wrong wrong wrong"}'
	expect 401 invalid-credentials
	local one=$BODY
	try '{"email":"nobody@example.org","password":"wrong wrong wrong"}'
	expect 401 invalid-credentials
	[ "$(jq -S 'del(.request_id)' <<< "$one")" = "$(jq -S 'del(.request_id)' <<< "$BODY")" ]
	[ "$(header WWW-Authenticate)" = 'Bearer realm="yett"' ]
}

@test "an unknown user costs as many hashes as a known one" {
	# A timed test is none: count the memory that Argon2 maps, which is a megabyte a hash here.
	local who program=$BIN/login
	# What valgrind maps besides is not of interest.
	[ ! -e "$OUT/bare" ] || program=$OUT/bare/login
	for who in ann@example.org nobody@example.org; do
		printf '{"email":"%s","password":"wrong wrong"}' $who > "$BATS_TEST_TMPDIR/in"
		REQUEST_METHOD=POST REQUEST_URI=/auth/login CONTENT_TYPE=application/json \
			CONTENT_LENGTH="$(wc -c < "$BATS_TEST_TMPDIR/in")" ASAN_OPTIONS=detect_leaks=0 strace -f -e trace=mmap -o "$BATS_TEST_TMPDIR/$who" \
			"$program" < "$BATS_TEST_TMPDIR/in" > /dev/null 2>> "$BATS_TEST_TMPDIR/log"
		grep -c 'mmap(NULL, 10[4-9][0-9]*, PROT_READ|PROT_WRITE' "$BATS_TEST_TMPDIR/$who" > "$BATS_TEST_TMPDIR/$who.count"
	done
	[ "$(cat "$BATS_TEST_TMPDIR/ann@example.org.count")" -ge 1 ]
	cmp "$BATS_TEST_TMPDIR/ann@example.org.count" "$BATS_TEST_TMPDIR/nobody@example.org.count"
}

@test "every attempt is a row: user or none, time, success, address, agent" {
	try '{"email":"ann@example.org","password":"wrong wrong wrong"}'
	try '{"email":"nobody@example.org","password":"wrong wrong wrong"}'
	call login POST /auth/login '{"email":"ann@example.org","password":"'"$PASSWORD"'"}' HTTP_USER_AGENT=curl/8 REMOTE_ADDR=2001:db8::7
	expect 200
	run -0 sql "SELECT user_id = '$USER_ID', success, ip_address, user_agent, abs(attempted_at - unixepoch() * 1000) < 20000 FROM login_attempts ORDER BY id"
	[ "${lines[0]}" = "1|0|192.0.2.7||1" ]
	[ "${lines[1]}" = "|0|192.0.2.7||1" ]
	[ "${lines[2]}" = "1|1|2001:db8::7|curl/8|1" ]
}

@test "a locked user learns of the lock only with the right password" {
	yett user lock ann@example.org
	try '{"email":"ann@example.org","password":"wrong wrong wrong"}'
	expect 401 invalid-credentials
	try '{"email":"ann@example.org","password":"'"$PASSWORD"'"}'
	expect 403 account-not-usable
	[ "$(sql 'SELECT count(*) FROM login_attempts WHERE success = 1')" = 0 ]
	yett user unlock ann@example.org
	try '{"email":"ann@example.org","password":"'"$PASSWORD"'"}'
	expect 200
}

@test "signing in anew by form ends the session of the old cookie" {
	sign_in_cookie ann@example.org
	local old=$COOKIE
	me "HTTP_COOKIE=$old"
	expect 200
	call login POST /auth/login "email=ann%40example.org&password=${PASSWORD// /+}" "$FORM" "$HTML" "$SAME" "HTTP_COOKIE=$old"
	expect 303
	[[ "$(header Set-Cookie)" != "$old"* ]]
	me "HTTP_COOKIE=$old"
	expect 401
}

@test "exactly one name must be given" {
	try '{"password":"'"$PASSWORD"'"}'
	expect 422
	expect_field email
	try '{"email":"ann@example.org","username":"ann.b","password":"'"$PASSWORD"'"}'
	expect 422
}

@test "a form from another site cannot sign anybody in" {
	call login POST /auth/login "email=ann%40example.org&password=${PASSWORD// /+}" "$FORM" HTTP_SEC_FETCH_SITE=cross-site
	expect 403 cross-site
	# A field that proves nothing, as a gateway may add one, makes no difference.
	call login POST /auth/login "email=ann%40example.org&password=${PASSWORD// /+}" "$FORM" HTTP_SEC_FETCH_SITE=cross-site HTTP_X_API_KEY=
	expect 403 cross-site
	call login POST /auth/login "email=ann%40example.org&password=${PASSWORD// /+}" "$FORM" HTTP_SEC_FETCH_SITE=cross-site "HTTP_AUTHORIZATION=Basic Og=="
	expect 403 cross-site
	call login POST /auth/login "email=ann%40example.org&password=${PASSWORD// /+}" "$FORM" HTTP_ORIGIN=https://evil.example
	expect 403 cross-site
	call login POST /auth/login "email=ann%40example.org&password=${PASSWORD// /+}" "$FORM" HTTP_ORIGIN=null
	expect 403 cross-site
	call login POST /auth/login "email=ann%40example.org&password=${PASSWORD// /+}" "$FORM" HTTP_ORIGIN=http://127.0.0.1:8080
	expect 303
}

# A user with this hash.
with_hash() {
	sql "UPDATE users SET password_hash = '$1'"
}

@test "bcrypt and the other hashes of crypt(3) sign in and become Argon2id" {
	local method hash
	for method in bcrypt-a bcrypt yescrypt gost-yescrypt scrypt sha512crypt sha256crypt; do
		hash=$(mkpasswd -m $method "$PASSWORD")
		with_hash "$hash"
		try '{"email":"ann@example.org","password":"wrong wrong wrong"}'
		expect 401
		[ "$(sql 'SELECT password_hash FROM users')" = "$hash" ]
		try '{"email":"ann@example.org","password":"'"$PASSWORD"'"}'
		expect 200
		[[ "$(sql 'SELECT password_hash FROM users')" == '$argon2id$'* ]]
		try '{"email":"ann@example.org","password":"'"$PASSWORD"'"}'
		expect 200
	done
}

@test "bcrypt of cost 11, as Daptin makes it, signs in and is upgraded" {
	with_hash "$(mkpasswd -m bcrypt -R 11 "$PASSWORD")"
	[[ "$(sql 'SELECT password_hash FROM users')" == '$2b$11$'* ]]
	try '{"email":"ann@example.org","password":"'"$PASSWORD"'"}'
	expect 200
	[[ "$(sql 'SELECT password_hash FROM users')" == '$argon2id$'* ]]
}

@test "an Argon2id hash of another cost is made anew at the next sign-in" {
	YETT_PASSWORD_PASSES=2 try '{"email":"ann@example.org","password":"'"$PASSWORD"'"}'
	expect 200
	[[ "$(sql 'SELECT password_hash FROM users')" == '$argon2id$v=19$m=1024,t=2,p=1$'* ]]
	[ "$(sql 'SELECT count(*) FROM sessions')" = 2 ]
}

@test "broken hashes let nobody in" {
	export YETT_THROTTLE_FAILURES=0
	local hash
	for hash in '' '*' '!' x '$argon2id$' '$2b$' '$argon2id$v=19$m=1024,t=1,p=1$AAAA$AAAA' '$y$'; do
		with_hash "$hash"
		try '{"email":"ann@example.org","password":"'"$PASSWORD"'"}'
		expect 401
		try '{"email":"ann@example.org","password":"x"}'
		expect 401
	done
	sql 'UPDATE users SET password_hash = NULL'
	try '{"email":"ann@example.org","password":"'"$PASSWORD"'"}'
	expect 401
}

@test "beyond the hashing budget the answer is 503 with Retry-After" {
	# Another process holds every slot there may be.
	/usr/bin/python3 - "$YETT_SITE_STATE" 3>&- <<- 'PY' &
		import fcntl, os, struct, sys, time
		for name in '/hash.lock', '/hash-reserve.lock':
		    fd = os.open(sys.argv[1] + name, os.O_RDWR)
		    fcntl.fcntl(fd, 37, struct.pack('hhlli', fcntl.F_WRLCK, os.SEEK_SET, 0, 1024, 0))
		open(sys.argv[1] + '/held', 'w').close()
		time.sleep(20)
	PY
	local holder=$! i
	for i in $(seq 50); do [ -e "$YETT_SITE_STATE/held" ] && break; sleep 0.1; done
	YETT_PASSWORD_WAIT_MS=200 try '{"email":"ann@example.org","password":"'"$PASSWORD"'"}'
	expect 503 busy
	[ "$(header Retry-After)" = 2 ]
	[ "$(sql 'SELECT count(*) FROM login_attempts')" = 0 ]
	kill -9 $holder
	wait $holder 2> /dev/null || [ $? = 137 ]
	try '{"email":"ann@example.org","password":"'"$PASSWORD"'"}'
	expect 200
}

@test "the page to sign in keeps a local return_to and shows what was wrong" {
	call login GET '/login?return_to=%2Fwiki%3Fa%26b' - "$HTML"
	expect 200
	grep -q 'value="/wiki?a&amp;b"' <<< "$BODY"
	call login GET '/login?return_to=//evil.example' - "$HTML"
	run ! grep -q evil <<< "$BODY"
	call login POST /auth/login 'email=ann%40example.org&password=wrong&return_to=%2Fwiki' "$FORM" "$HTML" "$SAME"
	expect 401
	grep -q 'value="ann@example.org"' <<< "$BODY"
	grep -q 'value="/wiki"' <<< "$BODY"
	grep -q 'role="alert"' <<< "$BODY"
}

@test "who is signed in already is sent on from the page to sign in" {
	sign_in_cookie ann@example.org
	call login GET '/login?return_to=/wiki' - "$HTML" "HTTP_COOKIE=$COOKIE"
	expect 303
	[ "$(header Location)" = /wiki ]
}
