#!/usr/bin/env bats
# yett invitation: who is invited into an org.

load helper
load joining
load tool
load mail
load waiting

teardown() {
	stop_all
}

setup() {
	fresh_state
	stop_time
	sql "INSERT INTO orgs (id, name, slug, created_at, updated_at)
		VALUES ('$ORG_A', 'Club A', 'a', 0, 0), ('$ORG_B', 'Club B', 'b', 0, 0)"
}

@test "invitation add prints a link that is accepted; list shows what is open, and no link" {
	run -0 yett invitation add a Eve@example.org --role org-admin
	[[ "${lines[0]}" = "eve@example.org is invited to be org-admin in a until "* ]]
	local link=${lines[1]}
	[[ $link =~ ^http://127.0.0.1:8080/invitation#[A-Za-z0-9_-]{43}$ ]]
	run -0 yett invitation list a
	[[ "${lines[0]}" = EMAIL*ROLE*CREATED*EXPIRES*ID* ]]
	[[ "${lines[1]}" = eve@example.org*org-admin* ]]
	[[ "$output" != *"${link#*#}"* ]]
	run -0 yett invitation list "$ORG_A" --json
	[ "$(jq -c '[.items[] | [.email, .role, .invited_by]]' <<< "$output")" = '[["eve@example.org","org-admin",null]]' ]
	register eve@example.org
	as "$ACCESS" POST /invitations/accept "{\"token\":\"${link#*#}\"}"
	expect 200
	[ "$(yett invitation list a --json | jq '.items | length')" = 0 ]
	[ "$(sql "SELECT group_concat(action || ' ' || actor) FROM (SELECT * FROM audit_log WHERE org_id = '$ORG_A' ORDER BY seq)")" = \
		"invitation.created tool,invitation.accepted user,org_member.joined user" ]
}

@test "invitation revoke takes one back, and a new one replaces an old one" {
	local first second
	first=$(yett invitation add a eve@example.org | tail -n 1)
	second=$(yett invitation add a eve@example.org | tail -n 1)
	[ "$(yett invitation list a --json | jq '.items | length')" = 1 ]
	call orgs POST /invitations/look "{\"token\":\"${first#*#}\"}"
	expect 404
	call orgs POST /invitations/look "{\"token\":\"${second#*#}\"}"
	expect 200
	run -1 yett invitation revoke b eve@example.org
	[[ "$output" = *"is not invited into b"* ]]
	run -0 yett invitation revoke a EVE@example.org
	[ "$output" = "eve@example.org is no more invited into a" ]
	call orgs POST /invitations/look "{\"token\":\"${second#*#}\"}"
	expect 404
	run -1 yett invitation revoke a eve@example.org
	[ "$(sql "SELECT count(*) FROM audit_log WHERE action = 'invitation.revoked'")" = 1 ]
}

@test "where mail goes out it is mailed, and its link is shown when asked for" {
	local first
	mails_of_invitations
	run -0 yett invitation add a Eve@example.org
	[[ "$output" = "eve@example.org is invited to be org-member in a until "*". A mail says so." ]]
	deliver 1
	mail_to eve@example.org
	[[ "$TEXT" = "An invitation to Club A"*"You are invited to belong to \"Club A\""* ]]
	link_of eve@example.org /invitation
	first=$TOKEN
	run -0 yett invitation resend a eve@example.org
	deliver 2
	link_of eve@example.org /invitation
	[ "$TOKEN" != "$first" ]
	call orgs POST /invitations/look "{\"token\":\"$first\"}"
	expect 404
	join eve@example.org "$TOKEN"
	expect 201
	[ "$(confirmed eve@example.org)" = 1 ]
	run -0 yett invitation add a fay@example.org --show-link
	[[ "${lines[1]}" =~ ^http://127.0.0.1:8080/invitation#[A-Za-z0-9_-]{43}$ ]]
	join fay@example.org "${lines[1]#*#}"
	expect 201
	[ "$(confirmed fay@example.org)" = 0 ]
	run -1 yett invitation resend a nobody@example.org
	[[ "$output" = *"is not invited into a"* ]]
	[ "$(events invitation.resent)" = 1 ]
}

@test "what cannot be is refused and changes nothing" {
	local before until
	before=$(sql .dump)
	run -1 yett invitation add nowhere eve@example.org
	[[ "$output" = *'there is no org "nowhere"'* ]]
	run -1 yett invitation add a eve
	[[ "$output" = *"email: is not an e-mail address"* ]]
	run -1 yett invitation add a eve@example.org --role king
	[[ "$output" = *'role: there is no "king"'* ]]
	for until in tomorrow 2020-01-01T00:00:00Z 2999-01-01T00:00:00Z; do
		run -1 yett invitation add a eve@example.org --until "$until"
		[[ "$output" = *--until* ]]
	done
	run -100 yett invitation add a
	[ "$(sql .dump)" = "$before" ]
	sql "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100)
		INSERT INTO org_invitations (id, org_id, email, role_id, token_hash, created_at, expires_at)
		SELECT printf('01890a5d-ac96-774b-bcce-%012d', i), '$ORG_A', i || '@example.org',
		'00000000-0000-7000-8000-000000000013', randomblob(32), 0, 9999999999999 FROM n"
	run -1 yett invitation add a eve@example.org
	[[ "$output" = *"no org may have more"* ]]
	yett invitation add b eve@example.org
}
