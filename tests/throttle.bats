#!/usr/bin/env bats
# Wrong passwords: how many are taken before one has to wait, who has to, and for how long.

load helper

setup() {
	fresh_state
	stop_time
	register ann@example.org
}

# try EMAIL PASSWORD [VARIABLE=VALUE]...
try() {
	local email=$1 password=$2
	shift 2
	call login POST /auth/login "$(jq -n --arg e "$email" --arg p "$password" '{email: $e, password: $p}')" "$@"
}

# fail COUNT EMAIL [VARIABLE=VALUE]...: so many wrong passwords, all of them looked at.
fail() {
	local i count=$1 email=$2
	shift 2
	for ((i = 0; i < count; i++)); do
		try "$email" wrong "$@"
		expect 401 invalid-credentials
	done
}

# expect_wait SECONDS
expect_wait() {
	expect 429 too-many-requests
	[ "$(header Retry-After)" = "$1" ] || {
		echo "Retry-After: $(header Retry-After), not $1" >&2
		return 1
	}
	[[ "$(json .detail)" == *"$1 s"* ]]
}

@test "five wrong passwords are free, from the sixth on the wait doubles" {
	fail 6 ann@example.org
	try ann@example.org wrong
	expect_wait 1
	pass_time 1
	fail 1 ann@example.org
	try ann@example.org wrong
	expect_wait 2
	pass_time 2
	fail 1 ann@example.org
	try ann@example.org wrong
	expect_wait 4
}

@test "while one waits the right password is not looked at either, and no row is written" {
	local rows
	fail 6 ann@example.org
	rows=$(sql 'SELECT count(*) FROM login_attempts')
	try ann@example.org "$PASSWORD"
	expect_wait 1
	[ "$(sql 'SELECT count(*) FROM login_attempts')" = "$rows" ]
	pass_time 1
	try ann@example.org "$PASSWORD"
	expect 200
}

@test "signing in ends the wait and the count" {
	fail 5 ann@example.org
	try ann@example.org "$PASSWORD"
	expect 200
	fail 6 ann@example.org
	try ann@example.org wrong
	expect_wait 1
}

@test "the wait is never longer than the longest, and an hour later all is forgotten" {
	export YETT_THROTTLE_LONGEST_S=3
	fail 6 ann@example.org
	pass_time 1
	fail 1 ann@example.org
	pass_time 2
	fail 1 ann@example.org
	try ann@example.org wrong
	expect_wait 3
	pass_time 3
	fail 1 ann@example.org
	try ann@example.org wrong
	expect_wait 3
	pass_time 3604
	fail 6 ann@example.org
}

@test "an account that is not there is no different" {
	fail 6 nobody@example.org
	try nobody@example.org wrong
	expect_wait 1
	local unknown=$BODY
	fail 6 ann@example.org
	try ann@example.org wrong
	expect_wait 1
	[ "$(jq -S 'del(.request_id)' <<< "$BODY")" = "$(jq -S 'del(.request_id)' <<< "$unknown")" ]
	# However it is written.
	try ANN@Example.org wrong
	expect_wait 1
}

@test "a stranger elsewhere makes nobody wait, unless he goes on for long" {
	fail 6 ann@example.org REMOTE_ADDR=198.51.100.1
	try ann@example.org wrong REMOTE_ADDR=198.51.100.1
	expect_wait 1
	try ann@example.org "$PASSWORD"
	expect 200
	local i
	for i in 1 2 3 4 5 6 7 8 9 10; do
		fail 5 ann@example.org REMOTE_ADDR=198.51.100.$((i + 1))
	done
	fail 1 ann@example.org REMOTE_ADDR=198.51.100.100
	try ann@example.org "$PASSWORD" REMOTE_ADDR=203.0.113.1
	expect_wait 1
}

@test "of IPv6 a network is 64 bits; an IPv4 address may be written as one of IPv6" {
	fail 3 ann@example.org REMOTE_ADDR=2001:db8:1:2::1
	fail 3 ann@example.org REMOTE_ADDR=2001:db8:1:2:ffff::2
	try ann@example.org wrong REMOTE_ADDR=2001:db8:1:2:3:4:5:6
	expect_wait 1
	try ann@example.org wrong REMOTE_ADDR=2001:db8:1:3::1
	expect 401
	fail 3 bob@example.org REMOTE_ADDR=198.51.100.7
	fail 3 bob@example.org REMOTE_ADDR=::ffff:198.51.100.7
	try bob@example.org wrong REMOTE_ADDR=198.51.100.7
	expect_wait 1
}

@test "behind a proxy the visitor counts, whom only the proxy can name" {
	export YETT_HTTP_PROXIES="192.0.2.7 10.0.0.0/8"
	fail 6 ann@example.org HTTP_X_FORWARDED_FOR="6.6.6.6, 198.51.100.1, 10.1.1.1"
	try ann@example.org wrong HTTP_X_FORWARDED_FOR="7.7.7.7, 198.51.100.1"
	expect_wait 1
	try ann@example.org wrong HTTP_X_FORWARDED_FOR=198.51.100.2
	expect 401
	[ "$(sql 'SELECT ip_address, count(*) FROM login_attempts WHERE success = 0 GROUP BY 1 ORDER BY 1')" = $'198.51.100.1|6\n198.51.100.2|1' ]
	# A stranger who says that he is a proxy is none.
	try ann@example.org wrong REMOTE_ADDR=198.51.100.9 HTTP_X_FORWARDED_FOR=203.0.113.1
	expect 401
	[ "$(sql "SELECT count(*) FROM login_attempts WHERE ip_address = '198.51.100.9'")" = 1 ]
	# Forwarded is another header, and only one of the two counts.
	try ann@example.org wrong HTTP_FORWARDED=for=203.0.113.2
	[ "$(sql "SELECT count(*) FROM login_attempts WHERE ip_address = '203.0.113.2'")" = 0 ]
	YETT_HTTP_FORWARDED=yes try ann@example.org wrong HTTP_FORWARDED='for=1.1.1.1, for="[2001:db8::7]:99"' HTTP_X_FORWARDED_FOR=203.0.113.3
	[ "$(sql "SELECT count(*) FROM login_attempts WHERE ip_address = '2001:db8::7'")" = 1 ]
	export YETT_HTTP_PROXIES=localhost
	run try ann@example.org wrong
	[ ! -s "$BATS_TEST_TMPDIR/answer" ]
	grep -q 'http.proxies' "$BATS_TEST_TMPDIR/log"
	run -1 "$BIN/yett" config check
}

@test "one network may try so many accounts, and no more" {
	export YETT_THROTTLE_NETWORK_FAILURES=3 YETT_THROTTLE_NETWORK_WINDOW_S=30
	fail 1 a@example.org
	fail 1 b@example.org
	# What was right does not count.
	try ann@example.org "$PASSWORD"
	expect 200
	fail 1 c@example.org
	try d@example.org wrong
	expect_wait 10
	try ann@example.org "$PASSWORD"
	expect_wait 10
	try ann@example.org "$PASSWORD" REMOTE_ADDR=192.0.2.8
	expect 200
	pass_time 10
	fail 1 d@example.org
	try e@example.org wrong
	expect_wait 10
}

@test "both limits can be switched off" {
	export YETT_THROTTLE_FAILURES=0 YETT_THROTTLE_NETWORK_FAILURES=0
	fail 12 ann@example.org
	try ann@example.org "$PASSWORD"
	expect 200
}

@test "an account's name cannot be made to count for another" {
	local i
	for i in 1 2 3 4 5 6; do
		call login POST /auth/login "$(jq -n '{login: "ann@example.org\n192.0.2.7", password: "x"}')"
		expect 422
	done
	try ann@example.org "$PASSWORD"
	expect 200
}

@test "what is nobody's fault is not counted" {
	local i
	printf '{"email":"ann@example.org","password":"x"}' > "$BATS_TEST_TMPDIR/body"
	/usr/bin/python3 - "$YETT_SITE_STATE" 3>&- <<- 'PY' &
		import fcntl, os, struct, sys, time
		for name in '/hash.lock', '/hash-reserve.lock':
		    fd = os.open(sys.argv[1] + name, os.O_RDWR)
		    fcntl.fcntl(fd, 37, struct.pack('hhlli', fcntl.F_WRLCK, os.SEEK_SET, 0, 1024, 0))
		open(sys.argv[1] + '/held', 'w').close()
		time.sleep(60)
	PY
	local holder=$!
	for i in $(seq 50); do [ -e "$YETT_SITE_STATE/held" ] && break; sleep 0.1; done
	for i in 1 2 3 4 5 6 7 8; do
		YETT_PASSWORD_WAIT_MS=0 try ann@example.org wrong
		expect 503 busy
	done
	kill -9 $holder
	wait $holder 2> /dev/null || [ $? = 137 ]
	fail 6 ann@example.org
	try ann@example.org wrong
	expect_wait 1
}

@test "the current password is asked for as often when it is to be changed" {
	local i
	for i in 1 2 3 4 5 6; do
		call password POST /auth/password/change '{"current_password":"wrong","new_password":"'"$PASSWORD 2"'"}' "$(bearer "$ACCESS")"
		expect 401
	done
	call password POST /auth/password/change '{"current_password":"'"$PASSWORD"'","new_password":"'"$PASSWORD 2"'"}' "$(bearer "$ACCESS")"
	expect_wait 1
	# Signing in is counted on its own.
	try ann@example.org "$PASSWORD"
	expect 200
}

@test "Open Sesame's API counts, too" {
	local i
	for i in 1 2 3 4 5 6; do
		call login POST /api/users/session '{"username":"ann@example.org","password":"wrong"}'
		expect 401
	done
	call login POST /api/users/session '{"username":"ann@example.org","password":"'"$PASSWORD"'"}'
	expect_wait 1
	call login DELETE /api/users/session '{"user":{"username":"ann@example.org","password":"x"}}'
	expect_wait 1
}

@test "yett user unlock ends the waits from everywhere" {
	fail 6 ann@example.org
	fail 6 ann@example.org REMOTE_ADDR=198.51.100.1
	try ann@example.org "$PASSWORD"
	expect_wait 1
	"$BIN/yett" user unlock ann@example.org
	try ann@example.org "$PASSWORD"
	expect 200
	fail 6 ann@example.org REMOTE_ADDR=198.51.100.1
	try ann@example.org wrong REMOTE_ADDR=198.51.100.1
	expect_wait 1
	"$BIN/yett" user unlock ann@example.org
	fail 1 ann@example.org REMOTE_ADDR=198.51.100.1
}

@test "a person sees on the page to sign in that there is a wait" {
	fail 6 ann@example.org
	call login POST /auth/login 'email=ann%40example.org&password=wrong' "$FORM" "$HTML" "$SAME"
	expect 429
	[ "$(header Retry-After)" = 1 ]
	grep -q 'role="alert"' <<< "$BODY"
	grep -q 'try again in 1 s' <<< "$BODY"
	grep -q 'value="ann@example.org"' <<< "$BODY"
}
