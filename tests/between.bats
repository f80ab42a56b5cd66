#!/usr/bin/env bats
# What holds where the pieces meet: users and orgs, keys and orgs, invitations, conditions, imports.

load helper
load orgs

setup() {
	fresh_state
	stop_time
	two_orgs
	"$BIN/yett" role add helper > /dev/null
	"$BIN/yett" role grant sam@example.org helper > /dev/null
}

# helps PERMISSION...: sam may.
helps() {
	local permission
	for permission; do
		"$BIN/yett" role allow helper "$permission" > /dev/null
	done
}

# by NAME PROGRAM METHOD PATH [BODY]
by() {
	call "$2" "$3" "$4" "${5--}" "$(bearer "${TOKEN[$1]}")"
}

@test "who looks after users takes over nobody who holds more in an org" {
	helps users:read users:update users:delete users:impersonate
	by sam users PATCH "/users/${ID[ann]}" '{"email":"sam+x@example.org"}'
	expect 403
	by sam users DELETE "/users/${ID[ann]}/password"
	expect 403
	by sam users DELETE "/users/${ID[ann]}"
	expect 403
	by sam groups POST "/users/${ID[ann]}/impersonate" '{"reason":"to see what is wrong"}'
	expect 403
	register newcomer@example.org
	by sam users PATCH "/users/$USER_ID" '{"name":"New"}'
	expect 200
}

@test "to say that an address is known lets nobody into an org that takes in its domain" {
	helps users:read users:update users:create users:import
	sql "INSERT INTO org_domains (id, org_id, domain, token, auto_join, verified_at, created_at) VALUES ('$NOBODY', '$A', 'club.example', 't', 1, 1, 1)"
	by sam users POST /users '{"email":"pup@Club.example","email_confirmed":true}'
	expect 403
	[[ "$(json .detail)" == *members:create* ]]
	by sam users PATCH "/users/${ID[sam]}" '{"email":"sam@club.example","email_confirmed":true}'
	expect 403
	call users POST /users/import '{"email":"cub@club.example","email_confirmed":true}' "$(bearer "${TOKEN[sam]}")" CONTENT_TYPE=application/x-ndjson
	expect 200
	[ "$(json .failed)" = 1 ]
	by sam users POST /users '{"email":"pup@elsewhere.example","email_confirmed":true}'
	expect 201
	helps members:create
	by sam users POST /users '{"email":"pup@club.example","email_confirmed":true}'
	expect 201
}

@test "what conditions rely on is no easier to say of a new user than of one that is there" {
	helps users:read users:update users:create users:import
	"$BIN/yett" role allow viewer door:open --if ":user ->> 'clearance' = 'high'" > /dev/null
	by sam users PATCH "/users/${ID[amy]}" '{"attributes":{"clearance":"high"}}'
	expect 403
	by sam users POST /users '{"email":"new@example.org","attributes":{"clearance":"high"}}'
	expect 403
	call users POST /users/import '{"email":"new@example.org","attributes":{"clearance":"high"}}' "$(bearer "${TOKEN[sam]}")" CONTENT_TYPE=application/x-ndjson
	expect 200
	[ "$(json .failed)" = 1 ]
	[ "$(sql "SELECT count(*) FROM users WHERE email = 'new@example.org'")" = 0 ]
	by sam users POST /users '{"email":"new@example.org"}'
	expect 201
}

@test "a key that was made for one org is not there in another" {
	local key
	by root apikeys POST /apikeys "{\"name\":\"k\",\"service\":true,\"scopes\":[\"members:read\"],\"org_id\":\"$A\"}"
	expect 201
	key=$(json .key)
	call orgs GET "/orgs/$A/members" - HTTP_X_API_KEY="$key"
	expect 200
	call orgs GET "/orgs/$B/members" - HTTP_X_API_KEY="$key"
	expect 404
	"$BIN/yett" org join "$A" root@example.org > /dev/null
	by root apikeys POST /apikeys "{\"name\":\"k\",\"scopes\":[\"members:read\"],\"org_id\":\"$A\"}"
	expect 201
	call orgs GET "/orgs/$B/members" - HTTP_X_API_KEY="$(json .key)"
	expect 404
}

@test "a service's key that acts in an org is told what it holds there" {
	local key
	by root apikeys POST /apikeys "{\"name\":\"k\",\"service\":true,\"scopes\":[\"courts:book\"],\"org_id\":\"$A\"}"
	key=$(json .key)
	call roles POST /authz/check "{\"org\":\"$A\",\"resource\":\"courts\",\"action\":\"book\"}" HTTP_X_API_KEY="$key"
	[ "$(json .allowed)" = true ]
	call roles POST /authz/check "{\"org\":\"$B\",\"resource\":\"courts\",\"action\":\"book\"}" HTTP_X_API_KEY="$key"
	[ "$(jq .allowed <<< "$BODY")" = false ]
	call roles POST /authz/check '{"resource":"courts","action":"book"}' HTTP_X_API_KEY="$key"
	[ "$(jq .allowed <<< "$BODY")" = false ]
}

@test "an admin who is removed comes back by no invitation of his own, be its role worth nothing" {
	local role token
	role=$(new_role ann "$A" trainer)
	as ada POST "/orgs/$A/invitations" '{"email":"ada@example.org","role":"trainer"}'
	expect 201
	token=$(json .link)
	as ann DELETE "/orgs/$A/members/${ID[ada]}"
	expect 204
	as ada POST /invitations/accept "{\"token\":\"${token#*#}\"}"
	expect 404
}

@test "who must choose another password holds nothing for applications either" {
	local key
	by sam apikeys POST /apikeys '{"name":"k","scopes":["profile:read"]}'
	key=$(json .key)
	by root users POST "/users/${ID[sam]}/require-password-update"
	expect 200
	by root apikeys POST /apikeys/verify "{\"key\":\"$key\"}"
	[ "$(jq -c '[.valid, .code]' <<< "$BODY")" = '[false,"user"]' ]
	by root roles POST /authz/check "{\"subject\":\"${ID[sam]}\",\"resource\":\"profile\",\"action\":\"read\"}"
	[ "$(jq -c '[.allowed, .reason.missing]' <<< "$BODY")" = '[false,"the user must choose another password first"]' ]
}

@test "who may ask about the members of an org learns none of their roles on the site" {
	"$BIN/yett" role add red-coach > /dev/null
	"$BIN/yett" role allow red-coach plans:write > /dev/null
	"$BIN/yett" role grant amy@example.org red-coach > /dev/null
	by ann roles POST /authz/check "{\"subject\":\"${ID[amy]}\",\"org\":\"$A\",\"resource\":\"plans\",\"action\":\"write\"}"
	expect 200
	[ "$(jq -c '[.allowed, .reason]' <<< "$BODY")" = '[true,{}]' ]
	by root roles POST /authz/check "{\"subject\":\"${ID[amy]}\",\"org\":\"$A\",\"resource\":\"plans\",\"action\":\"write\"}"
	[ "$(json .reason.role)" = red-coach ]
}

@test "the last admin is neither hidden nor left without a password" {
	by root users PATCH "/users/${ID[root]}" '{"hidden":true}'
	expect 403
	by root users DELETE "/users/${ID[root]}/password"
	expect 403
	sign_in root@example.org
}

@test "in somebody's name no name to sign in with is chosen" {
	register plain@example.org
	by root groups POST "/users/$USER_ID/impersonate" '{"reason":"to see what is wrong"}'
	expect 201
	call session PATCH /users/me '{"username":"mine"}' "$(bearer "$(json .access_token)")"
	expect 403
}

@test "an export of users, and waits that an admin ends, are in the log" {
	by root users GET /users/export
	expect 200
	"$BIN/yett" user export > /dev/null
	[ "$(sql "SELECT group_concat(actor) FROM audit_log WHERE action = 'users.exported'")" = user,tool ]
	local i
	for i in 1 2 3 4 5 6 7; do
		call login POST /auth/login '{"email":"amy@example.org","password":"wrong horse"}'
	done
	expect 429
	by root users POST "/users/${ID[amy]}/unlock"
	expect 200
	[ "$(sql "SELECT count(*) FROM audit_log WHERE action = 'user.unlocked'")" = 1 ]
	by root users POST "/users/${ID[amy]}/unlock"
	[ "$(sql "SELECT count(*) FROM audit_log WHERE action = 'user.unlocked'")" = 1 ]
}
