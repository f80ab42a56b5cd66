#!/usr/bin/env bats
# waitlist: asking to be let in, showing that one reads the address, being invited in order.

load helper
load mail
load waiting

NOBODY=01890a5d-ac96-774b-bcce-b302099a8059

setup() {
	fresh_state
	stop_time
	mails_of_invitations
	export YETT_SIGNUP_MODE=waitlist
}

teardown() {
	stop_all
}

# ask EMAIL [MEMBERS]
ask() {
	call waitlist POST /waitlist "{\"email\":\"$1\"${2-}}"
}

# place EMAIL...: each is on the list, in this order, confirmed a second after the one before; without mails.
place() {
	local email now
	for email in "$@"; do
		now=$(tr -d @ < "$YETT_TEST_CLOCK")
		sql "INSERT INTO waitlist (id, email, name, note, state, placed_at, created_at)
			VALUES (printf('01890a5d-ac96-774b-bcce-%012d', (SELECT count(*) FROM waitlist)), '$email', '', '', 'waiting', $now, $now)"
		pass_time 1
	done
}

# id EMAIL, state_of EMAIL
id() {
	sql "SELECT id FROM waitlist WHERE email = '$1'"
}

state_of() {
	sql "SELECT state FROM waitlist WHERE email = '$1'"
}

# admin [PERMISSION...]: ADMIN is the proof of one, who holds these; of all without.
admin() {
	local permission role=()
	[ $# != 0 ] || role=(--role admin)
	echo "$PASSWORD" | yett user add root@example.org "${role[@]}"
	for permission in "$@"; do
		yett role allow viewer "$permission" > /dev/null
	done
	sign_in root@example.org
	ADMIN=$ACCESS
}

# by METHOD PATH [BODY]: by the admin.
by() {
	call waitlist "$1" "$2" "${3--}" "$(bearer "$ADMIN")"
}

@test "who asks is mailed a link, confirms by it, and has a place; nothing before" {
	ask "Eve@Example.org" ',"name":"Eve","note":"I play the cello"'
	expect 202
	[ "$(sql 'SELECT email, name, note, state FROM waitlist')" = "eve@example.org|Eve|I play the cello|unconfirmed" ]
	deliver 1
	mail_to eve@example.org
	[[ "$TEXT" = "Confirm your address for Yett"*"good for 3 days"* ]]
	# Somebody else may have written that.
	[[ "$TEXT" != *cello* && "$TEXT" != *Eve* ]]
	place first@example.org
	link_of eve@example.org /waitlist/confirm
	# Not in the clear while it is good.
	[ "$(sql 'SELECT count(*) FROM one_time_tokens')" = 1 ]
	[[ "$(sql .dump)" != *"$TOKEN"* ]]
	call waitlist POST /waitlist/confirm "{\"token\":\"$TOKEN\"}"
	expect 200
	[ "$BODY" = '{"position":2}' ]
	[ "$(state_of eve@example.org)" = waiting ]
	[ "$(events waitlist.confirmed)" = 1 ]
	[ "$(sql "SELECT count(*) FROM audit_log WHERE details LIKE '%@%'")" = 0 ]
}

@test "a mail in the language of the browser" {
	call waitlist POST /waitlist '{"email":"eve@example.org"}' HTTP_ACCEPT_LANGUAGE=de-AT
	expect 202
	deliver 1
	mail_to eve@example.org
	[[ "$TEXT" = "Bestätigen Sie Ihre Adresse für Yett"*"gilt 3 Tage"* ]]
	admin
	sql "UPDATE waitlist SET state = 'waiting'"
	by POST /waitlist/invite '{"count":1}'
	deliver 2
	mail_to eve@example.org
	[[ "$TEXT" = "Sie sind an der Reihe bei Yett"*"7 Tage"* ]]
}

@test "the answer is the same whoever has the address; the mail says how it stands, or there is none" {
	local answer email
	echo "$PASSWORD" | yett user add Ann@example.org
	place waits@example.org invited@example.org refused@example.org
	sql "UPDATE waitlist SET state = 'invited' WHERE email = 'invited@example.org';
		UPDATE waitlist SET state = 'refused' WHERE email = 'refused@example.org'"
	ask new@example.org
	expect 202
	answer=$BODY
	for email in new ann waits invited refused; do
		ask "$email@example.org"
		expect 202
		[ "$BODY" = "$answer" ]
	done
	[ "$(outbox)" = "waitlist-confirm new@example.org, waitlist-confirm new@example.org, waitlist-known ann@example.org, waitlist-known waits@example.org, waitlist-invited invited@example.org" ]
	deliver 5
	mail_to ann@example.org
	[[ "$TEXT" = *"there is an account with this address"* ]]
	mail_to waits@example.org
	[[ "$TEXT" = *"as number 1"* ]]
	link_of invited@example.org /register
	join invited@example.org "$TOKEN"
	expect 201
	# Of the two to the new one only the later is good, and nothing is left of mails that were none.
	[ "$(sql "SELECT group_concat(purpose || ' ' || email) FROM one_time_tokens")" = "waitlist new@example.org" ]
	[ "$(sql 'SELECT count(*) FROM waitlist')" = 4 ]
}

@test "a link that confirms: used, replaced, expired, cut short, of another kind, of who is gone: one answer" {
	local wrong first token before
	ask eve@example.org
	deliver 1
	link_of eve@example.org /waitlist/confirm
	first=$TOKEN
	pass_time 5
	ask eve@example.org
	deliver 2
	link_of eve@example.org /waitlist/confirm
	[ "$TOKEN" != "$first" ]
	call waitlist POST /waitlist/confirm "{\"token\":\"$first\"}"
	expect 400 invalid-link
	wrong=$(jq -c 'del(.request_id)' <<< "$BODY")
	pass_time $((3 * 86400 - 1))
	call waitlist POST /waitlist/confirm "{\"token\":\"$TOKEN\"}"
	expect 200
	ask fay@example.org
	deliver 3
	first=$TOKEN
	link_of fay@example.org /waitlist/confirm
	before=$(sql .dump)
	for token in "$first" "${TOKEN%?}" "${TOKEN}A" x "$NOBODY"; do
		call waitlist POST /waitlist/confirm "{\"token\":\"$token\"}"
		expect 400
		[ "$(jq -c 'del(.request_id)' <<< "$BODY")" = "$wrong" ]
	done
	[ "$(sql .dump)" = "$before" ]
	sql "DELETE FROM waitlist WHERE email = 'fay@example.org'"
	call waitlist POST /waitlist/confirm "{\"token\":\"$TOKEN\"}"
	expect 400
	[ "$(jq -c 'del(.request_id)' <<< "$BODY")" = "$wrong" ]
	ask gil@example.org
	deliver 4
	link_of gil@example.org /waitlist/confirm
	pass_time $((3 * 86400))
	call waitlist POST /waitlist/confirm "{\"token\":\"$TOKEN\"}"
	expect 400
	[ "$(jq -c 'del(.request_id)' <<< "$BODY")" = "$wrong" ]
	call waitlist POST /waitlist/confirm '{"token":""}'
	expect 422
	expect_field token
}

@test "there is a list in mode waitlist alone" {
	local mode
	for mode in open invite closed; do
		export YETT_SIGNUP_MODE=$mode
		ask eve@example.org
		expect 404
		call waitlist POST /waitlist/confirm '{"token":"x"}'
		expect 404
		call waitlist GET /waitlist - "$HTML"
		expect 404
		call waitlist GET /waitlist/confirm - "$HTML"
		expect 404
	done
	[ "$(sql 'SELECT count(*) FROM waitlist')" = 0 ]
}

@test "what is asked is checked, each by name, and nothing is stored" {
	local email
	for email in eve eve@ 'a b@example.org' "$(printf 'a%0250d' 0)@example.org"; do
		ask "$email"
		expect 422
		expect_field email
	done
	ask eve@example.org ",\"name\":\"$(printf 'x%.0s' {1..201})\""
	expect 422
	expect_field name
	ask eve@example.org ",\"note\":\"$(printf 'x%.0s' {1..1001})\""
	expect 422
	expect_field note
	[ "$(sql 'SELECT count(*) FROM waitlist')" = 0 ]
	ask eve@example.org ",\"name\":\"$(printf 'x%.0s' {1..200})\",\"note\":\"$(printf 'x%.0s' {1..1000})\""
	expect 202
}

@test "five mails to one address in an hour, and twenty-five from one network" {
	local i
	for i in 1 2 3 4 5; do
		ask eve@example.org
		expect 202
	done
	ask EVE@example.org
	expect 429 too-many-requests
	[ -n "$(header Retry-After)" ]
	for i in $(seq 20); do
		ask "u$i@example.org"
		expect 202
	done
	ask more@example.org
	expect 429
	call waitlist POST /waitlist '{"email":"more@example.org"}' REMOTE_ADDR=198.51.100.9
	expect 202
}

@test "who never confirmed is forgotten after a week, and counts for no position" {
	ask old@example.org
	deliver 1
	pass_time 1
	place eve@example.org
	pass_time $((7 * 86400))
	ask new@example.org
	deliver 2
	link_of new@example.org /waitlist/confirm
	call waitlist POST /waitlist/confirm "{\"token\":\"$TOKEN\"}"
	[ "$(json .position)" = 2 ]
	[ "$(state_of old@example.org)" = unconfirmed ]
	# Once a program has been up for half a minute.
	YETT_HTTP_THREADS=1 start_site
	eventually_gone() {
		local i
		for i in $(seq 500); do
			[ "$(sql "SELECT count(*) FROM waitlist WHERE email = 'old@example.org'")" != 0 ] || return 0
			sleep 0.1
		done
		return 1
	}
	eventually_gone
	stop_site
	[ "$(sql 'SELECT count(*) FROM waitlist')" = 2 ]
}

@test "the list is for who may read it, and is changed by who may" {
	local line before
	place eve@example.org
	admin waitlist:read
	before=$(sql .dump)
	while read -r line; do
		set -- $line
		call waitlist "$1" "$2" "${3--}"
		expect 401
		by "$1" "$2" "${3--}"
		expect 403
		[[ "$(json .detail)" = *waitlist:update* ]]
	done <<- E
		POST /waitlist/invite {"count":1}
		POST /waitlist/$(id eve@example.org)/approve {}
		POST /waitlist/$(id eve@example.org)/refuse {}
		DELETE /waitlist/$(id eve@example.org)
	E
	[ "$(sql .dump)" = "$before" ]
	call waitlist GET /waitlist
	expect 401
	by GET /waitlist
	expect 200
	yett role forbid viewer waitlist:read > /dev/null
	by GET /waitlist
	expect 403
	[[ "$(json .detail)" = *waitlist:read* ]]
	yett role allow guest waitlist:read > /dev/null
	call waitlist GET /waitlist
	expect 200
}

@test "the list has its order, its states and its pages" {
	local next
	place a@example.org b@example.org c@example.org
	ask d@example.org ',"name":"Dee"'
	admin
	by GET /waitlist
	[ "$(jq -c '[.next, [.items[].email]]' <<< "$BODY")" = '[null,["a@example.org","b@example.org","c@example.org","d@example.org"]]' ]
	[ "$(jq -c '.items[3] | [.name, .state, .confirmed_at, .invited_at, .user_id]' <<< "$BODY")" = '["Dee","unconfirmed",null,null,null]' ]
	by GET '/waitlist?limit=2'
	[ "$(jq -c '[.items[].email]' <<< "$BODY")" = '["a@example.org","b@example.org"]' ]
	next=$(json .next)
	by GET "/waitlist?limit=2&after=$next"
	[ "$(jq -c '[.next, [.items[].email]]' <<< "$BODY")" = '[null,["c@example.org","d@example.org"]]' ]
	by GET '/waitlist?state=unconfirmed'
	[ "$(jq -c '[.items[].email]' <<< "$BODY")" = '["d@example.org"]' ]
	by GET "/waitlist?state=waiting&limit=1&after=$next"
	[ "$(jq -c '[.items[].email]' <<< "$BODY")" = '["c@example.org"]' ]
	for next in limit=0 limit=101 limit=x state=ajar after=x state=waiting\&state=invited; do
		by GET "/waitlist?$next"
		expect 422
		expect_field "${next%%=*}"
	done
	by GET '/waitlist?stat=waiting'
	expect 422
	by GET '/waitlist?limit=100'
	expect 200
}

@test "the next so many are invited, in the order in which they confirmed, and sign up by the link" {
	place c@example.org a@example.org b@example.org
	ask unconfirmed@example.org
	admin
	by POST /waitlist/invite '{"count":2}'
	expect 200
	[ "$BODY" = '{"invited":2}' ]
	[ "$(sql "SELECT group_concat(email || ' ' || state) FROM (SELECT * FROM waitlist WHERE state <> 'unconfirmed' ORDER BY placed_at)")" = \
		"c@example.org invited,a@example.org invited,b@example.org waiting" ]
	[ "$(events waitlist.invited)" = 2 ]
	deliver 3
	mail_to c@example.org
	[[ "$TEXT" = "It is your turn at Yett"*"good for 7 days"* ]]
	link_of a@example.org /register
	join a@example.org "$TOKEN"
	expect 201
	[ "$(confirmed a@example.org)" = 1 ]
	[ "$(sql "SELECT state, user_id FROM waitlist WHERE email = 'a@example.org'")" = "joined|$(json .user.id)" ]
	[ "$(events waitlist.joined)" = 1 ]
	by POST /waitlist/invite '{"count":500}'
	[ "$BODY" = '{"invited":1}' ]
	by POST /waitlist/invite '{"count":1}'
	[ "$BODY" = '{"invited":0}' ]
	# The row goes with the user.
	echo y | yett user delete a@example.org --yes > /dev/null
	[ -z "$(state_of a@example.org)" ]
}

@test "some are invited by their ids, all or none; and numbers that are none are refused" {
	local ids before body many
	place a@example.org b@example.org c@example.org
	ask unconfirmed@example.org
	admin
	before=$(sql .dump)
	while read -r body; do
		by POST /waitlist/invite "$body"
		expect 422
		expect_field "$(grep -q ids <<< "$body" && ! grep -q count <<< "$body" && echo ids || echo count)"
	done <<- E
		{"count":0}
		{"count":501}
		{}
		{"count":1,"ids":["$(id a@example.org)"]}
		{"ids":[]}
		{"ids":["$(id a@example.org)","$NOBODY"]}
		{"ids":["$(id a@example.org)","$(id unconfirmed@example.org)"]}
		{"ids":[$(printf "\"$NOBODY\",%.0s" {1..64})"$NOBODY"]}
	E
	by POST /waitlist/invite '{"ids":["x"]}'
	expect 422
	expect_field 'ids[0]'
	[ "$(sql .dump)" = "$before" ]
	by POST /waitlist/invite "{\"ids\":[\"$(id c@example.org)\",\"$(id a@example.org)\"]}"
	expect 200
	[ "$BODY" = '{"invited":2}' ]
	[ "$(state_of b@example.org)" = waiting ]
	[ "$(outbox)" = "waitlist-confirm unconfirmed@example.org, waitlist-invited c@example.org, waitlist-invited a@example.org" ]
	sql "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 64)
		INSERT INTO waitlist (id, email, name, note, state, placed_at, created_at)
		SELECT printf('01890a5d-ac96-774b-bccf-%012d', i), 'n' || i || '@example.org', '', '', 'waiting', i, i FROM n"
	many=$(sql "SELECT json_group_array(id) FROM waitlist WHERE email LIKE 'n%'")
	by POST /waitlist/invite "{\"ids\":$many}"
	[ "$BODY" = '{"invited":64}' ]
}

@test "five hundred are invited at once, each with a mail, a link and a row in the log" {
	local note
	note=$(printf 'x%.0s' {1..1000})
	sql "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 501)
		INSERT INTO waitlist (id, email, name, note, state, placed_at, created_at)
		SELECT printf('01890a5d-ac96-774b-bccf-%012d', i), 'n' || i || '@example.org', 'N', '$note', 'waiting', i, i FROM n"
	admin
	by POST /waitlist/invite '{"count":500}'
	expect 200
	[ "$BODY" = '{"invited":500}' ]
	[ "$(sql 'SELECT count(*), count(DISTINCT to_address) FROM outbox')" = "500|500" ]
	[ "$(sql 'SELECT count(*) FROM one_time_tokens')" = 500 ]
	[ "$(events waitlist.invited)" = 500 ]
	[ "$(sql "SELECT email FROM waitlist WHERE state = 'waiting'")" = n501@example.org ]
	yett audit verify > /dev/null
	by GET /waitlist
	[ "$(json '.items | length')" = 100 ]
}

@test "one is approved out of turn, or once more: only the last link is good" {
	local first
	place a@example.org b@example.org
	admin
	by POST "/waitlist/$(id b@example.org)/approve" '{}'
	expect 200
	[ "$(json .state)" = invited ]
	[ "$(state_of a@example.org)" = waiting ]
	deliver 1
	link_of b@example.org /register
	first=$TOKEN
	by POST "/waitlist/$(id b@example.org)/approve" '{}'
	expect 200
	deliver 2
	link_of b@example.org /register
	join b@example.org "$first"
	expect 400 invalid-link
	join b@example.org "$TOKEN"
	expect 201
	by POST "/waitlist/$(id b@example.org)/approve" '{}'
	expect 422
	expect_field id
	by POST "/waitlist/$NOBODY/approve" '{}'
	expect 404
	ask c@example.org
	by POST "/waitlist/$(id c@example.org)/approve" '{}'
	expect 422
	expect_field id
}

@test "who is refused is told nothing, and what was mailed is good no more; he can be approved after all" {
	place a@example.org
	admin
	by POST /waitlist/invite '{"count":1}'
	deliver 1
	link_of a@example.org /register
	by POST "/waitlist/$(id a@example.org)/refuse" '{}'
	expect 200
	[ "$(json .state)" = refused ]
	[ "$(outbox)" = "waitlist-invited a@example.org" ]
	join a@example.org "$TOKEN"
	expect 400 invalid-link
	by POST "/waitlist/$(id a@example.org)/refuse" '{}'
	expect 422
	expect_field id
	[ "$(events waitlist.refused)" = 1 ]
	by POST "/waitlist/$NOBODY/refuse" '{}'
	expect 404
	by POST /waitlist/invite '{"count":1}'
	[ "$BODY" = '{"invited":0}' ]
	by POST "/waitlist/$(id a@example.org)/approve" '{}'
	expect 200
	deliver 2
	link_of a@example.org /register
	join a@example.org "$TOKEN"
	expect 201
	by POST "/waitlist/$(id a@example.org)/refuse" '{}'
	expect 422
}

@test "who is deleted is forgotten: no link of his is good, and he can ask again" {
	place a@example.org
	admin
	by POST /waitlist/invite '{"count":1}'
	deliver 1
	link_of a@example.org /register
	by DELETE "/waitlist/$(id a@example.org)"
	expect 204
	by DELETE "/waitlist/$NOBODY"
	expect 404
	join a@example.org "$TOKEN"
	expect 400 invalid-link
	[ "$(sql 'SELECT (SELECT count(*) FROM waitlist) + (SELECT count(*) FROM one_time_tokens)')" = 0 ]
	[ "$(events waitlist.deleted)" = 1 ]
	ask a@example.org
	expect 202
	[ "$(state_of a@example.org)" = unconfirmed ]
}

@test "who has an account by now is passed over, and has joined" {
	place a@example.org b@example.org
	echo "$PASSWORD" | yett user add A@example.org
	admin
	by POST /waitlist/invite '{"count":1}'
	[ "$BODY" = '{"invited":1}' ]
	[ "$(state_of a@example.org)" = joined ]
	[ "$(outbox)" = "waitlist-invited b@example.org" ]
	by POST "/waitlist/$(id a@example.org)/approve" '{}'
	expect 422
	expect_field id
}

@test "in mode closed nobody is invited; in mode open the list can still be looked after" {
	place a@example.org
	admin
	export YETT_SIGNUP_MODE=closed
	by POST /waitlist/invite '{"count":1}'
	expect 403 signup-closed
	by POST "/waitlist/$(id a@example.org)/approve" '{}'
	expect 403 signup-closed
	export YETT_SIGNUP_MODE=open
	by GET /waitlist
	expect 200
	by POST /waitlist/invite '{"count":1}'
	[ "$BODY" = '{"invited":1}' ]
}

@test "who may update no more changes nothing by a request begun before" {
	place a@example.org
	admin waitlist:update
	begin waitlist POST /waitlist/invite '{"count":1}' "$(bearer "$ADMIN")"
	sql "DELETE FROM user_roles"
	finish
	expect 403
	[ "$(state_of a@example.org)" = waiting ]
}

@test "in a browser it takes two forms, and no JavaScript" {
	call waitlist GET /waitlist - "$HTML"
	expect 200
	[[ "$BODY" = *'<form class="stack" method="post" action="/waitlist">'* ]]
	call waitlist POST /waitlist "email=nope&name=Ann+%3Cb%3E" "$FORM" "$HTML" "$SAME"
	expect 422
	[[ "$BODY" = *"<title>Error: The waitlist"*'id="email-error"'*'Ann &lt;b&gt;'* ]]
	call waitlist POST /waitlist "email=eve%40example.org&name=&note=" "$FORM" "$HTML" "$SAME"
	expect 303
	[ "$(header Location)" = "/waitlist#asked" ]
	deliver 1
	link_of eve@example.org /waitlist/confirm
	call waitlist GET /waitlist/confirm - "$HTML"
	expect 200
	[[ "$BODY" = *'<form class="stack" method="post" action="/waitlist/confirm">'* ]]
	call waitlist POST /waitlist/confirm "token=x" "$FORM" "$HTML" "$SAME"
	expect 400
	[[ "$BODY" = *"<title>Error: Confirm your address"* ]]
	call waitlist POST /waitlist/confirm "token=$TOKEN" "$FORM" "$HTML" "$SAME"
	expect 200
	[[ "$BODY" = *"You are number <strong>1</strong>"* && "$BODY" != *"<form"* ]]
}
