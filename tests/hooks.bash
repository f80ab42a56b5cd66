# What the tests of webhooks share, with mail.bash loaded before: a receiver that looks at signatures by itself, and what came of
# deliveries.

# hook NAME METHOD PATH [BODY]
hook() {
	call webhooks "$2" "$3" "${4--}" "$(bearer "${TOKEN[$1]}")"
}

# start_receiver [http|https] [ADDRESS]: a server for webhooks on loopback, at $HOOK_URL, what came to it in $HOOKS/got, a line
# of JSON each. $HOOKS/answer says what it answers: tests/hook-server knows the words.
start_receiver() {
	HOOKS=$(mktemp -d "$BATS_TEST_TMPDIR/hooks.XXXX")
	BOX=$HOOKS
	: > "$HOOKS/got"
	[ "${1-https}" = http ] || certificate
	"$TOP/tests/hook-server" "$HOOKS" "${1-https}" "${2-127.0.0.1}" >> "$BATS_TEST_TMPDIR/hooks.log" 2>&1 3>&- &
	RECEIVERS+=" $!"
	is_up "$HOOKS/port" "$BATS_TEST_TMPDIR/hooks.log"
	HOOK_URL=${1-https}://${2-127.0.0.1}:$(cat "$HOOKS/port")
	[ "${1-https}" = http ] || export YETT_WEBHOOK_CA="$HOOKS/cert.pem"
	export YETT_WEBHOOK_PRIVATE=127.0.0.1
}

stop_receivers() {
	local pid
	for pid in ${RECEIVERS-}; do
		kill -9 "$pid" 2> /dev/null || :
		wait "$pid" 2> /dev/null || :
	done
	RECEIVERS=
}

# subscribe EVENT...: a webhook of the site at $HOOK_URL; its id in HOOK, its secret in SECRET.
subscribe() {
	local event
	local -a options=()
	for event; do options+=(--event "$event"); done
	run -0 yett webhook add "$HOOK_URL/${PATH_OF_HOOK-hook}" "${options[@]}"
	HOOK=${lines[0]}
	SECRET=${lines[1]}
	echo "$SECRET" >> "$HOOKS/secrets"
}

# test_hook [ID]: queue a test; its id in DELIVERY.
test_hook() {
	DELIVERY=$(yett webhook test "${1-$HOOK}" --no-wait)
	DELIVERY=${DELIVERY#queued as }
}

# delivery COLUMN [ID]
delivery() {
	sql "SELECT $1 FROM webhook_deliveries WHERE id = '${2-$DELIVERY}'"
}

# delivered STATE [ID], delivery_failed [ID], got COUNT: for eventually.
delivered() {
	[ "$(delivery state "${2-$DELIVERY}")" = "$1" ]
}

delivery_failed() {
	[ -n "$(delivery last_error "${1-$DELIVERY}")" ]
}

got() {
	[ "$(wc -l < "$HOOKS/got")" = "$1" ]
}

# received FILTER: what jq finds in all that came, as one list.
received() {
	jq -sr "$1" "$HOOKS/got"
}

# act [COUNT]: something that the log tells: so many roles are made.
act() {
	local i
	for i in $(seq "${1-1}"); do
		yett role add "r$((++ACTS))" > /dev/null
	done
}
