# What the tests of invitations and of the waitlist share: mails, which are opened as the courier opens them.

# mail_out: from now on mail goes out, as files in $BATS_TEST_TMPDIR/mail; none by which addresses are confirmed, unless wanted.
mail_out() {
	export YETT_SIGNUP_VERIFICATION=off
	export YETT_MAIL_URL=file:$BATS_TEST_TMPDIR/mail YETT_MAIL_KEEP_S=31536000
}

# deliver COUNT: have the courier send all there is, until there are so many in all.
deliver() {
	start_courier
	eventually counts sent "$1"
	stop_courier
}

# mailed ADDRESS, html_of ADDRESS: subject and text of the last mail to it, decoded; or its HTML.
mailed() {
	body_of "$1" plain
}

html_of() {
	body_of "$1" html
}

body_of() {
	local file
	file=$(grep -l -i "^To: .*$1" "$BATS_TEST_TMPDIR"/mail/* | xargs ls -tr | tail -n 1)
	python3 -c 'import email, email.policy, sys
m = email.message_from_binary_file(open(sys.argv[1], "rb"), policy=email.policy.default)
print("Subject: " + m["Subject"])
print(m.get_body((sys.argv[2],)).get_content())' "$file" "$2"
}

# link_of ADDRESS PATH: TOKEN is that of the link to PATH in the last mail to it.
link_of() {
	TOKEN=$(mailed "$1" | grep -o "http://127.0.0.1:8080$2#[A-Za-z0-9_-]*")
	TOKEN=${TOKEN#*#}
	[ ${#TOKEN} = 43 ]
}

# outbox: kind and address of all mails, in their order.
outbox() {
	sql "SELECT group_concat(kind || ' ' || to_address, ', ') FROM (SELECT * FROM outbox ORDER BY rowid)"
}

# join EMAIL TOKEN [VARIABLE=VALUE]...: register with that invitation.
join() {
	local email=$1 token=$2
	shift 2
	call register POST /auth/register "$(jq -n --arg e "$email" --arg p "$PASSWORD" --arg t "$token" \
		'{email: $e, password: $p, invitation: $t}')" "$@"
}

# confirmed EMAIL: is the address of that user proven?
confirmed() {
	sql "SELECT email_confirmed FROM users WHERE email_key = '$1'"
}

# events ACTION: how many there are in the log.
events() {
	sql "SELECT count(*) FROM audit_log WHERE action = '$1'"
}
