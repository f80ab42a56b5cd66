#!/usr/bin/env bats
# yett org: organisations, who belongs to them, and is what there.

load helper
load tool

setup() {
	fresh_state
	add_user kim@example.org > /dev/null
	add_user lee@example.org > /dev/null
}

# last COLUMN...: of the last row of the audit log.
last() {
	sql "SELECT $1 FROM audit_log ORDER BY seq DESC LIMIT 1"
}

@test "org add makes one, with an owner and a slug of its name" {
	run -0 yett org add "Tennis Club"
	[[ "$output" =~ ^added\ tennis-club-[0-9a-f]{12}\ \( ]]
	run -0 yett org add "Chess Club" --slug chess --owner kim@example.org --seats 2
	[[ "$output" == "added chess ("* ]]
	[ "$(last "actor || ' ' || action || ' ' || json_extract(details, '\$.owner_id')")" = "tool org.created $(sql "SELECT id FROM users WHERE email LIKE 'kim%'")" ]
	run -0 yett org list
	[[ "${lines[0]}" = SLUG*NAME*SEATS*CREATED*ID* ]]
	[[ "${lines[2]}" = chess*"Chess Club"*2* ]]
	run -0 yett org list --json
	[ "$(jq -c '[.items[] | [.name, .seat_limit]], .next' <<< "$output" | tr -d '\n')" = '[["Tennis Club",null],["Chess Club",2]]null' ]
	run -0 yett org list --json --limit 1
	[ "$(jq -c '.items | length' <<< "$output")" = 1 ]
	run -0 yett org list --json --after "$(jq -r .next <<< "$output")"
	[ "$(jq -r '.items[0].slug' <<< "$output")" = chess ]
	run -0 yett org list --limit 1
	[[ "${lines[2]}" = "there are more: --after "* ]]
	run -1 yett org add Other --slug chess
	[[ "$output" = *"another organisation's"* ]]
	run -1 yett org add Other --slug Chess
	run -1 yett org add ""
	run -1 yett org add Other --seats -1
	run -1 yett org add Other --owner nobody@example.org
	[ "$(sql "SELECT count(*) FROM orgs")" = 2 ]
}

@test "org show and edit, by slug or id" {
	yett org add "Chess Club" --slug chess
	local id
	id=$(yett org show chess --json | jq -r .id)
	run -0 yett org show "$id"
	[[ "$output" = *"name        Chess Club"*"members     0"*"seats       -"* ]]
	run -0 yett org edit chess --name "Chess & Go" --slug board --seats 7 --metadata '{"plan":{"name":"free"},"x":1}'
	run -0 yett org edit board --metadata '{"plan":{"until":"2030"},"x":null}'
	[ "$(last details)" = '{"fields":["metadata"]}' ]
	[ "$(yett org show board --json | jq -c '[.name, .seat_limit, .metadata, .members]')" = '["Chess & Go",7,{"plan":{"name":"free","until":"2030"}},0]' ]
	yett org edit board --seats 0
	[ "$(yett org show board --json | jq -c .seat_limit)" = null ]
	run -1 yett org edit board --metadata '[]'
	run -1 yett org edit board --metadata "{\"x\":\"$(printf 'x%.0s' $(seq 16384))\"}"
	run -100 yett org edit board
	run -1 yett org edit chess --name X
	[[ "$output" = *'there is no org "chess"'* ]]
	run -1 yett org show chess
}

@test "org join, members, grant, revoke and leave" {
	yett org add "Chess Club" --slug chess --owner kim@example.org --seats 2
	run -0 yett org join chess lee@example.org
	[ "$output" = "lee@example.org now belongs to chess as org-member" ]
	[ "$(last "action || ' ' || object_type")" = "org_member.added user" ]
	run -1 yett org join chess lee@example.org
	[[ "$output" = *"already"* ]]
	add_user max@example.org > /dev/null
	run -1 yett org join chess max@example.org --role org-admin
	[[ "$output" = *"no seat"* ]]
	run -0 yett org grant chess lee@example.org org-admin --until 2099-01-01T00:00:00Z
	[ "$output" = "lee@example.org now has the role org-admin in chess" ]
	run -0 yett org members chess --json
	[ "$(jq -c '[.items[] | [.email, (.roles | sort)]]' <<< "$output")" = '[["kim@example.org",["org-owner"]],["lee@example.org",["org-admin","org-member"]]]' ]
	run -0 yett org members chess
	[[ "${lines[0]}" = EMAIL*ROLES*JOINED*ID* ]]
	[[ "${lines[1]}" = kim@example.org*org-owner* ]]
	run -0 yett org members chess --limit 1
	[[ "${lines[2]}" = "there are more: --after "* ]]
	run -0 yett org revoke chess lee@example.org org-admin
	run -1 yett org revoke chess lee@example.org org-admin
	[[ "$output" = *"does not hold"* ]]
	run -1 yett org grant chess max@example.org org-admin
	[[ "$output" = *"no member"* ]]
	run -1 yett org grant chess lee@example.org king
	[[ "$output" = *"no such role"* ]]
	run -1 yett org grant chess lee@example.org org-admin --until yesterday
	run -0 yett org leave chess lee@example.org
	run -1 yett org leave chess lee@example.org
	[ "$(sql "SELECT group_concat(action, ' ') FROM (SELECT action FROM audit_log WHERE org_id IS NOT NULL ORDER BY seq)")" = "org.created org_member.added org_role.assigned org_role.unassigned org_member.removed" ]
}

@test "the last owner stays one" {
	yett org add "Chess Club" --slug chess --owner kim@example.org
	run -1 yett org leave chess kim@example.org
	[[ "$output" = *"last owner"* ]]
	run -1 yett org revoke chess kim@example.org org-owner
	run -1 yett org grant chess kim@example.org org-owner --until 2099-01-01T00:00:00Z
	[ "$(sql "SELECT count(*) FROM user_org_roles WHERE expires_at IS NULL")" = 1 ]
	yett org join chess lee@example.org --role org-owner
	yett org leave chess kim@example.org
}

@test "org delete asks, and takes all with it" {
	yett org add "Chess Club" --slug chess --owner kim@example.org
	run -100 yett org delete chess < /dev/null
	[ "$(sql "SELECT count(*) FROM orgs")" = 1 ]
	run -0 yett org delete chess --yes
	[[ "$output" = "deleted chess ("* ]]
	[ "$(sql "SELECT (SELECT count(*) FROM orgs) + (SELECT count(*) FROM user_orgs)")" = 0 ]
	[ "$(last action)" = org.deleted ]
	run -1 yett org delete chess --yes
}
