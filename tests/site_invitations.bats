#!/usr/bin/env bats
# Invitations to the site: who has one that is open, and taking it back.

load helper
load mail
load joining
load waiting
load hooks

setup() {
	fresh_state
	stop_time
	mails_of_invitations
	echo "$PASSWORD" | yett user add root@example.org --role admin
	sign_in root@example.org
	ROOT=$ACCESS
}

teardown() {
	stop_all
	stop_receivers
}

# by PROOF METHOD PATH [BODY]
by() {
	call users "$2" "$3" "${4--}" "$(bearer "$1")"
}

# invite EMAIL: by the API, a second after what was before; its id is then in INVITATION.
invite() {
	pass_time 1
	by "$ROOT" POST /users/invite "{\"email\":\"$1\"}"
	expect 202
	INVITATION=$(id_of "$1")
}

id_of() {
	sql "SELECT id FROM one_time_tokens WHERE email = '$1' AND purpose = 'sign-up'"
}

# token_of EMAIL: TOKEN, as it was mailed.
token_of() {
	deliver "$(sql "SELECT count(*) FROM outbox")"
	link_of "$1" /register
}

# addresses [QUERY]: of the list as root sees it, in its order.
addresses() {
	by "$ROOT" GET "/users/invitations${1-}"
	expect 200
	jq -r '[.items[].email] | join(" ")' <<< "$BODY"
}

# waits EMAIL STATE: it is on the waitlist.
waits() {
	sql "INSERT INTO waitlist (id, email, name, note, state, placed_at, created_at)
		SELECT printf('01890a5d-ac96-774b-bccd-%012d', count(*)), '$1', '', '', '$2', count(*), 1 FROM waitlist"
}

state_of() {
	sql "SELECT state FROM waitlist WHERE email = '$1'"
}

# many COUNT: so many invitations from another hand, the last the newest, to addresses as long as they may be.
many() {
	sql "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < $1)
		INSERT INTO one_time_tokens (id, purpose, token_hash, email, data, tries_left, created_at, expires_at)
		SELECT printf('01890a5d-ac96-774b-bcce-%012d', i), 'sign-up', randomblob(32),
			printf('%s%03d@%s.org', printf('%.*c', 61, 'a'), i, rtrim(printf('%.*c', 185, 'b'))), '', 5, 1, 9999999999999 FROM n"
}

@test "without a proof 401, without the permission 403 that names it, and nothing changes" {
	local before line
	invite eve@example.org
	register ann@example.org
	before=$(sql .dump)
	while read -r line; do
		set -- $line
		call users "$1" "$2"
		expect 401 unauthenticated
		by "$ACCESS" "$1" "$2"
		expect 403 forbidden
		[[ "$(json .detail)" = *"$3"* ]]
	done <<- E
		GET /users/invitations users:read
		DELETE /users/invitations/$INVITATION users:create
	E
	[ "$(sql .dump)" = "$before" ]
}

@test "who reads users sees what is open, the newest first, and no link; who makes users, too, takes it back" {
	invite eve@example.org
	pass_time 1
	yett user invite fay@example.org > /dev/null
	register ann@example.org
	yett role allow viewer users:read > /dev/null
	by "$ACCESS" GET /users/invitations
	expect 200
	[ "$(jq -c '[.next, [.items[].email]]' <<< "$BODY")" = '[null,["fay@example.org","eve@example.org"]]' ]
	[ "$(jq -c '.items[1] | keys' <<< "$BODY")" = '["created_at","email","expires_at","id"]' ]
	[ "$(json '.items[1].id')" = "$INVITATION" ]
	[ "$(json '.items[1] | (.expires_at | sub("\\.[0-9]+Z"; "Z") | fromdate) - (.created_at | sub("\\.[0-9]+Z"; "Z") | fromdate)')" = $((7 * 86400)) ]
	token_of eve@example.org
	[[ "$BODY" != *"$TOKEN"* ]]
	by "$ACCESS" DELETE "/users/invitations/$INVITATION"
	expect 403 forbidden
	yett role forbid viewer users:read > /dev/null
	yett role allow viewer users:create > /dev/null
	by "$ACCESS" GET /users/invitations
	expect 403 forbidden
	by "$ACCESS" DELETE "/users/invitations/$INVITATION"
	expect 403 forbidden
	[[ "$(json .detail)" = *users:read* ]]
	yett role allow viewer users:read > /dev/null
	by "$ACCESS" DELETE "/users/invitations/$INVITATION"
	expect 204
	[ "$(addresses)" = fay@example.org ]
}

@test "who makes users, and reads the log but no users, cannot tell by taking back whose address is somebody's" {
	local email id body
	register ann@example.org
	yett role allow viewer users:create > /dev/null
	yett role allow viewer audit:read > /dev/null
	for email in root@example.org nobody@example.org; do
		by "$ACCESS" POST /users/invite "{\"email\":\"$email\"}"
		expect 202
		call audit GET "/audit?action=user.invited&limit=1" - "$(bearer "$ACCESS")"
		id=$(json '.items[0].object_id')
		by "$ACCESS" DELETE "/users/invitations/$id"
		expect 403 forbidden
		[ "$(jq -c 'del(.request_id)' <<< "$BODY")" = "${body:=$(jq -c 'del(.request_id)' <<< "$BODY")}" ]
	done
	[ "$(addresses)" = nobody@example.org ]
}

@test "who came, whose link is over, and what a newer one replaced are not in the list" {
	invite eve@example.org
	token_of eve@example.org
	invite fay@example.org
	invite gil@example.org
	invite gil@example.org
	[ "$(addresses)" = "gil@example.org fay@example.org eve@example.org" ]
	join eve@example.org "$TOKEN"
	expect 201
	[ "$(addresses)" = "gil@example.org fay@example.org" ]
	# The second of gil came two seconds after that of fay, whose last second this is.
	pass_time $((7 * 86400 - 3))
	sign_in root@example.org
	ROOT=$ACCESS
	[ "$(addresses)" = "gil@example.org fay@example.org" ]
	pass_time 1
	[ "$(addresses)" = gil@example.org ]
	# What is over, and not swept away yet, cannot be taken back.
	by "$ROOT" DELETE "/users/invitations/$(id_of fay@example.org)"
	expect 404 not-found
	[ "$(events user.uninvited)" = 0 ]
}

@test "what was mailed for anything else is neither listed nor taken back" {
	local id before
	call password POST /auth/password/forgot '{"email":"root@example.org"}'
	expect 202
	register ann@example.org
	call password POST /auth/email/verify/send '{}' "$(bearer "$ACCESS")"
	YETT_SIGNUP_MODE=waitlist call waitlist POST /waitlist '{"email":"eve@example.org"}'
	expect 202
	before=$(sql .dump)
	[ "$(sql "SELECT count(DISTINCT purpose) FROM one_time_tokens")" -ge 2 ]
	[ -z "$(addresses)" ]
	for id in $(sql "SELECT id FROM one_time_tokens") "$NOBODY" "$(sql "SELECT id FROM users LIMIT 1")"; do
		by "$ROOT" DELETE "/users/invitations/$id"
		expect 404 not-found
		run -1 yett user uninvite "$id"
		[[ "$output" = *"is not invited to sign up"* ]]
	done
	for id in eve@example.org root@example.org; do
		run -1 yett user uninvite "$id"
		[[ "$output" = *"$id is not invited to sign up"* ]]
	done
	[ "$(sql .dump)" = "$before" ]
}

@test "a link that was taken back answers as any that is none, is in the log once, and the address can be invited again" {
	local mode revoked dead
	invite eve@example.org
	token_of eve@example.org
	revoked=$TOKEN
	by "$ROOT" DELETE "/users/invitations/$INVITATION"
	expect 204
	by "$ROOT" DELETE "/users/invitations/$INVITATION"
	expect 404 not-found
	[ "$(sql "SELECT actor || ' ' || object_type || ' ' || object_id || ' ' || details FROM audit_log WHERE action = 'user.uninvited'")" = \
		"user ticket $INVITATION {}" ]
	[ "$(sql "SELECT object_id FROM audit_log WHERE action = 'user.invited'")" = "$INVITATION" ]
	for mode in open invite waitlist; do
		export YETT_SIGNUP_MODE=$mode
		join eve@example.org "$(printf 'x%.0s' {1..43})"
		expect 400 invalid-link
		dead=$(jq -c 'del(.request_id)' <<< "$BODY")
		join eve@example.org "$revoked"
		expect 400 invalid-link
		[ "$(jq -c 'del(.request_id)' <<< "$BODY")" = "$dead" ]
	done
	[ "$(sql "SELECT count(*) FROM users")" = 1 ]
	yett audit verify > /dev/null
	invite eve@example.org
	token_of eve@example.org
	join eve@example.org "$revoked"
	expect 400 invalid-link
	join eve@example.org "$TOKEN"
	expect 201
}

@test "a webhook is told that it was taken back, without the address" {
	start_receiver
	subscribe user.uninvited
	invite eve@example.org
	by "$ROOT" DELETE "/users/invitations/$INVITATION"
	expect 204
	start_courier
	eventually got 1
	[ "$(received '.[0].body | [.type, .data.actor, .data.object_type, .data.object_id] | tojson')" = \
		"[\"user.uninvited\",\"user\",\"ticket\",\"$INVITATION\"]" ]
	run -1 grep -F eve@example.org "$HOOKS/got"
}

@test "a link that is taken back while the body is on its way, or the password is hashed, is good no more" {
	invite eve@example.org
	token_of eve@example.org
	begin register POST /auth/register "{\"email\":\"eve@example.org\",\"password\":\"$PASSWORD\",\"invitation\":\"$TOKEN\"}"
	yett user uninvite eve@example.org > /dev/null
	finish
	expect 400 invalid-link
	[ "$(sql 'SELECT count(*) FROM users')" = 1 ]
}

@test "who may invite no more takes nothing back by a request begun before" {
	invite eve@example.org
	begin users DELETE "/users/invitations/$INVITATION" '{}' "$(bearer "$ROOT")"
	sql "DELETE FROM user_roles"
	finish
	expect 403
	[ "$(id_of eve@example.org)" = "$INVITATION" ]
	[ "$(events user.uninvited)" = 0 ]
}

@test "in mode closed nobody is invited, and who was is still seen and taken back" {
	invite eve@example.org
	export YETT_SIGNUP_MODE=closed
	[ "$(addresses)" = eve@example.org ]
	by "$ROOT" DELETE "/users/invitations/$INVITATION"
	expect 204
	[ -z "$(addresses)" ]
}

@test "a link whose address got an account in another way stays in the list: it is good again when that account goes" {
	invite eve@example.org
	token_of eve@example.org
	echo "$PASSWORD" | yett user add eve@example.org
	[ "$(addresses)" = eve@example.org ]
	join eve@example.org "$TOKEN"
	[ "$STATUS" != 201 ]
	[ "$(addresses)" = eve@example.org ]
	yett user delete eve@example.org --yes > /dev/null
	join eve@example.org "$TOKEN"
	expect 201
	[ -z "$(addresses)" ]
}

@test "an address of who has an account, invited by who may not see that, is not listed" {
	register ann@example.org
	yett role allow viewer users:create > /dev/null
	by "$ACCESS" POST /users/invite '{"email":"root@example.org"}'
	expect 202
	[ -z "$(addresses)" ]
}

@test "pages go by limit and after, from the newest to the oldest, and what comes or goes meanwhile moves nothing" {
	local next query
	many 201
	by "$ROOT" GET /users/invitations
	expect 200
	[ "$(jq -c '[(.items | length), .items[0].id[-3:], .next[-3:]]' <<< "$BODY")" = '[50,"201","152"]' ]
	[ "$(jq '.items[0].email | length' <<< "$BODY")" = 254 ]
	by "$ROOT" GET '/users/invitations?limit=200'
	expect 200
	[ "$(jq -c '[(.items | length), .items[199].id[-3:]]' <<< "$BODY")" = '[200,"002"]' ]
	next=$(json .next)
	by "$ROOT" DELETE "/users/invitations/$next"
	expect 204
	invite eve@example.org
	by "$ROOT" GET "/users/invitations?limit=200&after=$next"
	[ "$(jq -c '[.next, [.items[].id[-3:]]]' <<< "$BODY")" = '[null,["001"]]' ]
	by "$ROOT" GET '/users/invitations?limit=1'
	[ "$(jq -c '[.items[].email]' <<< "$BODY")" = '["eve@example.org"]' ]
	next=$(json .next)
	[ "$(addresses "?limit=1&after=$next" | cut -c 62-64)" = 201 ]
	# A page that holds just what there is is the last.
	by "$ROOT" GET "/users/invitations?limit=200&after=$next"
	[ "$(jq -c '[(.items | length), .next]' <<< "$BODY")" = '[200,null]' ]
	by "$ROOT" GET "/users/invitations?limit=199&after=$next"
	[ "$(jq -c '[(.items | length), .next[-3:]]' <<< "$BODY")" = '[199,"003"]' ]
	for query in limit=0 limit=201 limit=-1 limit=x limit= after=x after= "after=${NOBODY^^}" "after=$NOBODY-"; do
		by "$ROOT" GET "/users/invitations?$query"
		expect 422
		expect_field "${query%%=*}"
	done
}

@test "no page goes through what was mailed for something else" {
	local plan
	plan=$(sql "EXPLAIN QUERY PLAN SELECT id, email FROM one_time_tokens WHERE purpose = 'sign-up' AND id < 'x' AND
		expires_at > 1 ORDER BY id DESC LIMIT 51")
	[[ $plan = *"USING INDEX one_time_tokens_sign_up (id<?)"* ]]
	[[ $plan != *"TEMP B-TREE"* && $plan != *SCAN* ]]
	grep -qF "purpose = 'sign-up' AND id < ?1 AND \"" "$TOP/lib/store/one_time.c"
}

@test "who was invited off the waitlist is listed, and refused there when that is taken back: asking again brings no link" {
	local id
	export YETT_SIGNUP_MODE=waitlist
	waits eve@example.org waiting
	call waitlist POST /waitlist/invite '{"count":1}' "$(bearer "$ROOT")"
	expect 200
	[ "$(addresses)" = eve@example.org ]
	token_of eve@example.org
	id=$(sql "SELECT id FROM waitlist")
	by "$ROOT" DELETE "/users/invitations/$(id_of eve@example.org)"
	expect 204
	[ "$(state_of eve@example.org)" = refused ]
	[ "$(sql "SELECT group_concat(action || ' ' || object_type) FROM (SELECT * FROM audit_log WHERE action IN ('user.uninvited', 'waitlist.refused') ORDER BY seq)")" = \
		"user.uninvited ticket,waitlist.refused waitlist" ]
	[ "$(sql "SELECT object_id FROM audit_log WHERE action = 'waitlist.refused'")" = "$id" ]
	join eve@example.org "$TOKEN"
	expect 400 invalid-link
	call waitlist POST /waitlist '{"email":"eve@example.org"}'
	expect 202
	call waitlist POST /waitlist/invite '{"count":1}' "$(bearer "$ROOT")"
	[ "$BODY" = '{"invited":0}' ]
	[ "$(outbox)" = "waitlist-invited eve@example.org" ]
	[ -z "$(addresses)" ]
	call waitlist POST "/waitlist/$id/approve" '{}' "$(bearer "$ROOT")"
	expect 200
	token_of eve@example.org
	join eve@example.org "$TOKEN"
	expect 201
	[ "$(state_of eve@example.org)" = joined ]
}

@test "of the waitlist nobody else changes: who waits keeps the place, who has an account has joined" {
	local email
	export YETT_SIGNUP_MODE=waitlist
	for email in waiting unconfirmed refused; do
		waits $email@example.org $email
		invite $email@example.org
		by "$ROOT" DELETE "/users/invitations/$INVITATION"
		expect 204
		[ "$(state_of $email@example.org)" = $email ]
	done
	waits eve@example.org invited
	invite eve@example.org
	echo "$PASSWORD" | yett user add eve@example.org
	by "$ROOT" DELETE "/users/invitations/$INVITATION"
	expect 204
	[ "$(state_of eve@example.org)" = joined ]
	[ "$(events user.uninvited) $(events waitlist.refused)" = "4 0" ]
}
