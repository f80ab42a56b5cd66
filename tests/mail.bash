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

# is_up FILE LOG: wait until what was started says by the file that it is; 10 s at most, and then what it logged.
is_up() {
	local i
	for i in $(seq 200); do
		[ ! -e "$1" ] || return 0
		sleep 0.05
	done
	cat "$2" >&2
	return 1
}

# start_smtp [plain|starttls|smtps [USER:PASSWORD]]: a mail server, what it took in $BOX; YETT_MAIL_URL leads there.
start_smtp() {
	local scheme=smtp host=127.0.0.1
	BOX=$BATS_TEST_TMPDIR/box
	mkdir -p "$BOX"
	rm -f "$BOX/ready"
	[ "${1-plain}" = plain ] || certificate
	[ "${1-plain}" != smtps ] || scheme=smtps
	"$TOP/tests/smtp-server" "$BOX" "$@" >> "$BATS_TEST_TMPDIR/smtp.log" 2>&1 3>&- &
	SMTP=$!
	is_up "$BOX/ready" "$BATS_TEST_TMPDIR/smtp.log"
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

# mail_out: from now on mail goes out, each into a file of its own, once a courier runs.
mail_out() {
	export YETT_MAIL_URL="file:$BATS_TEST_TMPDIR/out"
}

# start_box: the same, and one runs.
start_box() {
	mail_out
	start_courier
}

# deliver COUNT: have a courier send all there is, until so many are sent in all.
deliver() {
	start_courier
	eventually counts sent "$1"
	stop_courier
}

# mail_to ADDRESS [KIND]: the newest mail to it, or the newest of that kind, once it is sent: SUBJECT; TEXT, what it says, the
# subject first; PAGE, its HTML; LINK, the link in it that ends with a token, and that TOKEN; CODE, the one in it. "" where there
# is none.
mail_to() {
	ID=$(sql "SELECT id FROM outbox WHERE to_address = '$1' AND '${2-}' IN ('', kind) ORDER BY rowid DESC LIMIT 1")
	[ -n "$ID" ] || {
		echo "no mail ${2-} to $1" >&2
		return 1
	}
	eventually is sent
	TEXT=$(part_of plain)
	PAGE=$(part_of html)
	SUBJECT=${TEXT%%$'\n'*}
	LINK=$(grep -oE 'https?://[^ ]*#[A-Za-z0-9_-]{43}$' <<< "$TEXT") || LINK=
	TOKEN=${LINK#*#}
	CODE=$(grep -oE '^ {4}[0-9]{6}$' <<< "$TEXT" | tr -d ' ')
}

# part_of plain|html: that part of the mail ID; before the plain one its subject.
part_of() {
	/usr/bin/python3 - "$BATS_TEST_TMPDIR/out/$ID.eml" "$1" <<- 'END'
		import email, email.policy, sys
		m = email.message_from_bytes(open(sys.argv[1], "rb").read(), policy=email.policy.default)
		if sys.argv[2] == "plain":
		    print(m["Subject"])
		print(m.get_body((sys.argv[2],)).get_content().replace("\r\n", "\n"))
	END
}

# mails ADDRESS: the kinds of those to it, the oldest first.
mails() {
	sql "SELECT kind FROM outbox WHERE to_address = '$1' ORDER BY rowid" | paste -sd ' '
}

# letters KIND [ADDRESS]: how many of that kind there are, to whomever or to that address, sent or not.
letters() {
	sql "SELECT count(*) FROM outbox WHERE kind = '$1' AND '${2-}' IN ('', to_address)"
}

# outbox: kind and address of all mails, in their order.
outbox() {
	sql "SELECT group_concat(kind || ' ' || to_address, ', ') FROM (SELECT * FROM outbox ORDER BY rowid)"
}
