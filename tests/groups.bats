#!/usr/bin/env bats
# groups: users who have something in common, and hold roles by that.

load helper

ADMIN_ROLE=00000000-0000-7000-8000-000000000001
GUEST_ROLE=00000000-0000-7000-8000-000000000003
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

# as TOKEN METHOD PATH [BODY]
as() {
	call groups "$2" "$3" "${4--}" "$(bearer "$1")"
}

# new_group NAME [ROLE]...: its id is then in GROUP.
new_group() {
	local role name=$1
	shift
	as "$ADMIN" POST /groups "{\"name\":\"$name\"}"
	expect 201
	GROUP=$(json .id)
	for role; do
		as "$ADMIN" POST "/groups/$GROUP/roles" "{\"role\":\"$role\"}"
		expect 200
	done
}

# new_role NAME [PERMISSION]...
new_role() {
	local permission name=$1 id
	shift
	call roles POST /roles "{\"name\":\"$name\"}" "$(bearer "$ADMIN")"
	expect 201
	id=$(json .id)
	for permission; do
		call roles POST "/roles/$id/permissions" "{\"permission\":\"$permission\"}" "$(bearer "$ADMIN")"
		expect 200
	done
}

# join USER: into GROUP.
join() {
	as "$ADMIN" POST "/groups/$GROUP/members" "{\"user\":\"$1\"}"
	expect 200
}

# give USER ROLE: directly.
give() {
	call roles POST "/users/$1/roles" "{\"role\":\"$2\"}" "$(bearer "$ADMIN")"
	expect 200
}

# check TOKEN RESOURCE ACTION
check() {
	call roles POST /authz/check "{\"resource\":\"$2\",\"action\":\"$3\"}" "$(bearer "$1")"
	expect 200
}

home_of() {
	sql "SELECT id FROM groups WHERE home_user_id = '$1'"
}

@test "every route without a proof answers 401, without its permission 403, and changes nothing" {
	local before line
	new_group staff viewer
	join "$ADMIN_ID"
	before=$(sql .dump)
	while read -r line; do
		set -- $line
		call groups "$1" "$2" "${3--}"
		expect 401 unauthenticated
		as "$ANN" "$1" "$2" "${3--}"
		expect 403 forbidden
		[[ "$(json .detail)" == *"$4"* ]]
	done <<- E
		GET /groups - groups:read
		POST /groups {"name":"another"} groups:create
		GET /groups/$GROUP - groups:read
		PATCH /groups/$GROUP {"name":"another"} groups:update
		DELETE /groups/$GROUP - groups:delete
		GET /groups/$GROUP/members - groups:read
		POST /groups/$GROUP/members {"user":"$ANN_ID"} groups:update
		DELETE /groups/$GROUP/members {"user":"$ADMIN_ID"} groups:update
		GET /groups/$GROUP/roles - groups:read
		POST /groups/$GROUP/roles {"role":"admin"} groups:assign
		DELETE /groups/$GROUP/roles {"role":"viewer"} groups:assign
		GET /users/$ANN_ID/groups - groups:read
	E
	[ "$(sql .dump)" = "$before" ]
}

@test "a group is made, read, changed and dropped, and the log says so" {
	as "$ADMIN" POST /groups '{"name":"Night shift","description":"Who wakes at night"}'
	expect 201
	GROUP=$(json .id)
	[ "$(jq -c '[.name, .description, .home_user_id, .roles]' <<< "$BODY")" = '["Night shift","Who wakes at night",null,[]]' ]
	as "$ADMIN" PATCH "/groups/$GROUP" '{"name":"Day shift","description":""}'
	expect 200
	as "$ADMIN" GET "/groups/$GROUP"
	expect 200
	[ "$(jq -c '[.name, .description]' <<< "$BODY")" = '["Day shift",""]' ]
	as "$ADMIN" PATCH "/groups/$GROUP" '{"description":"By daylight"}'
	expect 200
	[ "$(jq -c '[.name, .description]' <<< "$BODY")" = '["Day shift","By daylight"]' ]
	as "$ADMIN" DELETE "/groups/$GROUP"
	expect 204
	as "$ADMIN" GET "/groups/$GROUP"
	expect 404
	as "$ADMIN" DELETE "/groups/$GROUP"
	expect 404
	[ "$(sql "SELECT group_concat(action || ' ' || details) FROM audit_log WHERE object_id = '$GROUP' AND user_id = '$ADMIN_ID' AND object_type = 'group'")" = \
		'group.created {"name":"Night shift"},group.updated {"name":"Day shift"},group.updated {"name":"Day shift"},group.deleted {"name":"Day shift"}' ]
}

@test "a name has 1 to 200 bytes, no space around it, and is one group's" {
	local name long
	long=$(printf '%0200d' 0)
	for name in a é "$long" 'a b' 'Ünïcode "quoted"'; do
		as "$ADMIN" POST /groups "$(jq -nc --arg n "$name" '{name: $n}')"
		expect 201
	done
	for name in '' "${long}0" ' a' 'a ' ' ' $'a\tb'; do
		as "$ADMIN" POST /groups "$(jq -nc --arg n "$name" '{name: $n}')"
		expect 422
		expect_field name
	done
	as "$ADMIN" POST /groups '{"name":"a"}'
	expect 409 taken
	expect_field name
	new_group b
	as "$ADMIN" PATCH "/groups/$GROUP" '{"name":"a"}'
	expect 409 taken
	expect_field name
	as "$ADMIN" PATCH "/groups/$GROUP" '{"name":""}'
	expect 422
	expect_field name
	as "$ADMIN" PATCH "/groups/$GROUP" "{\"description\":\"$(printf '%0500d' 0)\"}"
	expect 200
	as "$ADMIN" PATCH "/groups/$GROUP" "{\"description\":\"$(printf '%0501d' 0)\"}"
	expect 422
	expect_field description
	as "$ADMIN" POST /groups '{"name":"c","home_user_id":"'"$ANN_ID"'"}'
	expect 422
	expect_field home_user_id
	# People's own groups are called as they like, and are in nobody's way.
	as "$ADMIN" POST /groups '{"name":"ann@example.org"}'
	expect 201
}

@test "a list has 100 at most, in the order of their names, and nobody's own group" {
	sql "WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 149)
		INSERT INTO groups (id, name, created_at) SELECT printf('01890a5d-ac96-774b-bcce-%012d', i), printf('g%03d %% &=+é', 149 - i), 0 FROM n;"
	as "$ADMIN" GET /groups
	expect 200
	[ "$(json '.items | length')" = 100 ]
	[[ "$(json '.items[0].name')" = g000* ]]
	# What is next goes into the query as it is, whatever the names are.
	as "$ADMIN" GET "/groups?after=$(json .next)"
	expect 200
	[ "$(json '.items | length')" = 50 ]
	[[ "$(json '.items[0].name')" = g100* ]]
	[ "$(jq -r .next <<< "$BODY")" = null ]
	local cursor
	for cursor in '*' "$(printf 'A%.0s' $(seq 269))" 'YQ=='; do
		as "$ADMIN" GET "/groups?after=$cursor"
		expect 422
		expect_field after
	done
}

@test "the longest of everything fits into the pages" {
	local text
	text=$(printf '"%.0s' $(seq 100))
	sql "WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 63)
		INSERT INTO roles (id, name, description, created_at) SELECT printf('01890a5d-ac96-774b-bcce-%012d', i), printf('r%063d', i), '$text$text$text$text$text', 0 FROM n;
		WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 149)
		INSERT INTO groups (id, name, description, created_at) SELECT printf('01890a5d-ac96-774b-bccf-%012d', i), printf('g%099d', i) || '$text', '$text$text$text$text$text', 0 FROM n;
		INSERT INTO group_roles (group_id, role_id, assigned_at) SELECT g.id, r.id, 0 FROM groups g, roles r WHERE g.name GLOB 'g0*' AND r.name GLOB 'r0*';
		INSERT INTO group_members (group_id, user_id, added_at) SELECT id, '$ANN_ID', 0 FROM groups WHERE name GLOB 'g0*';
		WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 299)
		INSERT INTO users (id, email, email_key, name, username, created_at, updated_at)
		SELECT printf('01890a5d-ac96-774b-bcce-%012d', i), i || '@example.net', i || '@example.net', '$text$text', printf('u%063d', i), 0, 0 FROM n;
		INSERT INTO group_members (group_id, user_id, added_at) SELECT '01890a5d-ac96-774b-bccf-000000000000', id, 0 FROM users WHERE email GLOB '*@example.net';"
	local path
	for path in /groups "/users/$ANN_ID/groups" /groups/01890a5d-ac96-774b-bccf-000000000000/members \
		/groups/01890a5d-ac96-774b-bccf-000000000000/roles /groups/01890a5d-ac96-774b-bccf-000000000000; do
		as "$ADMIN" GET "$path"
		expect 200
	done
	[ "$(json '.roles | length')" = 64 ]
}

@test "members come and go, once each, and the log says so" {
	new_group staff
	join "$ANN_ID"
	[ "$(jq -c 'keys' <<< "$BODY")" = '["added_at","id","name","username"]' ]
	[ "$(json .id)" = "$ANN_ID" ]
	join "$ANN_ID"
	join "$ADMIN_ID"
	as "$ADMIN" GET "/groups/$GROUP/members"
	expect 200
	[ "$(jq -c '[.items[].id] | sort' <<< "$BODY")" = "$(jq -nc --arg a "$ADMIN_ID" --arg b "$ANN_ID" '[$a, $b] | sort')" ]
	[ "$(jq -r .next <<< "$BODY")" = null ]
	[[ $BODY != *@example.org* ]]
	as "$ADMIN" GET "/users/$ANN_ID/groups"
	expect 200
	[ "$(jq -c '[.items[] | [.name, .home_user_id]] | sort' <<< "$BODY")" = "[[\"ann@example.org\",\"$ANN_ID\"],[\"staff\",null]]" ]
	as "$ADMIN" DELETE "/groups/$GROUP/members" "{\"user\":\"$ANN_ID\"}"
	expect 204
	as "$ADMIN" DELETE "/groups/$GROUP/members" "{\"user\":\"$ANN_ID\"}"
	expect 404
	[ "$(sql "SELECT group_concat(action || ' ' || json_extract(details, '$.user_id')) FROM audit_log WHERE object_id = '$GROUP' AND action GLOB '*member*'")" = \
		"group.member_added $ANN_ID,group.member_added $ADMIN_ID,group.member_removed $ANN_ID" ]
	local user
	for user in x "$NOBODY" "${ANN_ID^^}" 'ann@example.org'; do
		as "$ADMIN" POST "/groups/$GROUP/members" "{\"user\":\"$user\"}"
		expect 422
		expect_field user
	done
	as "$ADMIN" GET "/users/$NOBODY/groups"
	expect 404
	local path
	for path in members roles; do
		as "$ADMIN" GET "/groups/$NOBODY/$path"
		expect 404
	done
	as "$ADMIN" POST "/groups/$NOBODY/members" "{\"user\":\"$ANN_ID\"}"
	expect 404
}

@test "100,000 members are listed page by page, each page at once" {
	new_group crowd viewer
	sql "WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 99999)
		INSERT INTO users (id, email, email_key, created_at, updated_at)
		SELECT printf('01890a5d-ac96-774b-bcce-%012d', i), i || '@example.net', i || '@example.net', 0, 0 FROM n;
		INSERT INTO group_members (group_id, user_id, added_at) SELECT '$GROUP', id, 0 FROM users WHERE email GLOB '*@example.net';"
	as "$ADMIN" GET "/groups/$GROUP/members"
	expect 200
	[ "$(json '.items | length')" = 200 ]
	as "$ADMIN" GET "/groups/$GROUP/members?after=$(json .next)"
	expect 200
	[ "$(json '.items[0].id')" = 01890a5d-ac96-774b-bcce-000000000200 ]
	as "$ADMIN" GET "/groups/$GROUP/members?after=01890a5d-ac96-774b-bcce-000000099799"
	expect 200
	[ "$(json '.items | length')" = 200 ]
	[ "$(jq -r .next <<< "$BODY")" = null ]
	# No page sorts or looks at those before it.
	local plan
	plan=$(sql "EXPLAIN QUERY PLAN SELECT u.id, u.email FROM group_members gm JOIN users u ON u.id = gm.user_id
		WHERE gm.group_id = 'x' AND gm.user_id > 'y' ORDER BY gm.user_id LIMIT 201")
	[[ $plan = *"(group_id=? AND user_id>?)"* ]]
	[[ $plan != *"TEMP B-TREE"* ]]
}

@test "what a group gives counts at the next request, for tokens of before, and why is said" {
	new_role reader posts:read
	new_role writer posts:write
	call roles POST "/roles/$(sql "SELECT id FROM roles WHERE name = 'writer'")/parents" '{"parent":"reader"}' "$(bearer "$ADMIN")"
	expect 200
	new_group "Night shift" writer
	check "$ANN" posts read
	[ "$(jq .allowed <<< "$BODY")" = false ]
	join "$ANN_ID"
	check "$ANN" posts read
	[ "$(jq -c . <<< "$BODY")" = '{"allowed":true,"reason":{"permission":"posts:read","role":"reader","through":["writer","reader"],"through_group":"Night shift"}}' ]
	me "$(bearer "$ANN")"
	[ "$(jq -c .roles <<< "$BODY")" = '["reader","viewer","writer"]' ]
	# Held by oneself, too, the group is not needed.
	give "$ANN_ID" writer
	check "$ANN" posts write
	[ "$(jq -c .reason <<< "$BODY")" = '{"permission":"posts:write","role":"writer","through":["writer"]}' ]
	call roles DELETE "/users/$ANN_ID/roles" '{"role":"writer"}' "$(bearer "$ADMIN")"
	expect 200
	as "$ADMIN" DELETE "/groups/$GROUP/roles" '{"role":"writer"}'
	expect 200
	[ "$(jq -c .items <<< "$BODY")" = '[]' ]
	check "$ANN" posts write
	[ "$(jq .allowed <<< "$BODY")" = false ]
	as "$ADMIN" POST "/groups/$GROUP/roles" '{"role":"reader"}'
	expect 200
	[ "$(jq -c '[.items[].role]' <<< "$BODY")" = '["reader"]' ]
	check "$ANN" posts read
	[ "$(jq .allowed <<< "$BODY")" = true ]
	as "$ADMIN" DELETE "/groups/$GROUP/members" "{\"user\":\"$ANN_ID\"}"
	expect 204
	check "$ANN" posts read
	[ "$(jq .allowed <<< "$BODY")" = false ]
	join "$ANN_ID"
	as "$ADMIN" DELETE "/groups/$GROUP"
	expect 204
	check "$ANN" posts read
	[ "$(jq .allowed <<< "$BODY")" = false ]
	[ "$(sql "SELECT group_concat(action || ' ' || json_extract(details, '$.role')) FROM audit_log WHERE object_id = '$GROUP' AND action GLOB '*role*'")" = \
		'group.role_assigned writer,group.role_unassigned writer,group.role_assigned reader' ]
}

@test "a running program sees a change of a group at once" {
	start_site
	new_role reader posts:read
	new_group staff reader
	# The site of this test has an address of its own, and tokens name the site.
	web POST /auth/login --json "{\"email\":\"root@example.org\",\"password\":\"$PASSWORD\"}"
	take_tokens
	local admin=$ACCESS
	web POST /auth/login --json "{\"email\":\"ann@example.org\",\"password\":\"$PASSWORD\"}"
	take_tokens
	local question='{"resource":"posts","action":"read"}'
	web POST /authz/check --json "$question" -H "Authorization: Bearer $ACCESS"
	expect 200
	[ "$(jq .allowed <<< "$BODY")" = false ]
	web POST "/groups/$GROUP/members" --json "{\"user\":\"$ANN_ID\"}" -H "Authorization: Bearer $admin"
	expect 200
	web POST /authz/check --json "$question" -H "Authorization: Bearer $ACCESS"
	[ "$(jq .allowed <<< "$BODY")" = true ]
	web GET /users/me -H "Authorization: Bearer $ACCESS"
	[ "$(jq -c .roles <<< "$BODY")" = '["reader","viewer"]' ]
	web DELETE "/groups/$GROUP/roles" --json '{"role":"reader"}' -H "Authorization: Bearer $admin"
	expect 200
	web GET /users/me -H "Authorization: Bearer $ACCESS"
	[ "$(jq -c .roles <<< "$BODY")" = '["viewer"]' ]
	web GET "/users/$ANN_ID/groups" -H "Authorization: Bearer $admin"
	expect 200
	[ "$(json '.items | length')" = 2 ]
}

@test "64 roles are the most a group gives, and a role that is not there is said" {
	sql "WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 63)
		INSERT INTO roles (id, name, created_at) SELECT printf('01890a5d-ac96-774b-bcce-%012d', i), printf('r%d', i), 0 FROM n;"
	new_group staff
	sql "INSERT INTO group_roles (group_id, role_id, assigned_at) SELECT '$GROUP', id, 0 FROM roles WHERE name GLOB 'r[0-9]*' AND name <> 'r63'"
	as "$ADMIN" POST "/groups/$GROUP/roles" '{"role":"r63"}'
	expect 200
	[ "$(json '.items | length')" = 64 ]
	as "$ADMIN" POST "/groups/$GROUP/roles" '{"role":"viewer"}'
	expect 422
	expect_field role
	# Roles that hold and inherit something, too: nobody runs out of memory over them.
	sql "INSERT INTO permissions (id, name, created_at) SELECT id, name || ':do', 0 FROM roles WHERE name GLOB 'r[0-9]*';
		INSERT INTO role_permissions (role_id, permission_id) SELECT id, id FROM roles WHERE name GLOB 'r[0-9]*';
		INSERT INTO role_parents SELECT id, '00000000-0000-7000-8000-000000000002' FROM roles WHERE name GLOB 'r[0-9]*';"
	join "$ANN_ID"
	check "$ANN" r63 "do"
	[ "$(json .reason.through_group)" = staff ]
	# One that it has is no other.
	as "$ADMIN" POST "/groups/$GROUP/roles" '{"role":"r1"}'
	expect 200
	[ "$(json '.items | length')" = 64 ]
	local role
	for role in nothing Admin 'a b' org-owner org-member; do
		as "$ADMIN" POST "/groups/$GROUP/roles" "{\"role\":\"$role\"}"
		expect 422
		expect_field role
	done
	as "$ADMIN" DELETE "/groups/$GROUP/roles" '{"role":"viewer"}'
	expect 404
}

@test "who is in 1,000 groups of 64 roles each is let in" {
	sql "WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 63)
		INSERT INTO roles (id, name, created_at) SELECT printf('01890a5d-ac96-774b-bcce-%012d', i), printf('r%d', i), 0 FROM n;
		WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 999)
		INSERT INTO groups (id, name, created_at) SELECT printf('01890a5d-ac96-774b-bccf-%012d', i), printf('g%d', i), 0 FROM n;
		INSERT INTO group_roles (group_id, role_id, assigned_at) SELECT g.id, r.id, 0 FROM groups g, roles r WHERE g.name GLOB 'g[0-9]*' AND r.name GLOB 'r[0-9]*';
		INSERT INTO group_members (group_id, user_id, added_at) SELECT id, '$ANN_ID', 0 FROM groups WHERE name GLOB 'g[0-9]*';"
	me "$(bearer "$ANN")"
	expect 200
	[ "$(json '.roles | length')" = 65 ]
	sign_in ann@example.org
}

@test "nobody gives or takes more than he holds, by way of a group either" {
	local before line high low
	new_role manager groups:read groups:create groups:update groups:delete groups:assign posts:read
	give "$ANN_ID" manager
	new_role writer posts:write
	new_role reader posts:read
	new_group high writer
	high=$GROUP
	join "$ADMIN_ID"
	new_group admins admin
	new_group low reader
	low=$GROUP
	before=$(sql .dump)
	while read -r line; do
		set -- $line
		as "$ANN" "$1" "$2" "${3--}"
		expect 403 forbidden
	done <<- E
		POST /groups/$low/roles {"role":"admin"}
		POST /groups/$low/roles {"role":"writer"}
		DELETE /groups/$high/roles {"role":"writer"}
		POST /groups/$high/roles {"role":"reader"}
		POST /groups/$high/members {"user":"$ANN_ID"}
		DELETE /groups/$high/members {"user":"$ADMIN_ID"}
		PATCH /groups/$high {"name":"harmless"}
		DELETE /groups/$high
		POST /groups/$(sql "SELECT id FROM groups WHERE name = 'admins'")/members {"user":"$ANN_ID"}
	E
	[ "$(sql .dump)" = "$before" ]
	# What he holds, he may.
	as "$ANN" POST "/groups/$low/members" "{\"user\":\"$ADMIN_ID\"}"
	expect 200
	as "$ANN" POST "/groups/$low/roles" '{"role":"viewer"}'
	expect 200
	as "$ANN" DELETE "/groups/$low"
	expect 204
}

@test "everybody has a group of the own, which stays and keeps its owner" {
	GROUP=$(home_of "$ANN_ID")
	as "$ADMIN" GET "/groups/$GROUP"
	expect 200
	[ "$(json .home_user_id)" = "$ANN_ID" ]
	as "$ADMIN" DELETE "/groups/$GROUP"
	expect 403
	as "$ADMIN" DELETE "/groups/$GROUP/members" "{\"user\":\"$ANN_ID\"}"
	expect 422
	expect_field user
	as "$ADMIN" GET "/groups/$GROUP/members"
	[ "$(jq -c '[.items[].id]' <<< "$BODY")" = "[\"$ANN_ID\"]" ]
	as "$ADMIN" PATCH "/groups/$GROUP" '{"description":"of Ann"}'
	expect 200
	# Its name is an address, which the log does not keep.
	[ "$(sql "SELECT count(*) FROM audit_log WHERE details GLOB '*@*'")" = 0 ]
	# Who else is in it loses with the owner what it gave, by tokens of before, too.
	new_role reader posts:read
	as "$ADMIN" POST "/groups/$GROUP/roles" '{"role":"reader"}'
	expect 200
	register bob@example.org
	join "$USER_ID"
	check "$ACCESS" posts read
	[ "$(jq .allowed <<< "$BODY")" = true ]
	"$BIN/yett" user delete ann@example.org --yes
	check "$ACCESS" posts read
	[ "$(jq .allowed <<< "$BODY")" = false ]
	as "$ADMIN" GET "/groups/$GROUP"
	expect 404
}

@test "an admin who is one no more changes nothing by a request begun before" {
	new_group staff
	give "$ANN_ID" admin
	begin groups POST "/groups/$GROUP/roles" '{"role":"admin"}' "$(bearer "$ANN")"
	"$BIN/yett" role revoke ann@example.org admin
	finish
	expect 403
	[ "$(sql "SELECT count(*) FROM group_roles")" = 0 ]
	give "$ANN_ID" admin
	begin groups POST "/groups/$GROUP/members" "{\"user\":\"$ANN_ID\"}" "$(bearer "$ANN")"
	"$BIN/yett" user lock ann@example.org
	finish
	expect 401
	[ "$(sql "SELECT count(*) FROM group_members WHERE group_id = '$GROUP'")" = 0 ]
}

@test "guests read groups where an admin lets them, and change none" {
	new_group staff
	call roles POST "/roles/$GUEST_ROLE/permissions" '{"permission":"groups:read"}' "$(bearer "$ADMIN")"
	expect 200
	call groups GET /groups
	expect 200
	# Guests hold groups:create, which signing up asks for.
	call groups POST /groups '{"name":"sneaky"}'
	expect 401
}
