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

# next_version SQL: the programs have one more migration from now on.
next_version() {
	printf '%s\n' "$1" > "$BATS_TEST_TMPDIR/next.sql"
	export YETT_TEST_MIGRATION="$BATS_TEST_TMPDIR/next.sql"
}

# live_sum: of the database's bytes, once its log is emptied into it.
live_sum() {
	sql 'PRAGMA wal_checkpoint(TRUNCATE)' > /dev/null
	sha256sum < "$DB"
}

# still_old: nothing is left behind, and the version before goes on with what it had.
still_old() {
	[ -z "$(find "$YETT_SITE_STATE" -name 'backup-*' -o -name 'migrate.part')" ]
	[ "$(live_sum)" = "$OLD" ]
	(
		unset YETT_TEST_MIGRATION
		yett user show kim@example.org && yett audit verify && yett doctor
	)
}

# refuses_migration SQL TEXT: one more migration fails, says so, and the database keeps every byte.
refuses_migration() {
	next_version "$1"
	run -1 yett migrate
	[[ $output = *"$2"*"the database is as it was before" ]] || {
		echo "$output"
		return 1
	}
	still_old
}
