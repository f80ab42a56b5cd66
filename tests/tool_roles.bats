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

@test "role add, allow, inherit and what undoes them, each with its row in the audit log" {
	run -0 yett role add editor --description "Keeps the texts"
	[[ "$output" = "added the role editor ("*")" ]]
	yett role add reader
	run -0 yett role allow reader posts:read
	[ "$output" = "reader now holds posts:read" ]
	run -0 yett role inherit editor reader
	run -0 yett role allow editor posts:write --if ":hour < 24"
	[ "$output" = "editor now holds posts:write on that condition" ]
	yett role grant kim@example.org editor
	[[ "$(yett user show kim@example.org)" = *posts:read* ]]
	[[ "$(yett user show kim@example.org)" != *posts:write* ]]
	run -0 yett role list --json
	[ "$(jq -c '.items[] | select(.name == "editor") | [.description, .parents]' <<< "$output")" = '["Keeps the texts",["reader"]]' ]
	run -0 yett role disinherit editor reader
	run -0 yett role forbid editor posts:write
	run -0 yett role delete editor
	[ "$output" = "deleted the role editor" ]
	[ "$(sql "SELECT group_concat(action, ' ') FROM (SELECT action FROM audit_log WHERE actor = 'tool' AND action GLOB 'role.*' AND object_type = 'role' ORDER BY seq)")" = "role.created role.created role.allowed role.inherited role.allowed role.disinherited role.forbidden role.deleted" ]
}

@test "role refuses what is wrong, and says why" {
	yett role add editor
	yett role add reader
	run -1 yett role add editor
	[[ "$output" = *"there is one of this name"* ]]
	run -1 yett role add "No Name"
	[[ "$output" = *"NAME: must have"* ]]
	run -1 yett role add long --description "$(printf '%0501d' 0)"
	[[ "$output" = *"--description"* ]]
	yett role add long --description "$(printf '%0500d' 0)"
	run -1 yett role allow nobody posts:read
	[[ "$output" = *'there is no role "nobody"'* ]]
	run -1 yett role allow editor posts
	[[ "$output" = *"PERMISSION: must be"* ]]
	run -1 yett role allow editor posts:read --if "random()"
	[[ "$output" = *"--if: is no condition"* ]]
	run -1 yett role allow admin '*:*' --if 0
	[[ "$output" = *"what makes an admin one"* ]]
	run -1 yett role forbid admin '*:*'
	[[ "$output" = *"what makes an admin one"* ]]
	run -1 yett role forbid editor posts:read
	[[ "$output" = *"does not hold"* ]]
	run -1 yett role delete viewer
	[[ "$output" = *"built-in"* ]]
	yett role inherit editor reader
	run -1 yett role inherit reader editor
	[[ "$output" = *"reader > editor > reader"* ]]
	run -1 yett role disinherit reader editor
	[[ "$output" = *"does not inherit"* ]]
}
