# What the tests of the admin tool share.

# add_user EMAIL [OPTION]...: a user with PASSWORD.
add_user() {
	echo "$PASSWORD" | yett user add "$@"
}

# mode FILE: its permissions.
mode() {
	stat -c %a "$1"
}

# on_terminal COMMAND [PROMPT ANSWER]...: run it on a terminal of its own, and type each answer once its prompt is there.
on_terminal() {
	local command=$1 dir pid i status=0
	shift
	dir=$(mktemp -d "$BATS_TEST_TMPDIR/terminal.XXXX")
	mkfifo "$dir/keys"
	script -qefc "$command" "$dir/screen" < "$dir/keys" > /dev/null 3>&- &
	pid=$!
	exec 4> "$dir/keys"
	while [ $# -gt 1 ]; do
		for i in $(seq 300); do
			grep -qF -- "$1" "$dir/screen" 2> /dev/null && break
			sleep 0.05
		done
		printf '%b' "$2" >&4
		shift 2
	done
	wait $pid || status=$?
	exec 4>&-
	cat "$dir/screen"
	return $status
}
