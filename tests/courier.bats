#!/usr/bin/env bats
# The courier: each mail goes out, once, whatever the server does, and whoever is killed.

load helper
load mail

setup() {
	fresh_state
}

teardown() {
	stop_all
	stop_site
	# Under a sanitizer the process that sends says by its status what it found.
	run ! grep -s "the process that sends ended with" "$BATS_TEST_TMPDIR/courier.log"
}

# sender: the number of the process that sends; fails when there is none.
sender() {
	pgrep -P "$COURIER"
}

rests() {
	[ -z "$(sender)" ]
}

# parsed EXPRESSION [FILE]: a Python expression about the mail m, in a file, by Python's own parser, with no defect.
parsed() {
	/usr/bin/python3 - "$1" "${2-$BOX/1.eml}" <<- 'END'
		import email, email.policy, sys
		raw = open(sys.argv[2], "rb").read()
		m = email.message_from_bytes(raw, policy=email.policy.default)
		for part in m.walk():
		    if part.defects:
		        sys.exit("defects: %r" % part.defects)
		for line in raw.split(b"\r\n"):
		    if len(line) > 78 or b"\n" in line or b"\r" in line or any(c > 126 for c in line):
		        sys.exit("not a line: %r" % line)
		print(eval(sys.argv[1]))
	END
}

@test "a mail arrives: header fields, a text and an HTML, in a language of the reader" {
	start_smtp
	export YETT_SITE_NAME="Grüße & Söhne" YETT_MAIL_REPLY_TO="help@example.org"
	start_courier
	run -0 yett mail test ann@example.org --lang de-AT
	[[ "${lines[1]}" = "sent after "*" ms" ]]
	[ "$(cut -d ' ' -f 2- "$BOX/taken")" = "ann@example.org yett@example.org" ]
	[ "$(parsed 'm["Subject"]')" = "Ein Test von Grüße & Söhne" ]
	[ "$(parsed 'm["From"]')" = "Yett <yett@example.org>" ]
	[ "$(parsed 'm["To"], m["Reply-To"]')" = "('ann@example.org', 'help@example.org')" ]
	[ "$(parsed 'm["Auto-Submitted"], m["MIME-Version"]')" = "('auto-generated', '1.0')" ]
	[ "$(parsed 'm["Message-ID"]')" = "$(sql "SELECT message_id FROM outbox")" ]
	[ "$(parsed 'm["Date"].datetime.timestamp()')" = "$(sql "SELECT created_at / 1000 FROM outbox").0" ]
	[ "$(parsed 'm.get_content_type(), [p.get_content_type() for p in m.iter_parts()]')" = \
		"('multipart/alternative', ['text/plain', 'text/html'])" ]
	[ "$(parsed 'list(m.iter_parts())[0].get_content()' | tr -d '\r')" = "$(yett mail preview test --lang de-AT | tail -n +3 |
		sed 's/you@example.org/ann@example.org/')" ]
	[ "$(parsed 'list(m.iter_parts())[1].get_content()' | tr -d '\r')" = "$(yett mail preview test --lang de --html |
		sed 's/you@example.org/ann@example.org/')" ]
	[[ "$(parsed 'list(m.iter_parts())[1].get_content()')" = *"Grüße &amp; Söhne"* ]]
}

@test "TLS by STARTTLS: required is refused where there is none, and with a certificate of somebody else" {
	start_smtp starttls
	start_courier
	queue ann@example.org
	eventually tried
	[ "$(state)" = queued ]
	[[ "$(column last_error)" = *certificate* ]]
	stop_courier
	export YETT_MAIL_CA="$BOX/cert.pem"
	start_courier
	yett mail resend "$ID"
	eventually is sent
	stop_all
	# A server without TLS gets nothing.
	start_smtp plain
	export YETT_MAIL_TLS=required
	start_courier
	queue bob@example.org
	eventually tried
	[ "$(state)" = queued ]
	run -1 grep bob@example.org "$BOX/taken"
	stop_courier
	# With optional that is taken, and so is a certificate that nobody knows.
	export YETT_MAIL_TLS=optional YETT_MAIL_CA=
	start_courier
	yett mail resend "$ID"
	eventually is sent
}

@test "TLS from the first byte: with the certificate that mail.ca trusts, and no other" {
	start_smtp smtps
	start_courier
	queue ann@example.org
	eventually tried
	[ "$(state)" = queued ]
	stop_courier
	export YETT_MAIL_CA="$BOX/cert.pem"
	start_courier
	yett mail resend "$ID"
	eventually is sent
	[ "$(taken)" = 1 ]
}

@test "whoever signs in at the server does so by the password of a file, which nobody sees" {
	local password="kaffee  mit Milch"
	start_smtp starttls "yett:$password"
	export YETT_MAIL_CA="$BOX/cert.pem" YETT_MAIL_USER=yett YETT_MAIL_PASSWORD_FILE="$BATS_TEST_TMPDIR/password"
	echo "$password" > "$YETT_MAIL_PASSWORD_FILE"
	chmod 644 "$YETT_MAIL_PASSWORD_FILE"
	run -1 "$BIN/courier"
	[[ "$output" = *"mode 0600"* ]]
	chmod 600 "$YETT_MAIL_PASSWORD_FILE"
	start_courier
	queue ann@example.org
	eventually is sent
	stop_courier
	echo teewasser > "$YETT_MAIL_PASSWORD_FILE"
	start_courier
	queue bob@example.org
	eventually tried
	[ "$(state)" = queued ]
	[[ "$(column last_error)" = "535 "* ]]
	stop_courier
	run -1 grep -r "kaffee\|teewasser" "$BATS_TEST_TMPDIR/courier.log" "$YETT_SITE_STATE"
	# Not in the clear to another machine.
	YETT_MAIL_TLS=optional YETT_MAIL_URL=smtp://mail.example.org run -1 "$BIN/courier"
	[[ "$output" = *"mail.tls must be required"* ]]
}

@test "who is greylisted is tried again, each time after twice as long; who is refused is dead at once" {
	start_smtp
	stop_time
	start_courier
	queue grey@example.org
	eventually tried
	[ "$(column "state || ' ' || last_error")" = "queued 451 4.7.1 come back later" ]
	local wait
	wait=$(($(column next_at) - $(column created_at)))
	[ $wait -ge 30000 ]
	[ $wait -le 33000 ]
	[ "$(taken)" = "" ]
	pass_time 34
	eventually is sent
	[ "$(column "attempts || ' ' || last_error")" = "2 " ]
	queue nobody@example.org
	eventually is dead
	[ "$(column "attempts || ' ' || last_error || ' ' || ifnull(sealed, 'none')")" = "1 550 5.1.1 nobody of that name none" ]
	queue content@example.org
	eventually is dead
	[ "$(column last_error)" = "554 5.6.0 not this" ]
	grep -q "mail $ID (test) is refused: 554 5.6.0 not this" "$BATS_TEST_TMPDIR/courier.log"
	queue later@example.org
	local i
	for i in 1 2 3 4 5 6 7 8 9; do
		eventually attempts_are $i
		wait=$(($(column next_at) - $(cat "$YETT_TEST_CLOCK" | tr -d @)))
		[ $wait -ge $((30000 << (i - 1) < 3600000 ? 30000 << (i - 1) : 3600000)) ]
		[ $wait -le 3960000 ]
		pass_time $((wait / 1000 + 1))
	done
	[ "$(taken_ids)" = 1 ]
}

attempts_are() {
	[ "$(column attempts)" = "$1" ] && is queued
}

@test "after two days, or when what it says is over, a mail is given up, with the reason" {
	start_smtp
	stop_time
	start_courier
	queue later@example.org
	eventually tried
	pass_time 172799
	eventually attempts_are 2
	[ "$(state)" = queued ]
	[ "$(column next_at)" = "$(column give_up_at)" ]
	pass_time 2
	eventually is dead
	[ "$(column last_error)" = "452 4.2.2 the box is full" ]
	[ "$(column attempts)" = 2 ]
	# One that nobody could try.
	stop_courier
	queue ann@example.org
	sql "UPDATE outbox SET give_up_at = next_at WHERE id = '$ID'"
	start_courier
	eventually is dead
	[[ "$(column last_error)" = "it was too late"* ]]
	[ "$(taken)" = "" ]
}

@test "a server that is slow holds up its own mail alone, until time is up" {
	start_smtp
	export YETT_MAIL_TIMEOUT_S=3
	start_courier
	queue slow@example.org
	local slow=$ID
	eventually is sending
	queue_many 20
	eventually counts sent 20
	[ "$(state "$slow")" = sending ]
	eventually tried "$slow"
	[ "$(column "state || ' ' || last_error" "$slow")" = "queued the server takes too long" ]
}

@test "a server that ends the connection gets the mail again, under the same Message-ID" {
	start_smtp
	stop_time
	start_courier
	queue cut@example.org
	eventually tried
	[ "$(column "state || attempts")" = queued1 ]
	pass_time 40
	eventually is sent
	[ "$(taken)" = 1 ]
	# It had it already, and did not say so: nobody can know.
	queue deaf@example.org
	eventually tried
	pass_time 40
	eventually is sent
	[ "$(taken)" = 3 ]
	[ "$(taken_ids)" = 2 ]
}

@test "while no mail goes out one is tried now and then, and when it does again all go" {
	start_smtp
	stop_smtp
	start_courier
	queue_many 60
	eventually grep -q "no mail goes out" "$BATS_TEST_TMPDIR/courier.log"
	sleep 4
	# One each second, then each two, and not sixty at once.
	[ "$(sql "SELECT count(*) FROM outbox WHERE attempts > 0")" -le 10 ]
	[ "$(sql "SELECT sum(attempts) FROM outbox")" -le 10 ]
	counts queued 60
	start_smtp
	# Those that were tried wait for their time, the others do not.
	eventually grep -q "mail goes out again" "$BATS_TEST_TMPDIR/courier.log"
	pass_time 400
	eventually counts sent 60
	[ "$(taken) $(taken_ids)" = "60 60" ]
}

@test "a sender whom the server does not like, and 421, are no fault of the mail" {
	start_smtp
	export YETT_MAIL_FROM=sender@example.org
	start_courier
	queue ann@example.org
	eventually tried
	[ "$(column "state || ' ' || last_error")" = "queued 530 5.7.1 not from you" ]
	stop_courier
	export YETT_MAIL_FROM=yett@example.org
	start_courier
	queue busy@example.org
	eventually tried
	[ "$(column "state || ' ' || last_error")" = "queued 421 4.3.2 too much to do" ]
}

@test "200 mails are delivered, each exactly once" {
	start_smtp
	queue_many 200
	start_courier
	eventually counts sent 200
	[ "$(taken) $(taken_ids)" = "200 200" ]
	[ "$(sql "SELECT max(attempts) FROM outbox")" = 1 ]
}

@test "a courier that is killed again and again loses no mail, and repeats one at a time at the most" {
	start_smtp
	queue_many 50
	local kills=0 before
	while [ $kills -lt 5 ]; do
		before=$(taken)
		start_courier
		local i
		for i in $(seq 400); do
			[ "$(taken)" != "$before" ] && break
			sleep 0.01
		done
		end_courier KILL
		kills=$((kills + 1))
	done
	start_courier
	eventually counts sent 50
	[ "$(taken_ids)" = 50 ]
	[ "$(taken)" -le $((50 + kills)) ]
}

@test "SIGTERM ends the courier; what it had not handed over is as it was" {
	start_smtp
	start_courier
	eventually grep -q started "$BATS_TEST_TMPDIR/courier.log"
	local begun=$SECONDS
	kill -TERM "$COURIER"
	wait "$COURIER"
	[ $((SECONDS - begun)) -le 2 ]
	COURIER=
	# One that the server has, and has not said so: some seconds are given for that.
	start_courier
	queue slow@example.org
	eventually is sending
	begun=$SECONDS
	kill -TERM "$COURIER"
	wait "$COURIER"
	[ $((SECONDS - begun)) -le 8 ]
	COURIER=
	[ "$(column "state || attempts")" = queued0 ]
	grep -q stopped "$BATS_TEST_TMPDIR/courier.log"
}

@test "there is one courier a database, and what one of before was sending is sent by the next" {
	start_smtp
	start_courier
	eventually grep -q started "$BATS_TEST_TMPDIR/courier.log"
	run -1 "$BIN/courier"
	[[ "$output" = *"another courier is at work"* ]]
	end_courier KILL
	queue ann@example.org
	sql "UPDATE outbox SET state = 'sending', next_at = NULL, attempts = 1"
	start_courier
	eventually is sent
	[ "$(column attempts)" = 2 ]
}

@test "the process that sends dies with the courier, and the courier does not with it" {
	start_smtp
	queue_many 30 lag
	start_courier
	eventually some_taken 3
	kill -9 "$(sender)"
	eventually counts sent 30
	[ "$(taken_ids)" = 30 ]
	[ "$(taken)" -le 31 ]
	grep -q "the process that sends was ended by signal 9; the next one comes in 1 s" "$BATS_TEST_TMPDIR/courier.log"
	# It has the lock, too, and may not keep it.
	queue slow@example.org
	eventually is sending
	local pid
	pid=$(sender)
	end_courier KILL
	eventually ended "$pid"
	# A process is seen to have ended before the last of its threads has: one that looks up a name has the lock a moment longer.
	eventually flock -n "$YETT_SITE_STATE/courier.lock" true
	start_courier
	queue ann@example.org
	eventually is sent
}

some_taken() {
	[ "$(taken)" -ge "$1" ]
}

@test "a courier with nothing to do is one process without libcurl, before it sent and after" {
	start_smtp
	start_courier
	eventually grep -q started "$BATS_TEST_TMPDIR/courier.log"
	rests
	run -1 grep libcurl "/proc/$COURIER/maps"
	queue ann@example.org
	eventually is sent
	grep -q libcurl "/proc/$(sender)/maps"
	eventually rests
	run -1 grep libcurl "/proc/$COURIER/maps"
	# As long as it rests nobody else may begin.
	run -1 "$BIN/courier"
	queue bob@example.org
	eventually is sent
	sender
}

@test "a courier with nothing to do writes nothing, and takes next to no time" {
	start_smtp
	start_courier
	queue ann@example.org
	eventually is sent
	eventually rests
	sleep 1
	local before wal
	before=$(awk '{print $14 + $15}' "/proc/$COURIER/stat")
	wal=$(stat -c '%s %y' "$DB-wal")
	sleep 3
	[ "$(stat -c '%s %y' "$DB-wal")" = "$wal" ]
	# Ticks of 10 ms, in 3 s: 3 %.
	[ $(($(awk '{print $14 + $15}' "/proc/$COURIER/stat") - before)) -le 9 ]
}

@test "a local sendmail gets the mail without a shell, and its exit status says what became of it" {
	cat > "$BATS_TEST_TMPDIR/sendmail" <<- END
		#!/bin/sh
		printf '%s\n' "\$@" > "$BATS_TEST_TMPDIR/args"
		env > "$BATS_TEST_TMPDIR/env"
		cat > "$BATS_TEST_TMPDIR/mail"
		[ -e /proc/self/fd/9 ] && touch "$BATS_TEST_TMPDIR/open"
		exit \$(cat "$BATS_TEST_TMPDIR/status")
	END
	chmod +x "$BATS_TEST_TMPDIR/sendmail"
	export YETT_MAIL_URL="sendmail:$BATS_TEST_TMPDIR/sendmail" YETT_MAIL_FROM=yett@example.org
	echo 0 > "$BATS_TEST_TMPDIR/status"
	exec 9< /dev/null
	start_courier
	exec 9<&-
	queue '`touch$IFS/x`@example.org'
	eventually is sent
	[ "$(paste -sd ' ' "$BATS_TEST_TMPDIR/args")" = '-i -f yett@example.org -- `touch$IFS/x`@example.org' ]
	[ "$(parsed 'm["To"]' "$BATS_TEST_TMPDIR/mail")" = '`touch$IFS/x`@example.org' ]
	run -1 grep YETT "$BATS_TEST_TMPDIR/env"
	[ -e "/proc/$COURIER/fd/9" ]
	[ ! -e "$BATS_TEST_TMPDIR/open" ]
	echo 67 > "$BATS_TEST_TMPDIR/status"
	queue ann@example.org
	eventually is dead
	[ "$(column last_error)" = "the program ended with 67" ]
	echo 75 > "$BATS_TEST_TMPDIR/status"
	queue ann@example.org
	eventually tried
	[ "$(state)" = queued ]
	rm "$BATS_TEST_TMPDIR/sendmail"
	queue ann@example.org
	eventually tried
	[ "$(column "state || ' ' || last_error")" = "queued No such file or directory" ]
	stop_courier
	# One that never ends.
	printf '#!/bin/sh\nexec sleep 60\n' > "$BATS_TEST_TMPDIR/sendmail"
	chmod +x "$BATS_TEST_TMPDIR/sendmail"
	export YETT_MAIL_TIMEOUT_S=1
	start_courier
	queue ann@example.org
	eventually tried
	[ "$(column "state || ' ' || last_error")" = "queued the program takes too long" ]
}

@test "into a folder each mail is a file that only we can read" {
	export YETT_MAIL_URL="file:$BATS_TEST_TMPDIR/out"
	start_courier
	queue ann@example.org
	eventually is sent
	[ "$(stat -c %a "$BATS_TEST_TMPDIR/out" "$BATS_TEST_TMPDIR/out/$ID.eml" | paste -sd ' ')" = "700 600" ]
	[ "$(parsed 'm["To"]' "$BATS_TEST_TMPDIR/out/$ID.eml")" = ann@example.org ]
	stop_courier
	# The courier died before it could note that it wrote it.
	sql "UPDATE outbox SET state = 'queued', sent_at = NULL, next_at = 0"
	start_courier
	eventually is sent
	[ "$(ls "$BATS_TEST_TMPDIR/out")" = "$ID.eml" ]
}

@test "make run has a courier, whose mail is files in the state folder, and that ends with it" {
	start_site
	queue ann@example.org
	eventually is sent
	[ "$(parsed 'm["To"]' "$YETT_SITE_STATE/mail/$ID.eml")" = ann@example.org ]
	local pid
	pid=$(pgrep -P "$SITE_PID" -x courier)
	stop_site
	[ ! -e "/proc/$pid" ]
	start_site
	pid=$(pgrep -P "$SITE_PID" -x courier)
	local lighttpd
	lighttpd=$(cat "$YETT_SITE_STATE/run/lighttpd.pid")
	kill -9 "$SITE_PID"
	eventually ended "$pid"
	kill "$lighttpd"
}

ended() {
	[ ! -e "/proc/$1" ] || grep -q '^State:[[:space:]]*Z' "/proc/$1/status"
}

# hanging FUNCTION ARGUMENTS TEST: a library to preload, in $HANGS, in which this function takes a minute when the test says so.
hanging() {
	HANGS=$BATS_TEST_TMPDIR/hangs.so
	cat > "$BATS_TEST_TMPDIR/hangs.c" <<- END
		#include <netdb.h>
		#include <sys/socket.h>
		#include <sys/syscall.h>
		#include <unistd.h>
		int $1($2)
		{
			if ($3)
				sleep(60);
			return ($4);
		}
	END
	"${CC-cc}" -w -shared -fPIC -o "$HANGS" "$BATS_TEST_TMPDIR/hangs.c"
}

# start_hanging_courier: with that library; under a sanitizer, which would like to be the first.
start_hanging_courier() {
	LD_PRELOAD=$HANGS ASAN_OPTIONS=${ASAN_OPTIONS-}:verify_asan_link_order=0 "$BIN/courier" \
		>> "$BATS_TEST_TMPDIR/courier.log" 2>&1 3>&- &
	COURIER=$!
}

# ends_within SECONDS: SIGTERM ends the courier so soon.
ends_within() {
	local begun=$SECONDS
	kill -TERM "$COURIER"
	wait "$COURIER"
	COURIER=
	[ $((SECONDS - begun)) -le "$1" ]
}

@test "a name that is looked up without end is given up in time, and SIGTERM does not wait for it" {
	hanging getaddrinfo "const char *n, const char *s, const struct addrinfo *h, struct addrinfo **r" 1 EAI_AGAIN
	export YETT_WEBHOOK_TIMEOUT_S=2 YETT_MAIL_URL=smtp://mail.example.org YETT_MAIL_FROM=yett@example.org YETT_MAIL_TIMEOUT_S=2
	local hook
	hook=$(yett webhook add https://hook.example.org/ --event webhook.test | head -n 1)
	yett webhook test "$hook" --no-wait
	queue ann@example.org
	start_hanging_courier
	eventually tried
	failed() { [ "$(sql "SELECT failures > 0 FROM webhooks")" = 1 ]; }
	eventually failed
	[ "$(sql "SELECT took_ms BETWEEN 1900 AND 4000 FROM webhook_deliveries")" = 1 ]
	stop_courier
	export YETT_WEBHOOK_TIMEOUT_S=60 YETT_MAIL_TIMEOUT_S=60
	start_hanging_courier
	queue bob@example.org
	sql "UPDATE webhook_deliveries SET next_at = 1; UPDATE webhooks SET next_at = 1, quiet_until = 0"
	eventually is sending
	sleep 1
	ends_within 3
}

@test "when a thread cannot begin the process that sends says so and ends, and the next one sends" {
	local after
	start_smtp
	export FAILS=$BATS_TEST_TMPDIR/fails FAILS_AFTER YETT_MAIL_PARALLEL=2 YETT_WEBHOOK_PARALLEL=2
	cat > "$BATS_TEST_TMPDIR/fails.c" <<- 'END'
		#define _GNU_SOURCE
		#include <dlfcn.h>
		#include <errno.h>
		#include <pthread.h>
		#include <stdlib.h>
		#include <unistd.h>
		int pthread_create(pthread_t *t, const pthread_attr_t *a, void *(*run)(void *), void *arg)
		{
			static int count;
			int (*real)() = dlsym(RTLD_NEXT, "pthread_create");
			if (access(getenv("FAILS"), F_OK) == 0 && count++ >= atoi(getenv("FAILS_AFTER")))
				return (EAGAIN);
			return (real(t, a, run, arg));
		}
	END
	HANGS=$BATS_TEST_TMPDIR/fails.so
	"${CC-cc}" -w -shared -fPIC -o "$HANGS" "$BATS_TEST_TMPDIR/fails.c" -ldl
	fell() { grep -q "the process that sends ended with 1; the next one comes in 1 s" "$BATS_TEST_TMPDIR/courier.log"; }
	# The first of those that mail, and the second of those that tell events.
	for after in 0 $((YETT_MAIL_PARALLEL + 1)); do
		FAILS_AFTER=$after
		: > "$FAILS"
		: > "$BATS_TEST_TMPDIR/courier.log"
		start_hanging_courier
		queue ann@example.org
		eventually fell
		grep -q "error - cannot begin to send: out-of-memory" "$BATS_TEST_TMPDIR/courier.log"
		is queued
		rm "$FAILS"
		eventually is sent
		stop_courier
	done
	# It is what teardown looks for.
	: > "$BATS_TEST_TMPDIR/courier.log"
}

@test "a thread that does not come back is left behind at the end, and what it had is sent by the next courier" {
	start_smtp
	hanging socket "int family, int type, int protocol" "family == AF_INET && type & SOCK_CLOEXEC" "syscall(SYS_socket, family, type, protocol)"
	export YETT_WEBHOOK_PRIVATE=127.0.0.1
	local hook
	hook=$(yett webhook add "http://${YETT_MAIL_URL#*//}/" --event webhook.test | head -n 1)
	yett webhook test "$hook" --no-wait
	start_hanging_courier
	under_way() { [ "$(sql "SELECT state FROM webhook_deliveries")" = sending ]; }
	eventually under_way
	sleep 1
	ends_within 8
	grep -q "left in the midst of sending" "$BATS_TEST_TMPDIR/courier.log"
	under_way
	start_courier
	tried_twice() { [ "$(sql "SELECT attempts || (last_error <> '') FROM webhook_deliveries")" = 21 ]; }
	eventually tried_twice
}

@test "without mail.url mail waits" {
	start_courier
	queue ann@example.org
	eventually tried
	[ "$(column "state || ' ' || last_error")" = "queued mail.url is not set" ]
	grep -q "mail.url is not set, so mail waits" "$BATS_TEST_TMPDIR/courier.log"
}

@test "what was sent is forgotten after mail.keep_s, what was given up after 30 days" {
	start_smtp
	stop_time
	start_courier
	queue ann@example.org
	eventually is sent
	local sent=$ID dead
	queue nobody@example.org
	dead=$ID
	eventually is dead
	stop_courier
	pass_time 604799
	start_courier
	eventually grep -q started "$BATS_TEST_TMPDIR/courier.log"
	sleep 1
	[ "$(state "$sent")" = sent ]
	stop_courier
	pass_time 2
	start_courier
	eventually is "" "$sent"
	[ "$(state "$dead")" = dead ]
	stop_courier
	pass_time 1987201
	start_courier
	eventually is "" "$dead"
}

@test "a user who is deleted has no mail" {
	register ann@example.org
	queue ann@example.org
	sql "UPDATE outbox SET user_id = '$USER_ID'"
	yett user delete ann@example.org --yes
	[ "$(sql "SELECT count(*) FROM outbox")" = 0 ]
}

@test "settings that make no sense are refused, and named" {
	local line
	while IFS= read -r line; do
		run -1 env "YETT_MAIL_${line%%|*}" "$BIN/courier"
		[[ "$output" = *"${line#*|}"* ]]
		run -1 env "YETT_MAIL_${line%%|*}" yett config check
		[[ "$output" = *"${line#*|}"* ]]
	done <<- 'END'
		URL=http://example.org|mail.url
		URL=smtp://|mail.url
		URL=smtp://a/b|mail.url
		URL=smtp://user@a|mail.url
		URL=smtp://a:0|mail.url
		URL=smtp://a:65536|mail.url
		URL=sendmail:sendmail|mail.url
		URL=file:mail|mail.url
		TLS=maybe|mail.tls
		FROM=nobody|mail.from
		FROM=Yett <yett@example.org> x|mail.from
		FROM=<yett@example.org|mail.from
		REPLY_TO=nobody|mail.reply_to
		USER=yett|mail.password_file
		TEMPLATES=mail|mail.templates
		PARALLEL=0|1 to 32
		PARALLEL=33|1 to 32
		TIMEOUT_S=0|1 to 600
		TIMEOUT_S=601|1 to 600
		KEEP_S=-1|0 to 315360000
		KEEP_S=315360001|0 to 315360000
	END
	for line in URL=smtps://mail.example.org:465 'URL=smtp://[::1]:25' PARALLEL=1 PARALLEL=32 TIMEOUT_S=1 TIMEOUT_S=600 KEEP_S=0 \
		KEEP_S=315360000 'FROM=Grüße <a@example.org>' FROM=a@example.org TLS=off; do
		run -0 env "YETT_MAIL_$line" yett config check
	done
	run -100 "$BIN/courier" --nonsense
	run -0 "$BIN/courier" --version
	run -0 "$BIN/courier" --help
}
