#!/usr/bin/env bats
# Open Sesame's API works to the letter of its document.

load helper

setup() {
	fresh_state
	call register POST /auth/register '{"email":"ann@example.org","username":"ann","password":"'"$PASSWORD"'"}'
	expect 201
}

new_token() {
	call login POST /api/users/session '{"username":"ann","password":"'"$PASSWORD"'"}' HTTP_ACCEPT=application/json
	expect 200
	TOKEN=$(json .token)
}

@test "POST /api/users/session answers success and a UUIDv4 token, and nothing else" {
	new_token
	[ "$(jq -cS keys <<< "$BODY")" = '["success","token"]' ]
	[ "$(json .success)" = true ]
	[[ "$TOKEN" =~ ^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$ ]]
}

@test "the token authenticates any route as bearer token, and is stored only as a hash" {
	new_token
	me "$(bearer "$TOKEN")"
	expect 200
	[ "$(json .username)" = ann ]
	sql .dump > "$BATS_TEST_TMPDIR/dump"
	run ! grep -q "$TOKEN" "$BATS_TEST_TMPDIR/dump"
}

@test "without a token every path below /api answers 403 Not authenticated" {
	local path
	for path in /api/workspaces /api /api/ /api/users /api/x/y/z; do
		call login GET $path - HTTP_ACCEPT=application/json
		expect 403
		[ "$BODY" = '{"detail":"Not authenticated"}' ]
	done
	call login POST /api/workspaces '{}'
	expect 403
	[ "$(json .detail)" = "Not authenticated" ]
	call login GET /api/workspaces - "$(bearer 11111111-1111-4111-8111-111111111111)"
	expect 403
	[ "$(json .detail)" = "Not authenticated" ]
}

@test "with a token a path below /api that is not ours is not found" {
	new_token
	call login GET /api/workspaces - "$(bearer "$TOKEN")"
	expect 404
}

@test "DELETE without session_token revokes all tokens of the user, with the message" {
	new_token
	local first=$TOKEN
	new_token
	call login DELETE /api/users/session '{"user":{"username":"ann","password":"'"$PASSWORD"'"}}'
	expect 200
	[ "$(jq -cS . <<< "$BODY")" = '{"message":"All session tokens revoked successfully.","success":true}' ]
	me "$(bearer "$first")"
	expect 401
	me "$(bearer "$TOKEN")"
	expect 401
}

@test "DELETE with session_token revokes that one only" {
	new_token
	local first=$TOKEN
	new_token
	call login DELETE /api/users/session '{"user":{"username":"ann","password":"'"$PASSWORD"'"},"session_token":"'"$first"'"}'
	expect 200
	[ "$(json .success)" = true ]
	me "$(bearer "$first")"
	expect 401
	me "$(bearer "$TOKEN")"
	expect 200
}

@test "DELETE leaves the user's other sessions alone" {
	new_token
	sign_in ann@example.org
	call login DELETE /api/users/session '{"user":{"username":"ann","password":"'"$PASSWORD"'"}}'
	expect 200
	me "$(bearer "$ACCESS")"
	expect 200
}

@test "nobody revokes another user's token" {
	new_token
	register bob@example.org
	call login DELETE /api/users/session '{"user":{"username":"bob@example.org","password":"'"$PASSWORD"'"},"session_token":"'"$TOKEN"'"}'
	expect 404
	me "$(bearer "$TOKEN")"
	expect 200
}

@test "a wrong password makes no token and revokes none" {
	new_token
	call login POST /api/users/session '{"username":"ann","password":"wrong wrong"}'
	expect 401
	call login DELETE /api/users/session '{"user":{"username":"ann","password":"wrong wrong"}}'
	expect 401
	me "$(bearer "$TOKEN")"
	expect 200
}

@test "missing members of the inner object are named with their path" {
	call login DELETE /api/users/session '{"user":{"username":"ann"}}'
	expect 422
	expect_field user.password
	call login DELETE /api/users/session '{"user":"ann"}'
	expect 422
	expect_field user
}
