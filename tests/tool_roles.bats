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

# org_role COMMAND [ARGUMENT]...: of the club's own.
org_role() {
	yett role "$@" --org club
}

@test "role with --org makes, changes and deletes roles of an organisation's own, each with its row in the audit log" {
	local org
	yett org add Club --slug club
	yett org add Other --slug other
	org=$(sql "SELECT id FROM orgs WHERE slug = 'club'")
	run -0 org_role add coach --description "Trains"
	[[ "$output" = "added the role coach ("*")" ]]
	org_role add head
	run -0 org_role allow coach courts:book
	[ "$output" = "coach now holds courts:book" ]
	run -0 org_role allow coach courts:move --if ":attributes ->> 'free'"
	[ "$output" = "coach now holds courts:move on that condition" ]
	run -0 org_role inherit head coach
	run -0 org_role inherit head org-admin
	run -0 yett role list --org club
	[ "${#lines[@]}" = 6 ]
	[[ "${lines[4]}" = coach*courts:book*Trains* ]]
	[ "$(yett role list --org club --json | jq -c '[.items[] | .name]')" = '["org-owner","org-admin","org-member","coach","head"]' ]
	[ "$(yett role list --org club --json | jq -c '.items[] | select(.name == "head") | .parents')" = '["coach","org-admin"]' ]
	[ "$(yett role list --org "$org" --json | jq -c '.items[3] | [.permissions, .conditional_permissions]')" = '[["courts:book"],[{"permission":"courts:move","condition":":attributes ->> '"'free'"'"}]]' ]
	# Neither the site nor another organisation has them.
	[[ "$(yett role list)" != *coach* ]]
	[[ "$(yett role list --org other)" != *coach* ]]
	run -1 yett role delete coach
	run -1 yett role allow coach a:b --org other
	[[ "$output" = *'there is no role "coach" in other'* ]]
	# They are given to members, and count there.
	run -1 yett role grant kim@example.org head --org club
	[[ "$output" = *"no member"* ]]
	yett org join club kim@example.org
	run -0 yett role grant kim@example.org head --org club
	[ "$output" = "kim@example.org now has the role head in club" ]
	sign_in kim@example.org
	call roles POST /authz/check "{\"org\":\"$org\",\"resource\":\"courts\",\"action\":\"move\",\"attributes\":{\"free\":1}}" "$(bearer "$ACCESS")"
	[ "$(jq -c '[.allowed, .reason.through]' <<< "$BODY")" = '[true,["head","coach"]]' ]
	org_role forbid coach courts:move
	call roles POST /authz/check "{\"org\":\"$org\",\"resource\":\"courts\",\"action\":\"move\",\"attributes\":{\"free\":1}}" "$(bearer "$ACCESS")"
	[ "$(json .allowed)" = false ]
	run -0 yett role revoke kim@example.org head --org club
	run -1 yett role revoke kim@example.org head --org club
	org_role disinherit head coach
	run -0 org_role delete coach
	[ "$output" = "deleted the role coach" ]
	[ "$(sql "SELECT group_concat(action, ' ') FROM (SELECT action FROM audit_log WHERE actor = 'tool' AND org_id = '$org' AND action GLOB 'org_role.*' ORDER BY seq)")" = "org_role.created org_role.created org_role.allowed org_role.allowed org_role.inherited org_role.inherited org_role.assigned org_role.forbidden org_role.unassigned org_role.disinherited org_role.deleted" ]
	run -0 yett audit verify
}

@test "role with --org refuses what is wrong, and says why, at its limits too" {
	local before name
	yett org add Club --slug club
	org_role add coach
	org_role add head
	yett role add editor
	before=$(sql "SELECT count(*) FROM audit_log")
	run -1 yett role list --org nowhere
	[[ "$output" = *'there is no org "nowhere"'* ]]
	run -1 yett role add trainer --org nowhere
	run -1 org_role add coach
	[[ "$output" = *"there is one of this name"* ]]
	for name in admin viewer guest org-boss; do
		run -1 org_role add "$name"
		[[ "$output" = *"NAME: is as those of built-in roles"* ]]
	done
	run -1 org_role delete org-owner
	[[ "$output" = *"built-in"* ]]
	run -1 org_role allow org-member a:b
	[[ "$output" = *"built-in"* ]]
	# A role of the site may be given there, and is not the organisation's to change.
	run -1 org_role allow editor a:b
	[[ "$output" = *'there is no role "editor" in club'* ]]
	run -1 org_role inherit coach editor
	[[ "$output" = *'there is no role "editor" in club'* ]]
	run -1 org_role inherit coach viewer
	run -1 org_role allow coach a:b --if ":user ->> 'team' = 1"
	[[ "$output" = *"--if: is no condition: there is no such fact in an organisation"* ]]
	run -1 org_role forbid coach a:b
	[[ "$output" = *"does not hold"* ]]
	org_role inherit coach head
	run -1 org_role inherit head coach
	[[ "$output" = *"head > coach > head"* ]]
	run -1 org_role disinherit head coach
	[[ "$output" = *"does not inherit"* ]]
	[ "$(sql "SELECT count(*) FROM audit_log")" = $((before + 1)) ]
	sql "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 197)
		INSERT INTO roles (id, org_id, name, created_at) SELECT printf('01890a5d-ac96-774b-bcce-%012d', i), (SELECT id FROM orgs), printf('r%d', i), 0 FROM n"
	org_role add last
	run -1 org_role add over
	[[ "$output" = *"there are 200 already"* ]]
	[ "$(yett role list --org club --json | jq '.items | length')" = 203 ]
	sql "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 199)
		INSERT INTO permissions (id, org_id, name, created_at) SELECT printf('01890a5d-ac96-774b-bcce-%012d', i), (SELECT id FROM orgs), printf('x:p%d', i), 0 FROM n;
		INSERT INTO role_permissions (role_id, permission_id) SELECT (SELECT id FROM roles WHERE name = 'last'), id FROM permissions WHERE name GLOB 'x:*'"
	org_role allow coach y:last
	run -1 org_role allow coach y:over
	[[ "$output" = *"hold 200 others"* ]]
	sql "UPDATE role_permissions SET condition = '1' WHERE permission_id IN (SELECT id FROM permissions WHERE name GLOB 'x:p*' LIMIT 31)"
	org_role allow last x:p198 --if 1
	run -1 org_role allow last x:p199 --if 1
	[[ "$output" = *"32 on conditions"* ]]
}
