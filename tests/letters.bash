# What people find in their mail: with mail.bash loaded before, a courier that puts each mail into a file.

# start_letters: from now on mail goes out. Ended by stop_all (call that in teardown).
start_letters() {
	export YETT_MAIL_URL=file:$BATS_TEST_TMPDIR/letters
	mkdir -p "$BATS_TEST_TMPDIR/letters"
	start_courier
}

drained() {
	[ "$(sql "SELECT count(*) FROM outbox WHERE state IN ('queued', 'sending')")" = 0 ]
}

# letters KIND [ADDRESS]: how many of that kind there are, to whomever or to that address, sent or not.
letters() {
	sql "SELECT count(*) FROM outbox WHERE kind = '$1' AND ('${2-}' = '' OR to_address = '${2-}')"
}

# letter KIND ADDRESS: the last mail of that kind to it, as it arrived: SUBJECT, TEXT and PAGE; LINK and TOKEN of the link in
# it, "" where there is none.
letter() {
	local id file
	eventually drained
	id=$(sql "SELECT message_id FROM outbox WHERE kind = '$1' AND to_address = '$2' AND state = 'sent' ORDER BY rowid DESC LIMIT 1")
	file=$(grep -rlF "Message-ID: $id" "$BATS_TEST_TMPDIR/letters") || {
		echo "no $1 to $2" >&2
		return 1
	}
	python3 - "$file" "$BATS_TEST_TMPDIR/letter" <<- 'END'
		import email, email.policy, sys
		m = email.message_from_bytes(open(sys.argv[1], "rb").read(), policy=email.policy.default)
		parts = list(m.iter_parts())
		for name, text in ("subject", m["Subject"]), ("text", parts[0].get_content()), ("html", parts[1].get_content()):
		    open(sys.argv[2] + "." + name, "w").write(text)
	END
	SUBJECT=$(< "$BATS_TEST_TMPDIR/letter.subject")
	TEXT=$(< "$BATS_TEST_TMPDIR/letter.text")
	PAGE=$(< "$BATS_TEST_TMPDIR/letter.html")
	LINK=$(grep -oE 'https?://[^ ]*#[A-Za-z0-9_-]{43}' <<< "$TEXT") || LINK=
	TOKEN=${LINK#*#}
}

# answer: the last one, head and all, but for what is of each request alone.
answer() {
	grep -v '^X-Request-Id: ' <<< "$HEAD"
	jq -S 'del(.request_id)' <<< "$BODY"
}
