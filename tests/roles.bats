#!/usr/bin/env bats
# roles: what may be done, by whom, and why.

load helper

ADMIN_ROLE=00000000-0000-7000-8000-000000000001
VIEWER_ROLE=00000000-0000-7000-8000-000000000002
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

# as TOKEN METHOD PATH [BODY]
as() {
	call roles "$2" "$3" "${4--}" "$(bearer "$1")"
}

# new_role NAME [PERMISSION]...: its id is then in ROLE.
new_role() {
	local permission name=$1
	shift
	as "$ADMIN" POST /roles "{\"name\":\"$name\"}"
	expect 201
	ROLE=$(json .id)
	for permission; do
		as "$ADMIN" POST "/roles/$ROLE/permissions" "{\"permission\":\"$permission\"}"
		expect 200
	done
}

# inherit ID NAME
inherit() {
	as "$ADMIN" POST "/roles/$1/parents" "{\"parent\":\"$2\"}"
}

give() {
	as "$ADMIN" POST "/users/$1/roles" "{\"role\":\"$2\"}"
	expect 200
}

# check TOKEN RESOURCE ACTION [SUBJECT]
check() {
	as "$1" POST /authz/check "$(jq -nc --arg r "$2" --arg a "$3" --arg s "${4-}" '{resource: $r, action: $a} + if $s == "" then {} else {subject: $s} end')"
	expect 200
}

allowed() {
	[ "$(jq -r .allowed <<< "$BODY")" = true ]
}

refused() {
	[ "$(jq -r .allowed <<< "$BODY")" = false ]
}

@test "every route without a proof answers 401, without its permission 403, and changes nothing" {
	local before line
	new_role editor posts:read
	before=$(sql .dump)
	while read -r line; do
		set -- $line
		call roles "$1" "$2" "${3--}"
		expect 401 unauthenticated
		as "$ANN" "$1" "$2" "${3--}"
		expect 403 forbidden
		[[ "$(json .detail)" == *"$4"* ]]
	done <<- E
		GET /roles - roles:read
		POST /roles {"name":"author"} roles:create
		GET /roles/$ROLE - roles:read
		PATCH /roles/$ROLE {"name":"author"} roles:update
		DELETE /roles/$ROLE - roles:delete
		POST /roles/$ROLE/permissions {"permission":"a:b"} roles:update
		DELETE /roles/$ROLE/permissions {"permission":"posts:read"} roles:update
		POST /roles/$ROLE/parents {"parent":"viewer"} roles:update
		DELETE /roles/$ROLE/parents {"parent":"viewer"} roles:update
		GET /users/$ANN_ID/roles - roles:read
		POST /users/$ANN_ID/roles {"role":"admin"} roles:assign
		DELETE /users/$ANN_ID/roles {"role":"viewer"} roles:assign
	E
	as "$ANN" POST /authz/check "{\"subject\":\"$ADMIN_ID\",\"resource\":\"a\",\"action\":\"b\"}"
	expect 403
	[[ "$(json .detail)" == *authz:check* ]]
	[ "$(sql .dump)" = "$before" ]
}

@test "a role is made, read, changed and dropped" {
	as "$ADMIN" POST /roles '{"name":"editor","description":"Keeps the texts"}'
	expect 201
	ROLE=$(json .id)
	[ "$(jq -c '[.name, .description, .built_in, .permissions, .parents]' <<< "$BODY")" = '["editor","Keeps the texts",false,[],[]]' ]
	as "$ADMIN" PATCH "/roles/$ROLE" '{"name":"author","description":""}'
	expect 200
	[ "$(jq -c '[.name, .description]' <<< "$BODY")" = '["author",""]' ]
	as "$ADMIN" GET "/roles/$ROLE"
	expect 200
	[ "$(json .name)" = author ]
	as "$ADMIN" GET /roles
	expect 200
	[ "$(jq -c '[.items[].name]' <<< "$BODY")" = '["admin","author","guest","org-admin","org-member","org-owner","viewer"]' ]
	as "$ADMIN" DELETE "/roles/$ROLE"
	expect 204
	as "$ADMIN" GET "/roles/$ROLE"
	expect 404
	as "$ADMIN" DELETE "/roles/$ROLE"
	expect 404
}

@test "names are two to 64 small letters and so on, and unique" {
	local name
	for name in ab a1 "a$(printf '%063d' 0)" a.b-c_d; do
		as "$ADMIN" POST /roles "{\"name\":\"$name\"}"
		expect 201
	done
	for name in a A1 1a "a b" "a:b" "a$(printf '%064d' 0)" '*' é; do
		as "$ADMIN" POST /roles "{\"name\":\"$name\"}"
		expect 422
		expect_field name
	done
	as "$ADMIN" POST /roles '{"name":"ab"}'
	expect 409 taken
	expect_field name
}

@test "permissions are resource:action with stars" {
	local permission
	new_role editor
	for permission in posts:read 'posts:*' '*:read' '*:*' a:b "$(printf 'a%063d:b%063d' 0 0)" a.b-c_d:e.f; do
		as "$ADMIN" POST "/roles/$ROLE/permissions" "{\"permission\":\"$permission\"}"
		expect 200
	done
	[ "$(json '.permissions | length')" = 7 ]
	for permission in posts posts: :read a:b:c A:b 'a b:c' 'pos*:read' "$(printf 'a%064d:b' 0)" '**:a'; do
		as "$ADMIN" POST "/roles/$ROLE/permissions" "{\"permission\":\"$permission\"}"
		expect 422
		expect_field permission
	done
	# Twice is once.
	as "$ADMIN" POST "/roles/$ROLE/permissions" '{"permission":"a:b"}'
	expect 200
	[ "$(json '.permissions | length')" = 7 ]
	as "$ADMIN" DELETE "/roles/$ROLE/permissions" '{"permission":"a:b"}'
	expect 200
	[ "$(json '.permissions | length')" = 6 ]
	as "$ADMIN" DELETE "/roles/$ROLE/permissions" '{"permission":"a:b"}'
	expect 404
}

@test "roles inherit over several parents, and a circle is refused with its path" {
	new_role reader posts:read
	local reader=$ROLE
	new_role author posts:write
	local author=$ROLE
	new_role critic reviews:write
	new_role editor posts:delete
	local editor=$ROLE
	inherit "$author" reader
	expect 200
	inherit "$editor" author
	expect 200
	inherit "$editor" critic
	expect 200
	[ "$(jq -c .parents <<< "$BODY")" = '["author","critic"]' ]
	[ "$(jq -c .effective_permissions <<< "$BODY")" = '["posts:delete","posts:read","posts:write","reviews:write"]' ]
	inherit "$reader" editor
	expect 422
	expect_field parent
	[[ "$(json '.errors[0].detail')" == *"reader > editor > author > reader"* ]]
	inherit "$reader" reader
	expect 422
	[[ "$(json '.errors[0].detail')" == *"reader > reader"* ]]
	inherit "$reader" nothing
	expect 422
	expect_field parent
	as "$ADMIN" DELETE "/roles/$editor/parents" '{"parent":"author"}'
	expect 200
	[ "$(jq -c .effective_permissions <<< "$BODY")" = '["posts:delete","reviews:write"]' ]
	as "$ADMIN" DELETE "/roles/$editor/parents" '{"parent":"author"}'
	expect 404
	inherit "$reader" editor
	expect 200
}

@test "what a user holds is seen at the next request, by tokens issued before" {
	new_role reader posts:read
	local reader=$ROLE
	new_role editor posts:write
	inherit "$ROLE" reader
	give "$ANN_ID" editor
	[ "$(jq -c '[.items[].role]' <<< "$BODY")" = '["editor","viewer"]' ]
	[ "$(jq -c .effective_roles <<< "$BODY")" = '["editor","reader","viewer"]' ]
	me "$(bearer "$ANN")"
	[ "$(jq -c '[.roles, .permissions]' <<< "$BODY")" = '[["editor","reader","viewer"],["posts:read","posts:write","profile:read","profile:update"]]' ]
	as "$ADMIN" DELETE "/roles/$reader/permissions" '{"permission":"posts:read"}'
	expect 200
	me "$(bearer "$ANN")"
	[ "$(jq -c '.permissions' <<< "$BODY")" = '["posts:write","profile:read","profile:update"]' ]
	as "$ADMIN" DELETE "/users/$ANN_ID/roles" '{"role":"editor"}'
	expect 200
	me "$(bearer "$ANN")"
	[ "$(jq -c '.roles' <<< "$BODY")" = '["viewer"]' ]
	as "$ADMIN" DELETE "/users/$ANN_ID/roles" '{"role":"editor"}'
	expect 404
}

@test "a role is held until its time is over" {
	local until
	new_role editor posts:write
	until=$(date -u -d "@$(($(tr -d @ < "$YETT_TEST_CLOCK") / 1000 + 100))" +%FT%TZ)
	as "$ADMIN" POST "/users/$ANN_ID/roles" "{\"role\":\"editor\",\"expires_at\":\"$until\"}"
	expect 200
	[[ "$(json '.items[] | select(.role == "editor").expires_at')" == "${until%Z}"* ]]
	check "$ANN" posts write
	allowed
	pass_time 101
	check "$ANN" posts write
	refused
	as "$ADMIN" GET "/users/$ANN_ID/roles"
	[ "$(jq -c '[.items[].role]' <<< "$BODY")" = '["viewer"]' ]
	local time
	for time in 2020-01-01T00:00:00Z 2030-02-30T00:00:00Z 2030-01-01 "2030-01-01T00:00:00" 2030-01-01T00:00:00+01:00 2030-01-01T25:00:00Z x; do
		as "$ADMIN" POST "/users/$ANN_ID/roles" "{\"role\":\"editor\",\"expires_at\":\"$time\"}"
		expect 422
		expect_field expires_at
	done
	as "$ADMIN" POST "/users/$ANN_ID/roles" '{"role":"editor","expires_at":null}'
	expect 200
	pass_time 1000000
	sign_in ann@example.org
	check "$ACCESS" posts write
	allowed
}

@test "the answer to a question says why" {
	new_role reader 'posts:*'
	new_role author
	inherit "$ROLE" reader
	new_role editor
	inherit "$ROLE" author
	give "$ANN_ID" editor
	check "$ANN" posts read
	[ "$(jq -c . <<< "$BODY")" = '{"allowed":true,"reason":{"permission":"posts:*","role":"reader","through":["editor","author","reader"]}}' ]
	check "$ANN" users read
	[ "$(jq -c . <<< "$BODY")" = '{"allowed":false,"reason":{"missing":"no role of the user holds users:read"}}' ]
	check "$ADMIN" posts read "$ANN_ID"
	allowed
	check "$ADMIN" whatever whatever
	[ "$(jq -c .reason <<< "$BODY")" = '{"permission":"*:*","role":"admin","through":["admin"]}' ]
	check "$ADMIN" posts read "$NOBODY"
	refused
	[ "$(json .reason.missing)" = "there is no such user" ]
	"$BIN/yett" user lock ann@example.org
	check "$ADMIN" posts read "$ANN_ID"
	refused
	[ "$(json .reason.missing)" = "the user is locked" ]
	# Of one star held none else comes.
	check "$ADMIN" '*' '*' "$ADMIN_ID"
	allowed
}

@test "100 questions at once are answered, 101 not, nor for more than 16 users" {
	new_role reader posts:read
	give "$ANN_ID" reader
	as "$ADMIN" POST /authz/check "$(jq -nc --arg s "$ANN_ID" '{checks: [range(100) | {subject: $s, resource: "posts", action: (if . % 2 == 0 then "read" else "write" end)}]}')"
	expect 200
	[ "$(json '[.results[] | select(.allowed)] | length')" = 50 ]
	[ "$(json '.results | length')" = 100 ]
	as "$ADMIN" POST /authz/check "$(jq -nc '{checks: [range(101) | {resource: "posts", action: "read"}]}')"
	expect 422
	expect_field checks
	as "$ADMIN" POST /authz/check "$(jq -nc --arg a "$ANN_ID" --arg b "$ADMIN_ID" '{checks: [range(16) | {subject: (if . % 2 == 0 then $a else $b end), resource: "posts", action: "read"}]}')"
	expect 200
	as "$ADMIN" POST /authz/check "$(jq -nc --arg a "$ANN_ID" --arg b "$ADMIN_ID" '{checks: [range(17) | {subject: (if . % 2 == 0 then $a else $b end), resource: "posts", action: "read"}]}')"
	expect 422
	expect_field checks
	as "$ADMIN" POST /authz/check '{"checks":[{"resource":"posts","action":"read"},{"resource":"Posts","action":"read"}]}'
	expect 422
	expect_field 'checks[1].resource'
	as "$ADMIN" POST /authz/check '{"checks":[1]}'
	expect 422
	expect_field 'checks[0]'
	as "$ADMIN" POST /authz/check '{"checks":{}}'
	expect 422
	expect_field checks
	as "$ADMIN" POST /authz/check '{"checks":[],"action":"read"}'
	expect 422
	expect_field checks
}

@test "200 roles of five levels are looked through" {
	sql "WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 199)
		INSERT INTO roles (id, name, created_at) SELECT printf('01890a5d-ac96-774b-bcce-%012d', i), printf('r%d', i), 0 FROM n;
		INSERT INTO permissions (id, name, created_at) SELECT id, name || ':do', 0 FROM roles WHERE name GLOB 'r[0-9]*';
		INSERT INTO role_permissions (role_id, permission_id) SELECT id, id FROM permissions WHERE name GLOB 'r[0-9]*:do';
		WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 159)
		INSERT INTO role_parents SELECT printf('01890a5d-ac96-774b-bcce-%012d', i), printf('01890a5d-ac96-774b-bcce-%012d', i + 40) FROM n;
		WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 39)
		INSERT INTO user_roles (user_id, role_id, assigned_at) SELECT '$ANN_ID', printf('01890a5d-ac96-774b-bcce-%012d', i), 0 FROM n;"
	check "$ANN" r199 "do"
	allowed
	[ "$(jq -c .reason.through <<< "$BODY")" = '["r39","r79","r119","r159","r199"]' ]
	as "$ANN" POST /authz/check "$(jq -nc '{checks: [range(100) | {resource: "r\(. * 2)", action: "do"}]}')"
	expect 200
	[ "$(json '[.results[] | select(.allowed)] | length')" = 100 ]
	as "$ADMIN" GET /roles
	expect 200
	[ "$(json '.items | length')" = 100 ]
	as "$ADMIN" GET "/roles?after=$(json .next)"
	expect 200
	as "$ADMIN" GET "/roles?after=$(json .next)"
	expect 200
	[ "$(json '.items[-1].name')" = viewer ]
	[ "$(jq -r .next <<< "$BODY")" = null ]
}

@test "nobody gives, takes or changes what is more than he holds" {
	local before
	new_role manager roles:read roles:create roles:update roles:delete roles:assign posts:read
	local manager=$ROLE
	give "$ANN_ID" manager
	new_role writer posts:write
	local writer=$ROLE
	new_role reader posts:read
	local reader=$ROLE
	before=$(sql .dump)
	while read -r line; do
		set -- $line
		as "$ANN" "$1" "$2" "${3--}"
		expect 403 forbidden
	done <<- E
		POST /users/$ANN_ID/roles {"role":"admin"}
		POST /users/$ANN_ID/roles {"role":"writer"}
		DELETE /users/$ADMIN_ID/roles {"role":"admin"}
		POST /roles/$manager/permissions {"permission":"*:*"}
		POST /roles/$manager/permissions {"permission":"posts:*"}
		POST /roles/$manager/permissions {"permission":"posts:write"}
		POST /roles/$manager/parents {"parent":"admin"}
		POST /roles/$manager/parents {"parent":"writer"}
		PATCH /roles/$ADMIN_ROLE {"description":"mine"}
		DELETE /roles/$writer
		POST /roles/$writer/parents {"parent":"reader"}
		DELETE /roles/$writer/permissions {"permission":"posts:write"}
	E
	[ "$(sql .dump)" = "$before" ]
	# What he holds, he may.
	as "$ANN" POST "/roles/$reader/permissions" '{"permission":"roles:read"}'
	expect 200
	as "$ANN" POST "/users/$ADMIN_ID/roles" '{"role":"reader"}'
	expect 200
	as "$ANN" DELETE "/roles/$reader"
	expect 204
}

@test "built-in roles stay, and so does the last admin" {
	local id
	for id in $ADMIN_ROLE $VIEWER_ROLE 00000000-0000-7000-8000-000000000003; do
		as "$ADMIN" DELETE "/roles/$id"
		expect 403
		as "$ADMIN" PATCH "/roles/$id" '{"name":"another"}'
		expect 422
		expect_field name
	done
	as "$ADMIN" PATCH "/roles/$VIEWER_ROLE" '{"description":"Everybody"}'
	expect 200
	as "$ADMIN" DELETE "/roles/$ADMIN_ROLE/permissions" '{"permission":"*:*"}'
	expect 422
	as "$ADMIN" DELETE "/users/$ADMIN_ID/roles" '{"role":"admin"}'
	expect 422
	expect_field role
	give "$ANN_ID" admin
	as "$ADMIN" DELETE "/users/$ADMIN_ID/roles" '{"role":"admin"}'
	expect 200
	as "$ADMIN" GET /roles
	expect 403
	as "$ANN" GET /roles
	expect 200
}

@test "a role or user that is not there is said" {
	as "$ADMIN" GET "/roles/$NOBODY"
	expect 404
	as "$ADMIN" GET /roles/x
	expect 404
	as "$ADMIN" GET "/users/$NOBODY/roles"
	expect 404
	as "$ADMIN" POST "/users/$NOBODY/roles" '{"role":"viewer"}'
	expect 404
	as "$ADMIN" POST "/users/$ANN_ID/roles" '{"role":"nothing"}'
	expect 422
	expect_field role
}

@test "an admin who is one no more changes nothing by a request begun before" {
	give "$ANN_ID" admin
	begin roles POST /roles '{"name":"editor"}' "$(bearer "$ANN")"
	"$BIN/yett" role revoke ann@example.org admin
	finish
	expect 403
	[ "$(sql "SELECT count(*) FROM roles WHERE name = 'editor'")" = 0 ]
	give "$ANN_ID" admin
	begin roles POST "/users/$ANN_ID/roles" '{"role":"guest"}' "$(bearer "$ANN")"
	"$BIN/yett" user lock ann@example.org
	finish
	expect 401
}

@test "an admin who is locked changes nothing any more" {
	echo "$PASSWORD" | "$BIN/yett" user add other@example.org --role admin
	"$BIN/yett" user lock root@example.org
	as "$ADMIN" POST /roles '{"name":"editor"}'
	expect 401
}

@test "who proves nothing is the guest, and may what an admin lets that role hold" {
	local guest=00000000-0000-7000-8000-000000000003
	call roles POST /authz/check '{"resource":"users","action":"peek"}'
	expect 200
	allowed
	[ "$(jq -c .reason <<< "$BODY")" = '{"permission":"users:peek","role":"guest","through":["guest"]}' ]
	call roles POST /authz/check '{"resource":"roles","action":"read"}'
	expect 200
	refused
	call roles GET /roles
	expect 401
	as "$ADMIN" POST "/roles/$guest/permissions" '{"permission":"roles:read"}'
	expect 200
	call roles GET /roles
	expect 200
	# What changes something wants a proof, whatever a guest holds.
	as "$ADMIN" POST "/roles/$guest/permissions" '{"permission":"roles:create"}'
	expect 200
	call roles POST /roles '{"name":"sneaky"}'
	expect 401
	# A proof that is none does not make a guest.
	call roles GET /roles - "$(bearer nonsense)"
	expect 401
	as "$ADMIN" DELETE "/roles/$guest/permissions" '{"permission":"roles:read"}'
	expect 200
	call roles GET /roles
	expect 401
}

# question ATTRIBUTES [SUBJECT]: may ann write this post?
question() {
	as "$ANN" POST /authz/check "{\"resource\":\"posts\",\"action\":\"write\",\"attributes\":$1}"
	expect 200
}

allow_if() {
	as "$ADMIN" POST "/roles/$ROLE/permissions" "$(jq -nc --arg p "$1" --arg c "$2" '{permission: $p, condition: $c}')"
}

@test "a permission on a condition is held by who meets it, and the answer says which" {
	new_role author
	allow_if posts:write ":attributes ->> 'owner' = :subject"
	expect 200
	[ "$(jq -c '[.permissions, .conditional_permissions, .effective_permissions]' <<< "$BODY")" = '[[],[{"permission":"posts:write","condition":":attributes ->> '"'owner'"' = :subject"}],[]]' ]
	give "$ANN_ID" author
	question "{\"owner\":\"$ANN_ID\"}"
	allowed
	[ "$(json .reason.role)" = author ]
	# Which condition it was is for who may ask about anybody.
	[ "$(jq .reason.condition <<< "$BODY")" = null ]
	as "$ADMIN" POST /authz/check "{\"subject\":\"$ANN_ID\",\"resource\":\"posts\",\"action\":\"write\",\"attributes\":{\"owner\":\"$ANN_ID\"}}"
	allowed
	[ "$(json .reason.condition)" = ":attributes ->> 'owner' = :subject" ]
	question "{\"owner\":\"$ADMIN_ID\"}"
	refused
	[[ "$(json .reason.missing)" == *"on a condition"* ]]
	question '{}'
	refused
	question '{"owner":null}'
	refused
	# Nothing of Yett itself, and no token, takes it for held.
	me "$(bearer "$ANN")"
	[ "$(jq -c .permissions <<< "$BODY")" = '["profile:read","profile:update"]' ]
	# Without the condition it is held always; the other way round, too.
	as "$ADMIN" POST "/roles/$ROLE/permissions" '{"permission":"posts:write"}'
	question '{}'
	allowed
	allow_if posts:write ":hour > 24"
	question '{}'
	refused
}

@test "conditions know the time, and what admins wrote of the user" {
	new_role author
	give "$ANN_ID" author
	echo "@1798804800000" > "$YETT_TEST_CLOCK" # Friday 2027-01-01 12:00 UTC
	sign_in ann@example.org
	ANN=$ACCESS
	sign_in root@example.org
	ADMIN=$ACCESS
	allow_if posts:write ":time BETWEEN '08:00' AND '17:59' AND :weekday BETWEEN 1 AND 5"
	expect 200
	question '{}'
	allowed
	echo "@1798826400000" > "$YETT_TEST_CLOCK" # 18:00
	sign_in ann@example.org
	ANN=$ACCESS
	question '{}'
	refused
	sign_in root@example.org
	ADMIN=$ACCESS
	allow_if posts:write ":user ->> 'team' = :attributes ->> 'team'"
	question '{"team":"red"}'
	refused
	# What users write of themselves is no fact.
	call session PATCH /users/me '{"properties":{"team":"red"}}' "$(bearer "$ANN")"
	expect 200
	question '{"team":"red"}'
	refused
	sql "UPDATE users SET attributes = '{\"team\":\"red\"}' WHERE id = '$ANN_ID'"
	as "$ADMIN" PATCH "/roles/$ROLE" '{"description":"so that it is read anew"}'
	question '{"team":"red"}'
	allowed
}

@test "of several roles one that meets its condition is enough" {
	new_role author
	allow_if posts:write ":attributes ->> 'owner' = :subject"
	give "$ANN_ID" author
	new_role reviewer
	allow_if 'posts:*' ":attributes ->> 'draft'"
	give "$ANN_ID" reviewer
	question '{"draft":true}'
	allowed
	[ "$(json .reason.role)" = reviewer ]
	question '{"draft":false}'
	refused
}

@test "a condition that is none is refused by name, and changes nothing" {
	local condition
	new_role author
	for condition in ")" "(SELECT 1)" "1; SELECT 1" "randomblob(9)" "1) FROM sqlite_schema WHERE (1" ":nothing = 1" "x = 1" "$(printf '%01001d' 1)"; do
		allow_if posts:write "$condition"
		expect 422
		expect_field condition
	done
	as "$ADMIN" GET "/roles/$ROLE"
	[ "$(jq -c '[.permissions, .conditional_permissions]' <<< "$BODY")" = '[[],[]]' ]
	allow_if posts:write "$(printf '%01000d' 1)"
	expect 200
	as "$ANN" POST /authz/check '{"resource":"posts","action":"write","attributes":[]}'
	expect 422
	expect_field attributes
}

@test "who may give a permission on a condition must hold it without one" {
	new_role keeper roles:update roles:read roles:assign
	allow_if posts:write "1"
	give "$ANN_ID" keeper
	local keeper=$ROLE
	new_role author
	as "$ANN" POST "/roles/$ROLE/permissions" '{"permission":"posts:write"}'
	expect 403
	as "$ANN" POST "/roles/$ROLE/permissions" '{"permission":"posts:write","condition":"1"}'
	expect 403
	# A role that holds one only so is more than he holds, too.
	as "$ANN" POST "/users/$ANN_ID/roles" '{"role":"keeper"}'
	expect 403
	# What makes an admin one is under no condition.
	as "$ADMIN" POST "/roles/$ADMIN_ROLE/permissions" '{"permission":"*:*","condition":"0"}'
	expect 422
	expect_field permission
}

@test "attributes are at most 16384 bytes, and their numbers exact" {
	new_role author
	allow_if posts:write ":attributes ->> 'owner' = 9007199254740991"
	give "$ANN_ID" author
	question '{"owner":9007199254740991}'
	allowed
	local number
	for number in 9007199254740992 9007199254740993 -9007199254740993 '[[1e300]]'; do
		as "$ANN" POST /authz/check "{\"resource\":\"posts\",\"action\":\"write\",\"attributes\":{\"owner\":$number}}"
		expect 422
		expect_field attributes
	done
	question "{\"a\":\"$(printf '%016376d' 0)\"}"
	as "$ANN" POST /authz/check "{\"checks\":[{\"resource\":\"posts\",\"action\":\"write\",\"attributes\":{\"a\":\"$(printf '%016377d' 0)\"}}]}"
	expect 422
	expect_field 'checks[0].attributes'
}

@test "the last admin stays one: for good, and able to sign in" {
	local later
	later=$(date -u -d "@$(($(tr -d @ < "$YETT_TEST_CLOCK") / 1000 + 100))" +%FT%TZ)
	as "$ADMIN" POST "/users/$ADMIN_ID/roles" "{\"role\":\"admin\",\"expires_at\":\"$later\"}"
	expect 422
	expect_field role
	# One who is locked, disabled or admin for a while does not count.
	as "$ADMIN" POST "/users/$ANN_ID/roles" "{\"role\":\"admin\",\"expires_at\":\"$later\"}"
	expect 200
	as "$ADMIN" DELETE "/users/$ADMIN_ID/roles" '{"role":"admin"}'
	expect 422
	give "$ANN_ID" admin
	yett user lock ann@example.org
	as "$ADMIN" DELETE "/users/$ADMIN_ID/roles" '{"role":"admin"}'
	expect 422
	yett user unlock ann@example.org
	sql "UPDATE users SET enabled = 0 WHERE id = '$ANN_ID'"
	as "$ADMIN" DELETE "/users/$ADMIN_ID/roles" '{"role":"admin"}'
	expect 422
	sql "UPDATE users SET enabled = 1 WHERE id = '$ANN_ID'"
	as "$ADMIN" DELETE "/users/$ADMIN_ID/roles" '{"role":"admin"}'
	expect 200
}

@test "what is held in orgs is not given on the whole site" {
	local role
	for role in org-owner org-admin org-member; do
		as "$ADMIN" POST "/users/$ANN_ID/roles" "{\"role\":\"$role\"}"
		expect 422
		expect_field role
	done
}

@test "512 roles, 512 permissions and 32 on conditions are taken, one more is not, and nobody is shut out" {
	local i
	sql "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 511 - (SELECT count(*) FROM roles))
		INSERT INTO roles (id, name, created_at) SELECT printf('01890a5d-ac96-774b-bcce-%012d', i), printf('r%d', i), 0 FROM n;"
	new_role last
	as "$ADMIN" POST /roles '{"name":"over"}'
	expect 422
	expect_field name
	# All of them under viewer, a tree as wide as it may be.
	sql "INSERT INTO role_parents SELECT '$VIEWER_ROLE', id FROM roles WHERE name GLOB 'r[0-9]*'"
	sql "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 511 - (SELECT count(*) FROM permissions))
		INSERT INTO permissions (id, name, created_at) SELECT printf('01890a5d-ac96-774b-bcce-%012d', i), printf('x:p%d', i), 0 FROM n;"
	sql "INSERT INTO role_permissions (role_id, permission_id) SELECT '$VIEWER_ROLE', id FROM permissions WHERE name GLOB 'x:*'"
	as "$ADMIN" POST "/roles/$ROLE/permissions" '{"permission":"y:last"}'
	expect 200
	as "$ADMIN" POST "/roles/$ROLE/permissions" '{"permission":"y:over"}'
	expect 422
	expect_field permission
	as "$ADMIN" POST "/roles/$ROLE/permissions" '{"permission":"y:last"}'
	expect 200
	for i in $(seq 32); do
		allow_if "x:p$i" 1
		expect 200
	done
	allow_if x:p33 1
	expect 422
	allow_if x:p1 0
	expect 200
	sign_in ann@example.org
	me "$(bearer "$ACCESS")"
	expect 200
	[ "$(json '.roles | length')" -gt 500 ]
	[ "${#ACCESS}" -lt 2000 ] # the token says that it leaves them out
	as "$ADMIN" GET "/roles/$VIEWER_ROLE"
	expect 200
	as "$ADMIN" GET /roles
	expect 200
	# What no role holds any more is forgotten, and makes room.
	as "$ADMIN" DELETE "/roles/$ROLE/permissions" '{"permission":"y:last"}'
	expect 200
	as "$ADMIN" POST "/roles/$ROLE/permissions" '{"permission":"y:over"}'
	expect 200
}
