#!/usr/bin/env bats
# groups: acting in a user's name.

load helper

ADMIN_ROLE=00000000-0000-7000-8000-000000000001
NOBODY=01890a5d-ac96-774b-bcce-b302099a8057
WHY='{"reason":"the invoice page is empty for her"}'
AGENT='HTTP_USER_AGENT=Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0'

# Root may do everything; Sue is of the support, and may act in the name of who may no more than she.
setup() {
	fresh_state
	stop_time
	echo "$PASSWORD" | "$BIN/yett" user add root@example.org --role admin
	sign_in root@example.org
	ROOT=$ACCESS
	ROOT_ID=$(sql "SELECT id FROM users WHERE email = 'root@example.org'")
	"$BIN/yett" role add support
	"$BIN/yett" role allow support users:impersonate
	register sue@example.org
	SUE=$ACCESS
	SUE_ID=$USER_ID
	"$BIN/yett" role grant sue@example.org support
	register ann@example.org
	ANN=$ACCESS
	ANN_ID=$USER_ID
}

teardown() {
	stop_site
}

# as TOKEN METHOD PATH [BODY] [VARIABLE=VALUE]...
as() {
	local token=$1 method=$2 path=$3 body=${4--}
	shift 3
	[ $# = 0 ] || shift
	call groups "$method" "$path" "$body" "$(bearer "$token")" "$@"
}

# act TOKEN ID [BODY]: the token is then in ACTING.
act() {
	as "$1" POST "/users/$2/impersonate" "${3-$WHY}" "$AGENT"
	expect 201
	ACTING=$(json .access_token)
}

claims() {
	local part=${1#*.}
	part=${part%.*}
	part=$(tr '_-' '/+' <<< "$part")
	while [ $((${#part} % 4)) != 0 ]; do part+='='; done
	base64 -d <<< "$part"
}

works() {
	me "$(bearer "$ACTING")"
	expect 200
}

over() {
	me "$(bearer "$ACTING")"
	expect 401 invalid-token
}

events() {
	sql "SELECT action || ' ' || coalesce(user_id, '-') || ' ' || coalesce(on_behalf_of, '-') || ' ' || object_id FROM audit_log WHERE action GLOB '$1' ORDER BY seq"
}

@test "every route without a proof answers 401, without its permission 403, and changes nothing" {
	local before line
	before=$(sql .dump)
	while read -r line; do
		set -- $line
		call groups "$1" "$2" "${3--}"
		expect 401 unauthenticated
		as "$ANN" "$1" "$2" "${3--}"
		expect 403 forbidden
		[[ "$(json .detail)" == *"$4"* ]]
	done <<- E
		POST /users/$SUE_ID/impersonate {"reason":"curious"} users:impersonate
		DELETE /users/$SUE_ID/impersonate - users:impersonate
		GET /impersonations - impersonation:read
	E
	[ "$(sql .dump)" = "$before" ]
}

@test "an access token alone, of 15 minutes, says who acts in whose name" {
	as "$SUE" POST "/users/$ANN_ID/impersonate" "$WHY" "$AGENT"
	expect 201
	[ "$(jq -c keys <<< "$BODY")" = '["access_token","expires_in","token_type","user"]' ]
	[ "$(json .expires_in)" = 900 ]
	[ "$(json .user.id)" = "$ANN_ID" ]
	ACTING=$(json .access_token)
	[ "$(claims "$ACTING" | jq -c '[.sub, .act, .amr, .exp - .iat, .permissions]')" = "[\"$ANN_ID\",{\"sub\":\"$SUE_ID\"},[\"pwd\"],900,[\"profile:read\",\"profile:update\"]]" ]
	works
	[ "$(jq -c '[.id, .act.sub]' <<< "$BODY")" = "[\"$ANN_ID\",\"$SUE_ID\"]" ]
	# For oneself nobody acts.
	me "$(bearer "$ANN")"
	[ "$(jq -c .act <<< "$BODY")" = null ]
	pass_time 899
	works
	pass_time 1
	over
	[ "$(sql "SELECT count(*) FROM sessions WHERE actor_user_id IS NOT NULL AND ends_at = expires_at AND kind = 'refresh'")" = 1 ]
}

@test "a token in a user's name, and who asks with it, are told no roles, only permissions that both hold" {
	local org
	"$BIN/yett" role add label
	"$BIN/yett" role grant ann@example.org label
	"$BIN/yett" role grant sue@example.org label
	"$BIN/yett" org add Club --slug club
	org=$(sql "SELECT id FROM orgs")
	"$BIN/yett" role add keeper --org club
	"$BIN/yett" role allow keeper orgs:read --org club
	"$BIN/yett" org join club ann@example.org --role keeper
	act "$ROOT" "$ANN_ID"
	[ "$(claims "$ACTING" | jq -c '[.roles, .permissions, has("rights_omitted")]')" = '[[],["profile:read","profile:update"],false]' ]
	works
	[ "$(jq -c '[.roles, .permissions]' <<< "$BODY")" = '[[],["profile:read","profile:update"]]' ]
	call orgs POST "/orgs/$org/activate" - "$(bearer "$ACTING")"
	expect 200
	[ "$(claims "$(json .access_token)" | jq -c '[.roles, .org_roles, .org_permissions]')" = '[[],[],["orgs:read"]]' ]
	works
	[ "$(jq -c '[.roles, .org_roles, .org_permissions]' <<< "$BODY")" = '[[],[],["orgs:read"]]' ]
	# To herself they are told, and to who may read them.
	me "$(bearer "$ANN")"
	[ "$(jq -c .roles <<< "$BODY")" = '["label","viewer"]' ]
	call roles GET "/users/$ANN_ID/roles" - "$(bearer "$ROOT")"
	[ "$(jq -c .effective_roles <<< "$BODY")" = '["label","viewer"]' ]
}

@test "hundreds of roles of either leave room for acting in a name and in an organisation" {
	local org
	"$BIN/yett" org add Club --slug club
	org=$(sql "SELECT id FROM orgs")
	"$BIN/yett" org join club ann@example.org
	"$BIN/yett" org join club sue@example.org
	# Under viewer, which both have, with long names that hold long permissions.
	sql "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 200)
		INSERT INTO roles (id, name, created_at) SELECT printf('01890a5d-ac96-774b-bcce-%012d', i), printf('r%063d', i), 0 FROM n;
		INSERT INTO role_parents SELECT '00000000-0000-7000-8000-000000000002', id FROM roles WHERE name GLOB 'r0*';
		INSERT INTO permissions (id, name, created_at) SELECT replace(id, 'bcce', 'bccf'), name || ':x', 0 FROM roles WHERE name GLOB 'r0*';
		INSERT INTO role_permissions (role_id, permission_id) SELECT id, replace(id, 'bcce', 'bccf') FROM roles WHERE name GLOB 'r0*'"
	"$BIN/yett" role allow support orgs:read
	"$BIN/yett" role allow support members:read
	act "$SUE" "$ANN_ID"
	call orgs POST "/orgs/$org/activate" - "$(bearer "$ACTING")"
	expect 200
	call orgs POST "/orgs/$org/activate" - "$(bearer "$ACTING")"
	expect 200
	works
}

@test "it lasts as many minutes as said, 1 to 60" {
	local minutes
	for minutes in 1 60; do
		act "$SUE" "$ANN_ID" "{\"reason\":\"as asked by her\",\"minutes\":$minutes}"
		[ "$(json .expires_in)" = $((minutes * 60)) ]
		[ "$(claims "$ACTING" | jq -c '.exp - .iat')" = $((minutes * 60)) ]
	done
	for minutes in 0 61 -1 1.5 '"5"' 1e99 null; do
		as "$SUE" POST "/users/$ANN_ID/impersonate" "{\"reason\":\"as asked by her\",\"minutes\":$minutes}"
		expect 422
		expect_field minutes
	done
	pass_time 3599
	works
	pass_time 1
	over
}

@test "a reason of 5 to 500 bytes is needed" {
	local reason
	for reason in 12345 "$(printf '%0500d' 0)"; do
		act "$SUE" "$ANN_ID" "{\"reason\":\"$reason\"}"
	done
	for reason in '' 1234 "$(printf '%0501d' 0)" 'a\tbcdef'; do
		as "$SUE" POST "/users/$ANN_ID/impersonate" "{\"reason\":\"$reason\"}"
		expect 422
		expect_field reason
	done
	as "$SUE" POST "/users/$ANN_ID/impersonate" '{}'
	expect 422
	expect_field reason
}

@test "nobody acts in the name of an admin, of who may more, of who is kept out, or in the own" {
	local before id
	before=$(sql .dump)
	refuse() {
		as "$1" POST "/users/$2/impersonate" "$WHY"
		expect 403 forbidden
		[[ "$(json .detail)" == *"$3"* ]]
	}
	refuse "$SUE" "$ROOT_ID" admin
	refuse "$SUE" "$SUE_ID" "your own"
	as "$SUE" POST "/users/$NOBODY/impersonate" "$WHY"
	expect 404
	[ "$(sql .dump)" = "$before" ]
	"$BIN/yett" role add writer
	"$BIN/yett" role allow writer posts:write
	"$BIN/yett" role grant ann@example.org writer
	refuse "$SUE" "$ANN_ID" "posts:write is more than you hold"
	# On whatever condition, and by whatever way.
	"$BIN/yett" role forbid writer posts:write
	"$BIN/yett" role allow writer posts:write --if ":hour < 24"
	refuse "$SUE" "$ANN_ID" posts:write
	"$BIN/yett" role revoke ann@example.org writer
	"$BIN/yett" group add writers
	"$BIN/yett" group grant writers writer
	"$BIN/yett" group join writers ann@example.org
	refuse "$SUE" "$ANN_ID" posts:write
	"$BIN/yett" group leave writers ann@example.org
	act "$SUE" "$ANN_ID"
	# Not even root in that of another admin, though this one is so only by inheritance.
	"$BIN/yett" role inherit writer admin
	"$BIN/yett" role grant ann@example.org writer
	refuse "$ROOT" "$ANN_ID" admin
	"$BIN/yett" role revoke ann@example.org writer
	"$BIN/yett" user lock ann@example.org
	refuse "$ROOT" "$ANN_ID" locked
	"$BIN/yett" user unlock ann@example.org
	sql "UPDATE users SET enabled = 0 WHERE id = '$ANN_ID'"
	refuse "$ROOT" "$ANN_ID" disabled
}

@test "who acts in a user's name changes no credentials, sees no sessions, and acts in no other name" {
	local line before
	"$BIN/yett" role grant ann@example.org support
	register bob@example.org
	act "$SUE" "$ANN_ID"
	before=$(sql .dump)
	while read -r line; do
		set -- $line
		call "$1" "$2" "$3" "${4--}" "$(bearer "$ACTING")"
		expect 403 forbidden
		[[ "$(json .detail)" == *"somebody else's name"* ]]
	done <<- E
		password POST /auth/password/change {"current_password":"x","new_password":"a-long-enough-one"}
		session GET /auth/sessions
		session DELETE /auth/sessions
		session DELETE /auth/sessions/$NOBODY
		groups POST /users/$USER_ID/impersonate $(tr -d ' ' <<< "$WHY")
		groups DELETE /users/$ANN_ID/impersonate
	E
	# The page of the account shows sessions, too.
	call session GET /account - "$(bearer "$ACTING")"
	expect 303
	[ "$(sql .dump)" = "$before" ]
}

@test "what is done in a user's name is in the log as the admin's, on behalf of the user" {
	act "$SUE" "$ANN_ID"
	call session PATCH /users/me '{"name":"Ann"}' "$(bearer "$ACTING")"
	expect 200
	[ "$(jq -c '[.name, .act.sub]' <<< "$BODY")" = "[\"Ann\",\"$SUE_ID\"]" ]
	[ "$(events user.updated)" = "user.updated $SUE_ID $ANN_ID $ANN_ID" ]
	call session POST /auth/logout - "$(bearer "$ACTING")" CONTENT_LENGTH=0
	expect 204
	over
	[ "$(events 'impersonation.*')" = "impersonation.started $SUE_ID - $ANN_ID
impersonation.ended $SUE_ID $ANN_ID $ANN_ID" ]
	[ "$(sql "SELECT count(*) FROM audit_log WHERE details GLOB '*invoice*'")" = 0 ]
	# Sue's own session, and Ann's, go on.
	me "$(bearer "$SUE")"
	expect 200
	me "$(bearer "$ANN")"
	expect 200
}

@test "it ends by whoever began it, at once, and only those in that name" {
	local other
	register bob@example.org
	act "$SUE" "$USER_ID"
	other=$ACTING
	act "$SUE" "$ANN_ID"
	act "$ROOT" "$ANN_ID"
	as "$ROOT" DELETE "/users/$ANN_ID/impersonate"
	expect 204
	over
	as "$ROOT" DELETE "/users/$ANN_ID/impersonate"
	expect 404
	act "$SUE" "$ANN_ID"
	works
	pass_time 5
	as "$SUE" DELETE "/users/$ANN_ID/impersonate"
	expect 204
	over
	ACTING=$other
	works
	as "$SUE" DELETE "/users/$NOBODY/impersonate"
	expect 404
	[ "$(events impersonation.ended)" = "impersonation.ended $ROOT_ID - $ANN_ID
impersonation.ended $SUE_ID - $ANN_ID
impersonation.ended $SUE_ID - $ANN_ID" ]
	[ "$(sql "SELECT count(*) FROM impersonation_log WHERE ended_at IS NULL")" = 1 ]
}

@test "the user sees that somebody acts in the own name, and ends it" {
	local id
	act "$SUE" "$ANN_ID"
	call session GET /auth/sessions - "$(bearer "$ANN")"
	expect 200
	[ "$(jq -c '[.items[] | [.device, .actor_user_id, .current]] | sort' <<< "$BODY")" = \
		"[[\"Firefox on Linux, by an admin in your name\",\"$SUE_ID\",false],[\"Unknown device\",null,true]]" ]
	id=$(json '.items[] | select(.actor_user_id != null).id')
	# Nobody else's.
	call session DELETE "/auth/sessions/$id" - "$(bearer "$SUE")"
	expect 404
	works
	call session DELETE "/auth/sessions/$id" - "$(bearer "$ANN")"
	expect 204
	over
	[ "$(events impersonation.ended)" = "impersonation.ended $ANN_ID - $ANN_ID" ]
	[ "$(sql "SELECT ended_at - started_at FROM impersonation_log")" = 0 ]
	act "$SUE" "$ANN_ID"
	call session DELETE /auth/sessions - "$(bearer "$ANN")"
	expect 200
	over
	act "$SUE" "$ANN_ID"
	call password POST /auth/password/change "{\"current_password\":\"$PASSWORD\",\"new_password\":\"another quite long one\"}" "$(bearer "$ANN")"
	expect 204
	over
	[ "$(sql "SELECT count(*) FROM impersonation_log WHERE ended_at IS NULL")" = 0 ]
}

@test "it ends at once when the admin is locked, loses the permission, or signs out everywhere else" {
	act "$SUE" "$ANN_ID"
	works
	"$BIN/yett" role revoke sue@example.org support
	over
	"$BIN/yett" role grant sue@example.org support
	act "$SUE" "$ANN_ID"
	call session DELETE /auth/sessions - "$(bearer "$SUE")"
	expect 200
	over
	act "$SUE" "$ANN_ID"
	"$BIN/yett" user lock sue@example.org
	over
	# For good: who is let in again has to begin anew, and say why.
	"$BIN/yett" user unlock sue@example.org
	over
	[ "$(sql "SELECT count(*) FROM impersonation_log WHERE ended_at IS NULL")" = 0 ]
	sign_in sue@example.org
	act "$ACCESS" "$ANN_ID"
	"$BIN/yett" user delete sue@example.org --yes
	over
	[ "$(sql "SELECT count(*) FROM impersonation_log WHERE admin_user_id = '$SUE_ID'")" = 4 ]
}

@test "a running program sees the end at once" {
	start_site
	local sue ann
	web POST /auth/login --json "{\"email\":\"sue@example.org\",\"password\":\"$PASSWORD\"}"
	take_tokens
	sue=$ACCESS
	begin_acting() {
		web POST "/users/$ANN_ID/impersonate" --json "$WHY" -H "Authorization: Bearer $sue"
		expect 201
		ACTING=$(json .access_token)
		web GET /users/me -H "Authorization: Bearer $ACTING"
		expect 200
		[ "$(json .act.sub)" = "$SUE_ID" ]
	}
	ended() {
		web GET /users/me -H "Authorization: Bearer $ACTING"
		expect 401
	}
	begin_acting
	web DELETE "/users/$ANN_ID/impersonate" -H "Authorization: Bearer $sue"
	expect 204
	ended
	begin_acting
	"$BIN/yett" role revoke sue@example.org support
	ended
	"$BIN/yett" role grant sue@example.org support
	begin_acting
	# What the user loses, who acts in the user's name loses, too.
	"$BIN/yett" role revoke ann@example.org viewer
	web GET /users/me -H "Authorization: Bearer $ACTING"
	expect 403
	"$BIN/yett" role grant ann@example.org viewer
	web GET /users/me -H "Authorization: Bearer $ACTING"
	expect 200
	"$BIN/yett" user lock ann@example.org
	ended
	web GET /impersonations -H "Authorization: Bearer $sue"
	expect 403
}

@test "rights gained meanwhile are no rights in the user's name, and of an admin it ends" {
	local question='{"resource":"posts","action":"write"}'
	"$BIN/yett" role add writer
	"$BIN/yett" role allow writer posts:write
	act "$SUE" "$ANN_ID"
	"$BIN/yett" role grant ann@example.org writer
	works
	[ "$(jq -c .permissions <<< "$BODY")" = '["profile:read","profile:update"]' ]
	call roles POST /authz/check "$question" "$(bearer "$ACTING")"
	expect 200
	[ "$(jq -c . <<< "$BODY")" = "{\"allowed\":false,\"reason\":{\"missing\":\"the proof of who asks does not go so far\"}}" ]
	call roles POST /authz/check "{\"subject\":\"$ANN_ID\",\"resource\":\"posts\",\"action\":\"write\"}" "$(bearer "$ACTING")"
	expect 200
	[ "$(jq .allowed <<< "$BODY")" = false ]
	call roles POST /authz/check "$question" "$(bearer "$ANN")"
	[ "$(jq .allowed <<< "$BODY")" = true ]
	"$BIN/yett" role grant sue@example.org writer
	call roles POST /authz/check "$question" "$(bearer "$ACTING")"
	[ "$(jq .allowed <<< "$BODY")" = true ]
	"$BIN/yett" role grant ann@example.org admin
	over
}

@test "nobody can make a refresh token of it" {
	act "$SUE" "$ANN_ID"
	refresh "$ACTING"
	expect 401
	# Not even one that is made with our keys: a token of another of her sessions, whose row says what this one's does.
	sign_in ann@example.org
	sql "UPDATE sessions SET actor_user_id = '$SUE_ID' WHERE id = '$(claims "$REFRESH" | jq -r .sid)'"
	refresh "$REFRESH"
	expect 401
}

@test "one acts in 16 names at once at most" {
	local i
	for i in $(seq 16); do
		act "$SUE" "$ANN_ID"
	done
	as "$SUE" POST "/users/$ANN_ID/impersonate" "$WHY"
	expect 403
	[[ "$(json .detail)" == *"16 times"* ]]
	act "$ROOT" "$ANN_ID"
	as "$SUE" DELETE "/users/$ANN_ID/impersonate"
	expect 204
	[ "$(sql "SELECT count(*) FROM audit_log WHERE action = 'impersonation.ended'")" = 16 ]
	act "$SUE" "$ANN_ID"
}

@test "the log says who, whom, why and when, by page and filter, and outlives both" {
	act "$SUE" "$ANN_ID"
	pass_time 60
	as "$SUE" DELETE "/users/$ANN_ID/impersonate"
	expect 204
	act "$ROOT" "$SUE_ID" '{"reason":"the second"}'
	as "$ROOT" GET /impersonations
	expect 200
	[ "$(jq -c '[.items[] | [.admin_user_id, .impersonated_user_id, .reason]]' <<< "$BODY")" = \
		"[[\"$ROOT_ID\",\"$SUE_ID\",\"the second\"],[\"$SUE_ID\",\"$ANN_ID\",\"the invoice page is empty for her\"]]" ]
	[ "$(jq -c '.items[0].ended_at' <<< "$BODY")" = null ]
	[ "$(json '.items[1] | (.ended_at[0:19] + "Z" | fromdate) - (.started_at[0:19] + "Z" | fromdate)')" = 60 ]
	[ "$(json '.items[0].ip_address')" = 192.0.2.7 ]
	local filter count
	while read -r filter count; do
		as "$ROOT" GET "/impersonations?$filter"
		expect 200
		[ "$(json '.items | length')" = "$count" ]
	done <<- E
		admin=$SUE_ID 1
		user=$SUE_ID 1
		admin=$SUE_ID&user=$ANN_ID 1
		admin=$SUE_ID&user=$SUE_ID 0
		admin=$NOBODY 0
	E
	for filter in admin user after; do
		as "$ROOT" GET "/impersonations?$filter=x"
		expect 422
		expect_field $filter
	done
	"$BIN/yett" user delete ann@example.org --yes
	"$BIN/yett" user delete sue@example.org --yes
	sql "WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 148)
		INSERT INTO impersonation_log SELECT printf('01890a5d-ac96-774b-bcce-%012d', i), '$SUE_ID', '$ANN_ID', '$NOBODY', 'as ever', 0, 0, NULL, '', '' FROM n"
	as "$ROOT" GET "/impersonations?admin=$SUE_ID"
	expect 200
	[ "$(json '.items | length')" = 100 ]
	[ "$(json '.items[0].reason')" = "the invoice page is empty for her" ]
	as "$ROOT" GET "/impersonations?admin=$SUE_ID&after=$(json .next)"
	[ "$(json '.items | length')" = 50 ]
	[ "$(jq -r .next <<< "$BODY")" = null ]
	# The longest of everything fits into a page.
	sql "UPDATE impersonation_log SET reason = replace(hex(zeroblob(250)), '0', '\"\"'), user_agent = replace(hex(zeroblob(128)), '0', '\"')"
	sql "UPDATE impersonation_log SET reason = substr(reason, 1, 500)"
	as "$ROOT" GET /impersonations
	expect 200
	[ "$(json '.items[0].reason | length')" = 500 ]
}

@test "an admin who may no more begins nothing by a request begun before" {
	begin groups POST "/users/$ANN_ID/impersonate" "$WHY" "$(bearer "$SUE")"
	"$BIN/yett" role revoke sue@example.org support
	finish
	expect 403
	[ "$(sql "SELECT count(*) FROM impersonation_log")" = 0 ]
	"$BIN/yett" role grant sue@example.org support
	begin groups POST "/users/$ANN_ID/impersonate" "$WHY" "$(bearer "$SUE")"
	"$BIN/yett" role grant ann@example.org admin
	finish
	expect 403
	[ "$(sql "SELECT count(*) FROM sessions WHERE actor_user_id IS NOT NULL")" = 0 ]
}
