#!/usr/bin/env bats
# orgs: tenants, who belongs to them, and that nobody learns of another's.

load helper
load orgs

setup() {
	fresh_state
	stop_time
	two_orgs
}

teardown() {
	stop_served
}

# The matrix: every route, with what it answers to a guest, a stranger, a member, an admin and an owner of A, an owner of B,
# and who may do everything on the site.
matrix() {
	cat <<- E
		GET    /orgs                                   -                            401 200 200 200 200 200 200
		POST   /orgs                                   {"name":"C"}                 401 403 403 403 201 201 201
		GET    /users/me/orgs                          -                            401 200 200 200 200 200 200
		POST   /orgs/deactivate                        -                            401 200 200 200 200 200 200
		GET    /orgs/$A                                -                            401 404 200 200 200 404 200
		PATCH  /orgs/$A                                {"name":"C"}                 401 404 403 200 200 404 200
		PATCH  /orgs/$A                                {"metadata":{"a":1}}         401 404 403 200 200 404 200
		PATCH  /orgs/$A                                {"slug":"club"}              401 404 403 403 403 404 200
		PATCH  /orgs/$A                                {"seat_limit":9}             401 404 403 403 403 404 200
		DELETE /orgs/$A                                -                            401 404 403 403 204 404 204
		POST   /orgs/$A/activate                       -                            401 404 200 200 200 404 404
		POST   /orgs/$A/leave                          -                            401 404 204 204 403 404 404
		GET    /orgs/$A/members                        -                            401 404 200 200 200 404 200
		POST   /orgs/$A/members                        {"user":"${ID[sam]}"}        401 404 403 403 403 404 201
		GET    /orgs/$A/members/${ID[amy]}             -                            401 404 200 200 200 404 200
		DELETE /orgs/$A/members/${ID[amy]}             -                            401 404 403 204 204 404 204
		DELETE /orgs/$A/members/${ID[ada]}             -                            401 404 403 204 204 404 204
		DELETE /orgs/$A/members/${ID[ann]}             -                            401 404 403 403 403 404 403
		POST   /orgs/$A/members/${ID[amy]}/roles       {"role":"org-admin"}         401 404 403 200 200 404 200
		POST   /orgs/$A/members/${ID[amy]}/roles       {"role":"org-owner"}         401 404 403 403 200 404 200
		POST   /orgs/$A/members/${ID[amy]}/roles       {"role":"coach"}             401 404 403 403 200 404 200
		DELETE /orgs/$A/members/${ID[amy]}/roles       {"role":"org-member"}        401 404 403 200 200 404 200
		GET    /orgs/$A/roles                          -                            401 404 403 200 200 404 200
		POST   /orgs/$A/roles                          {"name":"chief"}             401 404 403 403 201 404 201
		GET    /orgs/$A/roles/$A_ROLE                  -                            401 404 403 200 200 404 200
		PATCH  /orgs/$A/roles/$A_ROLE                  {"name":"chief"}             401 404 403 403 200 404 200
		DELETE /orgs/$A/roles/$A_ROLE                  -                            401 404 403 403 204 404 204
		POST   /orgs/$A/roles/$A_ROLE/permissions      {"permission":"balls:throw"} 401 404 403 403 200 404 200
		DELETE /orgs/$A/roles/$A_ROLE/permissions      {"permission":"courts:book"} 401 404 403 403 200 404 200
		POST   /orgs/$A/roles/$A_ROLE/parents          {"parent":"org-admin"}       401 404 403 403 200 404 200
		DELETE /orgs/$A/roles/$A_ROLE/parents          {"parent":"org-member"}      401 404 403 403 200 404 200
		GET    /orgs/$A/domains                        -                            401 404 403 200 200 404 200
		POST   /orgs/$A/domains                        {"domain":"b.example"}       401 404 403 201 201 404 201
		PATCH  /orgs/$A/domains/$A_DOMAIN              {"auto_join":true}           401 404 403 200 200 404 200
		DELETE /orgs/$A/domains/$A_DOMAIN              -                            401 404 403 204 204 404 204
		POST   /orgs/$A/domains/$A_DOMAIN/verify       -                            401 404 403 503 503 404 503
		GET    /orgs/$A/invitations                    -                            401 404 403 200 200 404 200
		POST   /orgs/$A/invitations                    {"email":"x@example.org"}    401 404 403 201 201 404 201
		POST   /orgs/$A/invitations/$A_INVITATION/resend {}                         401 404 403 200 200 404 200
		DELETE /orgs/$A/invitations/$A_INVITATION      -                            401 404 403 204 204 404 204
		POST   /invitations/look                       {"token":"x"}                404 404 404 404 404 404 404
		POST   /invitations/accept                     {"token":"x"}                401 404 404 404 404 404 404
		GET    /invitation                             -                            200 200 200 200 200 200 200
	E
}

# a_joins: A has a claim, A_DOMAIN, which no server of the DNS can verify, and an invitation, A_INVITATION.
a_joins() {
	export YETT_DNS_SERVER=127.0.0.1:9 YETT_DNS_TIMEOUT_S=1
	as ann POST "/orgs/$A/domains" '{"domain":"a.example"}'
	expect 201
	A_DOMAIN=$(json .id)
	as ann POST "/orgs/$A/invitations" '{"email":"eve@example.org"}'
	expect 201
	A_INVITATION=$(json .id)
}

# What may change without anybody's doing.
dump() {
	sql .dump | grep -v "^INSERT INTO sqlite_stat1"
}

@test "who may do what: every route, for a guest, a stranger, members, admins and owners of both, and the site's admin" {
	local method path body wanted who before failed=0
	a_joins
	as ann POST "/orgs/$A/roles/$A_ROLE/parents" '{"parent":"org-member"}'
	expect 200
	# No row of the program's table is missing.
	matrix | sed -E "s/${ID[amy]}/{item_id}/; s/$A_ROLE/{item_id}/; s/$A_DOMAIN/{item_id}/; s/$A_INVITATION/{item_id}/; s/$A/{id}/" | awk '{print $1, $2}' | sort -u > "$BATS_TEST_TMPDIR/tried"
	"$BIN/orgs" --routes | awk '{print $1, $2}' | sort -u > "$BATS_TEST_TMPDIR/rows"
	run -0 comm -13 "$BATS_TEST_TMPDIR/tried" "$BATS_TEST_TMPDIR/rows"
	[ "$output" = "" ] || { echo "not tried: $output" >&2 && false; }
	before=$(dump)
	cp -r "$YETT_SITE_STATE" "$BATS_TEST_TMPDIR/saved"
	while read -r method path body wanted; do
		for who in guest sam amy ada ann bob root; do
			as $who "$method" "$path" "$body"
			[ "$STATUS" = "${wanted%% *}" ] || {
				echo "$who $method $path $body: $STATUS, not ${wanted%% *}: $BODY" >&2
				failed=1
			}
			case $STATUS in
			403 | 404 | 401)
				[ "$(dump)" = "$before" ] || { echo "$who $method $path changed something" >&2 && failed=1; }
				;;
			*)
				rm -rf "$YETT_SITE_STATE"
				cp -r "$BATS_TEST_TMPDIR/saved" "$YETT_SITE_STATE"
				;;
			esac
			wanted=${wanted#* }
		done
	done < <(matrix)
	[ $failed = 0 ]
}

# told: the answer without what differs from request to request.
told() {
	echo "$STATUS $(jq -c 'del(.request_id)' <<< "$BODY")"
}

@test "who is not of an org is told of it what he is told of none" {
	local method path body rest who real
	a_joins
	serve
	while read -r method path body rest; do
		[[ "$path" == *"$A"* ]] || continue
		for who in sam bob ben; do
			as $who "$method" "$path" "$body"
			expect 404 not-found
			real=$(told)
			as $who "$method" "${path/$A/$NOBODY}" "$body"
			[ "$(told)" = "$real" ]
		done
	done < <(matrix)
	# Nor has a bad body another answer there.
	as bob PATCH "/orgs/$A" '{"nmae":"C"}'
	real=$(told)
	as bob PATCH "/orgs/$NOBODY" '{"nmae":"C"}'
	[ "$(told)" = "$real" ]
}

@test "what is of A is not there in B, whoever asks" {
	local method path body who real
	a_joins
	serve
	while read -r method path body; do
		for who in bob root; do
			as $who "$method" "$path" "$body"
			expect 404 not-found
			real=$(told)
			as $who "$method" "$(sed "s/$A_ROLE/$NOBODY/; s/${ID[amy]}/$NOBODY/; s/$A_DOMAIN/$NOBODY/; s/$A_INVITATION/$NOBODY/" <<< "$path")" "$body"
			[ "$(told)" = "$real" ]
		done
	done <<- E
		GET    /orgs/$B/members/${ID[amy]}          -
		DELETE /orgs/$B/members/${ID[amy]}          -
		POST   /orgs/$B/members/${ID[amy]}/roles    {"role":"org-member"}
		DELETE /orgs/$B/members/${ID[amy]}/roles    {"role":"org-member"}
		GET    /orgs/$B/roles/$A_ROLE               -
		PATCH  /orgs/$B/roles/$A_ROLE               {"name":"mine"}
		DELETE /orgs/$B/roles/$A_ROLE               -
		POST   /orgs/$B/roles/$A_ROLE/permissions   {"permission":"a:b"}
		DELETE /orgs/$B/roles/$A_ROLE/permissions   {"permission":"courts:book"}
		POST   /orgs/$B/roles/$A_ROLE/parents       {"parent":"org-member"}
		DELETE /orgs/$B/roles/$A_ROLE/parents       {"parent":"org-member"}
		PATCH  /orgs/$B/domains/$A_DOMAIN           {"auto_join":true}
		DELETE /orgs/$B/domains/$A_DOMAIN           -
		POST   /orgs/$B/domains/$A_DOMAIN/verify    -
		DELETE /orgs/$B/invitations/$A_INVITATION   -
	E
	# By name or id, a role of A is none in B.
	local role
	for role in coach "$A_ROLE"; do
		give bob "$B" ben "$role"
		expect 422
		expect_field role
		as bob POST "/orgs/$B/roles/$B_ROLE/parents" "{\"parent\":\"$role\"}"
		expect 422
		expect_field parent
	done
	# And the site's routes for roles know neither.
	call roles GET "/roles/$A_ROLE" - "$(bearer "${TOKEN[root]}")"
	expect 404
	call roles PATCH "/roles/$A_ROLE" '{"name":"mine"}' "$(bearer "${TOKEN[root]}")"
	expect 404
	call roles POST "/users/${ID[sam]}/roles" '{"role":"coach"}' "$(bearer "${TOKEN[root]}")"
	expect 422
}

@test "what is held in an org never counts on the site's own routes" {
	local before method path body
	activate ann "$A"
	me "$(bearer "${TOKEN[ann]}")"
	[ "$(jq -c '[.org_permissions, (.permissions | index("*:*"))]' <<< "$BODY")" = '[["*:*"],null]' ]
	# Not even the site's role admin, held in the org.
	give ann "$A" ann admin
	expect 200
	before=$(dump)
	while read -r method path body; do
		call roles "$method" "$path" "$body" "$(bearer "${TOKEN[ann]}")"
		expect 403 forbidden
	done <<- E
		GET  /roles -
		POST /roles {"name":"mine"}
		GET  /users/${ID[bob]}/roles -
		POST /users/${ID[ann]}/roles {"role":"admin"}
		POST /authz/check {"subject":"${ID[bob]}","resource":"a","action":"b"}
	E
	as ann GET "/orgs/$B"
	expect 404
	[ "$(dump)" = "$before" ]
	as ann GET /orgs
	[ "$(jq -c '[.items[].id]' <<< "$BODY")" = "[\"$A\"]" ]
}

@test "an org is made by who is let, who is then its owner" {
	as amy POST /orgs '{"name":"Mine"}'
	expect 403
	[[ "$(json .detail)" == *orgs:create* ]]
	sql "UPDATE users SET can_create_orgs = 1 WHERE email = 'amy@example.org'"
	as amy POST /orgs '{"name":"Äpfel & Birnen, Inc.","metadata":{"plan":"free"}}'
	expect 201
	[[ "$(json .slug)" =~ ^pfel-birnen-inc-[0-9a-f]{12}$ ]]
	[ "$(jq -c '[.name, .seat_limit, .metadata]' <<< "$BODY")" = '["Äpfel & Birnen, Inc.",null,{"plan":"free"}]' ]
	as amy GET "/orgs/$(json .id)/members"
	[ "$(jq -c '[.items[] | [.email, [.roles[].role]]]' <<< "$BODY")" = '[["amy@example.org",["org-owner"]]]' ]
	# Slugs and seats are the site's to say.
	as amy POST /orgs '{"name":"Mine","slug":"mine"}'
	expect 403
	as amy POST /orgs '{"name":"Mine","seat_limit":5}'
	expect 403
	as root POST /orgs '{"name":"Mine","slug":"mine","seat_limit":5}'
	expect 201
	[ "$(jq -c '[.slug, .seat_limit]' <<< "$BODY")" = '["mine",5]' ]
	as root POST /orgs '{"name":"Other","slug":"mine"}'
	expect 409 taken
	expect_field slug
	# A name without letters has a slug, too.
	as root POST /orgs '{"name":"東京"}'
	expect 201
	[[ "$(json .slug)" =~ ^org-[0-9a-f]{12}$ ]]
}

@test "names, slugs, seats and metadata have their limits" {
	local bad
	for bad in '{}' '{"name":""}' "{\"name\":\"$(printf 'x%.0s' $(seq 201))\"}" '{"name":1}' '{"name":"a\nb"}'; do
		as root POST /orgs "$bad"
		expect 422
		expect_field name
	done
	as root POST /orgs "{\"name\":\"$(printf 'x%.0s' $(seq 200))\"}"
	expect 201
	for bad in a -ab ab- Ab a_b 'a b' "$(printf 'x%.0s' $(seq 64))"; do
		as root POST /orgs "{\"name\":\"x\",\"slug\":\"$bad\"}"
		expect 422
		expect_field slug
	done
	for bad in ab a-b "$(printf 'x%.0s' $(seq 63))"; do
		as root POST /orgs "{\"name\":\"x\",\"slug\":\"$bad\"}"
		expect 201
	done
	for bad in -1 1000001 1.5 '"5"' true; do
		as root PATCH "/orgs/$A" "{\"seat_limit\":$bad}"
		expect 422
		expect_field seat_limit
	done
	for bad in 1 1000000 null 0; do
		as root PATCH "/orgs/$A" "{\"seat_limit\":$bad}"
		expect 200
	done
	[ "$(jq -c .seat_limit <<< "$BODY")" = null ]
	for bad in '[]' '"x"' null 1; do
		as root PATCH "/orgs/$A" "{\"metadata\":$bad}"
		expect 422
		expect_field metadata
	done
}

@test "metadata is merged, member by member" {
	as ann PATCH "/orgs/$A" '{"metadata":{"a":1,"b":{"c":[1,null],"d":2,"e":null},"f":"x"}}'
	expect 200
	[ "$(jq -c .metadata <<< "$BODY")" = '{"a":1,"b":{"c":[1,null],"d":2},"f":"x"}' ]
	as ann PATCH "/orgs/$A" '{"metadata":{"a":null,"b":{"d":9007199254740991},"f":{"g":{"h":null,"i":1}},"none":null}}'
	expect 200
	[ "$(jq -c .metadata <<< "$BODY")" = '{"b":{"c":[1,null],"d":9007199254740991},"f":{"g":{"i":1}}}' ]
	as ann PATCH "/orgs/$A" '{"metadata":{}}'
	[ "$(jq -c .metadata <<< "$BODY")" = '{"b":{"c":[1,null],"d":9007199254740991},"f":{"g":{"i":1}}}' ]
	as ann GET "/orgs/$A"
	[ "$(jq -c .metadata.f <<< "$BODY")" = '{"g":{"i":1}}' ]
	# All of it counts, not the change.
	as ann PATCH "/orgs/$A" "{\"metadata\":{\"b\":null,\"f\":null,\"x\":\"$(printf 'x%.0s' $(seq 16000))\"}}"
	expect 200
	as ann PATCH "/orgs/$A" "{\"metadata\":{\"y\":\"$(printf 'y%.0s' $(seq 369))\"}}"
	expect 200
	as ann PATCH "/orgs/$A" '{"metadata":{"z":""}}'
	expect 422
	expect_field metadata
	as ann PATCH "/orgs/$A" "{\"metadata\":{\"x\":$(printf '{"a":%.0s' $(seq 23))1$(printf '}%.0s' $(seq 23))}}"
	expect 422
	expect_field metadata
	local i
	as ann PATCH "/orgs/$A" "{\"metadata\":{\"x\":null,\"y\":null,$(for i in $(seq 199); do printf '"m%d":1,' "$i"; done)\"m200\":1}}"
	expect 200
	as ann PATCH "/orgs/$A" "{\"metadata\":{$(for i in $(seq 56); do printf '"n%d":1,' "$i"; done)\"n57\":1}}"
	expect 422
	expect_field metadata
	as ann PATCH "/orgs/$A" "{\"metadata\":{$(for i in $(seq 55); do printf '"n%d":1,' "$i"; done)\"n56\":1}}"
	expect 200
}

@test "lists are pages in the order of making" {
	local i
	sql "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 150)
		INSERT INTO orgs (id, name, slug, created_at, updated_at) SELECT printf('00000000-0000-7000-8000-%012d', i), 'x', printf('x%d', i), 0, 0 FROM n;
		INSERT INTO user_orgs (user_id, org_id, joined_at) SELECT '${ID[amy]}', id, 0 FROM orgs WHERE slug LIKE 'x%';
		WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 150)
		INSERT INTO users (id, email, email_key, properties, created_at, updated_at) SELECT printf('00000000-0000-7000-8000-%012d', i), printf('u%d@example.org', i), printf('u%d@example.org', i), '{}', 0, 0 FROM n;
		INSERT INTO user_orgs (user_id, org_id, joined_at) SELECT id, '$A', 0 FROM users WHERE email LIKE 'u%';
		INSERT INTO roles (id, org_id, name, created_at) SELECT substr(id, 1, 35) || 'f', '$A', 'r' || slug, 0 FROM orgs WHERE slug LIKE 'x%' AND substr(id, 36) = '1' "
	as root GET /orgs
	[ "$(json '.items | length')" = 100 ]
	as root GET "/orgs?after=$(json .next)"
	[ "$(jq -c '[(.items | length), .next]' <<< "$BODY")" = '[52,null]' ]
	as amy GET /orgs
	[ "$(json '.items | length')" = 100 ]
	as amy GET "/orgs?after=$(json .next)"
	[ "$(jq -c '[(.items | length), .next]' <<< "$BODY")" = '[51,null]' ]
	as amy GET /users/me/orgs
	as amy GET "/users/me/orgs?after=$(json .next)"
	[ "$(jq -c '[(.items | length), .items[-1].id, .items[-1].roles, .items[-1].active]' <<< "$BODY")" = "[51,\"$A\",[\"org-member\"],false]" ]
	as amy GET "/orgs/$A/members"
	[ "$(json '.items | length')" = 100 ]
	as amy GET "/orgs/$A/members?after=$(json .next)"
	[ "$(jq -c '[(.items | length), .next]' <<< "$BODY")" = '[53,null]' ]
	as ann GET "/orgs/$A/roles"
	[ "$(jq -c '[.items[].name][:3]' <<< "$BODY")" = '["org-owner","org-admin","org-member"]' ]
	[ "$(jq -c '[(.items | length), .next]' <<< "$BODY")" = '[19,null]' ]
	for i in "/orgs?after=zzz" "/orgs/$A/members?after=zzz" "/orgs/$A/roles?after=zzz"; do
		as ann GET "$i"
		expect 200
		[ "$(json '.items | length')" = 0 ]
	done
	# No page is sorted, and none read from end to end.
	run -0 sqlite3 "$DB" "EXPLAIN QUERY PLAN SELECT id FROM roles WHERE org_id = 'x' AND id > 'y' ORDER BY id LIMIT 9;
		EXPLAIN QUERY PLAN SELECT user_id FROM user_orgs WHERE org_id = 'x' AND user_id > 'y' ORDER BY user_id LIMIT 9;
		EXPLAIN QUERY PLAN SELECT org_id FROM user_orgs WHERE user_id = 'x' AND org_id > 'y' ORDER BY org_id LIMIT 9"
	[[ "$output" != *SCAN* && "$output" != *B-TREE* ]]
}

@test "there are so many members as seats, also when they come together" {
	as root PATCH "/orgs/$A" '{"seat_limit":4}'
	expect 200
	as root POST "/orgs/$A/members" "{\"user\":\"sam@example.org\"}"
	expect 201
	[ "$(jq -c '[.user_id, [.roles[].role]]' <<< "$BODY")" = "[\"${ID[sam]}\",[\"org-member\"]]" ]
	as root POST "/orgs/$A/members" "{\"user\":\"${ID[ben]}\"}"
	expect 409 no-seat-left
	# Who is a member already needs none.
	as root POST "/orgs/$A/members" "{\"user\":\"${ID[sam]}\"}"
	expect 409 taken
	# Fewer seats than members: nobody has to go, nobody else comes.
	as root PATCH "/orgs/$A" '{"seat_limit":1}'
	expect 200
	as ann GET "/orgs/$A/members"
	[ "$(json '.items | length')" = 4 ]
	as root DELETE "/orgs/$A/members/${ID[sam]}"
	expect 204
	as root POST "/orgs/$A/members" "{\"user\":\"${ID[ben]}\"}"
	expect 409 no-seat-left
	as root PATCH "/orgs/$A" '{"seat_limit":4}'
	local name pids=()
	for name in sam ben bob; do
		printf '{"user":"%s"}' "${ID[$name]}" | env REQUEST_METHOD=POST REQUEST_URI="/orgs/$A/members" REMOTE_ADDR=192.0.2.7 HTTP_HOST=127.0.0.1:8080 \
			CONTENT_TYPE=application/json CONTENT_LENGTH=47 "$(bearer "${TOKEN[root]}")" "$BIN/orgs" > "$BATS_TEST_TMPDIR/$name" 2> /dev/null 3>&- &
		pids+=($!)
	done
	wait "${pids[@]}"
	[ "$(grep -l '^Status: 201' "$BATS_TEST_TMPDIR"/{sam,ben,bob} | wc -l)" = 1 ]
	[ "$(grep -l '^Status: 409' "$BATS_TEST_TMPDIR"/{sam,ben,bob} | wc -l)" = 2 ]
	[ "$(sql "SELECT count(*) FROM user_orgs WHERE org_id = '$A'")" = 4 ]
}

@test "nobody is added unasked but by who may see the users of the site" {
	as ann POST "/orgs/$A/members" "{\"user\":\"${ID[sam]}\"}"
	expect 403
	[[ "$(json .detail)" == *users:read* ]]
	# And so nobody learns who has an account.
	local known
	known=$(told)
	as ann POST "/orgs/$A/members" '{"user":"nobody@example.org"}'
	[ "$(told)" = "$known" ]
	call roles POST /roles '{"name":"greeter"}' "$(bearer "${TOKEN[root]}")"
	call roles POST "/roles/$(json .id)/permissions" '{"permission":"users:read"}' "$(bearer "${TOKEN[root]}")"
	call roles POST "/users/${ID[ada]}/roles" '{"role":"greeter"}' "$(bearer "${TOKEN[root]}")"
	as ada POST "/orgs/$A/members" '{"user":"SAM@example.org","role":"org-member"}'
	expect 201
	as ada POST "/orgs/$A/members" '{"user":"nobody@example.org"}'
	expect 422
	expect_field user
	as ada POST "/orgs/$A/members" "{\"user\":\"${ID[ben]}\",\"role\":\"org-owner\"}"
	expect 403
	as ada POST "/orgs/$A/members" "{\"user\":\"${ID[ben]}\",\"role\":\"none\"}"
	expect 422
	expect_field role
	as ada POST "/orgs/$A/members" "{\"user\":\"${ID[ben]}\",\"expires_at\":\"2020-01-01T00:00:00Z\"}"
	expect 422
	expect_field expires_at
}

@test "nobody gives, takes or changes in an org what is more than he holds there" {
	local before line
	# An admin of the org who may change roles, and holds no more than an admin does.
	as ann POST "/orgs/$A/roles" '{"name":"keeper"}'
	local keeper
	keeper=$(json .id)
	as ann POST "/orgs/$A/roles/$keeper/parents" '{"parent":"org-admin"}'
	as ann POST "/orgs/$A/roles/$keeper/permissions" '{"permission":"roles:*"}'
	give ann "$A" ada keeper
	expect 200
	before=$(dump)
	while read -r line; do
		set -- $line
		as ada "$1" "$2" "${3--}"
		expect 403 forbidden
		[[ "$(json .detail)" == *"more than you hold"* ]]
	done <<- E
		POST   /orgs/$A/members/${ID[ada]}/roles {"role":"org-owner"}
		POST   /orgs/$A/members/${ID[ada]}/roles {"role":"$OWNER_ROLE"}
		POST   /orgs/$A/members/${ID[ada]}/roles {"role":"coach"}
		POST   /orgs/$A/members/${ID[ada]}/roles {"role":"admin"}
		DELETE /orgs/$A/members/${ID[ann]}/roles {"role":"org-owner"}
		DELETE /orgs/$A/members/${ID[ann]} -
		POST   /orgs/$A/roles/$keeper/permissions {"permission":"*:*"}
		POST   /orgs/$A/roles/$keeper/permissions {"permission":"courts:book"}
		POST   /orgs/$A/roles/$keeper/parents {"parent":"org-owner"}
		POST   /orgs/$A/roles/$keeper/parents {"parent":"coach"}
		PATCH  /orgs/$A/roles/$A_ROLE {"description":"mine"}
		DELETE /orgs/$A/roles/$A_ROLE -
		DELETE /orgs/$A/roles/$A_ROLE/permissions {"permission":"courts:book"}
	E
	[ "$(dump)" = "$before" ]
	# What is held on the site counts here as well.
	call roles POST /roles '{"name":"booker"}' "$(bearer "${TOKEN[root]}")"
	call roles POST "/roles/$(json .id)/permissions" '{"permission":"courts:book"}' "$(bearer "${TOKEN[root]}")"
	call roles POST "/users/${ID[ada]}/roles" '{"role":"booker"}' "$(bearer "${TOKEN[root]}")"
	give ada "$A" amy coach
	expect 200
}

@test "the last owner stays, whichever way out is tried" {
	local until=2099-01-01T00:00:00Z
	as ann POST "/orgs/$A/leave"
	expect 403
	as root DELETE "/orgs/$A/members/${ID[ann]}"
	expect 403
	as ann DELETE "/orgs/$A/members/${ID[ann]}/roles" '{"role":"org-owner"}'
	expect 422
	expect_field role
	as ann POST "/orgs/$A/members/${ID[ann]}/roles" "{\"role\":\"org-owner\",\"expires_at\":\"$until\"}"
	expect 422
	expect_field expires_at
	# An owner until then is none to rely on.
	as ann POST "/orgs/$A/members/${ID[amy]}/roles" "{\"role\":\"org-owner\",\"expires_at\":\"$until\"}"
	expect 200
	as ann POST "/orgs/$A/leave"
	expect 403
	give ann "$A" amy org-owner
	expect 200
	# Nor is one who is kept out.
	"$BIN/yett" user lock amy@example.org
	as ann POST "/orgs/$A/leave"
	expect 403
	"$BIN/yett" user unlock amy@example.org
	sign_in amy@example.org
	TOKEN[amy]=$ACCESS
	as ann POST "/orgs/$A/leave"
	expect 204
	as ann GET "/orgs/$A"
	expect 404
	as amy GET "/orgs/$A/members/${ID[amy]}"
	[ "$(jq -c .effective_permissions <<< "$BODY")" = '["*:*","members:read","orgs:read"]' ]
	as amy POST "/orgs/$A/leave"
	expect 403
}

@test "a role is held in the org until its time is over, and by who is a member" {
	local until
	until=$(date -u -d "@$(($(tr -d @ < "$YETT_TEST_CLOCK") / 1000 + 100))" +%FT%TZ)
	as ann POST "/orgs/$A/members/${ID[amy]}/roles" "{\"role\":\"org-admin\",\"expires_at\":\"$until\"}"
	expect 200
	[ "$(jq -c '[[.roles[].role], .effective_roles]' <<< "$BODY")" = '[["org-admin","org-member"],["org-admin","org-member"]]' ]
	activate amy "$A"
	as amy PATCH "/orgs/$A" '{"name":"Amy was here"}'
	expect 200
	pass_time 101
	as amy PATCH "/orgs/$A" '{"name":"Again"}'
	expect 403
	[[ "$(json .detail)" == *orgs:update* ]]
	me "$(bearer "${TOKEN[amy]}")"
	[ "$(jq -c '[.org_roles, .org_permissions]' <<< "$BODY")" = '[["org-member"],["members:read","orgs:read"]]' ]
	as ann POST "/orgs/$A/members/${ID[sam]}/roles" '{"role":"org-member"}'
	expect 404
	as ann DELETE "/orgs/$A/members/${ID[amy]}/roles" '{"role":"org-owner"}'
	expect 404
	as ann POST "/orgs/$A/members/${ID[amy]}/roles" '{"role":"org-admin","expires_at":"2020-01-01T00:00:00Z"}'
	expect 422
	expect_field expires_at
}

@test "an org's own roles: made, changed, joined, dropped; names are unique there and not those of built-in ones" {
	local name
	for name in org-owner org-x admin viewer guest A1 a; do
		as ann POST "/orgs/$A/roles" "{\"name\":\"$name\"}"
		expect 422
		expect_field name
	done
	as ann POST "/orgs/$A/roles" '{"name":"coach"}'
	expect 409 taken
	expect_field name
	# The same name in another org, or on the site, is another role.
	as bob POST "/orgs/$B/roles" '{"name":"coach","description":"Plays"}'
	expect 201
	call roles POST /roles '{"name":"coach"}' "$(bearer "${TOKEN[root]}")"
	expect 201
	as ann PATCH "/orgs/$A/roles/$A_ROLE" '{"name":"trainer","description":"Trains"}'
	expect 200
	[ "$(jq -c '[.name, .description, .built_in, .permissions]' <<< "$BODY")" = '["trainer","Trains",false,["courts:book"]]' ]
	as ann POST "/orgs/$A/roles/$A_ROLE/parents" '{"parent":"org-member"}'
	expect 200
	[ "$(jq -c '[.parents, .effective_permissions]' <<< "$BODY")" = '[["org-member"],["courts:book","members:read","orgs:read"]]' ]
	# Neither the site's roles, nor circles.
	as ann POST "/orgs/$A/roles/$A_ROLE/parents" '{"parent":"viewer"}'
	expect 422
	expect_field parent
	as ann POST "/orgs/$A/roles" '{"name":"junior"}'
	local junior
	junior=$(json .id)
	as ann POST "/orgs/$A/roles/$junior/parents" '{"parent":"trainer"}'
	expect 200
	as ann POST "/orgs/$A/roles/$A_ROLE/parents" '{"parent":"junior"}'
	expect 422
	[[ "$(json '.errors[0].detail')" == *"trainer > junior > trainer"* ]]
	as ann DELETE "/orgs/$A/roles/$junior/parents" '{"parent":"trainer"}'
	expect 200
	as ann DELETE "/orgs/$A/roles/$junior/parents" '{"parent":"trainer"}'
	expect 404
	as ann DELETE "/orgs/$A/roles/$A_ROLE/permissions" '{"permission":"courts:book"}'
	expect 200
	as ann DELETE "/orgs/$A/roles/$A_ROLE/permissions" '{"permission":"courts:book"}'
	expect 404
	as ann POST "/orgs/$A/roles/$A_ROLE/permissions" '{"permission":"courts"}'
	expect 422
	expect_field permission
	as ann DELETE "/orgs/$A/roles/$A_ROLE"
	expect 204
	as ann GET "/orgs/$A/roles/$A_ROLE"
	expect 404
	# What every org has nobody changes from inside one.
	as ann GET "/orgs/$A/roles/$OWNER_ROLE"
	expect 200
	[ "$(jq -c '[.name, .built_in]' <<< "$BODY")" = '["org-owner",true]' ]
	as ann PATCH "/orgs/$A/roles/$OWNER_ROLE" '{"description":"mine"}'
	expect 403
	as ann POST "/orgs/$A/roles/$OWNER_ROLE/permissions" '{"permission":"a:b"}'
	expect 403
	as ann DELETE "/orgs/$A/roles/$OWNER_ROLE"
	expect 403
}

@test "an org has 200 roles, which hold 200 permissions, and a member who holds them all can work" {
	local i
	sql "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 198)
		INSERT INTO roles (id, org_id, name, created_at) SELECT printf('00000000-0000-7000-9000-%012d', i), '$A', printf('r%d', i), 0 FROM n;
		WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 198)
		INSERT INTO permissions (id, org_id, name, created_at) SELECT printf('00000000-0000-7000-9000-%012d', i), '$A', printf('p%d:x', i), 0 FROM n;
		INSERT INTO role_permissions (role_id, permission_id) SELECT id, id FROM roles WHERE org_id = '$A' AND name LIKE 'r%';
		INSERT INTO user_org_roles (user_id, org_id, role_id, assigned_at) SELECT '${ID[amy]}', '$A', id, 0 FROM roles WHERE org_id = '$A'"
	as ann POST "/orgs/$A/roles" '{"name":"r199"}'
	expect 201
	as ann POST "/orgs/$A/roles" '{"name":"r200"}'
	expect 422
	expect_field name
	as ann POST "/orgs/$A/roles/$A_ROLE/permissions" '{"permission":"p199:x"}'
	expect 200
	as ann POST "/orgs/$A/roles/$A_ROLE/permissions" '{"permission":"p200:x"}'
	expect 422
	expect_field permission
	# One that no role holds any more makes room.
	as ann DELETE "/orgs/$A/roles/$A_ROLE/permissions" '{"permission":"p199:x"}'
	as ann POST "/orgs/$A/roles/$A_ROLE/permissions" '{"permission":"p200:x"}'
	expect 200
	activate amy "$A"
	me "$(bearer "${TOKEN[amy]}")"
	expect 200
	[ "$(json '.org_permissions | length')" = 202 ]
	# So much is in no token, or no header would take it.
	[ "$(claims "${TOKEN[amy]}" | jq -c '[.org_id, .org_roles, .org_permissions, .org_rights_omitted, .roles]')" = "[\"$A\",null,null,true,[\"viewer\"]]" ]
	[ ${#TOKEN[amy]} -lt 1500 ]
	as amy GET "/orgs/$A/members"
	expect 200
	as ann GET "/orgs/$A/roles"
	expect 200
}

@test "the active org is in the token, apart from what counts on the site" {
	[ "$(claims "${TOKEN[amy]}" | jq -c '[.org_id, .org_roles, .org_permissions]')" = '[null,null,null]' ]
	me "$(bearer "${TOKEN[amy]}")"
	[ "$(jq -c 'has("org_id")' <<< "$BODY")" = false ]
	local old=${TOKEN[amy]}
	give ann "$A" amy coach
	as amy POST "/orgs/$A/activate"
	expect 200
	[ "$(jq -c '[.token_type, .expires_in, .org_id]' <<< "$BODY")" = "[\"Bearer\",1800,\"$A\"]" ]
	[ "$(claims "$(json .access_token)" | jq -c '[.org_id, .org_roles, .org_permissions, .roles, .permissions]')" = "[\"$A\",[\"coach\",\"org-member\"],[\"courts:book\",\"members:read\",\"orgs:read\"],[\"viewer\"],[\"profile:read\",\"profile:update\"]]" ]
	# The session has it: also with the token from before.
	me "$(bearer "$old")"
	[ "$(jq -c '[.org_id, .org_roles, .org_permissions, .permissions]' <<< "$BODY")" = "[\"$A\",[\"coach\",\"org-member\"],[\"courts:book\",\"members:read\",\"orgs:read\"],[\"profile:read\",\"profile:update\"]]" ]
	as amy GET /users/me/orgs
	[ "$(jq -c '[.items[] | [.name, .roles, .active]]' <<< "$BODY")" = '[["Tennis & Chess Club",["org-member","coach"],true]]' ]
	# A change is seen at the next request.
	as ann DELETE "/orgs/$A/roles/$A_ROLE/permissions" '{"permission":"courts:book"}'
	me "$(bearer "$old")"
	[ "$(jq -c .org_permissions <<< "$BODY")" = '["members:read","orgs:read"]' ]
	as ann DELETE "/orgs/$A/members/${ID[amy]}/roles" '{"role":"coach"}'
	me "$(bearer "$old")"
	[ "$(jq -c .org_roles <<< "$BODY")" = '["org-member"]' ]
	as amy POST /orgs/deactivate
	expect 200
	[ "$(claims "$(json .access_token)" | jq -c .org_id)" = null ]
	me "$(bearer "$old")"
	[ "$(jq -c 'has("org_id")' <<< "$BODY")" = false ]
}

@test "a refreshed token keeps the org; another session of the user has its own" {
	sign_in amy@example.org
	local refresh=$REFRESH
	as amy POST "/orgs/$A/activate" - "HTTP_AUTHORIZATION=Bearer $ACCESS"
	TOKEN[amy]=$ACCESS
	as amy POST "/orgs/$A/activate"
	expect 200
	refresh "$refresh"
	expect 200
	[ "$(claims "$(json .access_token)" | jq -r .org_id)" = "$A" ]
	[ "$(json .user.org_id)" = "$A" ]
	sign_in amy@example.org
	[ "$(claims "$ACCESS" | jq -c .org_id)" = null ]
}

@test "a cookie session, too, acts in an org" {
	sign_in_cookie amy@example.org
	call orgs POST "/orgs/$A/activate" - HTTP_COOKIE="$COOKIE" "$SAME"
	expect 204
	me HTTP_COOKIE="$COOKIE"
	[ "$(json .org_id)" = "$A" ]
	call session GET /account - HTTP_COOKIE="$COOKIE"
	expect 200
	call orgs POST /orgs/deactivate - HTTP_COOKIE="$COOKIE" "$SAME"
	expect 204
	me HTTP_COOKIE="$COOKIE"
	[ "$(jq -c 'has("org_id")' <<< "$BODY")" = false ]
}

@test "who is removed, or leaves, acts there no more from the next request on" {
	activate amy "$A"
	as ada DELETE "/orgs/$A/members/${ID[amy]}"
	expect 204
	me "$(bearer "${TOKEN[amy]}")"
	expect 200
	[ "$(jq -c '[has("org_id"), .permissions]' <<< "$BODY")" = '[false,["profile:read","profile:update"]]' ]
	[ "$(sql "SELECT count(*) FROM sessions WHERE org_id IS NOT NULL")" = 0 ]
	as amy GET "/orgs/$A"
	expect 404
	as amy GET "/orgs/$A/members"
	expect 404
	as ada DELETE "/orgs/$A/members/${ID[amy]}"
	expect 404
	activate ada "$A"
	as ada POST "/orgs/$A/leave"
	expect 204
	me "$(bearer "${TOKEN[ada]}")"
	[ "$(jq -c 'has("org_id")' <<< "$BODY")" = false ]
	[ "$(sql "SELECT count(*) FROM user_org_roles WHERE org_id = '$A'")" = 1 ]
}

@test "all of a deleted org goes, but its rows in the audit log; sessions go on without it" {
	activate amy "$A"
	as ann DELETE "/orgs/$A"
	expect 204
	local table
	for table in roles permissions user_orgs user_org_roles org_domains org_invitations sessions api_keys; do
		[ "$(sql "SELECT count(*) FROM $table WHERE org_id = '$A'")" = 0 ]
	done
	[ "$(sql "SELECT count(*) FROM audit_log WHERE org_id = '$A' AND action = 'org.deleted'")" = 1 ]
	me "$(bearer "${TOKEN[amy]}")"
	expect 200
	as ann GET "/orgs/$A"
	expect 404
	# B has all that it had.
	as bob GET "/orgs/$B/roles/$B_ROLE"
	[ "$(jq -c .permissions <<< "$BODY")" = '["games:end"]' ]
}

@test "who may see orgs on the whole site sees them all, and changes none" {
	call roles POST /roles '{"name":"auditor"}' "$(bearer "${TOKEN[root]}")"
	call roles POST "/roles/$(json .id)/permissions" '{"permission":"orgs:read"}' "$(bearer "${TOKEN[root]}")"
	call roles POST "/users/${ID[sam]}/roles" '{"role":"auditor"}' "$(bearer "${TOKEN[root]}")"
	as sam GET "/orgs/$A"
	expect 200
	as sam GET /orgs
	[ "$(json '.items | length')" = 2 ]
	as sam PATCH "/orgs/$A" '{"name":"x"}'
	expect 403
	[[ "$(json .detail)" == *orgs:update* ]]
	as sam GET "/orgs/$A/members"
	expect 403
	as sam GET "/orgs/$NOBODY"
	expect 404
	as sam GET /users/me/orgs
	[ "$(jq -c .items <<< "$BODY")" = '[]' ]
	# A guest may be given as much.
	as guest GET "/orgs/$A"
	expect 401
	call roles POST /roles/00000000-0000-7000-8000-000000000003/permissions '{"permission":"orgs:read"}' "$(bearer "${TOKEN[root]}")"
	expect 200
	as guest GET "/orgs/$A"
	expect 200
	as guest GET /orgs
	expect 200
	as guest GET "/orgs/$A/members"
	expect 401
	as guest GET "/orgs/$NOBODY"
	expect 404
}

# check NAME QUESTION
check() {
	call roles POST /authz/check "$2" "$(bearer "${TOKEN[$1]}")"
}

@test "a question about an org is answered by what is held there, and says so" {
	give ann "$A" amy coach
	check amy "{\"org\":\"$A\",\"resource\":\"courts\",\"action\":\"book\"}"
	expect 200
	[ "$(jq -c . <<< "$BODY")" = "{\"allowed\":true,\"reason\":{\"org\":\"$A\",\"permission\":\"courts:book\",\"role\":\"coach\",\"through\":[\"coach\"]}}" ]
	# Not without the org, nor in another, nor in one that is not there.
	local org
	check amy '{"resource":"courts","action":"book"}'
	[ "$(jq -c .allowed <<< "$BODY")" = false ]
	check amy "{\"org\":\"$B\",\"resource\":\"courts\",\"action\":\"book\"}"
	[ "$(jq -c .allowed <<< "$BODY")" = false ]
	org=$BODY
	check amy "{\"org\":\"$NOBODY\",\"resource\":\"courts\",\"action\":\"book\"}"
	[ "$BODY" = "$org" ]
	# What is held everywhere is held there as well.
	check amy "{\"org\":\"$A\",\"resource\":\"profile\",\"action\":\"read\"}"
	[ "$(jq -c '[.allowed, .reason.role, .reason.org]' <<< "$BODY")" = '[true,"viewer",null]' ]
	check amy '{"org":"x","resource":"courts","action":"book"}'
	expect 422
	expect_field org
	check amy '{"org":"01890a5d-ac96-774b-bcce-b302099a805X","resource":"courts","action":"book"}'
	expect 422
	expect_field org
	check root "{\"checks\":[{\"subject\":\"${ID[amy]}\",\"org\":\"$A\",\"resource\":\"courts\",\"action\":\"book\"},{\"subject\":\"${ID[amy]}\",\"resource\":\"courts\",\"action\":\"book\"},{\"subject\":\"${ID[amy]}\",\"org\":\"$B\",\"resource\":\"courts\",\"action\":\"book\"}]}"
	[ "$(jq -c '[.results[].allowed]' <<< "$BODY")" = '[true,false,false]' ]
}

@test "who may ask for others in an org asks for its members alone" {
	local refusal
	check ann "{\"subject\":\"${ID[amy]}\",\"org\":\"$A\",\"resource\":\"members\",\"action\":\"read\"}"
	expect 200
	[ "$(jq -c '[.allowed, .reason.org]' <<< "$BODY")" = "[true,\"$A\"]" ]
	check ann "{\"subject\":\"${ID[amy]}\",\"resource\":\"members\",\"action\":\"read\"}"
	expect 403
	refusal=$(told)
	for who in "${ID[root]}" "${ID[ben]}" "$NOBODY"; do
		check ann "{\"subject\":\"$who\",\"org\":\"$A\",\"resource\":\"members\",\"action\":\"read\"}"
		[ "$(told)" = "$refusal" ]
	done
	for org in "$B" "$NOBODY"; do
		check ann "{\"subject\":\"${ID[ben]}\",\"org\":\"$org\",\"resource\":\"members\",\"action\":\"read\"}"
		[ "$(told)" = "$refusal" ]
	done
	check ada "{\"subject\":\"${ID[amy]}\",\"org\":\"$A\",\"resource\":\"members\",\"action\":\"read\"}"
	[ "$(told)" = "$refusal" ]
}

@test "a request that was begun before its sender lost the org changes nothing" {
	begin orgs PATCH "/orgs/$A" '{"name":"Too late"}' "$(bearer "${TOKEN[ada]}")"
	as ann DELETE "/orgs/$A/members/${ID[ada]}"
	finish
	expect 404
	[ "$(sql "SELECT name FROM orgs WHERE id = '$A'")" = "Tennis & Chess Club" ]
	sql "UPDATE users SET can_create_orgs = 0"
	as ann POST /orgs '{"name":"Another"}'
	expect 403
}

@test "every change is in the audit log, with its org and without a name" {
	local seq
	seq=$(sql "SELECT max(seq) FROM audit_log")
	as root POST "/orgs/$A/members" "{\"user\":\"${ID[sam]}\",\"role\":\"org-admin\"}"
	as ann PATCH "/orgs/$A" '{"name":"Unmistakable","metadata":{"unmistakable":1}}'
	as ann POST "/orgs/$A/members/${ID[sam]}/roles" '{"role":"coach"}'
	as ann DELETE "/orgs/$A/members/${ID[sam]}/roles" '{"role":"coach"}'
	as ann POST "/orgs/$A/roles" '{"name":"junior"}'
	local junior
	junior=$(json .id)
	as ann PATCH "/orgs/$A/roles/$junior" '{"description":"x"}'
	as ann POST "/orgs/$A/roles/$junior/permissions" '{"permission":"a:b"}'
	as ann DELETE "/orgs/$A/roles/$junior/permissions" '{"permission":"a:b"}'
	as ann POST "/orgs/$A/roles/$junior/parents" '{"parent":"coach"}'
	as ann DELETE "/orgs/$A/roles/$junior/parents" '{"parent":"coach"}'
	as ann DELETE "/orgs/$A/roles/$junior"
	as sam POST "/orgs/$A/activate"
	as sam POST "/orgs/$A/leave"
	as ann DELETE "/orgs/$A/members/${ID[amy]}"
	as ann DELETE "/orgs/$A"
	expect 204
	[ "$(sql "SELECT group_concat(action, ' ') FROM (SELECT action FROM audit_log WHERE seq > $seq AND org_id = '$A' ORDER BY seq)")" = "org_member.added org.updated org_role.assigned org_role.unassigned org_role.created org_role.updated org_role.allowed org_role.forbidden org_role.inherited org_role.disinherited org_role.deleted session.org_set org_member.left org_member.removed org.deleted" ]
	[ "$(sql "SELECT object_type || ' ' || object_id || ' ' || details FROM audit_log WHERE seq = $seq + 1")" = "user ${ID[sam]} {\"role_id\":\"00000000-0000-7000-8000-000000000012\",\"role\":\"org-admin\"}" ]
	[ "$(sql "SELECT details FROM audit_log WHERE seq = $seq + 2")" = '{"fields":["name","metadata"]}' ]
	[[ "$(sql "SELECT details FROM audit_log WHERE seq > $seq")" != *nmistakable* ]]
	# What is refused leaves none.
	seq=$(sql "SELECT max(seq) FROM audit_log")
	as ben PATCH "/orgs/$B" '{"name":"x"}'
	as sam PATCH "/orgs/$B" '{"name":"x"}'
	as bob POST "/orgs/$B/leave"
	[ "$(sql "SELECT max(seq) FROM audit_log")" = "$seq" ]
}
