#!/usr/bin/env bats
# apikeys: what programs prove themselves by.

load helper

NOBODY=01890a5d-ac96-774b-bcce-b302099a8057
# Well-formed keys that nobody made, and one with a digit changed.
UNKNOWN=yett_003aUlTJC7tjlCTQj2uNU3MFagCXG9LRKRcwGkBIDlf1z5wyd
TYPO=yett_003aUlTJC7tjlCTQj2uNU3MFagCXG9LRKRcwGkBIDlf1z5wye

setup() {
	fresh_state
	stop_time
	echo "$PASSWORD" | "$BIN/yett" user add root@example.org --role admin
	sign_in root@example.org
	ADMIN=$ACCESS
	ADMIN_ID=$(sql "SELECT id FROM users WHERE email = 'root@example.org'")
	register ann@example.org
	ANN=$ACCESS
	ANN_ID=$USER_ID
}

teardown() {
	stop_site
}

# as TOKEN METHOD PATH [BODY]
as() {
	call apikeys "$2" "$3" "${4--}" "$(bearer "$1")"
}

# make_key TOKEN SCOPE [MEMBERS]: its text and id are then in KEY and KEY_ID.
make_key() {
	as "$1" POST /apikeys "{\"name\":\"k\",\"scopes\":[$2]${3:+,$3}}"
	expect 201
	KEY=$(json .key)
	KEY_ID=$(json .id)
}

# by KEY [VARIABLE=VALUE]...: GET /users/me by X-API-Key.
by() {
	local key=$1
	shift
	call session GET /users/me - HTTP_X_API_KEY="$key" "$@"
}

# give USER PERMISSION...: a role of the same name, which holds them.
give() {
	local user=$1 id=$2 permission
	shift
	id=$(cat /proc/sys/kernel/random/uuid)
	call roles POST /roles "{\"name\":\"r-${id:0:8}\"}" "$(bearer "$ADMIN")"
	expect 201
	local role
	role=$(json .id)
	for permission; do
		call roles POST "/roles/$role/permissions" "{\"permission\":\"$permission\"}" "$(bearer "$ADMIN")"
		expect 200
	done
	call roles POST "/users/$user/roles" "{\"role\":\"r-${id:0:8}\"}" "$(bearer "$ADMIN")"
	expect 200
}

audited() {
	sql "SELECT action || ' ' || coalesce(user_id, '-') || ' ' || coalesce(object_id, '-') FROM audit_log ORDER BY seq DESC LIMIT 1"
}

@test "every route without a proof answers 401, without its permission 403, and changes nothing" {
	local before line
	make_key "$ADMIN" '"posts:read"' '"service":true'
	before=$(sql .dump)
	while read -r line; do
		set -- $line
		call apikeys "$1" "$2" "${3--}"
		expect 401 unauthenticated
		as "$ANN" "$1" "$2" "${3--}"
		expect 403 forbidden
		[[ "$(json .detail)" == *"$4"* ]]
	done <<- E
		GET /apikeys?owner=all - apikeys:read
		GET /apikeys?owner=service - apikeys:read
		GET /apikeys?owner=$ADMIN_ID - apikeys:read
		POST /apikeys {"name":"k","scopes":[],"service":true} apikeys:create
		POST /apikeys {"name":"k","scopes":[],"user_id":"$ADMIN_ID"} apikeys:create
		POST /apikeys {"name":"k","scopes":[],"user_id":"$NOBODY"} apikeys:create
		POST /apikeys {"name":"k","scopes":["posts:read"]} posts:read
		POST /apikeys/import {"name":"k","scopes":[],"key":"abcdefghijklmnopqrst"} apikeys:create
		POST /apikeys/verify {"key":"$UNKNOWN"} apikeys:verify
		GET /apikeys/$KEY_ID - apikeys:read
		GET /apikeys/$NOBODY - apikeys:read
		PATCH /apikeys/$KEY_ID {"name":"n"} apikeys:update
		PATCH /apikeys/$NOBODY {"name":"n"} apikeys:update
		DELETE /apikeys/$KEY_ID - apikeys:delete
		DELETE /apikeys/$NOBODY - apikeys:delete
		POST /apikeys/$KEY_ID/rotate {"overlap_s":0} apikeys:create
		POST /apikeys/$NOBODY/rotate {"overlap_s":0} apikeys:create
		GET /apikeys/$KEY_ID/usage - apikeys:read
		GET /apikeys/$KEY_ID/roles - apikeys:read
		POST /apikeys/$KEY_ID/roles {"role":"viewer"} roles:assign
		DELETE /apikeys/$KEY_ID/roles {"role":"viewer"} roles:assign
	E
	[ "$(sql .dump)" = "$before" ]
}

@test "a key is shown once, stored as a hash, and works in either field on every program" {
	make_key "$ANN" '"profile:read"'
	[[ "$KEY" =~ ^yett_[0-9A-Za-z]{49}$ ]]
	[ "$(json .hint)" = "${KEY:0:9}" ]
	[ "$(jq -c '[.state, .user_id, .org_id, .scopes, .networks, .revoked_at, .last_used_at]' <<< "$BODY")" = "[\"live\",\"$ANN_ID\",null,[\"profile:read\"],[],null,null]" ]
	by "$KEY"
	expect 200
	[ "$(jq -c '[.id, .permissions]' <<< "$BODY")" = "[\"$ANN_ID\",[\"profile:read\"]]" ]
	me "$(bearer "$KEY")"
	expect 200
	me "$(bearer "$KEY")" HTTP_X_API_KEY="$KEY"
	expect 200
	call roles GET /roles - HTTP_X_API_KEY="$KEY"
	expect 403
	as "$ANN" GET "/apikeys/$KEY_ID"
	expect 200
	[[ "$BODY" != *"$KEY"* ]]
	[ "$(jq .key <<< "$BODY")" = null ]
	[[ "$(sql .dump)" != *"${KEY:9}"* ]]
	[ "$(sql "SELECT lower(hex(key_hash)) FROM api_keys")" = "$(printf %s "$KEY" | b2sum -l 256 | cut -d' ' -f1)" ]
	[[ "$(cat "$BATS_TEST_TMPDIR/log")" != *"${KEY:9}"* ]]
}

@test "two proofs that differ are refused, and no cookie counts beside a key" {
	make_key "$ANN" '"profile:read"'
	me "$(bearer "$ANN")" HTTP_X_API_KEY="$KEY"
	expect 400 bad-request
	[[ "$(json .detail)" == *X-API-Key*differ* ]]
	me "HTTP_AUTHORIZATION=Basic eDp5" HTTP_X_API_KEY="$KEY"
	expect 400 bad-request
	me "$(bearer "$UNKNOWN")" HTTP_X_API_KEY="$KEY"
	expect 400 bad-request
	sign_in_cookie ann@example.org
	by "$UNKNOWN" HTTP_COOKIE="$COOKIE"
	expect 401 invalid-token
	by "" HTTP_COOKIE="$COOKIE"
	expect 401 invalid-token
	by "$KEY" HTTP_COOKIE="$COOKIE"
	expect 200
}

@test "a typo is told from a wrong key" {
	local bad
	for bad in "$TYPO" "${UNKNOWN%?}" "${UNKNOWN}0" "yett_" "yett_$(printf '%049d' 0)" "${UNKNOWN/aU/Ua}" "${UNKNOWN/l/1}"; do
		by "$bad"
		expect 401 invalid-token
		[[ "$(json .detail)" == *typo* ]]
		me "$(bearer "$bad")"
		expect 401 invalid-token
		[[ "$(json .detail)" == *typo* ]]
	done
	by "$UNKNOWN"
	expect 401 invalid-token
	[[ "$(json .detail)" != *typo* ]]
	for bad in short "${PASSWORD}$PASSWORD" "$(printf 'a%.0s' {1..40})" "$(printf 'abcdefghij%.0s' {1..21})"; do
		by "$bad"
		expect 401 invalid-token
		[[ "$(json .detail)" == *"no API key"* ]]
	done
}

@test "a user's key may what its scopes and the user's permissions have in common, at each request" {
	give "$ANN_ID" 'posts:*' apikeys:read
	make_key "$ANN" '"posts:write","profile:read"'
	by "$KEY"
	expect 200
	[ "$(jq -c .permissions <<< "$BODY")" = '["posts:write","profile:read"]' ]
	call roles POST /authz/check '{"resource":"posts","action":"write"}' HTTP_X_API_KEY="$KEY"
	[ "$(json .allowed)" = true ]
	# Its user may, the key may not; nor does the key learn what its user may.
	call roles POST /authz/check '{"resource":"posts","action":"read"}' HTTP_X_API_KEY="$KEY"
	expect 200
	[ "$(json '.allowed | not')" = true ]
	[[ "$(json .reason.missing)" == *"proof of who asks"* ]]
	call roles POST /authz/check "{\"subject\":\"$ANN_ID\",\"resource\":\"posts\",\"action\":\"read\"}" HTTP_X_API_KEY="$KEY"
	[ "$(json '.allowed | not')" = true ]
	call apikeys GET /apikeys - HTTP_X_API_KEY="$KEY"
	expect 403
	call roles DELETE "/users/$ANN_ID/roles" '{"role":"viewer"}' "$(bearer "$ADMIN")"
	expect 200
	by "$KEY"
	expect 403
	[[ "$(json .detail)" == *profile:read* ]]
}

@test "a key has no scope that its maker has not" {
	as "$ANN" POST /apikeys '{"name":"k","scopes":["profile:read","posts:write"]}'
	expect 403 forbidden
	[[ "$(json .detail)" == *"scopes: posts:write is more than you hold"* ]]
	as "$ANN" POST /apikeys '{"name":"k","scopes":["profile:*"]}'
	expect 403
	as "$ANN" POST /apikeys '{"name":"k","scopes":["*:*"]}'
	expect 403
	[ "$(sql 'SELECT count(*) FROM api_keys')" = 0 ]
	# Nor one that was taken away while the body was on its way.
	give "$ANN_ID" posts:write
	begin apikeys POST /apikeys '{"name":"k","scopes":["posts:write"]}' "$(bearer "$ANN")"
	sql "DELETE FROM user_roles WHERE user_id = '$ANN_ID' AND role_id NOT LIKE '00000000%'"
	finish
	expect 403
	[ "$(sql 'SELECT count(*) FROM api_keys')" = 0 ]
}

@test "a key can neither change the password, nor see sessions, nor make, change or rotate keys, nor sign out" {
	local line before
	make_key "$ADMIN" '"*:*"'
	before=$(sql .dump)
	while read -r line; do
		set -- $line
		call "$1" "$2" "$3" "${4//_/ }" HTTP_X_API_KEY="$KEY"
		expect 403 forbidden
		[[ "$(json .detail)" == *"API key"* ]]
	done <<- E
		password POST /auth/password/change {"current_password":"${PASSWORD// /_}","new_password":"another_quite_long_one"}
		session GET /auth/sessions -
		session DELETE /auth/sessions -
		session DELETE /auth/sessions/$NOBODY -
		apikeys POST /apikeys {"name":"k","scopes":[]}
		apikeys POST /apikeys/import {"name":"k","scopes":[],"key":"abcdefghijklmnopqrst"}
		apikeys PATCH /apikeys/$KEY_ID {"name":"n"}
		apikeys POST /apikeys/$KEY_ID/rotate {}
		session POST /auth/logout -
	E
	[[ "$(json .detail)" == *"DELETE /apikeys/$KEY_ID"* ]]
	call session GET /account - HTTP_X_API_KEY="$KEY" "$HTML"
	expect 303
	[ "$(sql .dump)" = "$before" ]
	# But it may end itself.
	call apikeys DELETE "/apikeys/$KEY_ID" - HTTP_X_API_KEY="$KEY"
	expect 204
	by "$KEY"
	expect 401
}

@test "a service's key is no user, and holds its scopes and its roles" {
	make_key "$ADMIN" '"posts:read"' '"service":true'
	[ "$(jq .user_id <<< "$BODY")" = null ]
	by "$KEY"
	expect 403
	[[ "$(json .detail)" == *"no user's"* ]]
	call roles POST /authz/check '{"resource":"posts","action":"read"}' HTTP_X_API_KEY="$KEY"
	[ "$(json .allowed)" = true ]
	call roles GET /roles - HTTP_X_API_KEY="$KEY"
	expect 403
	call roles POST /roles '{"name":"reader"}' "$(bearer "$ADMIN")"
	call roles POST "/roles/$(json .id)/permissions" '{"permission":"roles:read"}' "$(bearer "$ADMIN")"
	as "$ADMIN" POST "/apikeys/$KEY_ID/roles" "{\"role\":\"reader\",\"expires_at\":\"$(later 100)\"}"
	expect 200
	[ "$(jq -c '[.items[0].role, .effective_roles, .effective_permissions]' <<< "$BODY")" = '["reader",["reader"],["roles:read","posts:read"]]' ]
	[ "$(audited)" = "role.assigned $ADMIN_ID $KEY_ID" ]
	call roles GET /roles - HTTP_X_API_KEY="$KEY"
	expect 200
	call apikeys GET "/apikeys/$KEY_ID/roles" - HTTP_X_API_KEY="$KEY"
	expect 200
	call apikeys GET /apikeys - HTTP_X_API_KEY="$KEY"
	expect 422
	expect_field owner
	pass_time 99
	call roles GET /roles - HTTP_X_API_KEY="$KEY"
	expect 200
	pass_time 1
	call roles GET /roles - HTTP_X_API_KEY="$KEY"
	expect 403
	as "$ADMIN" POST "/apikeys/$KEY_ID/roles" '{"role":"reader"}'
	expect 200
	as "$ADMIN" DELETE "/apikeys/$KEY_ID/roles" '{"role":"reader"}'
	expect 200
	[ "$(audited)" = "role.unassigned $ADMIN_ID $KEY_ID" ]
	as "$ADMIN" DELETE "/apikeys/$KEY_ID/roles" '{"role":"reader"}'
	expect 404
	as "$ADMIN" POST "/apikeys/$KEY_ID/roles" '{"role":"nothing"}'
	expect_field role
	as "$ADMIN" POST "/apikeys/$KEY_ID/roles" '{"role":"reader","expires_at":"2020-01-01T00:00:00Z"}'
	expect_field expires_at
	# Who assigns holds all of the role, and a user's key has none.
	give "$ANN_ID" roles:assign
	as "$ANN" POST "/apikeys/$KEY_ID/roles" '{"role":"reader"}'
	expect 403
	[[ "$(json .detail)" == *roles:read* ]]
	make_key "$ANN" '"profile:read"'
	as "$ADMIN" POST "/apikeys/$KEY_ID/roles" '{"role":"viewer"}'
	expect 403
	[[ "$(json .detail)" == *"user's key"* ]]
}

# later SECONDS: the time so much later, as on the wire.
later() {
	date -u -d "@$(($(tr -d @ < "$YETT_TEST_CLOCK") / 1000 + $1))" +%FT%TZ
}

@test "revoked, expired, its user locked, disabled or gone: a running program refuses the key at the very next request" {
	start_site
	local how
	for how in revoke lock disable delete expire; do
		make_key "$ANN" '"profile:read"' "\"expires_at\":\"$(later 1000)\""
		web GET /users/me -H "X-API-Key: $KEY"
		expect 200
		case $how in
		revoke)
			as "$ANN" DELETE "/apikeys/$KEY_ID"
			expect 204
			;;
		lock) yett user lock ann@example.org ;;
		disable) disable ann@example.org ;;
		delete) yett user delete ann@example.org --yes ;;
		expire) pass_time 1000 ;;
		esac
		web GET /users/me -H "X-API-Key: $KEY"
		expect 401 invalid-token || {
			echo "after $how" >&2
			return 1
		}
		case $how in
		lock) yett user unlock ann@example.org ;;
		disable) sql "UPDATE users SET enabled = 1" ;;
		delete)
			[ "$(sql 'SELECT count(*) FROM api_keys')" = 0 ]
			register ann@example.org
			;;
		esac
		[ $how = expire ] || sign_in ann@example.org
		ANN=$ACCESS
	done
}

# disable EMAIL: as an admin does it, whose word all programs hear.
disable() {
	sql "UPDATE users SET enabled = 0 WHERE email = '$1'"
	yett role grant "$1" viewer
}

@test "a key is good up to its end and not after it, in memory as well" {
	start_site
	make_key "$ANN" '"profile:read"' "\"expires_at\":\"$(later 100)\""
	web GET /users/me -H "X-API-Key: $KEY"
	expect 200
	local end
	end=$(sql 'SELECT expires_at FROM api_keys')
	echo "@$((end - 1))" > "$YETT_TEST_CLOCK"
	web GET /users/me -H "X-API-Key: $KEY"
	expect 200
	echo "@$end" > "$YETT_TEST_CLOCK"
	web GET /users/me -H "X-API-Key: $KEY"
	expect 401 invalid-token
}

@test "a key lives a year unless somebody says so, and no longer than two" {
	local now=$(($(tr -d @ < "$YETT_TEST_CLOCK")))
	make_key "$ANN" '"profile:read"'
	[ "$(sql 'SELECT expires_at FROM api_keys')" = $((now + 31536000000)) ]
	make_key "$ANN" '"profile:read"' "\"expires_at\":\"$(later 63072000)\""
	as "$ANN" POST /apikeys "{\"name\":\"k\",\"scopes\":[],\"expires_at\":\"$(later 63072001)\"}"
	expect_field expires_at
	[[ "$(json '.errors[0].detail')" == *apikey.max_s* ]]
	as "$ANN" POST /apikeys "{\"name\":\"k\",\"scopes\":[],\"expires_at\":\"$(later 0)\"}"
	expect_field expires_at
	YETT_APIKEY_LIFE_S=0 YETT_APIKEY_MAX_S=0 make_key "$ANN" '"profile:read"'
	[ "$(jq .expires_at <<< "$BODY")" = null ]
	YETT_APIKEY_LIFE_S=0 run -1 yett config check
	[[ "$output" == *apikey.life_s* ]]
	YETT_APIKEY_LIFE_S=63072001 run -1 yett config check
}

@test "a key may only come from its networks, which is looked at at each request" {
	start_site
	make_key "$ANN" '"profile:read"' '"networks":["192.0.2.0/24","2001:db8::1"]'
	[ "$(jq -c .networks <<< "$BODY")" = '["192.0.2.0/24","2001:db8::1"]' ]
	by "$KEY"
	expect 200
	for address in 192.0.2.0 192.0.2.255 ::ffff:192.0.2.9 2001:db8::1; do
		by "$KEY" REMOTE_ADDR=$address
		expect 200
	done
	for address in 192.0.1.255 192.0.3.0 2001:db8::2 unix: ''; do
		by "$KEY" REMOTE_ADDR=$address
		expect 403
		[[ "$(json .detail)" == *"may not be used from"* ]]
	done
	web GET /users/me -H "X-API-Key: $KEY"
	expect 403
	[[ "$(json .detail)" == *127.0.0.1* ]]
	as "$ANN" PATCH "/apikeys/$KEY_ID" '{"networks":["127.0.0.0/8"]}'
	expect 200
	web GET /users/me -H "X-API-Key: $KEY"
	expect 200
	as "$ANN" PATCH "/apikeys/$KEY_ID" '{"networks":["10.0.0.0/8"]}'
	expect 200
	web GET /users/me -H "X-API-Key: $KEY"
	expect 403
	as "$ANN" PATCH "/apikeys/$KEY_ID" '{"networks":[]}'
	expect 200
	web GET /users/me -H "X-API-Key: $KEY"
	expect 200
}

@test "behind a proxy it is the visitor's address that counts" {
	make_key "$ANN" '"profile:read"' '"networks":["203.0.113.5"]'
	export YETT_HTTP_PROXIES=192.0.2.7
	by "$KEY" HTTP_X_FORWARDED_FOR=203.0.113.5
	expect 200
	by "$KEY" HTTP_X_FORWARDED_FOR="203.0.113.5, 203.0.113.6"
	expect 403
	by "$KEY" HTTP_X_FORWARDED_FOR=203.0.113.5 REMOTE_ADDR=192.0.2.8
	expect 403
}

# texts COUNT FORMAT: a list of so many.
texts() {
	seq "$1" | xargs printf "$2\n" | jq -Rnc '[inputs]'
}

@test "names, scopes and networks have limits, on both sides, and the field is named" {
	local line long
	long=$(printf 'n%.0s' {1..200})
	make_key "$ADMIN" '"a:b"'
	while read -r line; do
		as "$ADMIN" POST /apikeys "${line#* }"
		if [ "${line%% *}" = 201 ]; then
			expect 201
		else
			expect 422
			expect_field "${line%% *}"
		fi
	done <<- E
		201 {"name":"$long","scopes":[]}
		name {"name":"${long}n","scopes":[]}
		name {"name":"","scopes":[]}
		name {"name":"a\\nb","scopes":[]}
		name {"scopes":[]}
		scopes {"name":"k"}
		scopes {"name":"k","scopes":"a:b"}
		scopes[0] {"name":"k","scopes":[1]}
		scopes {"name":"k","scopes":["a"]}
		scopes {"name":"k","scopes":["a:b","a:b"]}
		scopes {"name":"k","scopes":["a:b c:d"]}
		201 {"name":"k","scopes":$(texts 32 'p%02d:read')}
		scopes {"name":"k","scopes":$(texts 33 'p%02d:read')}
		scopes {"name":"k","scopes":$(texts 65 'p%02d:read')}
		201 {"name":"k","scopes":$(texts 8 "$(printf 'a%.0s' {1..61})%02d:$(printf 'b%.0s' {1..63})")}
		scopes {"name":"k","scopes":$(texts 9 "$(printf 'a%.0s' {1..61})%02d:$(printf 'b%.0s' {1..63})")}
		201 {"name":"k","scopes":[],"networks":$(texts 16 '10.0.%d.0/24')}
		networks {"name":"k","scopes":[],"networks":$(texts 17 '10.0.%d.0/24')}
		networks {"name":"k","scopes":[],"networks":["10.0.0.0/33"]}
		networks {"name":"k","scopes":[],"networks":["10.0.0.0/8 11.0.0.0/8"]}
		networks[0] {"name":"k","scopes":[],"networks":[""]}
		networks {"name":"k","scopes":[],"networks":["here"]}
		expires_at {"name":"k","scopes":[],"expires_at":"tomorrow"}
		user_id {"name":"k","scopes":[],"user_id":"$(printf 'x%.0s' {1..36})"}
		user_id {"name":"k","scopes":[],"user_id":"$NOBODY"}
		user_id {"name":"k","scopes":[],"user_id":"$ANN_ID","service":true}
		org_id {"name":"k","scopes":[],"org_id":"$NOBODY"}
		org_id {"name":"k","scopes":[],"service":true,"org_id":"$NOBODY"}
		key {"name":"k","scopes":[],"key":"x"}
	E
	as "$ADMIN" POST /apikeys '{"name":"k","scopes":["a:b","x"],"networks":["10.0.0.0/8","here"]}'
	expect 422
	expect_field scopes
	expect_field networks
	# A form has them in one text.
	call apikeys POST /apikeys 'name=k&scopes=a:b+c:d&networks=10.0.0.1' "$(bearer "$ADMIN")" "$FORM"
	expect 201
	[ "$(jq -c '[.scopes, .networks]' <<< "$BODY")" = '[["a:b","c:d"],["10.0.0.1"]]' ]
	call apikeys POST /apikeys 'name=k&scopes=a:b+c' "$(bearer "$ADMIN")" "$FORM"
	expect_field scopes
}

@test "a user has at most a hundred live keys" {
	local i now
	now=$(tr -d @ < "$YETT_TEST_CLOCK")
	# 99 live ones; one expired and one revoked, which do not count.
	sql "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 101)
		INSERT INTO api_keys (id, user_id, name, key_hash, hint, scopes, created_at, expires_at, revoked_at)
		SELECT printf('00000000-0000-7000-8000-%012d', i), '$ANN_ID', 'k', randomblob(32), 'h', '', 0,
			CASE i WHEN 100 THEN $now END, CASE i WHEN 101 THEN 1 END FROM n"
	make_key "$ANN" '"profile:read"'
	as "$ANN" POST /apikeys '{"name":"k","scopes":[]}'
	expect 422
	[[ "$BODY" == *100* ]]
	as "$ADMIN" POST /apikeys "{\"name\":\"k\",\"scopes\":[],\"user_id\":\"$ANN_ID\"}"
	expect_field user_id
	# Rotating leaves as many, unless the old one lives on.
	as "$ANN" POST "/apikeys/$KEY_ID/rotate" '{"overlap_s":1}'
	expect 422
	[ "$(sql "SELECT count(*) FROM api_keys WHERE replaced_by IS NOT NULL")" = 0 ]
	as "$ANN" POST "/apikeys/$KEY_ID/rotate" '{}'
	expect 201
	make_key "$ADMIN" '"a:b"'
}

@test "keys are listed the newest first, live or archived, page by page" {
	make_key "$ANN" '"profile:read"'
	local first=$KEY_ID ids
	pass_time 1
	make_key "$ANN" '"profile:read"'
	local second=$KEY_ID
	pass_time 1
	make_key "$ADMIN" '"a:b"' '"service":true'
	local service=$KEY_ID
	as "$ANN" GET /apikeys
	expect 200
	[ "$(jq -c '[[.items[].id], .next]' <<< "$BODY")" = "[[\"$second\",\"$first\"],null]" ]
	as "$ANN" DELETE "/apikeys/$first"
	expect 204
	[ "$(audited)" = "apikey.revoked $ANN_ID $first" ]
	as "$ANN" DELETE "/apikeys/$first"
	expect 404
	[[ "$(json .detail)" == *revoked* ]]
	as "$ANN" GET '/apikeys?archived=true'
	[ "$(jq -c '[.items[] | [.id, .state]]' <<< "$BODY")" = "[[\"$first\",\"revoked\"]]" ]
	as "$ANN" GET '/apikeys?archived=false'
	[ "$(jq -c '[.items[].id]' <<< "$BODY")" = "[\"$second\"]" ]
	as "$ADMIN" GET '/apikeys?owner=service'
	[ "$(jq -c '[.items[].id]' <<< "$BODY")" = "[\"$service\"]" ]
	as "$ADMIN" GET "/apikeys?owner=$ANN_ID"
	[ "$(jq -c '[.items[].id]' <<< "$BODY")" = "[\"$second\"]" ]
	as "$ADMIN" GET '/apikeys?owner=all'
	[ "$(jq -c '[.items[].id]' <<< "$BODY")" = "[\"$service\",\"$second\"]" ]
	as "$ADMIN" GET /apikeys
	[ "$(jq -c .items <<< "$BODY")" = '[]' ]
	for bad in archived=maybe owner=nobody after=x; do
		as "$ADMIN" GET "/apikeys?$bad"
		expect 422
		expect_field "${bad%=*}"
	done
	# 400 more, of which the last 350 are over, and as long as keys can be.
	sql "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 400)
		INSERT INTO api_keys (id, user_id, name, key_hash, hint, scopes, networks, created_at, revoked_at)
		SELECT printf('00000000-0000-7000-8000-%012d', i), '$ANN_ID', printf('%.*c', 200, 'k'), randomblob(32), 'h',
			$(texts 32 '%02daaaaaaaaaaaaaaa:bbbbbbbbbbbbb' | jq -r "\"'\" + join(\" \") + \"'\""),
			$(texts 16 '1111:2222:3333:4444:5555:%d::' | jq -r "\"'\" + join(\" \") + \"'\""), 0, CASE WHEN i > 50 THEN 1 END FROM n"
	for archived in false true; do
		ids=
		after=
		while :; do
			as "$ANN" GET "/apikeys?archived=$archived${after:+&after=$after}"
			expect 200
			ids+=$(jq -r '.items[].id' <<< "$BODY")$'\n'
			after=$(jq -r '.next // empty' <<< "$BODY")
			[ -n "$after" ] || break
		done
		ids=$(grep . <<< "$ids")
		[ "$(grep -c . <<< "$ids")" = "$([ $archived = true ] && echo 351 || echo 51)" ]
		[ "$(sort -r <<< "$ids")" = "$ids" ]
		[ "$(sort -u <<< "$ids" | grep -c .)" = "$(grep -c . <<< "$ids")" ]
	done
}

@test "a key is renamed, and its scopes only get narrower" {
	give "$ANN_ID" 'posts:*'
	make_key "$ANN" '"posts:*","profile:read"'
	as "$ANN" PATCH "/apikeys/$KEY_ID" '{"name":"other","scopes":["posts:read"]}'
	expect 200
	[ "$(jq -c '[.name, .scopes]' <<< "$BODY")" = '["other",["posts:read"]]' ]
	[ "$(audited)" = "apikey.changed $ANN_ID $KEY_ID" ]
	[ "$(sql "SELECT details -> 'fields' FROM audit_log ORDER BY seq DESC LIMIT 1")" = '["name","scopes"]' ]
	for scope in 'posts:*' posts:write profile:read '*:read'; do
		as "$ANN" PATCH "/apikeys/$KEY_ID" "{\"scopes\":[\"posts:read\",\"$scope\"]}"
		expect_field scopes
		[[ "$BODY" == *narrower* ]]
	done
	by "$KEY"
	expect 403
	for bad in '{"name":""}' '{"scopes":["x"]}' '{"networks":["x"]}' '{"expires_at":"2030-01-01T00:00:00Z"}'; do
		as "$ANN" PATCH "/apikeys/$KEY_ID" "$bad"
		expect 422
	done
	as "$ANN" DELETE "/apikeys/$KEY_ID"
	as "$ANN" PATCH "/apikeys/$KEY_ID" '{"name":"again"}'
	expect 404
}

@test "a rotated key has a successor with all that it has, and lives on for the overlap" {
	start_site
	give "$ANN_ID" 'posts:*'
	make_key "$ANN" '"posts:read","profile:read"' '"networks":["192.0.2.0/24","127.0.0.1"]'
	local old=$KEY old_id=$KEY_ID now
	as "$ANN" POST "/apikeys/$old_id/rotate" '{"overlap_s":100}'
	expect 201
	local new new_id
	new=$(json .key)
	new_id=$(json .id)
	[ "$new" != "$old" ]
	[ "$(jq -c '[.name, .user_id, .scopes, .networks]' <<< "$BODY")" = "[\"k\",\"$ANN_ID\",[\"posts:read\",\"profile:read\"],[\"192.0.2.0/24\",\"127.0.0.1\"]]" ]
	[ "$(sql "SELECT expires_at - created_at FROM api_keys WHERE id = '$new_id'")" = 31536000000 ]
	[ "$(audited)" = "apikey.rotated $ANN_ID $new_id" ]
	[ "$(sql "SELECT details ->> 'replaces', details ->> 'overlap_s' FROM audit_log ORDER BY seq DESC LIMIT 1")" = "$old_id|100" ]
	as "$ANN" GET "/apikeys/$old_id"
	[ "$(jq -c '[.state, .replaced_by]' <<< "$BODY")" = "[\"live\",\"$new_id\"]" ]
	pass_time 99
	for key in "$old" "$new"; do
		web GET /users/me -H "X-API-Key: $key"
		expect 200
	done
	# Once is enough.
	as "$ANN" POST "/apikeys/$old_id/rotate" '{"overlap_s":1000}'
	expect 404
	[[ "$(json .detail)" == *"$new_id"* ]]
	pass_time 1
	web GET /users/me -H "X-API-Key: $old"
	expect 401 invalid-token
	web GET /users/me -H "X-API-Key: $new"
	expect 200
	as "$ANN" GET '/apikeys?archived=true'
	[ "$(jq -c '[.items[] | [.id, .state]]' <<< "$BODY")" = "[[\"$old_id\",\"expired\"]]" ]
	as "$ANN" POST "/apikeys/$old_id/rotate" '{}'
	expect 404
	[[ "$(json .detail)" == *expired* ]]
}

@test "without an overlap the old key ends at once; the longest is 30 days, and none outlives itself" {
	make_key "$ANN" '"profile:read"' "\"expires_at\":\"$(later 50)\""
	local first=$KEY
	for bad in 2592001 -1 1.5 '"1"'; do
		as "$ANN" POST "/apikeys/$KEY_ID/rotate" "{\"overlap_s\":$bad}"
		expect 422
		expect_field overlap_s
	done
	as "$ANN" POST "/apikeys/$KEY_ID/rotate" "{\"expires_at\":\"$(later 63072001)\"}"
	expect_field expires_at
	as "$ANN" POST "/apikeys/$KEY_ID/rotate" "{\"overlap_s\":2592000,\"expires_at\":\"$(later 5000000)\"}"
	expect 201
	[ "$(sql 'SELECT count(DISTINCT expires_at) FROM api_keys')" = 2 ]
	KEY=$(json .key) KEY_ID=$(json .id)
	pass_time 50
	by "$first"
	expect 401
	by "$KEY"
	expect 200
	as "$ANN" POST "/apikeys/$KEY_ID/rotate"
	expect 201
	by "$KEY"
	expect 401
	by "$(json .key)"
	expect 401
}

@test "a service's key keeps its roles when it is rotated, and only who holds all of them rotates it" {
	make_key "$ADMIN" '"posts:read"' '"service":true'
	local id=$KEY_ID
	as "$ADMIN" POST "/apikeys/$id/roles" '{"role":"viewer"}'
	expect 200
	as "$ADMIN" POST "/apikeys/$id/rotate" '{"overlap_s":60}'
	expect 201
	id=$(json .id)
	as "$ADMIN" GET "/apikeys/$id/roles"
	[ "$(jq -c '[.items[].role]' <<< "$BODY")" = '["viewer"]' ]
	give "$ANN_ID" apikeys:create apikeys:update
	as "$ANN" POST "/apikeys/$id/rotate" '{}'
	expect 403
	[[ "$(json .detail)" == *posts:read* ]]
	as "$ANN" PATCH "/apikeys/$id" '{"networks":[]}'
	expect 403
	give "$ANN_ID" posts:read
	as "$ANN" PATCH "/apikeys/$id" '{"networks":["10.0.0.0/8"]}'
	expect 200
	as "$ADMIN" POST "/apikeys/$id/roles" '{"role":"admin"}'
	as "$ANN" POST "/apikeys/$id/rotate" '{}'
	expect 403
	as "$ADMIN" DELETE "/apikeys/$id/roles" '{"role":"admin"}'
	as "$ANN" POST "/apikeys/$id/rotate" '{}'
	expect 201
}

@test "who makes keys in another's name holds all that the other does" {
	register bob@example.org
	local bob=$USER_ID
	give "$ANN_ID" apikeys:create apikeys:read apikeys:delete
	as "$ANN" POST /apikeys "{\"name\":\"k\",\"scopes\":[\"profile:read\"],\"user_id\":\"$bob\"}"
	expect 201
	KEY=$(json .key) KEY_ID=$(json .id)
	[ "$(jq -c '[.user_id, .created_by]' <<< "$BODY")" = "[\"$bob\",\"$ANN_ID\"]" ]
	by "$KEY"
	[ "$(json .id)" = "$bob" ]
	as "$ANN" POST /apikeys "{\"name\":\"k\",\"scopes\":[\"profile:read\"],\"user_id\":\"$ADMIN_ID\"}"
	expect 403
	[[ "$(json .detail)" == *"*:* is more than you hold"* ]]
	give "$bob" posts:write
	as "$ANN" POST "/apikeys/$KEY_ID/rotate" '{}'
	expect 403
	# Ending one needs no more than the permission.
	as "$ANN" DELETE "/apikeys/$KEY_ID"
	expect 204
	make_key "$ADMIN" '"*:*"'
	as "$ANN" DELETE "/apikeys/$KEY_ID"
	expect 204
}

@test "a key acts in an org that its user belongs to, and dies when the user leaves" {
	local org=01890a5d-ac96-774b-bcce-b302099a8001
	sql "INSERT INTO orgs (id, name, slug, created_at, updated_at) VALUES ('$org', 'o', 'o', 0, 0)"
	as "$ANN" POST /apikeys "{\"name\":\"k\",\"scopes\":[],\"org_id\":\"$org\"}"
	expect_field org_id
	sql "INSERT INTO user_orgs (user_id, org_id, joined_at) VALUES ('$ANN_ID', '$org', 0)"
	make_key "$ANN" '"profile:read"' "\"org_id\":\"$org\""
	[ "$(json .org_id)" = "$org" ]
	by "$KEY"
	expect 200
	# What its user holds there counts there, as far as the scopes go, and nowhere else.
	local other=01890a5d-ac96-774b-bcce-b302099a8002 scoped
	sql "INSERT INTO orgs (id, name, slug, created_at, updated_at) VALUES ('$other', 'p', 'p', 0, 0);
		INSERT INTO user_orgs (user_id, org_id, joined_at) VALUES ('$ANN_ID', '$other', 0);
		INSERT INTO user_org_roles (user_id, org_id, role_id, assigned_at)
		SELECT '$ANN_ID', id, '00000000-0000-7000-8000-000000000013', 0 FROM orgs"
	call orgs GET "/orgs/$org/members" - HTTP_X_API_KEY="$KEY"
	expect 403
	scoped=$KEY
	as "$ANN" POST /apikeys '{"name":"k","scopes":["members:read"]}'
	expect 403
	make_key "$ANN" '"members:read"' "\"org_id\":\"$org\""
	call orgs GET "/orgs/$org/members" - HTTP_X_API_KEY="$KEY"
	expect 200
	call orgs GET "/orgs/$other/members" - HTTP_X_API_KEY="$KEY"
	expect 404
	call orgs GET "/orgs/$org" - HTTP_X_API_KEY="$KEY"
	expect 403
	KEY=$scoped
	sql "DELETE FROM user_orgs"
	by "$KEY"
	expect 401
	# What a service's key holds in an org it holds there, and nowhere else.
	make_key "$ADMIN" '"apikeys:verify","roles:read"' "\"org_id\":\"$org\",\"service\":true"
	local inside=$KEY
	call roles GET /roles - HTTP_X_API_KEY="$inside"
	expect 403
	make_key "$ADMIN" '"apikeys:verify"' '"service":true'
	call apikeys POST /apikeys/verify "{\"key\":\"$inside\",\"permission\":\"roles:read\"}" HTTP_X_API_KEY="$KEY"
	[ "$(jq -c '[.valid, .org_id, .permissions, .org_permissions]' <<< "$BODY")" = "[true,\"$org\",[],[\"apikeys:verify\",\"roles:read\"]]" ]
	call apikeys POST /apikeys/verify "{\"key\":\"$inside\",\"permission\":\"roles:update\"}" HTTP_X_API_KEY="$KEY"
	[ "$(json .code)" = permission ]
}

@test "a key of another system is imported, hashed at once, and works as X-API-Key alone" {
	local foreign='sk_live.abcdefgh+/=12~' longest
	as "$ADMIN" POST /apikeys/import "{\"name\":\"old\",\"key\":\"$foreign\",\"scopes\":[\"profile:read\"]}"
	expect 201
	[ "$(jq -c '[.key, .hint]' <<< "$BODY")" = '[null,"sk_l"]' ]
	[ "$(audited)" = "apikey.imported $ADMIN_ID $(json .id)" ]
	[[ "$(sql .dump)" != *"$foreign"* ]]
	by "$foreign"
	expect 200
	me "$(bearer "$foreign")"
	expect 401
	as "$ADMIN" POST /apikeys/import "{\"name\":\"old\",\"key\":\"$foreign\",\"scopes\":[]}"
	expect 409 taken
	expect_field key
	longest=$(printf 'abcdefghij%.0s' {1..20})
	for good in abcdefghijklmnopqrst "$longest" "$UNKNOWN" 01890a5d-ac96-774b-bcce-b302099a8057; do
		as "$ADMIN" POST /apikeys/import "{\"name\":\"old\",\"key\":\"$good\",\"scopes\":[\"profile:read\"]}"
		expect 201
		by "$good"
		expect 200
	done
	for bad in abcdefghijklmnopqrs "${longest}k" "$TYPO" 'abcdefghij klmnopqrst' aaaaaaaaaabcdefgaaaaa abcdefghijklmnopqrsté; do
		as "$ADMIN" POST /apikeys/import "{\"name\":\"old\",\"key\":\"$bad\",\"scopes\":[]}"
		expect 422
		expect_field key
	done
}

# verify KEY [MEMBERS]: by a service that may.
verify() {
	call apikeys POST /apikeys/verify "{\"key\":\"$1\"${2:+,$2}}" HTTP_X_API_KEY="$APP"
	expect 200
}

# invalid CODE: the last verify() says so, in the one shape.
invalid() {
	[ "$(jq -c . <<< "$BODY")" = "{\"valid\":false,\"code\":\"$1\",\"key_id\":null,\"user_id\":null,\"org_id\":null,\"permissions\":[],\"org_permissions\":[],\"expires_at\":null}" ]
}

@test "an application asks whether a key is good, what it may, and otherwise why not" {
	make_key "$ADMIN" '"apikeys:verify"' '"service":true'
	APP=$KEY
	give "$ANN_ID" 'posts:*'
	make_key "$ANN" '"posts:read","profile:read"' "\"networks\":[\"10.0.0.0/8\"],\"expires_at\":\"$(later 100)\""
	local keys
	verify "$KEY"
	[ "$(jq -c 'del(.expires_at)' <<< "$BODY")" = "{\"valid\":true,\"code\":null,\"key_id\":\"$KEY_ID\",\"user_id\":\"$ANN_ID\",\"org_id\":null,\"permissions\":[\"posts:read\",\"profile:read\"],\"org_permissions\":[]}" ]
	[[ "$(json .expires_at)" == "$(later 100 | cut -c1-18)"* ]]
	keys=$(jq -c keys <<< "$BODY")
	verify "$KEY" '"permission":"posts:read","ip_address":"10.0.0.1"'
	[ "$(json .valid)" = true ]
	verify "$KEY" '"permission":"posts:write"'
	invalid permission
	[ "$(jq -c keys <<< "$BODY")" = "$keys" ]
	verify "$KEY" '"ip_address":"11.0.0.1"'
	invalid network
	verify "$UNKNOWN"
	invalid unknown
	verify "$TYPO"
	invalid malformed
	verify x
	invalid malformed
	verify "$APP"
	[ "$(jq -c '[.valid, .user_id, .permissions]' <<< "$BODY")" = '[true,null,["apikeys:verify"]]' ]
	yett user lock ann@example.org
	verify "$KEY"
	invalid user
	yett user unlock ann@example.org
	pass_time 99
	verify "$KEY"
	[ "$(json .valid)" = true ]
	pass_time 1
	verify "$KEY"
	invalid expired
	sign_in ann@example.org
	make_key "$ACCESS" '"profile:read"'
	as "$ACCESS" DELETE "/apikeys/$KEY_ID"
	verify "$KEY"
	invalid revoked
	for bad in '"permission":"x"' '"ip_address":"here"' '"ip_address":"10.0.0.0/8"' '"permission":""'; do
		call apikeys POST /apikeys/verify "{\"key\":\"$KEY\",$bad}" HTTP_X_API_KEY="$APP"
		expect 422
		bad=${bad%%:*}
		expect_field "${bad//\"/}"
	done
	call apikeys POST /apikeys/verify '{}' HTTP_X_API_KEY="$APP"
	expect_field key
}

# used: id, day and number of what is written down.
used() {
	sql "SELECT day || ' ' || requests FROM api_key_usage WHERE api_key_id = '$1' ORDER BY day"
}

# today: the day as the database has it.
today() {
	echo $(($(tr -d @ < "$YETT_TEST_CLOCK") / 86400000))
}

@test "a thousand requests by a key write nothing; how many they were is written down together" {
	make_key "$ANN" '"profile:read"'
	start_site
	local before day
	day=$(today)
	web GET /users/me -H "X-API-Key: $KEY"
	expect 200
	before=$(stat -c %s "$DB-wal")
	curl -sS -o /dev/null -w '%{http_code}\n' -H "X-API-Key: $KEY" "$URL/users/me?[1-999]" > "$BATS_TEST_TMPDIR/codes"
	[ "$(sort "$BATS_TEST_TMPDIR/codes" | uniq -c | xargs)" = "999 200" ]
	[ "$(stat -c %s "$DB-wal")" = "$before" ]
	[ -z "$(used "$KEY_ID")" ]
	# What is not let in is not counted, and neither is another key.
	web GET /roles -H "X-API-Key: $KEY"
	expect 403
	web GET /users/me -H "X-API-Key: $UNKNOWN"
	expect 401
	stop_site
	[ "$(used "$KEY_ID")" = "$day 1000" ]
	[ "$(sql "SELECT last_used_at, last_used_ip FROM api_keys")" = "$(tr -d @ < "$YETT_TEST_CLOCK")|127.0.0.1" ]
}

@test "uses are counted by the day, by several programs, and by applications that ask" {
	make_key "$ADMIN" '"apikeys:verify"' '"service":true'
	APP=$KEY
	make_key "$ANN" '"profile:read"'
	local day id=$KEY_ID
	day=$(today)
	start_site
	local i
	for i in 1 2 3; do
		web GET /users/me -H "X-API-Key: $KEY"
		expect 200
		web POST /apikeys/verify -H "X-API-Key: $APP" --json "{\"key\":\"$KEY\",\"ip_address\":\"203.0.113.9\"}"
		[ "$(json .valid)" = true ]
	done
	pass_time 86400
	web GET /users/me -H "X-API-Key: $KEY"
	expect 200
	stop_site
	start_site
	web GET /users/me -H "X-API-Key: $KEY"
	expect 200
	stop_site
	[ "$(used "$id")" = "$day 6"$'\n'"$((day + 1)) 2" ]
	sign_in ann@example.org
	as "$ACCESS" GET "/apikeys/$id/usage"
	expect 200
	[ "$(jq -c '[[.items[].requests], .total, .next]' <<< "$BODY")" = '[[6,2],8,null]' ]
	local first
	first=$(date -u -d "@$((day * 86400))" +%F)
	[ "$(json '.items[0].day')" = "$first" ]
	as "$ACCESS" GET "/apikeys/$id/usage?from=$first&to=$first"
	[ "$(json .total)" = 6 ]
	as "$ACCESS" GET "/apikeys/$id/usage?from=2025-01-01&to=2026-01-01"
	expect 200
	for bad in from=2025-01-01\&to=2026-01-02 from=2026-01-02\&to=2026-01-01 from=x from=2026-02-30; do
		as "$ACCESS" GET "/apikeys/$id/usage?$bad"
		expect 422
		expect_field from
	done
	as "$ACCESS" GET "/apikeys/$id/usage?to=yesterday"
	expect_field to
}

@test "what was counted for a key that is gone stops no other count" {
	make_key "$ANN" '"profile:read"'
	local gone=$KEY
	make_key "$ADMIN" '"profile:read"'
	start_site
	for key in "$gone" "$KEY"; do
		web GET /users/me -H "X-API-Key: $key"
		expect 200
	done
	yett user delete ann@example.org --yes
	stop_site
	[ "$(sql 'SELECT api_key_id, requests FROM api_key_usage')" = "$KEY_ID|1" ]
}

@test "what a key does is noted as done by the key, for its user" {
	make_key "$ADMIN" '"roles:*"'
	call roles POST /roles '{"name":"author"}' HTTP_X_API_KEY="$KEY"
	expect 201
	[ "$(sql "SELECT actor, user_id, key_id, action FROM audit_log ORDER BY seq DESC LIMIT 1")" = "key|$ADMIN_ID|$KEY_ID|role.created" ]
	# It gives away no more than it holds itself, whatever its user does.
	call roles POST "/roles/$(json .id)/permissions" '{"permission":"posts:read"}' HTTP_X_API_KEY="$KEY"
	expect 403
	make_key "$ADMIN" '"roles:*"' '"service":true'
	call roles POST /roles '{"name":"critic"}' HTTP_X_API_KEY="$KEY"
	expect 201
	[ "$(sql "SELECT actor, user_id IS NULL, key_id FROM audit_log ORDER BY seq DESC LIMIT 1")" = "key|1|$KEY_ID" ]
}

@test "a key that is revoked while the body is on its way changes nothing any more" {
	make_key "$ADMIN" '"roles:*"'
	begin roles POST /roles '{"name":"author"}' HTTP_X_API_KEY="$KEY"
	yett apikey revoke "$KEY_ID"
	finish
	expect 401 invalid-token
	make_key "$ADMIN" '"roles:*"'
	begin roles POST /roles '{"name":"author"}' HTTP_X_API_KEY="$KEY"
	as "$ADMIN" PATCH "/apikeys/$KEY_ID" '{"networks":["10.0.0.0/8"]}'
	expect 200
	finish
	expect 403
	[ "$(sql "SELECT count(*) FROM roles WHERE name = 'author'")" = 0 ]
}
