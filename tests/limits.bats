#!/usr/bin/env bats
# limits: how many requests are let through, of whom and where.

load helper

NOBODY=01890a5d-ac96-774b-bcce-b302099a8057

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

# go_live: a real site, and tokens of its own.
go_live() {
	start_site
	export YETT_SITE_URL=$URL
	sign_in ann@example.org
	ANN=$ACCESS
	sign_in root@example.org
	ADMIN=$ACCESS
}

# as TOKEN METHOD PATH [BODY [VARIABLE=VALUE]...]
as() {
	local token=$1 method=$2 path=$3 body=${4--}
	shift 3
	[ $# = 0 ] || shift
	call limits "$method" "$path" "$body" "$(bearer "$token")" "$@"
}

# policy NAME SCOPE COUNT SECONDS [TARGET]...: assigned to each of these JSON objects; its id is then in POLICY.
policy() {
	local target name=$1 scope=$2 count=$3 window=$4
	shift 4
	as "$ADMIN" POST /rate-limits "{\"name\":\"$name\",\"scope\":\"$scope\",\"limit_count\":$count,\"window_sec\":$window}"
	expect 201
	POLICY=$(json .id)
	for target; do
		assign "$target"
		expect 200
	done
}

assign() {
	as "$ADMIN" POST "/rate-limits/$POLICY/assignments" "$1"
}

# through COUNT [VARIABLE=VALUE]...: exactly so many of GET /users/me are let through now.
through() {
	local i count=$1
	shift
	for ((i = 0; i < count; i++)); do
		me "$@"
		expect 200
	done
	me "$@"
	expect 429 too-many-requests
}

# left POLICY QUERY: what its counter has left.
left() {
	as "$ADMIN" GET "/rate-limits/$1/counters?$2"
	expect 200
	json .remaining
}

# new_key: a service's API key straight into the database; its id is in KEY_ID.
new_key() {
	KEY_ID=$(sql "INSERT INTO api_keys (id, name, key_hash, hint, scopes, created_at)
		VALUES (printf('01890a5d-ac96-774b-bcce-%012x', abs(random() % 1000000000)), 'k', randomblob(32), 'yett_x', '[]', 0) RETURNING id")
}

@test "every route without a proof answers 401, without its permission 403, and changes nothing" {
	local before line
	policy calm user 1000 60 '{}'
	before=$(sql .dump)
	while read -r line; do
		set -- $line
		call limits "$1" "$2" "${3--}"
		expect 401 unauthenticated
		as "$ANN" "$1" "$2" "${3--}"
		expect 403 forbidden
		[[ "$(json .detail)" == *"$4"* ]]
	done <<- E
		GET /rate-limits - limits:read
		POST /rate-limits {"name":"ab","scope":"user","limit_count":1,"window_sec":1} limits:create
		GET /rate-limits/$POLICY - limits:read
		PATCH /rate-limits/$POLICY {"limit_count":1} limits:update
		DELETE /rate-limits/$POLICY - limits:delete
		GET /rate-limits/$POLICY/assignments - limits:read
		POST /rate-limits/$POLICY/assignments {} limits:update
		DELETE /rate-limits/$POLICY/assignments {} limits:update
		GET /rate-limits/$POLICY/counters?user=$ANN_ID - limits:read
		POST /rate-limits/$POLICY/reset {"user":"$ANN_ID"} limits:update
	E
	[ "$(sql .dump)" = "$before" ]
}

@test "a policy is made, read, changed and dropped, and the audit log says so" {
	as "$ADMIN" POST /rate-limits '{"name":"calm","scope":"user","limit_count":100,"window_sec":60,"description":"For all"}'
	expect 201
	POLICY=$(json .id)
	[ "$(jq -c '[.name, .scope, .limit_count, .window_sec, .description]' <<< "$BODY")" = '["calm","user",100,60,"For all"]' ]
	as "$ADMIN" GET "/rate-limits/$POLICY"
	expect 200
	[ "$(json .created_at)" != null ]
	as "$ADMIN" PATCH "/rate-limits/$POLICY" '{"limit_count":5}'
	expect 200
	[ "$(jq -c '[.name, .scope, .limit_count, .window_sec, .description]' <<< "$BODY")" = '["calm","user",5,60,"For all"]' ]
	as "$ADMIN" PATCH "/rate-limits/$POLICY" '{"name":"slow","window_sec":10,"description":""}'
	expect 200
	[ "$(jq -c '[.name, .scope, .limit_count, .window_sec, .description]' <<< "$BODY")" = '["slow","user",5,10,""]' ]
	policy brisk route 1 1
	as "$ADMIN" GET /rate-limits
	expect 200
	[ "$(jq -c '[[.items[].name], .next]' <<< "$BODY")" = '[["brisk","slow"],null]' ]
	as "$ADMIN" DELETE "/rate-limits/$POLICY"
	expect 204
	as "$ADMIN" DELETE "/rate-limits/$POLICY"
	expect 404
	as "$ADMIN" GET "/rate-limits/$POLICY"
	expect 404
	[ "$(sql "SELECT group_concat(action, ' ') FROM (SELECT action FROM audit_log WHERE object_type = 'limit' ORDER BY seq)")" = \
		"limit.created limit.updated limit.updated limit.created limit.deleted" ]
	[ "$(sql "SELECT user_id FROM audit_log WHERE action = 'limit.deleted'")" = "$ADMIN_ID" ]
	[ "$(sql "SELECT details FROM audit_log WHERE action = 'limit.deleted'")" = '{"name":"brisk","scope":"route","limit_count":1,"window_sec":1}' ]
}

@test "what a policy may be, on both sides" {
	local body
	for body in '"name":"ab"' "\"name\":\"a$(printf '%063d' 0)\"" '"limit_count":1' '"window_sec":31536000' '"window_sec":1' \
		"\"description\":\"$(printf '%0500d' 0)\"" '"limit_count":25600,"window_sec":1' '"limit_count":1000000000,"window_sec":39063'; do
		as "$ADMIN" POST /rate-limits "$(jq -c '{name: "xy", scope: "user", limit_count: 10, window_sec: 60} + .' <<< "{$body}")"
		expect 201
		as "$ADMIN" DELETE "/rate-limits/$(json .id)"
		expect 204
	done
	while read -r field body; do
		as "$ADMIN" POST /rate-limits "$(jq -c '{name: "xy", scope: "user", limit_count: 10, window_sec: 60} + .' <<< "{$body}")"
		expect 422
		expect_field "$field"
	done <<- E
		name "name":"a"
		name "name":"a$(printf '%064d' 0)"
		name "name":"A1"
		name "name":"a\""
		scope "scope":"address"
		scope "scope":""
		limit_count "limit_count":0
		limit_count "limit_count":1000000001
		limit_count "limit_count":1.5
		limit_count "limit_count":"5"
		limit_count "limit_count":25601,"window_sec":1
		limit_count "limit_count":1000000000,"window_sec":39062
		window_sec "window_sec":0
		window_sec "window_sec":31536001
		description "description":"$(printf '%0501d' 0)"
		more "more":1
	E
	as "$ADMIN" POST /rate-limits '{"name":"xy"}'
	expect 422
	expect_field scope
	expect_field limit_count
	expect_field window_sec
	policy xy user 10 60
	as "$ADMIN" POST /rate-limits '{"name":"xy","scope":"org","limit_count":1,"window_sec":1}'
	expect 409 taken
	expect_field name
	policy zz user 10 60
	as "$ADMIN" PATCH "/rate-limits/$POLICY" '{"name":"xy"}'
	expect 409 taken
	expect_field name
	as "$ADMIN" PATCH "/rate-limits/$POLICY" '{"scope":"org"}'
	expect 422
	expect_field scope
	as "$ADMIN" PATCH "/rate-limits/$POLICY" '{"limit_count":1000000000}'
	expect 422
	expect_field limit_count
	as "$ADMIN" PATCH "/rate-limits/$POLICY" '{"limit_count":0}'
	expect 422
	[ "$(sql "SELECT limit_count FROM rate_limit_policies WHERE id = '$POLICY'")" = 10 ]
}

@test "a user is let through as often as the policy says, and told so" {
	local i
	policy calm user 3 60 '{}'
	for i in 2 1 0; do
		me "$(bearer "$ANN")"
		expect 200
		[ "$(header RateLimit-Policy)" = '"calm";q=3;w=60' ]
		[ "$(header RateLimit)" = "\"calm\";r=$i;t=20" ]
		[ -z "$(header Retry-After)" ]
	done
	me "$(bearer "$ANN")"
	expect 429 too-many-requests
	[ "$(header Retry-After)" = 20 ]
	[ "$(header RateLimit-Policy)" = '"calm";q=3;w=60' ]
	[ "$(header RateLimit)" = '"calm";r=0;t=20' ]
	[[ "$(header Content-Type)" == application/problem+json* ]]
	[[ "$(json .detail)" == *"calm lets through 3 requests in 60 s; try again in 20 s"* ]]
	[ "$(jq -c '."violated-policies"' <<< "$BODY")" = '["calm"]' ]
	# Nobody else waits, and what is refused is not counted.
	me "$(bearer "$ADMIN")"
	expect 200
	pass_time 19
	me "$(bearer "$ANN")"
	expect 429
	[ "$(header Retry-After)" = 1 ]
	pass_time 1
	through 1 "$(bearer "$ANN")"
	pass_time 60
	through 3 "$(bearer "$ANN")"
	# All ways to prove who one is count together.
	pass_time 20
	sign_in_cookie ann@example.org
	me HTTP_COOKIE="$COOKIE"
	expect 200
	me "$(bearer "$ANN")"
	expect 429
}

@test "without a policy no answer speaks of limits" {
	me "$(bearer "$ANN")"
	expect 200
	[[ "$HEAD" != *RateLimit* ]]
	policy calm user 3 60
	me "$(bearer "$ANN")"
	[[ "$HEAD" != *RateLimit* ]]
}

@test "a refusal is a page for a browser" {
	policy calm network 1 60 '{"network":"198.51.100.7"}'
	call login GET /login - "$HTML" REMOTE_ADDR=198.51.100.7
	expect 200
	[ "$(header RateLimit)" = '"calm";r=0;t=60' ]
	call login GET /login - "$HTML" REMOTE_ADDR=198.51.100.7
	expect 429
	[[ "$(header Content-Type)" == text/html* ]]
	[[ "$BODY" == *"try again in 60 s"* ]]
	[ "$(header Retry-After)" = 60 ]
}

@test "OPTIONS is not counted, HEAD is as GET" {
	local i
	policy calm network 2 60 '{"network":"198.51.100.7"}'
	for i in 1 2 3; do
		call session OPTIONS /users/me - REMOTE_ADDR=198.51.100.7
		expect 204
		call login OPTIONS /api/users/session - REMOTE_ADDR=198.51.100.7
	done
	call session HEAD /users/me - "$(bearer "$ANN")" REMOTE_ADDR=198.51.100.7
	expect 200
	[ "$(header RateLimit)" = '"calm";r=1;t=30' ]
}

@test "a network is an address of IPv4 and 64 bits of IPv6, and counted before anybody looks who asks" {
	policy calm network 2 60 '{}'
	as "$ADMIN" POST "/rate-limits/$POLICY/reset" '{"network":"192.0.2.7"}'
	me "HTTP_AUTHORIZATION=Bearer nonsense" REMOTE_ADDR=2001:db8:1:2::1
	expect 401
	[ "$(header RateLimit)" = '"calm";r=1;t=30' ]
	me "HTTP_AUTHORIZATION=Bearer nonsense" REMOTE_ADDR=2001:db8:1:2:ffff::9
	expect 401
	me "HTTP_AUTHORIZATION=Bearer nonsense" REMOTE_ADDR=2001:db8:1:2::3
	expect 429
	me "$(bearer "$ANN")" REMOTE_ADDR=2001:db8:1:3::1
	expect 200
	me "$(bearer "$ANN")" REMOTE_ADDR=::ffff:198.51.100.1
	expect 200
	through 1 "$(bearer "$ANN")" REMOTE_ADDR=198.51.100.1
	through 2 "$(bearer "$ANN")" REMOTE_ADDR=198.51.100.2
	# Who has no address at all shares one.
	me "$(bearer "$ANN")" REMOTE_ADDR=unix:
	expect 200
	me "$(bearer "$ANN")" REMOTE_ADDR=/run/socket
	expect 200
	through 0 "$(bearer "$ANN")" REMOTE_ADDR=unix:
}

@test "whoever the proxies say it is counts, and nobody can say it himself" {
	policy calm network 2 60 '{"network":"198.51.100.0/24"}'
	export YETT_HTTP_PROXIES=10.0.0.1
	through 2 "$(bearer "$ANN")" REMOTE_ADDR=10.0.0.1 HTTP_X_FORWARDED_FOR=198.51.100.9
	me "$(bearer "$ANN")" REMOTE_ADDR=198.51.100.9 HTTP_X_FORWARDED_FOR=203.0.113.1
	expect 429
}

@test "the most specific assignment of a scope holds instead of the general ones" {
	policy all user 2 60 '{}'
	policy vip user 4 60 "{\"user\":\"$ANN_ID\"}"
	through 4 "$(bearer "$ANN")"
	[ "$(header RateLimit-Policy)" = '"vip";q=4;w=60' ]
	through 2 "$(bearer "$ADMIN")"
	policy net network 100 60 '{}'
	policy wide network 3 60 '{"network":"203.0.113.0/24"}' '{"network":"2001:db8::/32"}'
	policy near network 1 60 '{"network":"203.0.113.128/25"}' '{"network":"203.0.113.7"}'
	call session GET /users/me - REMOTE_ADDR=203.0.113.1
	[ "$(header RateLimit-Policy)" = '"wide";q=3;w=60' ]
	call session GET /users/me - REMOTE_ADDR=203.0.113.129
	[ "$(header RateLimit-Policy)" = '"near";q=1;w=60' ]
	call session GET /users/me - REMOTE_ADDR=203.0.113.7
	[ "$(header RateLimit-Policy)" = '"near";q=1;w=60' ]
	call session GET /users/me - REMOTE_ADDR=203.0.113.8
	[ "$(header RateLimit-Policy)" = '"wide";q=3;w=60' ]
	call session GET /users/me - REMOTE_ADDR=2001:db8:5::1
	[ "$(header RateLimit-Policy)" = '"wide";q=3;w=60' ]
	call session GET /users/me - REMOTE_ADDR=2001:db9::1
	[ "$(header RateLimit-Policy)" = '"net";q=100;w=60' ]
}

@test "of several policies each counts, the one with least left is told, and the longest wait" {
	local daily
	policy burst user 2 10 '{}'
	policy daily user 3 86400 '{}'
	daily=$POLICY
	me "$(bearer "$ANN")"
	[ "$(header RateLimit)" = '"burst";r=1;t=5' ]
	through 1 "$(bearer "$ANN")"
	[ "$(header Retry-After)" = 5 ]
	pass_time 10
	# Of what was refused nothing was counted, by neither.
	me "$(bearer "$ANN")"
	expect 200
	[ "$(header RateLimit)" = '"daily";r=0;t=28790' ]
	me "$(bearer "$ANN")"
	expect 429
	[ "$(header Retry-After)" = 28790 ]
	[ "$(header RateLimit-Policy)" = '"daily";q=3;w=86400' ]
	me "$(bearer "$ANN")"
	# Both refuse: the longer wait is told, whichever comes first.
	as "$ADMIN" DELETE "/rate-limits/$daily"
	expect 204
	policy another user 1 3600 '{}'
	pass_time 10
	me "$(bearer "$ANN")"
	expect 200
	[ "$(header RateLimit-Policy)" = '"another";q=1;w=3600' ]
	[ "$(left "$POLICY" "user=$ANN_ID")" = 0 ]
}

@test "who is refused as a user is not counted for network and route either" {
	local net route
	policy net network 100 3600 '{"network":"198.51.100.7"}'
	net=$POLICY
	policy way route 100 3600 '{"route":"GET /users/me"}'
	route=$POLICY
	policy calm user 1 3600 "{\"user\":\"$ANN_ID\"}"
	through 1 "$(bearer "$ANN")" REMOTE_ADDR=198.51.100.7
	through 0 "$(bearer "$ANN")" REMOTE_ADDR=198.51.100.7
	[ "$(left "$net" network=198.51.100.7)" = 99 ]
	[ "$(left "$route" route=GET+/users/me)" = 99 ]
}

@test "a route counts everybody together, each route apart, and has a policy of its own instead of the general one" {
	policy ways route 3 60 '{}'
	policy way route 1 60 '{"route":"GET /auth/sessions"}'
	me "$(bearer "$ANN")"
	expect 200
	me "$(bearer "$ADMIN")" REMOTE_ADDR=198.51.100.1
	expect 200
	me
	expect 401
	[ "$(header RateLimit)" = '"ways";r=0;t=20' ]
	through 0 "$(bearer "$ANN")"
	call session GET /auth/sessions - "$(bearer "$ANN")"
	expect 200
	[ "$(header RateLimit)" = '"way";r=0;t=60' ]
	call session GET /auth/sessions - "$(bearer "$ADMIN")"
	expect 429
	# The other ids of a route are the same route.
	call roles GET "/roles/$NOBODY" - "$(bearer "$ANN")"
	expect 403
	[ "$(header RateLimit)" = '"ways";r=2;t=20' ]
	call roles GET "/roles/${NOBODY/7/8}" - "$(bearer "$ANN")"
	expect 403
	[ "$(header RateLimit)" = '"ways";r=1;t=20' ]
}

@test "a policy may hold at a route only, besides those that hold everywhere" {
	policy everywhere network 10 3600 '{"network":"198.51.100.0/24"}'
	policy signup network 2 3600 '{"network":"198.51.100.0/24","route":"POST /auth/register"}' '{"route":"POST /auth/login"}'
	local i
	for i in 1 2; do
		call register POST /auth/register '{}' REMOTE_ADDR=198.51.100.7
		expect 422
		[ "$(header RateLimit)" = "\"signup\";r=$((2 - i));t=1800" ]
	done
	call register POST /auth/register '{}' REMOTE_ADDR=198.51.100.7
	expect 429
	# The same policy at another route is the same count.
	call login POST /auth/login '{}' REMOTE_ADDR=198.51.100.7
	expect 429
	me "$(bearer "$ANN")" REMOTE_ADDR=198.51.100.7
	expect 200
	[ "$(header RateLimit)" = '"everywhere";r=7;t=360' ]
	call login POST /auth/login '{}' REMOTE_ADDR=203.0.113.1
	expect 422
	[ "$(header RateLimit)" = '"signup";r=1;t=1800' ]
}

@test "an org counts those who act in it together, and nobody else" {
	sql "INSERT INTO orgs (id, name, slug, created_at, updated_at) VALUES ('$NOBODY', 'Org', 'org', 0, 0)"
	policy tenants org 3 60 '{}'
	through_org() {
		me "$(bearer "$1")"
		expect "$2"
	}
	through_org "$ANN" 200
	[[ "$HEAD" != *RateLimit* ]]
	sql "INSERT INTO user_orgs (user_id, org_id, joined_at) SELECT id, '$NOBODY', 0 FROM users"
	sql "UPDATE sessions SET org_id = '$NOBODY'"
	through_org "$ANN" 200
	[ "$(header RateLimit)" = '"tenants";r=2;t=20' ]
	through_org "$ADMIN" 200
	through_org "$ANN" 200
	through_org "$ADMIN" 429
	policy rich org 5 60 "{\"org\":\"$NOBODY\"}"
	through_org "$ADMIN" 200
	[ "$(header RateLimit)" = '"rich";r=4;t=12' ]
	[ "$(left "$POLICY" "org=$NOBODY")" = 4 ]
}

@test "an API key is counted by what was presented, before anybody looks whether it is one" {
	policy keys key 2 60 '{}'
	call session GET /users/me - HTTP_X_API_KEY=yett_nonsense
	[ "$(header RateLimit)" = '"keys";r=1;t=30' ]
	call session GET /users/me - "HTTP_AUTHORIZATION=Bearer yett_nonsense"
	[ "$(header RateLimit)" = '"keys";r=0;t=30' ]
	call session GET /users/me - HTTP_X_API_KEY=yett_nonsense
	expect 429
	call session GET /users/me - HTTP_X_API_KEY=yett_nonsense "$(bearer "$ANN")"
	expect 429
	call session GET /users/me - HTTP_X_API_KEY=yett_other "HTTP_AUTHORIZATION=Bearer yett_nonsense"
	expect 429
	call session GET /users/me - HTTP_X_API_KEY=yett_other
	[ "$(header RateLimit)" = '"keys";r=1;t=30' ]
	# The same in both fields is one; what is no key as bearer token is none.
	call session GET /users/me - HTTP_X_API_KEY=yett_twice "HTTP_AUTHORIZATION=Bearer yett_twice"
	[ "$(header RateLimit)" = '"keys";r=1;t=30' ]
	me "$(bearer "$ANN")"
	expect 200
	[[ "$HEAD" != *RateLimit* ]]
}

@test "a policy of one API key holds for it and for what it was rotated to" {
	local hash successor
	new_key
	hash=$(printf %s yett_mine | b2sum -l 256 | cut -d' ' -f1)
	sql "UPDATE api_keys SET key_hash = x'$hash' WHERE id = '$KEY_ID'"
	policy keys key 2 60 '{}'
	policy own key 5 60 "{\"key\":\"$KEY_ID\"}"
	call session GET /users/me - HTTP_X_API_KEY=yett_mine
	[ "$(header RateLimit)" = '"own";r=4;t=12' ]
	[ "$(left "$POLICY" "key=$KEY_ID")" = 4 ]
	call session GET /users/me - HTTP_X_API_KEY=yett_next
	[ "$(header RateLimit)" = '"keys";r=1;t=30' ]
	successor=$KEY_ID
	new_key
	hash=$(printf %s yett_next | b2sum -l 256 | cut -d' ' -f1)
	sql "UPDATE api_keys SET key_hash = x'$hash' WHERE id = '$KEY_ID'; UPDATE api_keys SET replaced_by = '$KEY_ID' WHERE id = '$successor'"
	call session GET /users/me - HTTP_X_API_KEY=yett_next
	[ "$(header RateLimit)" = '"own";r=4;t=12' ]
}

@test "a key that is rotated takes its policy along at the next request" {
	local id key
	go_live
	key=$(yett apikey create mine --service --scope profile:read 2> "$BATS_TEST_TMPDIR/key")
	id=$(sql "SELECT id FROM api_keys WHERE name = 'mine'")
	policy own key 5 60 "{\"key\":\"$id\"}"
	web GET /users/me -H "X-API-Key: $key"
	[ "$(header RateLimit)" = '"own";r=4;t=12' ]
	key=$(yett apikey rotate "$id" 2> "$BATS_TEST_TMPDIR/key")
	web GET /users/me -H "X-API-Key: $key"
	[ "$(header RateLimit)" = '"own";r=4;t=12' ]
}

@test "an assignment names what the scope counts, a route, both, or nobody" {
	local body
	sql "INSERT INTO orgs (id, name, slug, created_at, updated_at) VALUES ('$NOBODY', 'Org', 'org', 0, 0)"
	new_key
	policy users user 1000 1
	assign "{\"user\":\"$ANN_ID\"}"
	expect 200
	assign "{\"user\":\"$ANN_ID\",\"route\":\"* /api/*\"}"
	expect 200
	assign '{}'
	expect 200
	assign '{}'
	expect 200
	[ "$(jq -c '[.items[] | [.user, .route, .everybody]] | sort' <<< "$BODY")" = "[[null,null,true],[\"$ANN_ID\",null,false],[\"$ANN_ID\",\"* /api/*\",false]]" ]
	policy orgs org 1000 1 "{\"org\":\"$NOBODY\"}"
	policy keys key 1000 1 "{\"key\":\"$KEY_ID\"}"
	policy ways route 1000 1 '{"route":"POST /auth/login"}'
	assign "{\"user\":\"$ANN_ID\"}"
	expect 422
	expect_field user
	policy nets network 1000 1 '{"network":"192.0.2.7/24"}' '{"network":"2001:DB8::1/32"}' '{"network":"::ffff:192.0.2.99/120"}'
	as "$ADMIN" GET "/rate-limits/$POLICY/assignments"
	[ "$(jq -c '[.items[].network] | sort' <<< "$BODY")" = '["192.0.2.0/24","2001:db8::/32"]' ]
	while read -r field body; do
		assign "$body"
		expect 422
		expect_field "$field"
	done <<- E
		user {"user":"$ANN_ID"}
		org {"org":"$NOBODY"}
		key {"key":"$KEY_ID"}
		network {"network":"192.0.2.0/33"}
		network {"network":"here"}
		network {"network":""}
		route {"route":"POST"}
		route {"route":"PUT /users"}
		route {"route":"GET users"}
		route {"route":"GET /a b"}
		route {"route":"get /users"}
		route {"route":"GET /$(printf '%0123d' 0)"}
		everybody {"everybody":true}
	E
	assign "{\"route\":\"GET /$(printf '%0123d' 0)\"}"
	expect 422
	expect_field route
	assign "{\"route\":\"GET /$(printf '%0122d' 0)\"}"
	expect 200
	as "$ADMIN" GET /rate-limits
	POLICY=$(json '.items[] | select(.name == "users") | .id')
	assign "{\"user\":\"$NOBODY\"}"
	expect 422
	expect_field user
	assign '{"user":"ann@example.org"}'
	expect 422
	expect_field user
	as "$ADMIN" DELETE "/rate-limits/$POLICY/assignments" "{\"user\":\"$ANN_ID\"}"
	expect 200
	[ "$(jq -c '[.items[] | [.user, .route, .everybody]] | sort' <<< "$BODY")" = "[[null,null,true],[\"$ANN_ID\",\"* /api/*\",false]]" ]
	as "$ADMIN" DELETE "/rate-limits/$POLICY/assignments" "{\"user\":\"$ANN_ID\"}"
	expect 404
	[ "$(sql "SELECT details FROM audit_log WHERE action = 'limit.unassigned'")" = "{\"name\":\"users\",\"user\":\"$ANN_ID\"}" ]
	# With a user what is assigned to him goes.
	sql "PRAGMA foreign_keys = ON; DELETE FROM users WHERE id = '$ANN_ID'"
	as "$ADMIN" GET "/rate-limits/$POLICY/assignments"
	[ "$(json '.items | length')" = 1 ]
}

@test "what changes counts at the next request, and a changed policy counts anew" {
	go_live
	local me=("GET" /users/me -H "Authorization: Bearer $ANN")
	web GET /users/me -H "Authorization: Bearer $ANN"
	expect 200
	[[ "$HEAD" != *RateLimit* ]]
	policy calm user 1 31536000 '{}'
	web "${me[@]}"
	expect 200
	web "${me[@]}"
	expect 429
	as "$ADMIN" PATCH "/rate-limits/$POLICY" '{"limit_count":2,"window_sec":60}'
	expect 200
	web "${me[@]}"
	expect 200
	[ "$(header RateLimit)" = '"calm";r=1;t=30' ]
	as "$ADMIN" DELETE "/rate-limits/$POLICY/assignments" '{}'
	expect 200
	web "${me[@]}"
	expect 200
	[[ "$HEAD" != *RateLimit* ]]
	assign "{\"user\":\"$ANN_ID\"}"
	expect 200
	web "${me[@]}"
	expect 200
	web "${me[@]}"
	expect 429
	as "$ADMIN" DELETE "/rate-limits/$POLICY"
	expect 204
	web "${me[@]}"
	expect 200
}

@test "counters show how it stands, and are reset" {
	policy calm user 3 60 '{}'
	through 3 "$(bearer "$ANN")"
	as "$ADMIN" GET "/rate-limits/$POLICY/counters?user=$ANN_ID"
	expect 200
	[ "$BODY" = '{"policy":"calm","limit_count":3,"window_sec":60,"remaining":0,"retry_after_sec":20,"reset_sec":60}' ]
	# Looking takes nothing.
	[ "$(left "$POLICY" "user=$ANN_ID")" = 0 ]
	[ "$(left "$POLICY" "user=$NOBODY")" = 3 ]
	as "$ADMIN" POST "/rate-limits/$POLICY/reset" "{\"user\":\"$ANN_ID\"}"
	expect 200
	[ "$(json .remaining)" = 3 ]
	[ "$(sql "SELECT details FROM audit_log WHERE action = 'limit.reset'")" = "{\"name\":\"calm\",\"user\":\"$ANN_ID\"}" ]
	through 3 "$(bearer "$ANN")"
	local query field
	while read -r query field; do
		as "$ADMIN" GET "/rate-limits/$POLICY/counters$query"
		expect 422
		expect_field "$field"
	done <<- E
		? user
		?user= user
		?user=ann user
		?org=$NOBODY org
		?user=$ANN_ID&network=192.0.2.1 network
		?user=$ANN_ID&route=GET+/users/me route
	E
	as "$ADMIN" POST "/rate-limits/$POLICY/reset" '{}'
	expect 422
	expect_field user
	as "$ADMIN" GET "/rate-limits/$NOBODY/counters?user=$ANN_ID"
	expect 404
	as "$ADMIN" POST "/rate-limits/$NOBODY/reset" "{\"user\":\"$ANN_ID\"}"
	expect 404
	policy keys key 1 1
	as "$ADMIN" GET "/rate-limits/$POLICY/counters?key=$NOBODY"
	expect 422
	expect_field key
	policy nets network 1 1
	as "$ADMIN" GET "/rate-limits/$POLICY/counters?network=192.0.2.0/24"
	expect 422
	expect_field network
}

@test "who may change policies cannot be kept from it by those of users, orgs and routes" {
	local i
	policy tight user 1 31536000 '{}'
	policy ways route 1 31536000 '{}'
	through 1 "$(bearer "$ADMIN")"
	as "$ADMIN" GET /rate-limits
	expect 200
	[[ "$HEAD" != *RateLimit* ]]
	for i in 1 2 3; do
		as "$ADMIN" GET "/rate-limits/$POLICY"
		expect 200
	done
	# Nobody else is exempt there.
	as "$ANN" GET /rate-limits
	expect 403
	as "$ANN" GET /rate-limits
	expect 429
	as "$ADMIN" DELETE "/rate-limits/$POLICY"
	expect 204
	# Networks and keys are not exempt; the tool needs none of it.
	policy closed network 1 31536000 '{}'
	as "$ADMIN" GET /rate-limits
	expect 200
	as "$ADMIN" GET /rate-limits
	expect 429
	yett limit delete closed
	as "$ADMIN" GET /rate-limits
	expect 200
}

@test "there are at most 256 policies and 4096 assignments" {
	local last
	sql "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 255)
		INSERT INTO rate_limit_policies (id, name, scope, limit_count, window_sec, created_at)
		SELECT printf('01890a5d-ac96-774b-bcce-%012x', i), printf('p%03d', i), 'network', 1000, 1, 0 FROM n"
	policy last network 1000 1
	last=$POLICY
	as "$ADMIN" POST /rate-limits '{"name":"more","scope":"user","limit_count":1,"window_sec":1}'
	expect 422
	expect_field name
	as "$ADMIN" GET /rate-limits
	[ "$(jq -c '[(.items | length), .next]' <<< "$BODY")" = '[100,"p099"]' ]
	as "$ADMIN" GET '/rate-limits?after=p199'
	[ "$(jq -c '[(.items | length), .next]' <<< "$BODY")" = '[56,null]' ]
	sql "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 4095)
		INSERT INTO rate_limit_assignments (id, policy_id, network, created_at)
		SELECT printf('01890a5d-ac96-774b-bcce-%012x', i), printf('01890a5d-ac96-774b-bcce-%012x', 1 + i / 100),
			printf('10.%d.%d.0/24', i / 256, i % 256), 0 FROM n"
	assign '{"network":"192.0.2.7"}'
	expect 200
	assign '{"network":"192.0.2.8"}'
	expect 422
	expect_field network
	# The very last still holds, and so does the first.
	me "$(bearer "$ANN")"
	[ "$(header RateLimit-Policy)" = '"last";q=1000;w=1' ]
	me "$(bearer "$ANN")" REMOTE_ADDR=10.0.1.9
	[ "$(header RateLimit-Policy)" = '"p001";q=1000;w=1' ]
	POLICY=01890a5d-ac96-774b-bcce-000000000002
	as "$ADMIN" GET "/rate-limits/$POLICY/assignments"
	[ "$(json '.items | length')" = 100 ]
	[ "$(jq .next <<< "$BODY")" = null ]
	# All of them for everybody: each counts.
	sql "DELETE FROM rate_limit_assignments;
		INSERT INTO rate_limit_assignments (id, policy_id, created_at) SELECT id, id, 0 FROM rate_limit_policies;
		UPDATE rate_limit_policies SET limit_count = 7 WHERE name = 'p200'"
	me "$(bearer "$ANN")"
	expect 200
	[ "$(header RateLimit)" = '"p200";r=6;t=1' ]
}

@test "64 clients at three programs get exactly what one policy lets through" {
	go_live
	local i
	policy crowd network 300 3600 '{}'
	as "$ADMIN" POST "/rate-limits/$POLICY/reset" '{"network":"127.0.0.1"}'
	for i in $(seq 200); do
		printf 'url = "%s"\noutput = /dev/null\n' "$URL/users/me" "$URL/roles" "$URL/rate-limits"
	done > "$BATS_TEST_TMPDIR/urls"
	curl -s -K "$BATS_TEST_TMPDIR/urls" --parallel --parallel-immediate --parallel-max 64 --max-time 60 \
		-H "Authorization: Bearer $ADMIN" -w '%{http_code}\n' > "$BATS_TEST_TMPDIR/codes"
	sort "$BATS_TEST_TMPDIR/codes" | uniq -c
	[ "$(grep -c 200 "$BATS_TEST_TMPDIR/codes")" = 300 ]
	[ "$(grep -c 429 "$BATS_TEST_TMPDIR/codes")" = 300 ]
}

@test "64 clients of one user get exactly what his policy lets through, and the network pays for no refusal" {
	go_live
	local i net
	policy net network 100000 86400 '{}'
	net=$POLICY
	policy mine user 100 3600 "{\"user\":\"$ANN_ID\"}"
	for i in $(seq 150); do
		printf 'url = "%s"\noutput = /dev/null\n' "$URL/users/me" "$URL/auth/sessions"
	done > "$BATS_TEST_TMPDIR/urls"
	curl -s -K "$BATS_TEST_TMPDIR/urls" --parallel --parallel-immediate --parallel-max 64 --max-time 60 \
		-H "Authorization: Bearer $ANN" -w '%{http_code}\n' > "$BATS_TEST_TMPDIR/codes"
	[ "$(grep -c 200 "$BATS_TEST_TMPDIR/codes")" = 100 ]
	[ "$(left "$net" network=127.0.0.1)" = 99900 ]
}

@test "made-up keys push out nobody who waits after wrong passwords" {
	local i before
	policy keys key 10 86400 '{}'
	before=$(sha256sum < "$YETT_SITE_STATE/limits.map")
	for i in 1 2 3; do
		call session GET /users/me - HTTP_X_API_KEY=yett_madeup$i
	done
	[ "$(header RateLimit-Policy)" = '"keys";q=10;w=86400' ]
	[ "$(sha256sum < "$YETT_SITE_STATE/limits.map")" = "$before" ]
}

@test "counts survive the programs" {
	go_live
	policy calm user 3 3600 '{}'
	web GET /users/me -H "Authorization: Bearer $ANN"
	[ "$(header RateLimit)" = '"calm";r=2;t=1200' ]
	stop_site
	go_live
	web GET /users/me -H "Authorization: Bearer $ANN"
	[ "$(header RateLimit)" = '"calm";r=1;t=1200' ]
}

@test "what only reads writes nothing to the database, with rate limits on" {
	go_live
	local i before
	policy calm user 1000000 86400 '{}'
	policy net network 1000000 86400 '{}'
	for i in $(seq 250); do
		printf 'url = "%s"\noutput = /dev/null\n' "$URL/users/me" "$URL/roles" "$URL/auth/sessions" "$URL/rate-limits"
	done > "$BATS_TEST_TMPDIR/urls"
	before=$(stat -c %s "$DB-wal")
	before="$before $(sha256sum < "$DB-wal") $(sha256sum < "$DB")"
	curl -s -K "$BATS_TEST_TMPDIR/urls" --parallel --parallel-immediate --parallel-max 16 --max-time 60 \
		-H "Authorization: Bearer $ADMIN" -w '%{http_code}\n' > "$BATS_TEST_TMPDIR/codes"
	[ "$(grep -c 200 "$BATS_TEST_TMPDIR/codes")" = 1000 ]
	[ "$(stat -c %s "$DB-wal") $(sha256sum < "$DB-wal") $(sha256sum < "$DB")" = "$before" ]
}
