# What the tests of invitations and of the waitlist share, with mail.bash loaded before.

# mails_of_invitations: from now on mail goes out, and is kept for long; none by which addresses are confirmed, unless wanted.
mails_of_invitations() {
	mail_out
	export YETT_SIGNUP_VERIFICATION=off YETT_MAIL_KEEP_S=31536000
}

# link_of ADDRESS PATH: TOKEN is that of the link to PATH in the last mail to it.
link_of() {
	mail_to "$1"
	[ "$LINK" = "http://127.0.0.1:8080$2#$TOKEN" ]
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
