#!/usr/bin/env bats
# docs/access.md: its examples work as they stand, in the order in which they stand there.

load helper

setup() {
	fresh_state
	# The examples speak of the end of 2026.
	echo "@$(date -d 2026-06-01T12:00:00Z +%s%3N)" > "$YETT_TEST_CLOCK"
	echo "$PASSWORD" | yett user add root@example.org --role admin > /dev/null
	start_site
	export YETT_SITE_URL=$URL
	sign_in root@example.org
	admin=$ACCESS
}

teardown() {
	stop_site
}

# section TITLE: its lines of docs/access.md.
section() {
	awk -v title="## $1" '/^## /{on = $0 == title} on' "$TOP/docs/access.md"
}

# blocks: of the lines on standard input, each block of shell as a function shell_N, and each answer as the file answer_N.
blocks() {
	awk -v dir="$BATS_TEST_TMPDIR" '
		/^```sh$/ {n++; printf "shell_%d() {\n", n; on = 1; next}
		/^```json$/ {file = dir "/answer_" n; next}
		/^```$/ {if (on) print "}"; on = 0; file = ""; next}
		on
		file {print > file}'
}

# try_section TITLE: run its blocks one by one; the last line that each prints must be the answer that stands below it. Ids
# are "..." there.
try_section() {
	local n
	rm -f "$BATS_TEST_TMPDIR"/answer_*
	section "$1" | blocks | sed "s|^url=.*|url=$URL|; s|you@example.org|root@example.org|; s|what you chose|$PASSWORD|" > "$BATS_TEST_TMPDIR/shell"
	# shellcheck source=/dev/null
	source "$BATS_TEST_TMPDIR/shell"
	for ((n = 1; ; n++)); do
		declare -F "shell_$n" > /dev/null || break
		"shell_$n" > "$BATS_TEST_TMPDIR/printed"
		cat "$BATS_TEST_TMPDIR/printed"
		run ! grep -E '"status":[45]' "$BATS_TEST_TMPDIR/printed"
		[ ! -e "$BATS_TEST_TMPDIR/answer_$n" ] || check_answer "$n"
		unset -f "shell_$n"
	done
	[ "$n" -gt 1 ]
}

check_answer() {
	local wanted given
	wanted=$(jq -c . "$BATS_TEST_TMPDIR/answer_$1")
	# What curl prints has no line end.
	given=$(sed -E 's/\}([[{])/}\n\1/g; s/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/.../g' "$BATS_TEST_TMPDIR/printed" | tail -1)
	[ "$given" = "$wanted" ] || {
		echo "block $1 printed $(cat "$BATS_TEST_TMPDIR/printed")" >&2
		return 1
	}
}

@test "the blog, then the club with two teams, the small SaaS, groups" {
	register ann@example.org
	ann=$USER_ID
	try_section "A blog"
	local name
	for name in cara dan eve; do
		register $name@example.org
		declare -g "$name=$ACCESS"
	done
	try_section "A club with two teams"
	register fay@example.org
	fay=$ACCESS
	try_section "A small SaaS"
	try_section "Groups"
	try_section "Acting in a user's name"
}
