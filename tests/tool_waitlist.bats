#!/usr/bin/env bats
# yett waitlist, yett user invite, invitations, uninvite: who asks to be let in, and who is.

load helper
load tool
load mail
load waiting

setup() {
	fresh_state
	stop_time
	mails_of_invitations
	export YETT_SIGNUP_MODE=waitlist
	sql "INSERT INTO waitlist (id, email, name, note, state, placed_at, created_at) VALUES
		('01890a5d-ac96-774b-bcce-000000000001', 'a@example.org', 'Ann', 'I sing', 'waiting', 2000, 1000),
		('01890a5d-ac96-774b-bcce-000000000002', 'b@example.org', '', '', 'waiting', 1000, 1000),
		('01890a5d-ac96-774b-bcce-000000000003', 'c@example.org', '', '', 'unconfirmed', 3000, 3000),
		('01890a5d-ac96-774b-bcce-000000000004', 'd@example.org', '', '', 'waiting', 4000, 3000)"
}

teardown() {
	stop_all
}

# states: address and state of all, in their order.
states() {
	sql "SELECT group_concat(email || ' ' || state) FROM (SELECT substr(email, 1, 1) AS email, state FROM waitlist ORDER BY placed_at, id)"
}

@test "list shows who is on it, in its order, all or those of one state" {
	run -0 yett waitlist list
	[[ "${lines[0]}" = EMAIL*STATE*SINCE*INVITED*ID*NAME*NOTE ]]
	[[ "${lines[1]}" = "b@example.org"*waiting* ]]
	[[ "${lines[2]}" = "a@example.org"*waiting*01890a5d-ac96-774b-bcce-000000000001*Ann*"I sing" ]]
	[ ${#lines[@]} = 5 ]
	run -0 yett waitlist list --state unconfirmed --json
	[ "$(jq -c '[.items[] | [.email, .confirmed_at]]' <<< "$output")" = '[["c@example.org",null]]' ]
	run -0 yett waitlist list --limit 1 --json
	[ "$(jq -c '[.items[].email]' <<< "$output")" = '["b@example.org"]' ]
	run -100 yett waitlist list --state ajar
	run -100 yett waitlist list --limit 0
	run -100 yett waitlist list --limit 10001
	run -0 yett waitlist list --limit 10000
}

@test "invite takes the next so many, approve one out of turn; each is mailed a link" {
	run -0 yett waitlist invite 1
	[ "$output" = "1 invited" ]
	run -0 yett waitlist approve D@example.org
	[ "$output" = "d@example.org is invited" ]
	[ "$(states)" = "b invited,a waiting,c unconfirmed,d invited" ]
	deliver 2
	link_of d@example.org /register
	join d@example.org "$TOKEN"
	expect 201
	run -1 yett waitlist approve d@example.org
	[[ "$output" = *"d@example.org has an account already"* ]]
	run -1 yett waitlist approve c@example.org
	[[ "$output" = *"has not confirmed the address"* ]]
	run -0 yett waitlist invite 500
	[ "$output" = "1 invited" ]
	[ "$(sql "SELECT group_concat(action || ' ' || actor) FROM (SELECT * FROM audit_log WHERE object_type = 'waitlist' ORDER BY seq)")" = \
		"waitlist.invited tool,waitlist.invited tool,waitlist.joined user,waitlist.invited tool" ]
}

@test "refuse and delete, by address or id" {
	run -0 yett waitlist refuse 01890a5d-ac96-774b-bcce-000000000001
	[ "$output" = "a@example.org is refused" ]
	run -1 yett waitlist refuse a@example.org
	[[ "$output" = *"neither waits nor was invited"* ]]
	run -0 yett waitlist delete B@example.org
	[ "$output" = "b@example.org is forgotten" ]
	run -1 yett waitlist delete b@example.org
	[[ "$output" = *"b@example.org is not on the waitlist"* ]]
	run -1 yett waitlist approve 01890a5d-ac96-774b-bcce-000000000009
	[ "$(states)" = "a refused,c unconfirmed,d waiting" ]
	[ "$(outbox)" = "" ]
	[ "$(events waitlist.refused) $(events waitlist.deleted)" = "1 1" ]
}

@test "numbers that are none, and a mode in which nobody could come, are refused" {
	local count
	for count in 0 501 x -1; do
		run -100 yett waitlist invite "$count"
	done
	export YETT_SIGNUP_MODE=closed
	run -1 yett waitlist invite 1
	[[ "$output" = *"signup.mode is closed"* ]]
	run -1 yett waitlist approve a@example.org
	[ "$(states)" = "b waiting,a waiting,c unconfirmed,d waiting" ]
	YETT_MAIL_URL='' YETT_SIGNUP_MODE=open run -0 yett waitlist invite 1
	[[ "$output" = *"mail.url is not set"*"1 invited" ]]
}

@test "user invite mails a link to sign up by, in the language that is said" {
	run -0 yett user invite Eve@example.org --name Eve --lang de
	[[ "$output" = "eve@example.org is invited to sign up until "*". A mail says so." ]]
	deliver 1
	mail_to eve@example.org
	[[ "$TEXT" = "Eine Einladung zu Yett"*"Guten Tag Eve,"* ]]
	link_of eve@example.org /register
	export YETT_SIGNUP_MODE=invite
	join eve@example.org "$TOKEN"
	expect 201
	run -1 yett user invite EVE@example.org
	[[ "$output" = *"has an account already"* ]]
	run -1 yett user invite eve
	[[ "$output" = *"is not an e-mail address"* ]]
	run -100 yett user invite fay@example.org --lang 'x y'
	[ "$(sql "SELECT group_concat(actor || ' ' || object_type) FROM audit_log WHERE action = 'user.invited'")" = "tool ticket" ]
	[ "$(sql 'SELECT count(*) FROM outbox')" = 1 ]
}

@test "user invitations lists who is invited, the newest first; uninvite takes one back by address or id" {
	local email id
	for email in eve fay gil; do
		pass_time 1
		yett user invite "$email@example.org" > /dev/null
	done
	run -0 yett user invitations
	[[ "${lines[0]}" = EMAIL*CREATED*EXPIRES*ID* ]]
	[[ "${lines[1]}" = gil@example.org*Z*Z* && "${lines[3]}" = eve@example.org* ]]
	[ ${#lines[@]} = 4 ]
	run -0 yett user invitations --json
	[ "$(jq -c '[.next, [.items[].email], (.items[0] | keys)]' <<< "$output")" = \
		'[null,["gil@example.org","fay@example.org","eve@example.org"],["created_at","email","expires_at","id"]]' ]
	id=$(jq -r '.items[1].id' <<< "$output")
	[[ "$id" = "$(sql "SELECT id FROM one_time_tokens WHERE email = 'fay@example.org'")" ]]
	run -0 yett user invitations --limit 2
	[[ "$output" = *"there are more: --after $id"* && "$output" = *fay@example.org* && "$output" != *eve@example.org* ]]
	run -0 yett user invitations --limit 2 --after "$id" --json
	[ "$(jq -c '[.next, [.items[].email]]' <<< "$output")" = '[null,["eve@example.org"]]' ]
	run -0 yett user uninvite EVE@example.org
	[ "$output" = "eve@example.org is no more invited to sign up" ]
	run -0 yett user uninvite "$id"
	[ "$output" = "fay@example.org is no more invited to sign up" ]
	run -1 yett user uninvite "$id"
	[[ "$output" = *"$id is not invited to sign up"* ]]
	run -1 yett user uninvite a@example.org
	[ "$(yett user invitations --json | jq -r '.items[].email')" = gil@example.org ]
	[ "$(sql "SELECT group_concat(actor || ' ' || object_type || ' ' || (object_id = '$id')) FROM (SELECT * FROM audit_log WHERE action = 'user.uninvited' ORDER BY seq)")" = \
		"tool ticket 0,tool ticket 1" ]
	for id in "--limit 0" "--limit 10001" "--after x"; do
		run -100 yett user invitations $id
		[[ "$output" = *"${id% *} must be "* ]]
	done
	run -0 yett user invitations --limit 10000
	run -100 yett user uninvite
}

@test "user uninvite refuses on the waitlist who was invited off it" {
	run -0 yett waitlist approve d@example.org
	[ "$(yett user invitations --json | jq -r '.items[].email')" = d@example.org ]
	run -0 yett user uninvite d@example.org
	[ "$output" = "d@example.org is no more invited to sign up, and is refused on the waitlist" ]
	[ "$(states)" = "b waiting,a waiting,c unconfirmed,d refused" ]
	[ "$(events user.uninvited) $(events waitlist.refused)" = "1 1" ]
	[ "$(yett user invitations --json | jq -c .items)" = '[]' ]
}
