# What the tests of mail share: a courier, a mail server, a queue.

# As in helper.bash, but patient: whoever was killed may have left some work to the next who opens the database.
sql() {
	sqlite3 -cmd ".timeout 10000" "$DB" "$@"
}

# start_courier: it writes to $BATS_TEST_TMPDIR/courier.log; ended by stop_all (call that in teardown).
start_courier() {
	"$BIN/courier" >> "$BATS_TEST_TMPDIR/courier.log" 2>&1 3>&- &
	COURIER=$!
}

# end_courier SIGNAL: and wait until it has.
end_courier() {
	[ -n "${COURIER-}" ] || return 0
	kill "-$1" "$COURIER" 2> /dev/null || :
	wait "$COURIER" 2> /dev/null || :
	COURIER=
}

stop_courier() {
	end_courier TERM
}

# start_smtp [plain|starttls|smtps [USER:PASSWORD]]: a mail server, what it took in $BOX; YETT_MAIL_URL leads there.
start_smtp() {
	local i scheme=smtp host=127.0.0.1
	BOX=$BATS_TEST_TMPDIR/box
	mkdir -p "$BOX"
	rm -f "$BOX/ready"
	[ "${1-plain}" = plain ] || certificate
	[ "${1-plain}" != smtps ] || scheme=smtps
	"$TOP/tests/smtp-server" "$BOX" "$@" >> "$BATS_TEST_TMPDIR/smtp.log" 2>&1 3>&- &
	SMTP=$!
	for i in $(seq 200); do
		[ ! -e "$BOX/ready" ] || break
		sleep 0.05
	done
	[ -e "$BOX/ready" ] || {
		cat "$BATS_TEST_TMPDIR/smtp.log" >&2
		return 1
	}
	YETT_MAIL_URL=$scheme://$host:$(cat "$BOX/port")
	export YETT_MAIL_URL YETT_MAIL_FROM="Yett <yett@example.org>"
	[ "${1-plain}" != plain ] || export YETT_MAIL_TLS=off
}

stop_smtp() {
	[ -n "${SMTP-}" ] || return 0
	kill -9 "$SMTP" 2> /dev/null || :
	wait "$SMTP" 2> /dev/null || :
	SMTP=
}

stop_all() {
	stop_courier
	stop_smtp
}

# certificate: one of 127.0.0.1's, for the server, that whoever trusts $BOX/cert.pem trusts.
certificate() {
	[ -e "$BOX/cert.pem" ] || openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=test \
		-addext subjectAltName=IP:127.0.0.1 -keyout "$BOX/key.pem" -out "$BOX/cert.pem" 2> /dev/null
}

# queue ADDRESS: a mail to it; ID is its id.
queue() {
	ID=$(yett mail test "$1" --no-wait)
	ID=${ID#queued as }
}

# queue_many COUNT [WORD]: so many, as rows of their own, to addresses that begin with WORD.
queue_many() {
	local now
	now=$(date +%s%3N)
	sql "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < $1)
		INSERT INTO outbox (id, kind, to_address, locale, params, secret, message_id, state, attempts, next_at, give_up_at,
			last_error, created_at)
		SELECT printf('01890a5d-ac96-774b-bcce-%012d', i), 'test', '${2-u}' || i || '@example.org', '', '{}', 0,
			'<' || i || '@example.org>', 'queued', 0, $now, $now + 172800000, '', $now FROM n"
}

# state [ID]: of the last one, or that one.
state() {
	sql "SELECT state FROM outbox WHERE id = '${1-$ID}'"
}

column() {
	sql "SELECT $1 FROM outbox WHERE id = '${2-$ID}'"
}

# eventually COMMAND...: wait until it succeeds, 20 s at most.
eventually() {
	local i
	for i in $(seq 200); do
		! "$@" 2> /dev/null || return 0
		sleep 0.1
	done
	echo "never: $*" >&2
	sql "SELECT state, attempts, next_at, last_error FROM outbox LIMIT 5" >&2
	cat "$BATS_TEST_TMPDIR/courier.log" >&2
	return 1
}

# is STATE [ID], counts STATE COUNT, tried [ID]: for eventually.
is() {
	[ "$(state "${2-$ID}")" = "$1" ]
}

counts() {
	[ "$(sql "SELECT count(*) FROM outbox WHERE state = '$1'")" = "$2" ]
}

tried() {
	[ -n "$(column last_error "${1-$ID}")" ]
}

# taken: how many mails the server took; taken_ids: how many different ones.
taken() {
	[ ! -e "$BOX/taken" ] || wc -l < "$BOX/taken"
}

taken_ids() {
	cut -d ' ' -f 1 "$BOX/taken" | sort -u | wc -l
}

# start_box: a courier that puts each mail into a folder.
start_box() {
	export YETT_MAIL_URL="file:$BATS_TEST_TMPDIR/out"
	start_courier
}

# mail_to ADDRESS KIND: the newest such mail, once it is sent: TEXT is what it says, TOKEN what its link ends with.
mail_to() {
	ID=$(sql "SELECT id FROM outbox WHERE to_address = '$1' AND kind = '$2' ORDER BY rowid DESC LIMIT 1")
	[ -n "$ID" ] || {
		echo "no mail $2 to $1" >&2
		return 1
	}
	eventually is sent
	TEXT=$(python3 - "$BATS_TEST_TMPDIR/out/$ID.eml" <<- 'END'
		import email, email.policy, sys
		m = email.message_from_bytes(open(sys.argv[1], "rb").read(), policy=email.policy.default)
		print(m["Subject"])
		print(m.get_body(("plain",)).get_content())
	END
	)
	TOKEN=$(sed -nE 's/^https?:.*#([A-Za-z0-9_-]{43})\r?$/\1/p' <<< "$TEXT")
}

# mails ADDRESS: the kinds of those to it, the oldest first.
mails() {
	sql "SELECT kind FROM outbox WHERE to_address = '$1' ORDER BY rowid" | paste -sd ' '
}
