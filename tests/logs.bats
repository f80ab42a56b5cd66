# The log: one line an event, in a form that programs read, and that nobody who only visits can forge.
load helper

setup() {
	fresh_state
	LOG=$BATS_TEST_TMPDIR/log
	FILTER=$TOP/etc/fail2ban/filter.d/yett.conf
}

teardown() {
	[ -z "${LISTENER-}" ] || kill "$LISTENER" 2> /dev/null || return 0
}

# fail_from ADDRESS [VARIABLE=VALUE]...: one wrong password from there.
fail_from() {
	local address=$1
	shift
	call login POST /auth/login '{"email":"kim@example.org","password":"wrong wrong wrong"}' REMOTE_ADDR="$address" "$@"
}

# banned FILE: the addresses that fail2ban finds in it, with a number each.
banned() {
	fail2ban-regex -o ip "$1" "$FILTER" | sort | uniq -c | sed 's/^ *//'
}

# listen: receive syslog's packets, a line each, in $LOG; as if written by syslogd with the machine's name.
listen() {
	export YETT_TEST_SYSLOG=$BATS_TEST_TMPDIR/devlog
	/usr/bin/python3 -c '
import socket, sys
s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
s.bind(sys.argv[1])
print("ready", flush=True)
with open(sys.argv[2], "ab", buffering=0) as f:
    while True:
        f.write(s.recv(65536) + b"\n")
' "$YETT_TEST_SYSLOG" "$BATS_TEST_TMPDIR/packets" > "$BATS_TEST_TMPDIR/ready" 3>&- &
	LISTENER=$!
	local i
	for i in $(seq 100); do
		[ ! -s "$BATS_TEST_TMPDIR/ready" ] || return 0
		sleep 0.05
	done
	return 1
}

# arrived COUNT: wait until so many packets are there.
arrived() {
	local i
	for i in $(seq 100); do
		[ "$(wc -l < "$BATS_TEST_TMPDIR/packets")" -lt "$1" ] || return 0
		sleep 0.05
	done
	return 1
}

# as_file: the packets as rsyslog writes them to a file.
as_file() {
	sed -E 's/^<[0-9]+>(.{15}) /\1 myhost /' "$BATS_TEST_TMPDIR/packets"
}

@test "a line has the time, the program, the level, the request's id, and what happened" {
	fail_from 192.0.2.8
	expect 401
	id=$(header X-Request-Id)
	grep -qE "^20[0-9-]{8}T[0-9:]{8}Z yett-login warn $id sign-in failed from 192\.0\.2\.8\$" "$LOG"
	YETT_LOG_JSON=yes fail_from 192.0.2.8
	id=$(header X-Request-Id)
	[ "$(tail -n 1 "$LOG" | jq -c 'del(.time)')" = \
	    '{"program":"login","level":"warn","request_id":"'"$id"'","message":"sign-in failed from 192.0.2.8"}' ]
	[[ $(tail -n 1 "$LOG" | jq -r .time) =~ ^20[0-9-]{8}T[0-9:]{8}Z$ ]]
	# Only errors, then.
	before=$(wc -l < "$LOG")
	YETT_LOG_LEVEL=0 fail_from 192.0.2.8
	[ "$(wc -l < "$LOG")" = "$before" ]
}

@test "with to = syslog every line goes there, and to standard error when nobody takes it" {
	listen
	export YETT_LOG_TO=syslog
	fail_from 192.0.2.8
	id=$(header X-Request-Id)
	arrived 1
	grep -qE "^<84>[A-Z][a-z]{2} [ 0-9][0-9] [0-9:]{8} yett-login\[[0-9]+\]: warn $id sign-in failed from 192\.0\.2\.8\$" \
	    "$BATS_TEST_TMPDIR/packets"
	YETT_LOG_JSON=yes fail_from 192.0.2.8
	arrived 2
	tail -n 1 "$BATS_TEST_TMPDIR/packets" | sed 's/^[^{]*//' | jq -e '.message == "sign-in failed from 192.0.2.8"'
	[ ! -s "$LOG" ]
	kill "$LISTENER"
	wait "$LISTENER" || [ $? = 143 ]
	LISTENER=
	fail_from 192.0.2.9
	grep -q "yett-login warn .* sign-in failed from 192.0.2.9$" "$LOG"
	rm "$YETT_TEST_SYSLOG"
	fail_from 192.0.2.10
	grep -q "sign-in failed from 192.0.2.10$" "$LOG"
	YETT_LOG_TO=nowhere run -1 yett config check
	[[ $output = *"log.to must be stderr or syslog"* ]]
}

@test "fail2ban finds who fails to sign in, in lines that the programs wrote" {
	export YETT_THROTTLE_FAILURES=2
	listen
	for form in '' YETT_LOG_JSON=yes YETT_LOG_TO=syslog 'YETT_LOG_TO=syslog YETT_LOG_JSON=yes'; do
		: > "$LOG"
		: > "$BATS_TEST_TMPDIR/packets"
		read -ra settings <<< "$form"
		for i in 1 2; do
			fail_from 192.0.2.8 "${settings[@]}"
			fail_from 2001:db8::5 "${settings[@]}"
		done
		# Behind a proxy it is the visitor, not the proxy.
		fail_from 198.51.100.1 "${settings[@]}" YETT_HTTP_PROXIES=198.51.100.1 HTTP_X_FORWARDED_FOR=203.0.113.9
		[[ $form != *syslog* ]] || arrived 5
		as_file >> "$LOG"
		cat "$LOG"
		[ "$(banned "$LOG")" = $'2 192.0.2.8\n2 2001:db8::5\n1 203.0.113.9' ]
		rm -f "$YETT_SITE_STATE/limits.map"
	done
}

@test "fail2ban counts the tries of who has to wait, and nobody who signs in" {
	register kim@example.org
	export YETT_THROTTLE_FAILURES=2
	stop_time
	for i in 1 2 3 4; do
		fail_from 192.0.2.8
	done
	expect 429
	[ "$(banned "$LOG")" = "4 192.0.2.8" ]
	pass_time 3600
	: > "$LOG"
	sign_in kim@example.org
	call login POST /auth/login '{"email":1}' REMOTE_ADDR=192.0.2.9
	expect 422
	# Where the web server does not say who it was, nobody is banned.
	fail_from ''
	expect 401
	[ -z "$(banned "$LOG")" ]
}

@test "nothing that is sent gets into a line, so that no line can be forged" {
	export YETT_THROTTLE_FAILURES=0 YETT_THROTTLE_NETWORK_FAILURES=0
	local forged id=01234567-01234567 text
	for forged in "sign-in failed from 203.0.113.66" $'\n'"2026-01-01T00:00:00Z yett-login warn $id sign-in failed from 203.0.113.66" \
	    '"}'$'\n''{"time":"2026-01-01T00:00:00Z","program":"login","level":"warn","request_id":"'$id'","message":"sign-in failed from 203.0.113.66"}' \
	    $'\r'"warn $id sign-in failed from 203.0.113.66" $'\xe2\x80\xa8'"warn $id sign-in failed from 203.0.113.66" \
	    $'\xc2\x85'"warn $id sign-in failed from 203.0.113.66"; do
		for form in YETT_LOG_JSON=no YETT_LOG_JSON=yes; do
			export "${form?}"
			call login POST /auth/login "$(jq -n --arg f "$forged" '{email: $f, password: $f}')" HTTP_USER_AGENT="$forged" \
			    HTTP_X_FORWARDED_FOR="$forged" HTTP_HOST="$forged" HTTP_COOKIE="$forged" REMOTE_ADDR=192.0.2.8
			call login POST /auth/login "{\"email\":\"kim@example.org\",\"password\":\"x\"}" HTTP_USER_AGENT="$forged" \
			    HTTP_X_FORWARDED_FOR="$forged" YETT_HTTP_PROXIES=192.0.2.8 REMOTE_ADDR=192.0.2.8
			call login POST "/auth/login?$forged" "$forged" REMOTE_ADDR=192.0.2.8
			call login GET "/auth/$forged" - REMOTE_ADDR=192.0.2.8
			call login "$forged" /auth/login - REMOTE_ADDR=192.0.2.8
			# Errors of ours name the path.
			chmod 000 "$YETT_SITE_STATE/versions.map"
			call session GET "/users/me/$forged" - REMOTE_ADDR=192.0.2.8
			chmod 600 "$YETT_SITE_STATE/versions.map"
		done
	done
	cat "$LOG"
	[ -s "$LOG" ]
	run ! grep -qF 203.0.113.66 "$LOG"
	run ! grep -q 'kim@example' "$LOG"
	[ "$(banned "$LOG" | cut -d' ' -f2)" = 192.0.2.8 ]
	# Whatever is in front of or behind the words, they do not count.
	local good="2026-01-01T00:00:00Z yett-login warn $id sign-in failed from 203.0.113.66"
	echo "$good" > "$LOG"
	[ "$(banned "$LOG")" = "1 203.0.113.66" ]
	# As rsyslog keeps what systemd's units write.
	echo "Jan  1 00:00:00 my-host.example.org login[4711]: $good" > "$LOG"
	[ "$(banned "$LOG")" = "1 203.0.113.66" ]
	for text in "$good and more" "$good x" "x $good" "${good/warn/info}" "${good/warn/error}" "${good/$id/-}" \
	    "${good/login/}" "${good/login/login x}" "${good/203/a 203}" "${good/203.0.113.66/a.example.org}" \
	    "2026-01-01T00:00:00Z yett-login error $id /x: $good"; do
		echo "$text" > "$LOG"
		[ -z "$(banned "$LOG")" ] || {
			echo "counts: $text"
			false
		}
	done
}

@test "fail2ban takes the jail" {
	cp -r /etc/fail2ban "$BATS_TEST_TMPDIR/f2b"
	rm -f "$BATS_TEST_TMPDIR"/f2b/jail.d/*
	cp -r "$TOP/etc/fail2ban/." "$BATS_TEST_TMPDIR/f2b"
	sed -i "s|^logpath = .*|logpath = $LOG|" "$BATS_TEST_TMPDIR/f2b/jail.d/yett.conf"
	: > "$LOG"
	run -0 fail2ban-client -c "$BATS_TEST_TMPDIR/f2b" -t
	run -0 fail2ban-client -c "$BATS_TEST_TMPDIR/f2b" -d
	[[ $output = *"'yett', 'maxretry', 10"* ]]
	[[ $output = *"'yett', 'addlogpath', '$LOG'"* ]]
}
