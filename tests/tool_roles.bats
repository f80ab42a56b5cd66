#!/usr/bin/env bats
# yett role: which there are, and who holds them.

load helper
load tool

setup() {
	fresh_state
	add_user kim@example.org
}

@test "role list shows what each holds, as a table or as JSON" {
	run -0 yett role list
	[[ "${lines[0]}" = NAME*PERMISSIONS*"INHERITS FROM"*DESCRIPTION* ]]
	[[ "${lines[1]}" = admin*"*:*"* ]]
	[ "${#lines[@]}" = 7 ]
	run -0 yett role list --json
	[ "$(jq -c '[.items[] | [.name, .permissions[0]]]' <<< "$output")" = '[["admin","*:*"],["guest","groups:create"],["org-admin","domains:*"],["org-member","members:read"],["org-owner","*:*"],["viewer","profile:read"]]' ]
}

@test "role grant and revoke change what a user holds" {
	run -0 yett role grant kim@example.org admin
	[ "$output" = "kim@example.org now has the role admin" ]
	[[ "$(yett user show kim@example.org)" = *"admin viewer"* ]]
	# Once more is the same.
	yett role grant kim@example.org admin
	run -0 yett role revoke kim@example.org admin
	[[ "$(yett user show kim@example.org)" != *admin* ]]
	run -1 yett role revoke kim@example.org admin
	[[ "$output" = *"does not hold"* ]]
	run -1 yett role grant kim@example.org king
	[[ "$output" = *'there is no "king"'* ]]
	run -1 yett role grant nobody@example.org admin
	run -100 yett role grant kim@example.org
}

@test "role grant --until ends by itself" {
	stop_time
	local until
	until=$(date -u -d "@$(($(tr -d @ < "$YETT_TEST_CLOCK") / 1000 + 100))" +%FT%TZ)
	yett role grant kim@example.org admin --until "$until"
	[[ "$(yett user show kim@example.org)" = *admin* ]]
	pass_time 101
	[[ "$(yett user show kim@example.org)" != *admin* ]]
	run -1 yett role grant kim@example.org admin --until 2020-01-01T00:00:00Z
	run -1 yett role grant kim@example.org admin --until tomorrow
}
