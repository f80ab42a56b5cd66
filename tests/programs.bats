#!/usr/bin/env bats
# The programs as a site runs them: by etc/spawn, by the units of etc/systemd, and as "make install" leaves them.

load helper

setup() {
	fresh_state
	RUN=$BATS_TEST_TMPDIR/run
	export YETT_BIN=$BIN YETT_RUN=$RUN YETT_LOG=$BATS_TEST_TMPDIR/yett.log YETT_USER='' YETT_WEB=www-data YETT_TCP=''
}

teardown() {
	[ ! -e "$RUN" ] || "$TOP/etc/spawn" stop
	[ -z "${ACTIVATED-}" ] || kill "$ACTIVATED" 2> /dev/null || :
}

spawn() {
	"$TOP/etc/spawn" "$@" 3>&-
}

# All that answer requests: not the tool, nor the courier.
programs() {
	local program
	for program in "$TOP"/cmd/*/; do
		program=$(basename "$program")
		[ "$program" = yett ] || [ "$program" = courier ] || echo "$program"
	done
}

# knock SOCKET PATH: the status of an answer over FastCGI; SOCKET is a file or ADDRESS:PORT.
knock() {
	/usr/bin/python3 - "$1" "$2" <<- 'PY'
		import socket, struct, sys
		where, path = sys.argv[1:]
		def record(kind, data):
		    return struct.pack('>BBHHBB', 1, kind, 1, len(data), 0, 0) + data
		env = {'REQUEST_METHOD': 'GET', 'REQUEST_URI': path, 'HTTP_HOST': 'localhost', 'REMOTE_ADDR': '127.0.0.1'}
		pairs = b''.join(bytes([len(k), len(v)]) + k.encode() + v.encode() for k, v in env.items())
		if where.startswith('/'):
		    s = socket.socket(socket.AF_UNIX)
		    s.connect(where)
		else:
		    s = socket.create_connection(where.rsplit(':', 1))
		s.settimeout(20)
		s.sendall(record(1, struct.pack('>HB5x', 1, 0)) + record(4, pairs) + record(4, b'') + record(5, b''))
		answer = b''
		while data := s.recv(65536):
		    answer += data
		print(answer.split(b'Status: ')[1][:3].decode())
	PY
}

@test "etc/spawn starts every program, says so, and leaves nothing when it stops them" {
	YETT_TCP=127.0.0.1:$(free_port)
	spawn start
	run -0 spawn status
	# A second guard, and the courier.
	[ "${#lines[@]}" = $(($(programs | wc -l) + 2)) ]
	[[ "$output" == *"courier "[0-9]* ]]
	[ ! -e "$RUN/courier.sock" ]
	local line program
	for line in "${lines[@]}"; do
		kill -0 "${line#* }"
	done
	for program in $(programs); do
		[ "$(stat -c %a "$RUN/$program.sock")" = 660 ]
		[ "$(knock "$RUN/$program.sock" /nowhere)" = 404 ]
	done
	[ "$(knock "$YETT_TCP" /nowhere)" = 404 ]
	[ "$(stat -c %a "$YETT_LOG")" = 640 ]
	# What runs already stays as it is.
	local before=${lines[*]}
	spawn start
	run -0 spawn status
	[ "${lines[*]}" = "$before" ]
	spawn stop
	run -1 spawn status
	[[ "$output" != *[0-9]* ]]
	[ -z "$(ls "$RUN")" ]
	for line in $before; do
		# Of one that has ended there may be a row left, which nobody has asked about yet; it has no command.
		[[ "$line" != [0-9]* ]] || [ ! -e "/proc/$line" ] || [ -z "$(tr -d '\0' < "/proc/$line/cmdline")" ]
	done
}

@test "etc/spawn starts again what has ended, even by kill -9" {
	spawn start
	local old
	old=$(cat "$RUN/session.pid")
	kill -9 "$old"
	sleep 0.3
	run -1 spawn status
	[[ "$output" == *"session does not run"* ]]
	spawn start
	run -0 spawn status
	[ "$(cat "$RUN/session.pid")" != "$old" ]
	[ "$(knock "$RUN/session.sock" /.well-known/jwks.json)" = 200 ]
}

@test "etc/spawn touches no process that is not Yett's, whatever number the file says" {
	spawn start
	sleep 60 3>&- &
	local other=$! old
	old=$(cat "$RUN/login.pid")
	echo $other > "$RUN/login.pid"
	run -1 spawn status
	[[ "$output" == *"login does not run"* ]]
	spawn stop
	kill $other
	kill "$old"
}

@test "etc/spawn says which program does not start, and where it says why" {
	echo nonsense > "$BATS_TEST_TMPDIR/yett.conf"
	YETT_CONF=$BATS_TEST_TMPDIR/yett.conf run -1 spawn start
	[[ "$output" == *"did not start, see $YETT_LOG"* ]]
	grep -q yett.conf "$YETT_LOG"
	YETT_BIN=$BATS_TEST_TMPDIR/none run -1 spawn start
	[[ "$output" == *"no programs in"* ]]
	run -100 spawn
	run -100 spawn begin
	run -100 spawn start now
}

# The units as they are installed, with the programs of this build, in $UNITS.
units() {
	UNITS=$BATS_TEST_TMPDIR/units
	cp -r "$TOP/etc/systemd" "$UNITS"
	sed -i "s|/usr/local/libexec/yett|$BIN|" "$UNITS"/*.service
}

@test "the units of systemd are without fault, and yett.target has a socket for every program, and the courier" {
	units
	[ "$(sed -n 's/^Wants=//p' "$UNITS/yett.target" | tr ' ' '\n' | sort)" = \
		"$(echo yett-courier.service; programs | sed 's/.*/yett@&.socket/')" ]
	local program
	for program in $(programs); do
		ln -s yett@.service "$UNITS/yett@$program.service"
		ln -s yett@.socket "$UNITS/yett@$program.socket"
	done
	cd "$UNITS"
	# The templates stand here under the names of the programs.
	SYSTEMD_UNIT_PATH=$UNITS: run -0 systemd-analyze verify ./yett.target ./yett@[a-z]*.service ./yett@[a-z]*.socket ./yett-guard-tcp.* ./yett-courier.service
	[ -z "$output" ]
}

@test "a program under systemd is exposed less than 2.0 of 10" {
	units
	local program
	cd "$UNITS"
	for program in $(programs); do
		cp yett@.service "yett@$program.service"
		SYSTEMD_UNIT_PATH=$UNITS: run -0 systemd-analyze security --offline=yes --threshold=20 "./yett@$program.service"
	done
	SYSTEMD_UNIT_PATH=$UNITS: run -0 systemd-analyze security --offline=yes --threshold=20 ./yett-guard-tcp.service
	[[ "$output" == *"Overall exposure level"* ]]
	# The second guard is kept as the first is.
	diff <(grep -v '^IPAddressAllow=localhost' yett-guard-tcp.service | sed -n '/^User=/,$p' | grep -v '^#') \
		<(sed -n '/^User=/,$p' yett@.service | grep -v '^#')
}

@test "the courier under systemd is exposed less than 2.0 of 10, too" {
	units
	cd "$UNITS"
	SYSTEMD_UNIT_PATH=$UNITS: run -0 systemd-analyze security --offline=yes --threshold=20 ./yett-courier.service
	[[ "$output" == *"Overall exposure level"* ]]
	# It is kept as the programs are, but for the network; it hashes nothing.
	diff <(sed -n '/^User=/,/^SystemCallErrorNumber=/p' yett-courier.service | grep -v '^#\|^RestrictAddressFamilies=') \
		<(sed -n '/^User=/,$p' yett@.service |
			grep -v '^#\|^RestrictAddressFamilies=\|^PrivateNetwork=\|^IPAddressDeny=\|sched_setscheduler')
}

@test "what a socket unit hands over is what the programs serve" {
	local program
	for program in login guard; do
		systemd-socket-activate --inetd -l "$BATS_TEST_TMPDIR/$program.sock" -E YETT_CONF -E YETT_SITE_STATE -E YETT_SITE_WWW \
			"$BIN/$program" 2>> "$BATS_TEST_TMPDIR/log" 3>&- &
		ACTIVATED=$!
		for _ in $(seq 50); do
			[ ! -S "$BATS_TEST_TMPDIR/$program.sock" ] || break
			sleep 0.1
		done
		[ "$(knock "$BATS_TEST_TMPDIR/$program.sock" /nowhere)" = 404 ]
		[ "$(knock "$BATS_TEST_TMPDIR/$program.sock" /nowhere)" = 404 ]
		kill $ACTIVATED
		wait $ACTIVATED || :
	done
}

# expand NAME...: the system calls of groups, and those named themselves.
# shellcheck disable=SC2046 # one word a call
expand() {
	local name
	for name; do
		case $name in
		@*) expand $(systemd-analyze syscall-filter "$name" | sed -n 's/^    \([a-z@].*\)/\1/p') ;;
		*) echo "$name" ;;
		esac
	done | sort -u
}

# allowed: the system calls that yett@.service lets through, as its lines say one after the other.
allowed() {
	local line all=$BATS_TEST_TMPDIR/all
	: > "$all"
	while read -r line; do
		if [[ $line == "~"* ]]; then
			comm -23 "$all" <(expand ${line#"~"})
		else
			sort -u "$all" <(expand $line)
		fi > "$all.new"
		mv "$all.new" "$all"
	done < <(sed -n 's/^SystemCallFilter=//p' "$TOP/etc/systemd/yett@.service")
	cat "$all"
}

@test "no program makes a system call that its unit forbids" {
	# Of what is installed: a build that watches itself makes calls of its own, and cannot be traced.
	local program calls=$BATS_TEST_TMPDIR/calls bin=$TOP/build/test/bin
	make --no-print-directory -s -C "$TOP" BUILD=test all > "$BATS_TEST_TMPDIR/log" 2>&1
	register ann@example.org
	allowed > "$BATS_TEST_TMPDIR/allowed"
	grep -qx accept4 "$BATS_TEST_TMPDIR/allowed"
	run ! grep -qx setuid "$BATS_TEST_TMPDIR/allowed"
	mkdir "$BATS_TEST_TMPDIR/traced"
	for program in $(programs); do
		TRACED=$BATS_TEST_TMPDIR/traced/$program
		spawn-fcgi -s "$TRACED.sock" -P "$TRACED.pid" -- /usr/bin/strace -f -qq -e signal=none -o "$calls.$program" \
			"$bin/$program" > /dev/null 2>> "$YETT_LOG" 3>&-
		knock "$TRACED.sock" /nowhere
		knock "$TRACED.sock" /login
		pkill -TERM -P "$(cat "$TRACED.pid")"
		for _ in $(seq 100); do
			[ -e "/proc/$(cat "$TRACED.pid")" ] || break
			sleep 0.1
		done
		[ ! -e "/proc/$(cat "$TRACED.pid")" ]
	done
	# A sign-in hashes, and writes.
	local form=email=ann@example.org\&password=${PASSWORD// /+}
	printf %s "$form" | strace -f -qq -e signal=none -o "$calls.cgi" env REQUEST_METHOD=POST REQUEST_URI=/auth/login \
		REMOTE_ADDR=192.0.2.7 "$FORM" CONTENT_LENGTH="$(bytes "$form")" "$bin/login" > "$BATS_TEST_TMPDIR/answer"
	grep -q '^Status: 303' "$BATS_TEST_TMPDIR/answer"
	# A line is the number of a thread and a call; one that went on elsewhere is "<... NAME resumed>".
	sed -nE 's/^[0-9]+ +([a-z0-9_]+)\(.*/\1/p' "$calls".* | sort -u > "$BATS_TEST_TMPDIR/made"
	[ "$(wc -l < "$BATS_TEST_TMPDIR/made")" -gt 20 ]
	# As root SQLite gives its files to the owner of the database, which the unit's user never does.
	[ "$(id -u)" != 0 ] || echo fchown >> "$BATS_TEST_TMPDIR/allowed"
	diff <(comm -23 "$BATS_TEST_TMPDIR/made" <(sort -u "$BATS_TEST_TMPDIR/allowed")) /dev/null
}

@test "make install leaves what a site starts from, and nothing that is not there" {
	local to=$BATS_TEST_TMPDIR/root file paths
	make --no-print-directory -s -C "$TOP" BUILD=test install "DESTDIR=$to" > "$BATS_TEST_TMPDIR/log" 2>&1
	cd "$to/usr/local/share/doc/yett/etc"
	for file in lighttpd.conf lighttpd-guard.conf lighttpd/yett.conf lighttpd/yett-guard.lua nginx.conf nginx/yett.conf nginx/yett-guard.conf \
		apache.conf apache/yett.conf apache/yett-guard.conf Caddyfile caddy/yett.caddy systemd/yett@.service systemd/yett.target \
		systemd/yett@orgs.service.d/network.conf systemd/yett-guard-tcp.socket; do
		cmp "$file" "$TOP/etc/$file"
	done
	[ -x spawn ]
	# The programs and files that they name are installed.
	paths=$(grep -rhoE '/usr/local/(libexec|share)/yett/[a-z/]*' . | sort -u)
	[ -n "$paths" ]
	for file in $paths; do
		[ -e "$to$file" ]
	done
	# So are those that the documents lead to.
	cd ..
	paths=$(grep -oE '\]\([^):#]+[)#]' README.md docs/*.md | sed -E 's|^([^:]*/)?[^:/]*:\]\((.*).$|\1\2|')
	[ "$(wc -l <<< "$paths")" -gt 50 ]
	for file in $paths; do
		[ -e "$file" ] || {
			echo "$file is not there" >&2
			return 1
		}
	done
}
