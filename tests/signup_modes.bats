#!/usr/bin/env bats
# Who may sign up: everybody, who was invited, nobody; and what an invitation proves.

load helper
load mail
load joining
load waiting

setup() {
	fresh_state
	stop_time
	mails_of_invitations
}

teardown() {
	stop_all
}

# site_invitation EMAIL: by the tool and the courier; TOKEN.
site_invitation() {
	yett user invite "$1" > /dev/null
	deliver "$(sql "SELECT count(*) FROM outbox")"
	link_of "$1" /register
}

# an_org: one, whose owner is ann; ANN is her proof.
an_org() {
	sql "INSERT INTO orgs (id, name, slug, created_at, updated_at) VALUES ('$ORG_A', 'Club A', 'a', 0, 0)"
	register ann@example.org
	ANN=$ACCESS ANN_ID=$USER_ID
	member "$ORG_A" "$ANN_ID" org-owner
}

# org_invitation EMAIL [MEMBER]: by ann; TOKEN. With a member of the body more, that is in it, too.
org_invitation() {
	as "$ANN" POST "/orgs/$ORG_A/invitations" "{\"email\":\"$1\"${2-}}"
	expect 201
	if [ -n "${2-}" ]; then
		TOKEN=$(json .link)
		TOKEN=${TOKEN#*#}
	else
		[ "$(jq -c '[.link, .mailed]' <<< "$BODY")" = '[null,true]' ]
		deliver "$(sql "SELECT count(*) FROM outbox")"
		link_of "$1" /invitation
	fi
}

@test "open: who has no invitation signs up as ever, and proves no address" {
	register eve@example.org
	[ "$(confirmed eve@example.org)" = 0 ]
	join fay@example.org ""
	expect 201
	[ "$(confirmed fay@example.org)" = 0 ]
}

@test "invite and waitlist: without an invitation 403, which says how to get one; nothing is made" {
	local before mode
	before=$(sql .dump)
	for mode in invite waitlist; do
		export YETT_SIGNUP_MODE=$mode
		call register POST /auth/register "{\"email\":\"eve@example.org\",\"password\":\"$PASSWORD\"}"
		expect 403 invitation-needed
		[ $mode = invite ] || [[ "$(json .detail)" = */waitlist* ]]
		join eve@example.org ""
		expect 403 invitation-needed
		call register POST /auth/register "email=eve@example.org&password=${PASSWORD// /+}" "$FORM" "$HTML" "$SAME"
		expect 403
		[[ "$BODY" = *"<title>Error: Create an account"* ]]
	done
	[ "$(sql .dump)" = "$before" ]
}

@test "closed: nobody signs up, also not with an invitation; admins make users, and cannot invite" {
	site_invitation eve@example.org
	export YETT_SIGNUP_MODE=closed
	join eve@example.org "$TOKEN"
	expect 403 signup-closed
	join eve@example.org ""
	expect 403 signup-closed
	# Whose page is still open from before is shown no form that cannot succeed.
	call register POST /auth/register "email=eve%40example.org&password=${PASSWORD// /+}" "$FORM" "$HTML" "$SAME"
	[ "$STATUS" = 403 ]
	[[ "$BODY" = *'role="alert"'* && "$BODY" != *"<form"* ]]
	[ "$(sql 'SELECT count(*) FROM users')" = 0 ]
	run -1 yett user invite fay@example.org
	[[ "$output" = *"signup.mode is closed"* ]]
	echo "$PASSWORD" | yett user add root@example.org --role admin
	sign_in root@example.org
	call users POST /users/invite '{"email":"fay@example.org"}' "$(bearer "$ACCESS")"
	expect 403 signup-closed
	call users POST /users '{"email":"fay@example.org"}' "$(bearer "$ACCESS")"
	expect 201
	[ "$(sql 'SELECT count(*) FROM outbox')" = 1 ]
}

@test "a mode that is none is refused when the configuration is read" {
	YETT_SIGNUP_MODE=ajar run -1 yett config check
	[[ "$output" = *"signup.mode must be open, invite, waitlist or closed"* ]]
	for mode in open invite waitlist closed; do
		YETT_SIGNUP_MODE=$mode run -0 yett config check
	done
}

@test "the page says what the mode is" {
	local mode
	YETT_SIGNUP_MODE=closed call register GET /register - "$HTML"
	expect 200
	[[ "$BODY" = *"Nobody can sign up here"* && "$BODY" != *"<form"* ]]
	for mode in invite waitlist; do
		YETT_SIGNUP_MODE=$mode call register GET /register - "$HTML"
		[[ "$BODY" = *"You need an invitation"* && "$BODY" = *'name="invitation"'*required* ]]
		[ "$(grep -c 'href="/waitlist"' <<< "$BODY")" = "$([ $mode = waitlist ] && echo 1 || echo 0)" ]
	done
	call register GET /register - "$HTML"
	[[ "$BODY" = *"<details><summary>I have an invitation"* && "$BODY" != *"You need an invitation"* ]]
}

@test "guests still need their permissions, whatever the mode" {
	site_invitation eve@example.org
	export YETT_SIGNUP_MODE=invite
	yett role forbid guest signup:execute > /dev/null
	join eve@example.org "$TOKEN"
	expect 403 forbidden
	[[ "$(json .detail)" = *signup:execute* ]]
	yett role allow guest signup:execute > /dev/null
	join eve@example.org "$TOKEN"
	expect 201
}

@test "who comes with a mailed invitation of the site signs up in any mode but closed, and has proven the address" {
	local mode
	for mode in open invite waitlist; do
		export YETT_SIGNUP_MODE=$mode
		site_invitation "$mode@example.org"
		mail_to "$mode@example.org"
		[[ "$TEXT" = "An invitation to Yett"*"good for 7 days"* ]]
		join "${mode^^}@example.org" "$TOKEN"
		expect 201
		[ "$(json .user.email_confirmed)" = true ]
		[ "$(confirmed "$mode@example.org")" = 1 ]
	done
	[ "$(sql "SELECT count(*) FROM one_time_tokens")" = 0 ]
	[ "$(sql "SELECT count(*) FROM audit_log WHERE details LIKE '%@%'")" = 0 ]
	[ "$(events user.invited)" = 3 ]
}

@test "expired, used, replaced, truncated, for another address, of another purpose: one answer, in every mode" {
	local wrong used replaced token other before mode
	an_org
	site_invitation eve@example.org
	replaced=$TOKEN
	site_invitation eve@example.org
	used=$TOKEN
	org_invitation other@example.org
	other=$TOKEN
	export YETT_SIGNUP_MODE=invite
	join eve@example.org "$used"
	expect 201
	join eve@example.org "$used"
	expect 400 invalid-link
	wrong=$(jq -c 'del(.request_id)' <<< "$BODY")
	YETT_SIGNUP_MODE=open site_invitation fay@example.org
	before=$(sql .dump)
	for mode in open invite waitlist; do
		export YETT_SIGNUP_MODE=$mode
		for token in "$used" "$replaced" "${TOKEN%?}" "${TOKEN}A" "$other" "$ACCESS" x "$(printf 'x%.0s' {1..2048})"; do
			join fay@example.org "$token"
			expect 400
			[ "$(jq -c 'del(.request_id)' <<< "$BODY")" = "$wrong" ]
		done
		# Whose it is has the address, and no other.
		join gil@example.org "$TOKEN"
		expect 400
		[ "$(jq -c 'del(.request_id)' <<< "$BODY")" = "$wrong" ]
	done
	[ "$(sql .dump)" = "$before" ]
	join fay@example.org "$(printf 'x%.0s' {1..2049})"
	expect 422
	expect_field invitation
	pass_time $((7 * 86400 - 1))
	join fay@example.org "$TOKEN"
	expect 201
}

@test "a mailed link is good for 7 days, and not a second longer" {
	site_invitation eve@example.org
	pass_time $((7 * 86400))
	join eve@example.org "$TOKEN"
	expect 400 invalid-link
	[ "$(sql 'SELECT count(*) FROM users')" = 0 ]
}

@test "a token for anything else is no invitation" {
	export YETT_SIGNUP_MODE=waitlist
	call waitlist POST /waitlist '{"email":"eve@example.org"}'
	expect 202
	deliver 1
	link_of eve@example.org /waitlist/confirm
	join eve@example.org "$TOKEN"
	expect 400 invalid-link
	site_invitation fay@example.org
	call waitlist POST /waitlist/confirm "{\"token\":\"$TOKEN\"}"
	expect 400 invalid-link
	join fay@example.org "$TOKEN"
	expect 201
}

@test "an invitation into an org lets its address sign up, and join in the same moment" {
	an_org
	export YETT_SIGNUP_MODE=invite
	org_invitation eve@example.org
	join eve@example.org "$TOKEN"
	expect 201
	[ "$(confirmed eve@example.org)" = 1 ]
	[ "$(is_member "$ORG_A" "$(json .user.id)")" = 1 ]
	[ "$(sql 'SELECT count(*) FROM org_invitations')" = 0 ]
	[ "$(sql "SELECT group_concat(action || ' ' || actor) FROM (SELECT * FROM audit_log WHERE org_id = '$ORG_A' AND action <> 'invitation.created' ORDER BY seq)")" = \
		"invitation.accepted user,org_member.joined user" ]
	[ "$(sql "SELECT count(DISTINCT user_id) FROM audit_log WHERE action IN ('user.created', 'invitation.accepted') AND user_id = '$(json .user.id)'")" = 1 ]
}

@test "an invitation that its inviter was shown lets in, and proves no address" {
	an_org
	export YETT_SIGNUP_MODE=invite
	org_invitation eve@example.org ',"show_link":true'
	[ "$(outbox)" = "invitation eve@example.org" ]
	join eve@example.org "$TOKEN"
	expect 201
	[ "$(confirmed eve@example.org)" = 0 ]
	[ "$(is_member "$ORG_A" "$(json .user.id)")" = 1 ]
	YETT_MAIL_URL='' org_invitation fay@example.org ',"role":"org-member"'
	join fay@example.org "$TOKEN"
	expect 201
	[ "$(confirmed fay@example.org)" = 0 ]
}

@test "where addresses are confirmed first, who comes with a mailed invitation has done that; who comes with a shown one has not" {
	an_org
	export YETT_SIGNUP_MODE=invite YETT_SIGNUP_VERIFICATION=required
	site_invitation eve@example.org
	join eve@example.org "$TOKEN"
	expect 201
	[ "$(confirmed eve@example.org)" = 1 ]
	sql "UPDATE users SET email_confirmed = 1"
	org_invitation fay@example.org ',"show_link":true'
	join fay@example.org "$TOKEN"
	expect 202
	[ "$(sql "SELECT count(*) FROM users WHERE email = 'fay@example.org'")" = 0 ]
	[ "$(sql "SELECT count(*) FROM org_invitations")" = 1 ]
	deliver "$(sql "SELECT count(*) FROM outbox")"
	link_of fay@example.org /verify
	# Without a seat nobody is made, and both links stay good.
	sql "UPDATE orgs SET seat_limit = 1"
	call password POST /auth/email/verify "{\"token\":\"$TOKEN\"}"
	expect 409 no-seat-left
	[ "$(sql "SELECT count(*) FROM users WHERE email = 'fay@example.org'")" = 0 ]
	sql "UPDATE orgs SET seat_limit = NULL"
	call password POST /auth/email/verify "{\"token\":\"$TOKEN\"}"
	expect 200
	[ "$(confirmed fay@example.org)" = 1 ]
	[ "$(is_member "$ORG_A" "$(sql "SELECT id FROM users WHERE email = 'fay@example.org'")")" = 1 ]
}

@test "a link that makes an account makes none when the site was shut meanwhile" {
	local mode token
	export YETT_SIGNUP_VERIFICATION=required
	call register POST /auth/register '{"email":"eve@example.org","password":"'"$PASSWORD"'"}'
	expect 202
	deliver 1
	link_of eve@example.org /verify
	token=$TOKEN
	for mode in invite waitlist closed; do
		YETT_SIGNUP_MODE=$mode call password POST /auth/email/verify "{\"token\":\"$token\"}"
		expect 400 invalid-link
	done
	[ "$(sql "SELECT count(*) FROM users")" = 0 ]
	call password POST /auth/email/verify "{\"token\":\"$token\"}"
	expect 200
}

@test "without a seat in the org nobody is made, and the invitation stays open" {
	an_org
	org_invitation eve@example.org
	sql "UPDATE orgs SET seat_limit = 1"
	join eve@example.org "$TOKEN"
	expect 409 no-seat-left
	[ "$(sql 'SELECT count(*) FROM users')" = 1 ]
	sql "UPDATE orgs SET seat_limit = 2"
	join eve@example.org "$TOKEN"
	expect 201
}

@test "an invitation whose inviter may give it no more lets nobody sign up" {
	an_org
	export YETT_SIGNUP_MODE=invite
	org_invitation eve@example.org
	sql "UPDATE user_org_roles SET role_id = '00000000-0000-7000-8000-000000000013'"
	join eve@example.org "$TOKEN"
	expect 400 invalid-link
}

@test "an invitation that ends while the body is on its way, or the password is hashed, is good no more" {
	site_invitation eve@example.org
	export YETT_SIGNUP_MODE=invite
	begin register POST /auth/register "{\"email\":\"eve@example.org\",\"password\":\"$PASSWORD\",\"invitation\":\"$TOKEN\"}"
	sql "DELETE FROM one_time_tokens"
	finish
	expect 400 invalid-link
	[ "$(sql 'SELECT count(*) FROM users')" = 0 ]
}

@test "of many who come with one invitation at once, one signs up" {
	local i
	site_invitation eve@example.org
	export YETT_SIGNUP_MODE=invite
	for i in 1 2 3 4; do
		(
			BATS_TEST_TMPDIR=$BATS_TEST_TMPDIR/$i
			mkdir "$BATS_TEST_TMPDIR"
			join eve@example.org "$TOKEN"
			echo "$STATUS" > "$BATS_TEST_TMPDIR/status"
		) 3>&- &
	done
	wait
	[ "$(cat "$BATS_TEST_TMPDIR"/?/status | sort | uniq -c | tr -s ' \n' ' ')" = " 1 201 3 400 " ]
	[ "$(sql 'SELECT count(*) FROM users')" = 1 ]
}

@test "a form with an invitation goes on to where the person belongs" {
	an_org
	org_invitation eve@example.org
	call register POST /auth/register "email=eve@example.org&password=${PASSWORD// /+}&invitation=$TOKEN&return_to=/invitation" "$FORM" "$HTML" "$SAME"
	expect 303
	[ "$(header Location)" = /account#joined ]
	call register POST /auth/register "email=fay@example.org&password=${PASSWORD// /+}&invitation=&return_to=/invitation" "$FORM" "$HTML" "$SAME"
	expect 303
	[ "$(header Location)" = /invitation ]
}

@test "POST /users/invite: who may make users invites; who has an account is told to readers of users alone" {
	local answer
	echo "$PASSWORD" | yett user add root@example.org --role admin
	sign_in root@example.org
	ROOT=$ACCESS
	register eve@example.org
	call users POST /users/invite '{"email":"fay@example.org"}' "$(bearer "$ACCESS")"
	expect 403 forbidden
	[[ "$(json .detail)" = *users:create* ]]
	call users POST /users/invite '{"email":"fay@example.org"}'
	expect 401
	call users POST /users/invite '{"email":"Fay@example.org","name":"Fay"}' "$(bearer "$ROOT")" HTTP_ACCEPT_LANGUAGE=de
	expect 202
	[ "$(jq -c '[keys, .email]' <<< "$BODY")" = '[["email","expires_at"],"fay@example.org"]' ]
	deliver 1
	mail_to fay@example.org
	[[ "$TEXT" = "Eine Einladung zu Yett"*"Guten Tag Fay,"*"7 Tage"* ]]
	call users POST /users/invite '{"email":"EVE@example.org"}' "$(bearer "$ROOT")"
	expect 409 taken
	expect_field email
	yett role allow viewer users:create > /dev/null
	call users POST /users/invite '{"email":"root@example.org"}' "$(bearer "$ACCESS")"
	expect 202
	answer=$(jq -c 'keys' <<< "$BODY")
	call users POST /users/invite '{"email":"gil@example.org"}' "$(bearer "$ACCESS")"
	expect 202
	[ "$(jq -c 'keys' <<< "$BODY")" = "$answer" ]
	[ "$(outbox)" = "site-invitation fay@example.org, site-invitation gil@example.org" ]
	for email in gil gil@ "$(printf 'a%0250d' 0)@example.org"; do
		call users POST /users/invite "{\"email\":\"$email\"}" "$(bearer "$ROOT")"
		expect 422
		expect_field email
	done
}

@test "one address is sent five invitations in an hour, and the sixth is 429" {
	local i
	echo "$PASSWORD" | yett user add root@example.org --role admin
	sign_in root@example.org
	for i in 1 2 3 4 5; do
		call users POST /users/invite '{"email":"fay@example.org"}' "$(bearer "$ACCESS")"
		expect 202
	done
	call users POST /users/invite '{"email":"fay@example.org"}' "$(bearer "$ACCESS")"
	expect 429
	[ -n "$(header Retry-After)" ]
	# Others are, from wherever: who invites is known.
	for i in $(seq 22); do
		call users POST /users/invite "{\"email\":\"u$i@example.org\"}" "$(bearer "$ACCESS")"
		expect 202
	done
}
