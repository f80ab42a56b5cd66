#!/usr/bin/env bats
# yett group and yett impersonation.

load helper
load tool

setup() {
	fresh_state
	add_user kim@example.org
	add_user lee@example.org
}

@test "group add, show, list and delete, as a table or as JSON" {
	run -0 yett group add "Night shift" --description "Who wakes at night"
	[ "$output" = "added the group Night shift" ]
	yett group add staff
	run -0 yett group list
	[[ "${lines[0]}" = ID*NAME*ROLES*DESCRIPTION* ]]
	[[ "${lines[1]}" = *"Night shift"*"Who wakes at night"* ]]
	[ "${#lines[@]}" = 3 ]
	run -0 yett group list --json --limit 1
	[ "$(jq -c '[[.items[].name], .next]' <<< "$output")" = '[["Night shift"],"Night shift"]' ]
	run -0 yett group list --json --after "Night shift"
	[ "$(jq -c '[[.items[].name], .next]' <<< "$output")" = '[["staff"],null]' ]
	run -0 --separate-stderr yett group list --limit 1
	[[ "$stderr" = *"there are more"* ]]
	run -100 yett group list --limit 0
	run -100 yett group delete staff < /dev/null
	run -0 yett group delete staff --yes
	[ "$output" = "deleted the group staff" ]
	run -1 yett group show staff
	[[ "$output" = *'there is no group "staff"'* ]]
	run -1 yett group delete staff --yes
	[[ "$output" = *"there is no such group"* ]]
	[ "$(sql "SELECT group_concat(action || json_extract(details, '$.name'), ' ') FROM audit_log WHERE actor = 'tool' AND object_type = 'group'")" = \
		"group.createdNight shift group.createdstaff group.deletedstaff" ]
}

@test "group join and leave, grant and revoke change what a user may" {
	yett role add reader
	yett role allow reader posts:read
	yett group add staff
	run -0 yett group join staff kim@example.org
	[ "$output" = "kim@example.org is now in staff" ]
	run -1 yett group join staff kim@example.org
	[[ "$output" = *"in it already"* ]]
	run -0 yett group grant staff reader
	[ "$output" = "reader is now the role of all who are in staff" ]
	run -1 yett group grant staff reader
	[[ "$output" = *"has this role already"* ]]
	[[ "$(yett user show kim@example.org)" = *posts:read* ]]
	run -0 yett group show staff
	[[ "$output" = *"roles        reader"* ]]
	[[ "$output" = *"kim@example.org"* ]]
	[[ "$output" != *"lee@example.org"* ]]
	id=$(yett group list --json | jq -r '.items[0].id')
	run -0 yett group show "$id" --json
	[ "$(jq -c '[.name, .roles, [.members[].email], .next]' <<< "$output")" = '["staff",["reader"],["kim@example.org"],null]' ]
	run -0 yett group revoke staff reader
	[[ "$(yett user show kim@example.org)" != *posts:read* ]]
	run -1 yett group revoke staff reader
	[[ "$output" = *"does not have this role"* ]]
	run -0 yett group leave staff kim@example.org
	[ "$output" = "kim@example.org is no more in staff" ]
	run -1 yett group leave staff kim@example.org
	[[ "$output" = *"not in it"* ]]
	run -1 yett group join staff nobody@example.org
	run -1 yett group join nothing kim@example.org
	[[ "$output" = *"there is no such group"* ]]
	run -1 yett group grant staff nothing
	[[ "$output" = *"there is no such role"* ]]
	run -1 yett group grant staff org-owner
	[[ "$output" = *"held in an org"* ]]
	[ "$(sql "SELECT group_concat(action, ' ') FROM audit_log WHERE actor = 'tool' AND object_id = '$id'")" = \
		"group.created group.member_added group.role_assigned group.role_unassigned group.member_removed" ]
}

@test "group refuses what is wrong, and a user's own group stays" {
	local name
	for name in '' ' a' 'a ' "$(printf '%0201d' 0)" $'a\tb' $'\xff'; do
		run -1 yett group add "$name"
		[[ "$output" = *"NAME: must have"* ]]
	done
	# A group is the site's.
	run -100 yett group add staff --org acme
	[[ "$output" = *"there is no option --org here"* ]]
	yett group add "$(printf '%0200d' 0)"
	run -1 yett group add staff --description "$(printf '%0501d' 0)"
	[[ "$output" = *"--description: must have"* ]]
	yett group add staff
	run -1 yett group add staff
	[[ "$output" = *"there is one of this name"* ]]
	home=$(sql "SELECT g.id FROM groups g JOIN users u ON u.id = g.home_user_id WHERE u.email = 'kim@example.org'")
	run -0 yett group show "$home"
	[[ "$output" = *"a user's own"* ]]
	run -1 yett group delete "$home" --yes
	[[ "$output" = *"stays as long as the user"* ]]
	run -1 yett group leave "$home" kim@example.org
	[[ "$output" = *"this user's own"* ]]
	run -0 yett group join "$home" lee@example.org
	sql "WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 63)
		INSERT INTO roles (id, name, created_at) SELECT printf('01890a5d-ac96-774b-bcce-%012d', i), printf('r%d', i), 0 FROM n;
		INSERT INTO group_roles (group_id, role_id, assigned_at) SELECT g.id, r.id, 0 FROM groups g, roles r WHERE g.name = 'staff' AND r.name GLOB 'r[0-9]*';"
	run -1 yett group grant staff viewer
	[[ "$output" = *"more than 64 roles"* ]]
}

@test "impersonation list shows who acted in whose name, and end ends it" {
	local acting id
	yett role grant kim@example.org admin
	sign_in kim@example.org
	lee=$(sql "SELECT id FROM users WHERE email = 'lee@example.org'")
	call groups POST "/users/$lee/impersonate" '{"reason":"as Lee asked on the phone"}' "$(bearer "$ACCESS")"
	expect 201
	acting=$(json .access_token)
	run -0 yett impersonation list
	[[ "${lines[0]}" = ID*ADMIN*AS*STATE*STARTED*UNTIL*ADDRESS*REASON ]]
	[[ "${lines[1]}" = *kim@example.org*lee@example.org*runs*"as Lee asked on the phone" ]]
	run -0 yett impersonation list --json --user lee@example.org --admin kim@example.org
	[ "$(jq -c '.items[] | [.impersonated_user_id, .ended_at, .reason]' <<< "$output")" = "[\"$lee\",null,\"as Lee asked on the phone\"]" ]
	id=$(jq -r '.items[0].id' <<< "$output")
	run -0 yett impersonation list --user kim@example.org
	[ "${#lines[@]}" = 1 ]
	run -1 yett impersonation list --user nobody@example.org
	run -0 yett impersonation end "$id"
	me "$(bearer "$acting")"
	expect 401
	[[ "$(yett impersonation list)" = *ended* ]]
	run -1 yett impersonation end "$id"
	[[ "$output" = *"has ended already"* ]]
	run -1 yett impersonation end nonsense
	[ "$(sql "SELECT actor || ' ' || object_id FROM audit_log WHERE action = 'impersonation.ended'")" = "tool $lee" ]
	call groups POST "/users/$lee/impersonate" '{"reason":"once more"}' "$(bearer "$ACCESS")"
	expect 201
	pass_time 901
	[[ "$(yett impersonation list --limit 1)" = *expired* ]]
	run -1 yett impersonation end "$(yett impersonation list --json | jq -r '.items[0].id')"
	# Of who is gone the log remains.
	yett user delete lee@example.org --yes
	run -0 yett impersonation list --user "$lee"
	[[ "${lines[1]}" = *"$lee"* ]]
}
