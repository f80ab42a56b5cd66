#!/usr/bin/env bats
# Invitations into an org: given, taken back, looked at, accepted once.

load helper
load joining
load mail
load waiting

setup() {
	fresh_state
	stop_time
	two_orgs
}

teardown() {
	stop_all
}

# invite TOKEN ORG EMAIL [ROLE]: the id is then in INVITATION, the token in TOKEN.
invite() {
	as "$1" POST "/orgs/$2/invitations" "{\"email\":\"$3\",\"role\":\"${4-org-member}\"}"
	expect 201
	INVITATION=$(json .id)
	TOKEN=$(json .link)
	TOKEN=${TOKEN#*#}
}

# accept PROOF TOKEN
accept() {
	as "$1" POST /invitations/accept "{\"token\":\"$2\"}"
}

look() {
	call orgs POST /invitations/look "{\"token\":\"$1\"}"
}

# in_days N: that time, as the API takes it.
in_days() {
	date -u -d "@$(($(tr -d @ < "$YETT_TEST_CLOCK") / 1000 + $1 * 86400))" +%FT%TZ
}

@test "every route without a proof answers 401, without its permission 403 or as if there were no org, and changes nothing" {
	local before line
	invite "$ANN" "$ORG_A" eve@example.org
	before=$(sql .dump)
	while read -r line; do
		set -- $line
		call orgs "$1" "$2" "${3--}"
		expect 401 unauthenticated
		as "$CARL" "$1" "$2" "${3--}"
		expect 403 forbidden
		[[ "$(json .detail)" == *"$4"* ]]
		# Who belongs to another org does not learn that this one is there.
		as "$DORA" "$1" "$2" "${3--}"
		expect 404
		as "$DORA" "$1" "${2/$ORG_A/$NOBODY}" "${3--}"
		expect 404
	done <<- E
		GET /orgs/$ORG_A/invitations - invitations:read
		POST /orgs/$ORG_A/invitations {"email":"fay@example.org"} invitations:create
		DELETE /orgs/$ORG_A/invitations/$INVITATION - invitations:delete
	E
	# Nor is an invitation of one org reached through another.
	as "$DORA" DELETE "/orgs/$ORG_B/invitations/$INVITATION"
	expect 404
	call orgs POST /invitations/accept "{\"token\":\"$TOKEN\"}"
	expect 401
	[ "$(sql .dump)" = "$before" ]
}

@test "who is invited looks, accepts, and is a member with the role; each is in the log, and the address is not" {
	as "$ANN" POST "/orgs/$ORG_A/invitations" '{"email":"Eve@Example.org","role":"org-admin"}'
	expect 201
	[ "$(jq -c '[.email, .role, .invited_by]' <<< "$BODY")" = "[\"eve@example.org\",\"org-admin\",\"$ANN_ID\"]" ]
	[ "$(json .expires_at)" = "$(date -u -d "$(in_days 7)" +%FT%T).$(tail -c 4 "$YETT_TEST_CLOCK")Z" ]
	TOKEN=$(json .link)
	[[ $TOKEN =~ ^http://127.0.0.1:8080/invitation#[A-Za-z0-9_-]{43}$ ]]
	TOKEN=${TOKEN#*#}
	as "$ANN" GET "/orgs/$ORG_A/invitations"
	expect 200
	[ "$(jq -c '[.next, [.items[] | [.email, .role, has("link")]]]' <<< "$BODY")" = '[null,[["eve@example.org","org-admin",false]]]' ]
	look "$TOKEN"
	expect 200
	[ "$(jq -c '[.org, .role]' <<< "$BODY")" = "[{\"id\":\"$ORG_A\",\"name\":\"Club A\",\"slug\":\"a\"},\"org-admin\"]" ]
	[[ "$BODY" != *example.org* ]]
	# The address counts in small letters.
	register EVE@example.org
	accept "$ACCESS" "$TOKEN"
	expect 200
	[ "$(jq -r '.org.id + .role' <<< "$BODY")" = "${ORG_A}org-admin" ]
	[ "$(is_member "$ORG_A" "$USER_ID")" = 1 ]
	as "$ACCESS" GET "/orgs/$ORG_A/invitations"
	expect 200
	[ "$(json '.items | length')" = 0 ]
	[ "$(sql "SELECT group_concat(action || ' ' || user_id, ', ') FROM (SELECT * FROM audit_log WHERE org_id = '$ORG_A' ORDER BY seq)")" = \
		"invitation.created $ANN_ID, invitation.accepted $USER_ID, org_member.joined $USER_ID" ]
	[ "$(sql "SELECT count(*) FROM audit_log WHERE details LIKE '%@%' OR details LIKE '%$TOKEN%'")" = 0 ]
	[[ "$(sql .dump)" != *"$TOKEN"* ]]
}

@test "expired, revoked, replaced, replayed, truncated and foreign tokens all get one answer, and change nothing" {
	local before wrong token expired revoked replaced used
	register eve@example.org
	invite "$ANN" "$ORG_A" eve@example.org
	expired=$TOKEN
	pass_time $((7 * 86400 - 1))
	look "$expired"
	expect 200
	pass_time 1
	as "$ANN" GET "/orgs/$ORG_A/invitations"
	[ "$(json '.items | length')" = 0 ]
	sign_in eve@example.org
	sign_in ann@example.org
	ANN=$ACCESS
	invite "$ANN" "$ORG_A" eve@example.org
	replaced=$TOKEN
	invite "$ANN" "$ORG_A" eve@example.org
	revoked=$TOKEN
	as "$ANN" DELETE "/orgs/$ORG_A/invitations/$INVITATION"
	expect 204
	as "$ANN" DELETE "/orgs/$ORG_A/invitations/$INVITATION"
	expect 404
	[ "$(events invitation.revoked)" = 1 ]
	invite "$ANN" "$ORG_A" eve@example.org
	used=$TOKEN
	sign_in eve@example.org
	accept "$ACCESS" "$used"
	expect 200
	accept "$ACCESS" "$used"
	expect 404 not-found
	wrong=$(jq -c 'del(.request_id)' <<< "$BODY")
	before=$(sql .dump)
	for token in "$expired" "$revoked" "$replaced" "$used" "${used%?}" "${used}A" "$ACCESS" "$REFRESH" "$NOBODY" x; do
		accept "$ACCESS" "$token"
		expect 404
		[ "$(jq -c 'del(.request_id)' <<< "$BODY")" = "$wrong" ]
		look "$token"
		expect 404
		[ "$(jq -c 'del(.request_id)' <<< "$BODY")" = "$wrong" ]
	done
	[ "$(sql .dump)" = "$before" ]
	accept "$ACCESS" ""
	expect 422
	expect_field token
	look ""
	expect 422
	expect_field token
}

@test "only the invited address accepts, and nobody else is told which it is" {
	invite "$ANN" "$ORG_A" eve@example.org
	for who in "$DORA" "$CARL" "$ANN" "$ROOT"; do
		accept "$who" "$TOKEN"
		expect 403 forbidden
		[[ "$BODY" != *eve* ]]
	done
	register eve@example.org
	accept "$ACCESS" "$TOKEN"
	expect 200
}

@test "an invitation is accepted by a session of one's own alone" {
	register eve@example.org
	invite "$ANN" "$ORG_A" eve@example.org
	yett role allow viewer users:impersonate > /dev/null
	sql "UPDATE sessions SET actor_user_id = '$ANN_ID' WHERE user_id = '$USER_ID'"
	accept "$ACCESS" "$TOKEN"
	expect 403
	[ "$(is_member "$ORG_A" "$USER_ID")" = 0 ]
}

@test "nobody invites to be what he is not himself" {
	local before
	register eve@example.org
	member "$ORG_A" "$USER_ID" org-admin
	sql "INSERT INTO roles (id, org_id, name, created_at) VALUES ('$NOBODY', '$ORG_A', 'singer', 0);
		INSERT INTO permissions (id, name, created_at) VALUES ('$NOBODY', 'songs:sing', 0);
		INSERT INTO role_permissions (role_id, permission_id) VALUES ('$NOBODY', '$NOBODY')"
	before=$(sql .dump)
	for role in org-owner admin singer; do
		as "$ACCESS" POST "/orgs/$ORG_A/invitations" "{\"email\":\"fay@example.org\",\"role\":\"$role\"}"
		expect 403 forbidden
		[[ "$(json .detail)" = role:* ]]
	done
	# A role of another org is none here.
	as "$DORA" POST "/orgs/$ORG_B/invitations" '{"email":"fay@example.org","role":"singer"}'
	expect 422
	expect_field role
	as "$DORA" POST "/orgs/$ORG_B/invitations" "{\"email\":\"fay@example.org\",\"role\":\"$NOBODY\"}"
	expect 422
	expect_field role
	[ "$(sql .dump)" = "$before" ]
	invite "$ACCESS" "$ORG_A" fay@example.org org-admin
	invite "$ANN" "$ORG_A" fay@example.org singer
}

@test "an invitation is worth what its inviter may still give when it is accepted" {
	local mallory
	register eve@example.org
	invite "$ANN" "$ORG_A" eve@example.org org-admin
	register mallory@example.org
	mallory=$USER_ID
	member "$ORG_A" "$mallory" org-owner
	local mallorys=$ACCESS
	invite "$mallorys" "$ORG_A" second@example.org org-owner
	register second@example.org
	# A member who is less than what the invitation gives, gives it no more.
	sql "UPDATE user_org_roles SET role_id = '00000000-0000-7000-8000-000000000012' WHERE user_id = '$mallory'"
	accept "$ACCESS" "$TOKEN"
	expect 404
	look "$TOKEN"
	expect 404
	# What he still is, he may give.
	invite "$mallorys" "$ORG_A" second@example.org org-admin
	local admins=$TOKEN
	look "$admins"
	expect 200
	"$BIN/yett" user lock mallory@example.org
	look "$admins"
	expect 404
	"$BIN/yett" user unlock mallory@example.org
	look "$admins"
	expect 200
	sql "PRAGMA foreign_keys = ON; DELETE FROM user_orgs WHERE user_id = '$mallory'"
	accept "$ACCESS" "$admins"
	expect 404
	[ "$(is_member "$ORG_A" "$USER_ID")" = 0 ]
}

@test "inviting tells nothing of whether an address is anybody's, or a member's" {
	local answers=() email
	for email in nobody@example.org dora@example.org carl@example.org; do
		as "$ANN" POST "/orgs/$ORG_A/invitations" "{\"email\":\"$email\"}"
		expect 201
		answers+=("$(jq -c '[keys, .role]' <<< "$BODY")")
	done
	[ "${answers[0]}" = "${answers[1]}" ]
	[ "${answers[0]}" = "${answers[2]}" ]
}

@test "who is a member already gets the role as well, and is not joined twice" {
	sql "UPDATE orgs SET seat_limit = 2 WHERE id = '$ORG_A'"
	invite "$ANN" "$ORG_A" carl@example.org org-admin
	accept "$CARL" "$TOKEN"
	expect 200
	[ "$(sql "SELECT count(*) FROM user_org_roles WHERE user_id = '$CARL_ID'")" = 2 ]
	[ "$(events org_member.joined)" = 0 ]
	[ "$(events invitation.accepted)" = 1 ]
	as "$CARL" GET "/orgs/$ORG_A/invitations"
	expect 200
}

@test "an address, a role and an end are checked, each by name" {
	local before email
	before=$(sql .dump)
	for email in eve eve@ @example.org 'eve@exa mple.org' "$(printf 'a%0250d' 0)@example.org" 'a@b@c'; do
		as "$ANN" POST "/orgs/$ORG_A/invitations" "{\"email\":\"$email\"}"
		expect 422
		expect_field email
	done
	as "$ANN" POST "/orgs/$ORG_A/invitations" '{"role":"org-member"}'
	expect 422
	expect_field email
	as "$ANN" POST "/orgs/$ORG_A/invitations" '{"email":"eve@example.org","role":"king"}'
	expect 422
	expect_field role
	for email in "$(in_days 31)" "$(in_days 0)" "$(in_days -1)" tomorrow; do
		as "$ANN" POST "/orgs/$ORG_A/invitations" "{\"email\":\"eve@example.org\",\"expires_at\":\"$email\"}"
		expect 422
		expect_field expires_at
	done
	[ "$(sql .dump)" = "$before" ]
	as "$ANN" POST "/orgs/$ORG_A/invitations" "{\"email\":\"eve@example.org\",\"expires_at\":\"$(in_days 30)\"}"
	expect 201
}

@test "an org has 100 open invitations and no more; those over make room, and so does one for the same address" {
	local ends i
	ends=$(($(tr -d @ < "$YETT_TEST_CLOCK") + 86400000))
	for i in $(seq 99); do
		echo "INSERT INTO org_invitations (id, org_id, email, role_id, token_hash, created_at, expires_at)
			VALUES (printf('01890a5d-ac96-774b-bcce-%012d', $i), '$ORG_A', 'u$i@example.org',
			'00000000-0000-7000-8000-000000000013', randomblob(32), 0, $ends);"
	done | sql
	invite "$ANN" "$ORG_A" eve@example.org
	as "$ANN" GET "/orgs/$ORG_A/invitations"
	[ "$(json '.items | length')" = 100 ]
	as "$ANN" POST "/orgs/$ORG_A/invitations" '{"email":"fay@example.org"}'
	expect 422
	expect_field email
	invite "$ANN" "$ORG_A" eve@example.org
	invite "$DORA" "$ORG_B" fay@example.org
	pass_time 86400
	sign_in ann@example.org
	invite "$ACCESS" "$ORG_A" fay@example.org
	as "$ACCESS" GET "/orgs/$ORG_A/invitations"
	[ "$(json '.items | length')" = 2 ]
}

@test "without a free seat nobody comes in, and the invitation stays open" {
	register eve@example.org
	invite "$ANN" "$ORG_A" eve@example.org
	sql "UPDATE orgs SET seat_limit = 2 WHERE id = '$ORG_A'"
	accept "$ACCESS" "$TOKEN"
	expect 409 no-seat-left
	[ "$(is_member "$ORG_A" "$USER_ID")" = 0 ]
	[ "$(events invitation.accepted)" = 0 ]
	sql "UPDATE orgs SET seat_limit = 3 WHERE id = '$ORG_A'"
	accept "$ACCESS" "$TOKEN"
	expect 200
	[ "$(is_member "$ORG_A" "$USER_ID")" = 1 ]
}

@test "of many who accept the last seat at once, or one invitation, exactly one gets it" {
	local i pids=() proofs=() tokens=()
	for i in 1 2 3 4 5 6; do
		register "u$i@example.org"
		proofs+=("$ACCESS")
		invite "$ANN" "$ORG_A" "u$i@example.org"
		tokens+=("$TOKEN")
	done
	sql "UPDATE orgs SET seat_limit = 3 WHERE id = '$ORG_A'"
	race() {
		local body="{\"token\":\"$2\"}"
		printf %s "$body" | env REQUEST_METHOD=POST REQUEST_URI=/invitations/accept REMOTE_ADDR=192.0.2.7 \
			HTTP_HOST=127.0.0.1:8080 CONTENT_TYPE=application/json CONTENT_LENGTH=${#body} "$(bearer "$1")" \
			"$BIN/orgs" > "$BATS_TEST_TMPDIR/race$3" 2>> "$BATS_TEST_TMPDIR/log"
	}
	for i in 0 1 2 3 4 5; do
		race "${proofs[i]}" "${tokens[i]}" "$i" 3>&- &
		pids+=($!)
	done
	wait "${pids[@]}"
	[ "$(grep -l '^Status: 200' "$BATS_TEST_TMPDIR"/race? | wc -l)" = 1 ]
	[ "$(grep -l '^Status: 409' "$BATS_TEST_TMPDIR"/race? | wc -l)" = 5 ]
	[ "$(sql "SELECT count(*) FROM user_orgs WHERE org_id = '$ORG_A'")" = 3 ]
	# The same one six times.
	sql "UPDATE orgs SET seat_limit = NULL"
	register last@example.org
	invite "$ANN" "$ORG_A" last@example.org
	pids=()
	for i in 0 1 2 3 4 5; do
		race "$ACCESS" "$TOKEN" "$i" 3>&- &
		pids+=($!)
	done
	wait "${pids[@]}"
	[ "$(grep -l '^Status: 200' "$BATS_TEST_TMPDIR"/race? | wc -l)" = 1 ]
	[ "$(grep -l '^Status: 404' "$BATS_TEST_TMPDIR"/race? | wc -l)" = 5 ]
	[ "$(events org_member.joined)" = 2 ]
}

@test "who may invite no more changes nothing by a request begun before" {
	begin orgs POST "/orgs/$ORG_A/invitations" '{"email":"eve@example.org"}' "$(bearer "$ANN")"
	sql "UPDATE user_org_roles SET role_id = '00000000-0000-7000-8000-000000000013' WHERE user_id = '$ANN_ID'"
	finish
	expect 403
	[ "$(sql 'SELECT count(*) FROM org_invitations')" = 0 ]
}

@test "an invitation goes with its org, its role and its inviter" {
	sql "INSERT INTO roles (id, org_id, name, created_at) VALUES ('$NOBODY', '$ORG_A', 'singer', 0)"
	invite "$ANN" "$ORG_A" a@example.org singer
	invite "$ANN" "$ORG_A" b@example.org
	invite "$DORA" "$ORG_B" c@example.org
	sql "PRAGMA foreign_keys = ON; DELETE FROM roles WHERE id = '$NOBODY'"
	[ "$(sql 'SELECT group_concat(email) FROM (SELECT email FROM org_invitations ORDER BY email)')" = b@example.org,c@example.org ]
	sql "PRAGMA foreign_keys = ON; DELETE FROM users WHERE id = '$ANN_ID'"
	[ "$(sql 'SELECT group_concat(email) FROM org_invitations')" = c@example.org ]
	sql "PRAGMA foreign_keys = ON; DELETE FROM orgs WHERE id = '$ORG_B'"
	[ "$(sql 'SELECT count(*) FROM org_invitations')" = 0 ]
}

@test "in a browser the link leads to a page, whose form joins, and says what is wrong" {
	register eve@example.org
	sign_in_cookie eve@example.org
	invite "$ANN" "$ORG_A" eve@example.org
	call orgs GET /invitation - "$HTML"
	expect 200
	[[ "$BODY" = *'<form class="stack" method="post" action="/invitations/accept">'* ]]
	call orgs POST /invitations/accept "token=${TOKEN%?}" "$FORM" "$HTML" "$SAME" HTTP_COOKIE="$COOKIE"
	expect 404
	[[ "$BODY" = *"<title>Error: Your invitation"*"there is no such invitation, or it is over"* ]]
	[[ "$BODY" != *"${TOKEN%?}"* ]]
	call orgs POST /invitations/accept "token=" "$FORM" "$HTML" "$SAME" HTTP_COOKIE="$COOKIE"
	expect 422
	[[ "$BODY" = *'id="token-error"'* ]]
	call orgs POST /invitations/accept "token=$TOKEN" "$FORM" "$HTML" "$SAME"
	expect 401
	[[ "$BODY" = *'href="/login?return_to=/invitation"'* ]]
	call orgs POST /invitations/accept "token=$TOKEN" "$FORM" "$HTML" HTTP_SEC_FETCH_SITE=cross-site HTTP_COOKIE="$COOKIE"
	expect 403
	[ "$(is_member "$ORG_A" "$USER_ID")" = 0 ]
	call orgs POST /invitations/accept "token=$TOKEN" "$FORM" "$HTML" "$SAME" HTTP_COOKIE="$COOKIE"
	expect 303
	[ "$(header Location)" = /account#joined ]
	[ "$(is_member "$ORG_A" "$USER_ID")" = 1 ]
}

@test "an invitation by a service's key is worth nothing once the key is revoked" {
	local key id token
	key=$(yett apikey create bot --service --scope '*:*' --org "$ORG_A" --json)
	id=$(jq -r .id <<< "$key")
	key=$(jq -r .key <<< "$key")
	register eve@example.org
	call orgs POST "/orgs/$ORG_A/invitations" '{"email":"eve@example.org","role":"org-admin"}' HTTP_X_API_KEY="$key"
	expect 201
	token=$(json .link)
	look "${token#*#}"
	expect 200
	yett apikey revoke "$id" > /dev/null
	look "${token#*#}"
	expect 404
	accept "$ACCESS" "${token#*#}"
	expect 404
}

@test "where mail goes out an invitation is mailed, with its link, which nobody else is shown" {
	sql "UPDATE orgs SET name = 'Club <A> & Söhne' WHERE id = '$ORG_A'; UPDATE users SET name = 'Bank Example' WHERE id = '$ANN_ID'"
	yett user edit ann@example.org --email-confirmed true
	mails_of_invitations
	as "$ANN" POST "/orgs/$ORG_A/invitations" '{"email":"Eve@example.org","role":"org-admin"}'
	expect 201
	[ "$(jq -c '[.link, .mailed]' <<< "$BODY")" = '[null,true]' ]
	deliver 1
	mail_to eve@example.org
	[[ "$TEXT" = "An invitation to Club <A> & Söhne"*"ann@example.org invites you to belong to \"Club <A> & Söhne\" at Yett"* ]]
	[[ "$TEXT" = *"good until $(date -u -d "$(in_days 7)" "+%F %H:%M") UTC"* ]]
	[[ "$PAGE" = *"Club &lt;A&gt; &amp; Söhne"* ]]
	# But for the line of the subject, which is no HTML.
	run ! grep -q '<A>' <<< "$PAGE"
	link_of eve@example.org /invitation
	[[ "$(sql .dump)" != *"$TOKEN"* ]]
	look "$TOKEN"
	expect 200
	register eve@example.org
	accept "$ACCESS" "$TOKEN"
	expect 200
	# Whose address need not be his own is not named; the language is that of who invites.
	call orgs POST "/orgs/$ORG_B/invitations" '{"email":"fay@example.org"}' "$(bearer "$DORA")" HTTP_ACCEPT_LANGUAGE=de
	deliver 2
	mail_to fay@example.org
	[[ "$TEXT" = "Eine Einladung zu Club B"*"Sie sind eingeladen, zu "*"Club B"*" bei Yett"* ]]
	[[ "$TEXT $PAGE" != *dora* ]]
}

@test "the name of an org is mailed where nothing makes a link of it" {
	local name count=0
	mails_of_invitations
	while read -r name; do
		as "$ANN" PATCH "/orgs/$ORG_A" "$(jq -n --arg n "$name" '{name: $n}')"
		expect 200
		as "$ANN" POST "/orgs/$ORG_A/invitations" "{\"email\":\"eve$count@example.org\"}"
		expect 201
		deliver $((++count))
		mail_to "eve$((count - 1))@example.org"
		[[ "$TEXT" = "An invitation"$'\n'*"You are invited to belong to an organisation at Yett"* ]]
		[[ "$TEXT $PAGE" != *"$name"* ]]
	done <<- 'E'
		Your account is locked: https://evil.example
		www.evil.example
		WWW.EVIL now
		Go to evil.example.
		evil.example/a
		a//b
		ä.ö
	E
	for name in "Müller & Söhne (Inc.)" "St. Gallen" ".a. b..c"; do
		as "$ANN" PATCH "/orgs/$ORG_A" "$(jq -n --arg n "$name" '{name: $n}')"
		as "$ANN" POST "/orgs/$ORG_A/invitations" "{\"email\":\"eve$count@example.org\"}"
		expect 201
		deliver $((++count))
		mail_to "eve$((count - 1))@example.org"
		[[ "$TEXT" = "An invitation to $name"*"to belong to \"$name\" at Yett"* ]]
	done
}

@test "one who invites causes a hundred mails an hour, to whatever addresses, and no setting lifts that" {
	local i key
	export YETT_THROTTLE_MAILS=0
	mails_of_invitations
	for i in {1..98}; do
		call users POST /users/invite "{\"email\":\"eve$i@example.org\"}" "$(bearer "$ROOT")"
		expect 202
	done
	# One that is refused for its address is not counted.
	YETT_THROTTLE_MAILS=1 call users POST /users/invite '{"email":"fay@example.org"}' "$(bearer "$ROOT")"
	expect 202
	YETT_THROTTLE_MAILS=1 call users POST /users/invite '{"email":"fay@example.org"}' "$(bearer "$ROOT")"
	expect 429
	call users POST /users/invite '{"email":"fay@example.org"}' "$(bearer "$ROOT")"
	expect 202
	call users POST /users/invite '{"email":"gus@example.org"}' "$(bearer "$ROOT")"
	expect 429 too-many-requests
	[ "$(header Retry-After)" = 36 ]
	as "$ROOT" POST "/orgs/$ORG_A/invitations" '{"email":"gus@example.org"}'
	expect 429
	[ "$(sql "SELECT count(*) FROM outbox")" = 100 ]
	# Others may, also from the same network; so may a key, which counts for itself.
	as "$ANN" POST "/orgs/$ORG_A/invitations" '{"email":"gus@example.org"}'
	expect 201
	INVITATION=$(json .id)
	key=$(yett apikey create bot --service --scope '*:*' --org "$ORG_A" --json | jq -r .key)
	for i in {1..99}; do
		call orgs POST "/orgs/$ORG_A/invitations" '{"email":"hal@example.org"}' HTTP_X_API_KEY="$key"
		expect 201
	done
	YETT_THROTTLE_MAILS=1 call orgs POST "/orgs/$ORG_A/invitations/$INVITATION/resend" - HTTP_X_API_KEY="$key"
	expect 200
	call orgs POST "/orgs/$ORG_A/invitations/$INVITATION/resend" - HTTP_X_API_KEY="$key"
	expect 429
	pass_time 36
	YETT_THROTTLE_MAILS=1 call orgs POST "/orgs/$ORG_A/invitations/$INVITATION/resend" - HTTP_X_API_KEY="$key"
	expect 429
	call orgs POST "/orgs/$ORG_A/invitations/$INVITATION/resend" - HTTP_X_API_KEY="$key"
	expect 200
	call users POST /users/invite '{"email":"gus@example.org"}' "$(bearer "$ROOT")"
	expect 202
}

@test "a mail is queued when, and only when, there is an invitation" {
	mails_of_invitations
	as "$ANN" POST "/orgs/$ORG_A/invitations" '{"email":"eve@example.org","role":"king"}'
	expect 422
	as "$CARL" POST "/orgs/$ORG_A/invitations" '{"email":"eve@example.org"}'
	expect 403
	as "$ANN" POST "/orgs/$ORG_A/invitations" '{"email":"eve@example.org"}'
	expect 201
	[ "$(outbox)" = "invitation eve@example.org" ]
	as "$ANN" DELETE "/orgs/$ORG_A/invitations/$(json .id)"
	expect 204
	[ "$(outbox)" = "invitation eve@example.org" ]
	deliver 1
	link_of eve@example.org /invitation
	look "$TOKEN"
	expect 404
	# Without mail the link is whoever invites to send, and none is queued that nobody would get.
	YETT_MAIL_URL='' as "$ANN" POST "/orgs/$ORG_A/invitations" '{"email":"fay@example.org"}'
	expect 201
	[ "$(jq -c '[.link != null, .mailed]' <<< "$BODY")" = '[true,false]' ]
	[ "$(outbox)" = "invitation eve@example.org" ]
}

@test "an invitation is sent again with another link, by who may invite; the old one is good no more" {
	local first line before
	mails_of_invitations
	as "$ANN" POST "/orgs/$ORG_A/invitations" '{"email":"eve@example.org","role":"org-admin"}'
	INVITATION=$(json .id)
	deliver 1
	link_of eve@example.org /invitation
	first=$TOKEN
	before=$(sql .dump)
	call orgs POST "/orgs/$ORG_A/invitations/$INVITATION/resend" '{}'
	expect 401
	as "$CARL" POST "/orgs/$ORG_A/invitations/$INVITATION/resend" '{}'
	expect 403
	as "$DORA" POST "/orgs/$ORG_A/invitations/$INVITATION/resend" '{}'
	expect 404
	as "$DORA" POST "/orgs/$ORG_B/invitations/$INVITATION/resend" '{}'
	expect 404
	as "$ANN" POST "/orgs/$ORG_A/invitations/$NOBODY/resend" '{}'
	expect 404
	[ "$(sql .dump)" = "$before" ]
	as "$ANN" POST "/orgs/$ORG_A/invitations/$INVITATION/resend" '{}'
	expect 200
	[ "$(jq -c '[.id, .link, .mailed]' <<< "$BODY")" = "[\"$INVITATION\",null,true]" ]
	deliver 2
	link_of eve@example.org /invitation
	look "$first"
	expect 404
	look "$TOKEN"
	expect 200
	[ "$(events invitation.resent)" = 1 ]
	pass_time $((7 * 86400))
	sign_in ann@example.org
	as "$ACCESS" POST "/orgs/$ORG_A/invitations/$INVITATION/resend" '{}'
	expect 404
}

@test "who may invite, but not to be that, sends no such invitation again" {
	mails_of_invitations
	as "$ANN" POST "/orgs/$ORG_A/invitations" '{"email":"eve@example.org","role":"org-owner"}'
	INVITATION=$(json .id)
	register bob@example.org
	member "$ORG_A" "$USER_ID" org-admin
	as "$ACCESS" POST "/orgs/$ORG_A/invitations/$INVITATION/resend" '{}'
	expect 403
	[ "$(outbox)" = "invitation eve@example.org" ]
}

@test "one address gets five invitations in an hour, and no sixth from anywhere" {
	local i
	mails_of_invitations
	as "$ANN" POST "/orgs/$ORG_A/invitations" '{"email":"eve@example.org"}'
	INVITATION=$(json .id)
	for i in 1 2 3; do
		as "$ANN" POST "/orgs/$ORG_A/invitations/$INVITATION/resend" '{}'
		expect 200
	done
	as "$DORA" POST "/orgs/$ORG_B/invitations" '{"email":"EVE@example.org"}'
	expect 201
	as "$ANN" POST "/orgs/$ORG_A/invitations/$INVITATION/resend" '{}'
	expect 429 too-many-requests
	[ -n "$(header Retry-After)" ]
	as "$DORA" POST "/orgs/$ORG_B/invitations" '{"email":"eve@example.org"}'
	expect 429
	as "$ANN" POST "/orgs/$ORG_A/invitations" '{"email":"fay@example.org"}'
	expect 201
	[ "$(sql 'SELECT count(*) FROM outbox')" = 6 ]
}
