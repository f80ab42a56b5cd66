#!/usr/bin/env bats
# Signing keys and tokens: what an independent library thinks of ours, and what we think of forged ones.

load helper

setup() {
	fresh_state
	register ann@example.org
}

# jose SCRIPT ARGUMENT...: one of the scripts in tests/jose.
jose() {
	local script=$1
	shift
	node "$TOP/tests/jose/$script" "$@"
}

write_jwks() {
	call session GET /.well-known/jwks.json
	expect 200
	printf '%s' "$BODY" > "$BATS_TEST_TMPDIR/jwks.json"
}

@test "the first key is made at the first start, for nobody else to read" {
	[ "$(ls "$YETT_SITE_STATE/keys" | wc -l)" = 1 ]
	[ "$(stat -c %a "$YETT_SITE_STATE"/keys/*.pem "$YETT_SITE_STATE/master.key" | sort -u)" = 600 ]
	[ "$(stat -c %a "$YETT_SITE_STATE/keys")" = 700 ]
	rm "$YETT_SITE_STATE"/keys/*.pem
	write_jwks
	[ "$(json '.keys | length')" = 1 ]
	[ "$(stat -c %a "$YETT_SITE_STATE"/keys/*.pem)" = 600 ]
}

@test "the JWK Set has public members only" {
	write_jwks
	[ "$(header Content-Type)" = application/jwk-set+json ]
	[ "$(jq -c '.keys[0] | keys' <<< "$BODY")" = '["alg","crv","kid","kty","use","x","y"]' ]
	[ "$(header Cache-Control)" = "public, max-age=300" ]
}

@test "an independent library verifies our access token by the JWK Set alone" {
	write_jwks
	run -0 jose verify.mjs "$BATS_TEST_TMPDIR/jwks.json" http://127.0.0.1:8080 http://127.0.0.1:8080 "$ACCESS"
	BODY=$output
	[ "$(json .header.alg)" = ES256 ]
	[ "$(json .header.typ)" = at+jwt ]
	[ "$(json .claims.sub)" = "$USER_ID" ]
	[ "$(json .claims.email)" = ann@example.org ]
	[ "$(jq .claims.email_verified <<< "$BODY")" = false ]
	[ "$(json '.claims.roles | join(",")')" = viewer ]
	[ "$(json '.claims.permissions | join(",")')" = "profile:read,profile:update" ]
	[ "$(json '.claims.amr | join(",")')" = pwd ]
	[ "$(json .claims.acr)" = aal1 ]
	[ "$(json '.claims.exp - .claims.iat')" = 1800 ]
	json .claims.auth_time
	json .claims.sid
	"$BIN/yett" user edit ann@example.org --email-confirmed true
	sign_in ann@example.org
	run -0 jose verify.mjs "$BATS_TEST_TMPDIR/jwks.json" http://127.0.0.1:8080 http://127.0.0.1:8080 "$ACCESS"
	[ "$(jq .claims.email_verified <<< "$output")" = true ]
}

@test "every forged token is refused, and a well-made one of the same maker is not" {
	write_jwks
	jose forge.mjs "$(echo "$YETT_SITE_STATE"/keys/*.pem)" "$BATS_TEST_TMPDIR/jwks.json" "$ACCESS" > "$BATS_TEST_TMPDIR/forged"
	[ "$(wc -l < "$BATS_TEST_TMPDIR/forged")" -gt 70 ]
	local name token
	while read -r name token; do
		me "$(bearer "$token")"
		if [ "$name" = good ]; then
			expect 200
		elif [ "$STATUS" != 401 ]; then
			echo "$name was accepted: $STATUS" >&2
			return 1
		fi
	done < "$BATS_TEST_TMPDIR/forged"
}

@test "a refresh token that is changed in any part is refused" {
	local head=${REFRESH%%.*} rest=${REFRESH#*.}
	local claims=${rest%.*} mac=${rest#*.} bad
	local none
	none=$(printf '{"alg":"none","typ":"rt+jwt"}' | base64 -w 0 | tr -d = | tr '+/' '-_')
	for bad in "$head.$claims.${mac%?}A" "$head.${claims%?}A.$mac" "$none.$claims." "$none.$claims.$mac" "$REFRESH." "${REFRESH}A" "$head.$claims" "" "$head.$claims.$mac.$mac"; do
		[ "$bad" = "$REFRESH" ] && continue
		refresh "$bad"
		[[ "$STATUS" = 401 || "$STATUS" = 422 ]]
	done
	refresh "$REFRESH"
	expect 200
}

@test "after a rotation the new key signs and the old one verifies until its last token is dead" {
	local old=$ACCESS
	sleep 0.01
	yett key rotate
	write_jwks
	[ "$(json '.keys | length')" = 2 ]
	me "$(bearer "$old")"
	expect 200
	sign_in ann@example.org
	local one other
	one=$(cut -d. -f1 <<< "$old" | base64 -d 2> /dev/null | jq -r .kid)
	other=$(cut -d. -f1 <<< "$ACCESS" | base64 -d 2> /dev/null | jq -r .kid)
	[ -n "$one" ]
	[ "$one" != "$other" ]
	run -0 jose verify.mjs "$BATS_TEST_TMPDIR/jwks.json" http://127.0.0.1:8080 http://127.0.0.1:8080 "$old"
	run -0 jose verify.mjs "$BATS_TEST_TMPDIR/jwks.json" http://127.0.0.1:8080 http://127.0.0.1:8080 "$ACCESS"
	pass_time $((1800 + 61))
	write_jwks
	[ "$(json '.keys | length')" = 1 ]
	[ "$(json '.keys[0].kid')" = "$other" ]
	yett key rotate
	[ "$(ls "$YETT_SITE_STATE/keys" | wc -l)" = 2 ]
}

@test "a key that others may read is refused, with a word to the operator" {
	chmod 644 "$YETT_SITE_STATE"/keys/*.pem
	run -1 env REQUEST_METHOD=GET REQUEST_URI=/.well-known/jwks.json "$BIN/session"
	[[ "$output" == *"yett doctor"* ]]
}

@test "a master key that is cut short is refused" {
	truncate -s 31 "$YETT_SITE_STATE/master.key"
	run -1 env REQUEST_METHOD=GET REQUEST_URI=/users/me "$BIN/session"
	[[ "$output" == *"yett doctor"* ]]
}
