#!/usr/bin/env bats
# users: who there is, looked after by who may.

load helper

ADMIN_ROLE=00000000-0000-7000-8000-000000000001
NOBODY=01890a5d-ac96-774b-bcce-b302099a8057

setup() {
	fresh_state
	stop_time
	echo "$PASSWORD" | "$BIN/yett" user add root@example.org --role admin > /dev/null
	sign_in root@example.org
	ADMIN=$ACCESS
	ADMIN_ID=$(sql "SELECT id FROM users WHERE email = 'root@example.org'")
	pass_time 1
	register ann@example.org
	ANN=$ACCESS
	ANN_ID=$USER_ID
}

teardown() {
	stop_site
	stop_served
}

# as TOKEN METHOD PATH [BODY [VARIABLE=VALUE]...]
as() {
	local token=$1 method=$2 path=$3 body=${4--}
	shift 3
	[ $# = 0 ] || shift
	call users "$method" "$path" "$body" "$(bearer "$token")" "$@"
}

# may EMAIL PERMISSION...: a role with these for this user.
may() {
	local email=$1 permission
	shift
	"$BIN/yett" role add helper > /dev/null
	for permission; do
		"$BIN/yett" role allow helper "$permission" > /dev/null
	done
	"$BIN/yett" role grant "$email" helper > /dev/null
}

NDJSON=CONTENT_TYPE=application/x-ndjson

# import TOKEN LINES
import() {
	as "$1" POST /users/import "$2" $NDJSON
}

# new EMAIL [MEMBERS]: a user made by the admin; the id is in ID.
new() {
	pass_time 1
	as "$ADMIN" POST /users "{\"email\":\"$1\"${2:+,$2}}"
	expect 201
	ID=$(json .id)
}

emails() {
	jq -r '.items[].email' <<< "$BODY" | xargs
}

# audited ACTION OBJECT: the last row of the log about this user, or any.
audited() {
	[ "$(sql "SELECT action FROM audit_log WHERE object_id = '$2' ORDER BY seq DESC LIMIT 1")" = "$1" ] || {
		sql "SELECT seq, action, object_id, details FROM audit_log" >&2
		return 1
	}
}

@test "every route without a proof answers 401, without its permission 403, and changes nothing" {
	local before line
	before=$(sql .dump)
	while read -r line; do
		set -- $line
		type=()
		[ "$2" != /users/import ] || type=("$NDJSON")
		call users "$1" "$2" "${3--}" "${type[@]}"
		expect 401 unauthenticated
		as "$ANN" "$1" "$2" "${3--}" "${type[@]}"
		expect 403 forbidden
		[[ "$(json .detail)" == *"$4"* ]]
	done <<- E
		GET /users - users:read
		POST /users {"email":"kim@example.org"} users:create
		POST /users/import {"email":"kim@example.org"} users:import
		GET /users/export - users:export
		GET /users/by-email?value=root@example.org - users:read
		GET /users/by-username?value=root - users:read
		GET /users/by-legacy-id?value=1 - users:read
		GET /users/$ADMIN_ID - users:read
		PATCH /users/$ADMIN_ID {"name":"Kim"} users:update
		DELETE /users/$ADMIN_ID - users:delete
		POST /users/$ADMIN_ID/enable {} users:update
		POST /users/$ADMIN_ID/disable {} users:update
		POST /users/$ADMIN_ID/lock {} users:update
		POST /users/$ADMIN_ID/unlock {} users:update
		POST /users/$ADMIN_ID/logout {} users:update
		POST /users/$ADMIN_ID/require-password-update {} users:update
		DELETE /users/$ADMIN_ID/password - users:update
	E
	[ "$(sql .dump)" = "$before" ]
}

@test "who lacks users:read cannot tell whether there is a user, whatever else he may" {
	local before line one two
	may ann@example.org users:create users:update users:delete users:import users:export
	before=$(sql .dump)
	while read -r line; do
		set -- $line
		type=()
		[ "$2" != /users/import ] || type=("$NDJSON")
		as "$ANN" "$1" "$2" "${4--}" "${type[@]}"
		expect 403 forbidden
		one=$(jq -c 'del(.request_id)' <<< "$BODY")
		as "$ANN" "$1" "$3" "${5-${4--}}" "${type[@]}"
		two=$(jq -c 'del(.request_id)' <<< "$BODY")
		[ "$one" = "$two" ]
	done <<- E
		PATCH /users/$ADMIN_ID /users/$NOBODY {"name":"Kim"}
		DELETE /users/$ADMIN_ID /users/$NOBODY
		POST /users/$ADMIN_ID/lock /users/$NOBODY/lock {}
		DELETE /users/$ADMIN_ID/password /users/$NOBODY/password
		POST /users /users {"email":"root@example.org"} {"email":"kim@example.org"}
		POST /users/import /users/import {"email":"root@example.org"} {"email":"kim@example.org"}
		GET /users/export /users/export?q=root
	E
	[ "$(sql .dump)" = "$before" ]
}

@test "guests may be let read users, and never make one" {
	call users POST /users '{"email":"kim@example.org"}'
	expect 401
	"$BIN/yett" role allow guest users:read > /dev/null
	call users GET "/users/$ANN_ID"
	expect 200
	call users GET /users
	expect 200
	call users POST /users '{"email":"kim@example.org"}'
	expect 401
	[ "$(sql "SELECT count(*) FROM users")" = 2 ]
}

# --- making users

@test "a user is made with all that is known, role viewer and a group of the own" {
	as "$ADMIN" POST /users "$(jq -nc --arg p "$PASSWORD" '{email: "Kim@Example.org", password: $p, username: "Kim", name: "Kim Ö",
		first_name: "Kim", last_name: "Ö", picture_url: "https://example.org/kim.png", legacy_user_id: "42", email_confirmed: true,
		can_create_orgs: true, properties: {a: [1, null]}}')"
	expect 201
	ID=$(json .id)
	[ "$(jq -c 'del(.id, .created_at)' <<< "$BODY")" = '{"email":"Kim@Example.org","email_confirmed":true,"username":"Kim","name":"Kim Ö","first_name":"Kim","last_name":"Ö","picture_url":"https://example.org/kim.png","locale":null,"phone":null,"phone_confirmed":false,"properties":{"a":[1,null]},"has_password":true,"update_password_required":false,"can_create_orgs":true,"legacy_user_id":"42","attributes":{},"enabled":true,"locked":false,"hidden":false,"last_active_at":null,"roles":["viewer"],"permissions":["profile:read","profile:update"]}' ]
	audited user.created "$ID"
	[ "$(sql "SELECT count(*) FROM groups g JOIN group_members m ON m.group_id = g.id WHERE g.home_user_id = '$ID' AND m.user_id = '$ID'")" = 1 ]
	sign_in kim@example.org
	[[ "$(sql "SELECT details FROM audit_log WHERE object_id = '$ID'")" != *Kim* ]]
}

@test "the same address again is the same user, unchanged" {
	local before
	new kim@example.org '"name":"Kim"'
	before=$(sql .dump)
	as "$ADMIN" POST /users "{\"email\":\"KIM@example.org\",\"name\":\"Lee\",\"username\":\"root\",\"password\":\"$PASSWORD\"}"
	expect 200
	[ "$(json .id)" = "$ID" ]
	[ "$(json .name)" = Kim ]
	[ "$(sql .dump)" = "$before" ]
}

@test "what is another user's is refused and named" {
	new kim@example.org '"username":"kim","legacy_user_id":"42"'
	as "$ADMIN" POST /users '{"email":"lee@example.org","username":"KIM"}'
	expect 409 taken
	expect_field username
	as "$ADMIN" POST /users '{"email":"lee@example.org","legacy_user_id":"42"}'
	expect 409 taken
	expect_field legacy_user_id
	as "$ADMIN" PATCH "/users/$ANN_ID" '{"email":"KIM@example.org"}'
	expect 409 taken
	expect_field email
	as "$ADMIN" PATCH "/users/$ANN_ID" '{"username":"Kim"}'
	expect_field username
	as "$ADMIN" PATCH "/users/$ANN_ID" '{"legacy_user_id":"42"}'
	expect_field legacy_user_id
	[ "$(sql "SELECT count(*) FROM users")" = 3 ]
}

@test "members are refused by name, and nothing is stored" {
	local member body
	while read -r member body; do
		as "$ADMIN" POST /users "$body"
		expect 422 invalid-fields
		expect_field "$member"
	done <<- E
		email {}
		email {"email":"kim"}
		email {"email":null}
		email {"email":"$(printf 'k%.0s' {1..244})@example.org"}
		username {"email":"kim@example.org","username":"k"}
		username {"email":"kim@example.org","username":"kim@home"}
		username {"email":"kim@example.org","username":"$(printf 'k%.0s' {1..65})"}
		name {"email":"kim@example.org","name":"$(printf 'k%.0s' {1..201})"}
		first_name {"email":"kim@example.org","first_name":"$(printf 'k%.0s' {1..201})"}
		last_name {"email":"kim@example.org","last_name":7}
		picture_url {"email":"kim@example.org","picture_url":"http://example.org"}
		legacy_user_id {"email":"kim@example.org","legacy_user_id":"$(printf 'k%.0s' {1..201})"}
		email_confirmed {"email":"kim@example.org","email_confirmed":"yes"}
		hidden {"email":"kim@example.org","hidden":1}
		properties {"email":"kim@example.org","properties":[]}
		properties {"email":"kim@example.org","properties":{"a":"$(printf 'k%.0s' {1..16384})"}}
		password {"email":"kim@example.org","password":"short77"}
		password {"email":"kim@example.org","password":"password123"}
		password {"email":"kim@example.org","password":"kim@example.org"}
		password_hash {"email":"kim@example.org","password_hash":"plain"}
		password_hash {"email":"kim@example.org","password":"another quite long one","password_hash":"\$1\$saltsalt\$hashhashhashhashhash22"}
		update_password_required {"email":"kim@example.org","update_password_required":true}
		roles {"email":"kim@example.org","roles":["admin"]}
		locked {"email":"kim@example.org","locked":true}
		id {"email":"kim@example.org","id":"$NOBODY"}
	E
	[ "$(sql "SELECT count(*) FROM users")" = 2 ]
	as "$ADMIN" POST /users "{\"email\":\"kim@example.org\",\"legacy_user_id\":\"$(printf 'k%.0s' {1..200})\",\"last_name\":\"$(printf 'k%.0s' {1..200})\",\"username\":\"$(printf 'k%.0s' {1..64})\"}"
	expect 201
}

@test "of a user made with a hash the log says by what that was made" {
	as "$ADMIN" POST /users "$(jq -nc --arg h "$(sql "SELECT password_hash FROM users WHERE id = '$ANN_ID'")" '{email: "kim@example.org", password_hash: $h}')"
	expect 201
	[ "$(sql "SELECT details FROM audit_log WHERE object_id = '$(json .id)'")" = '{"fields":["email","password_hash"],"hash":"argon2id"}' ]
}

@test "nobody lets another make orgs who may not himself" {
	may ann@example.org users:read users:create users:update users:import
	as "$ANN" POST /users '{"email":"kim@example.org","can_create_orgs":true}'
	expect 403
	[[ "$(json .detail)" == *can_create_orgs*orgs:create* ]]
	import "$ANN" '{"email":"kim@example.org","can_create_orgs":true}'
	expect 200
	[ "$(json .failed)" = 1 ]
	as "$ANN" POST /users '{"email":"kim@example.org"}'
	expect 201
	as "$ANN" PATCH "/users/$(json .id)" '{"can_create_orgs":true}'
	expect 403
	"$BIN/yett" role allow helper orgs:create > /dev/null
	as "$ANN" POST /users '{"email":"lee@example.org","can_create_orgs":true}'
	expect 201
}

# --- reading them

@test "a user is found by id, address, username and the id of old" {
	local path
	new kim@example.org '"username":"Kim","legacy_user_id":"Ä/42 &x"'
	for path in "$ID" by-email?value=KIM@example.org by-username?value=kIM "by-legacy-id?value=%C3%84%2F42+%26x"; do
		as "$ADMIN" GET "/users/$path"
		expect 200
		[ "$(json .id)" = "$ID" ]
	done
	for path in "$NOBODY" by-email?value=lee@example.org by-email?value=kim by-username?value=lee by-legacy-id?value=43 by-legacy-id?value=%C3%A4%2F42+%26x; do
		as "$ADMIN" GET "/users/$path"
		expect 404 not-found
	done
	for path in by-email by-username?value= "by-legacy-id?value=$(printf 'k%.0s' {1..255})" "by-email?value=a&value=b"; do
		as "$ADMIN" GET "/users/$path"
		expect 422
		expect_field value
	done
}

@test "no answer has a password or its hash" {
	new kim@example.org "\"password\":\"$PASSWORD\""
	as "$ADMIN" GET "/users/$ID"
	[[ $BODY != *argon2* && $BODY != *battery* ]]
	as "$ADMIN" GET /users
	[[ $BODY != *argon2* ]]
	as "$ADMIN" GET /users/export
	[[ $BODY != *argon2* ]]
	[[ "$(sql "SELECT group_concat(details) FROM audit_log")" != *argon2* ]]
}

# --- lists

@test "lists have filters, alone and together" {
	new bob@example.org '"email_confirmed":true'
	"$BIN/yett" user lock bob@example.org > /dev/null
	new cat@example.org
	"$BIN/yett" user disable cat@example.org > /dev/null
	new dan@example.net '"email_confirmed":true,"name":"Dan Ödön"'
	"$BIN/yett" user disable dan@example.net > /dev/null
	"$BIN/yett" role grant dan@example.net admin > /dev/null
	local query expected
	while read -r query expected; do
		as "$ADMIN" GET "/users?$query"
		expect 200
		[ "$(emails)" = "$expected" ] || {
			echo "$query: $(emails)" >&2
			false
		}
		[ "$(jq .next <<< "$BODY")" = null ]
	done <<- E
		enabled=true root@example.org ann@example.org bob@example.org
		enabled=false cat@example.org dan@example.net
		locked=true bob@example.org
		locked=false&enabled=true root@example.org ann@example.org
		email_confirmed=true bob@example.org dan@example.net
		email_confirmed=true&enabled=false dan@example.net
		email_confirmed=true&enabled=false&locked=true
		role=admin root@example.org dan@example.net
		role=admin&order=-created dan@example.net root@example.org
		role=admin&enabled=false dan@example.net
		role=admin&locked=true
		role=guest
		role=viewer&email_confirmed=true bob@example.org dan@example.net
		q=example.org root@example.org ann@example.org bob@example.org cat@example.org
		q=EXAMPLE.N dan@example.net
		q=ÖDÖ dan@example.net
		q=example&order=-created dan@example.net cat@example.org bob@example.org ann@example.org root@example.org
		q=example&enabled=false cat@example.org dan@example.net
		q=example&locked=true bob@example.org
		q=example&locked=true&enabled=false
		q=example&role=admin root@example.org dan@example.net
		q=%22%20OR%20e:1
		q=e:1
		q=xam*
		q=%25%25%25&locked=true
		q=ob_&locked=true
		q=BOB&locked=true bob@example.org
		q=ÖDÖ&enabled=false dan@example.net
	E
}

@test "what is searched for follows every change" {
	new kim@example.org '"username":"kimberly","name":"Kim"'
	found() {
		as "$ADMIN" GET "/users?q=$1"
		[ "$(jq '.items | length' <<< "$BODY")" = "$2" ]
	}
	found kimber 1
	as "$ADMIN" PATCH "/users/$ID" '{"username":"leopold","name":null}'
	found kimber 0
	found leopo 1
	as "$ADMIN" PATCH "/users/$ID" '{"email":"moritz@example.org"}'
	found kim@ 0
	found moritz 1
	register nora@example.org
	found nora 1
	call session PATCH /users/me '{"name":"Eleonora"}' "$(bearer "$ACCESS")"
	found leono 1
	as "$ADMIN" POST "/users/$ID/lock" '{}'
	found "moritz&locked=true" 1
	as "$ADMIN" DELETE "/users/$ID"
	expect 204
	found moritz 0
	import "$ADMIN" '{"email":"oskar@example.org"}'
	found oskar 1
	[ "$(sql "SELECT count(*) FROM users_words")" = "$(sql "SELECT count(*) FROM users")" ]
}

# walk QUERY: all pages of a list, a user a line.
walk() {
	local after="" next
	while :; do
		as "$ADMIN" GET "/users?$1${after:+&after=$after}"
		expect 200
		jq -r '.items[].email' <<< "$BODY"
		next=$(jq -r .next <<< "$BODY")
		[ "$next" != null ] || break
		[ "$next" != "$after" ]
		after=$next
	done
}

seed_users() {
	sql "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < $1)
		INSERT INTO users (id, email, email_key, username, username_key, created_at, updated_at, last_active_at, enabled, locked, email_confirmed, number)
		SELECT printf('01990a5d-ac96-774b-bcce-%012d', i), printf('U%d@x.org', i), printf('u%d@x.org', i),
			iif(i % 3, printf('Name%d', i * 7919 % 1009), NULL), iif(i % 3, printf('name%d', i * 7919 % 1009), NULL),
			i, i, iif(i % 4, i * 31 % 50, NULL), i % 5 <> 0, i % 7 = 0, i % 2, 1000 + i FROM n;
		INSERT INTO users_words (rowid, email, username, name, marks) SELECT number, email, username, name,
			'e:' || enabled || 'l:' || locked || 'c:' || email_confirmed FROM users WHERE number > 1000;
		INSERT INTO user_roles (user_id, role_id, assigned_at) SELECT id, '00000000-0000-7000-8000-000000000003', 0 FROM users WHERE number % 11 = 1;"
}

@test "pages of any order join to the whole, forwards and backwards, with any filter" {
	serve users
	seed_users 300
	local order limit filter where key
	while read -r order key; do
		for filter in "" "&enabled=false" "&locked=true&enabled=true" "&email_confirmed=true"; do
			where=1
			[[ $filter != *enabled=false* ]] || where="enabled = 0"
			[[ $filter != *locked=true* ]] || where="locked = 1 AND enabled = 1"
			[[ $filter != *confirmed* ]] || where="email_confirmed = 1"
			diff <(walk "order=$order&limit=37$filter") <(sql "SELECT email FROM users WHERE $where ORDER BY $key")
			diff <(walk "order=-$order&limit=53$filter") <(sql "SELECT email FROM users WHERE $where ORDER BY $key" | tac)
		done
	done <<- E
		created id
		email email_key, id
		username coalesce(username_key, ''), id
		last_active coalesce(last_active_at, 0), id
	E
	for filter in "role=guest" "role=guest&enabled=false" "role=guest&locked=true&email_confirmed=true"; do
		where="1"
		[[ $filter != *enabled=false* ]] || where="enabled = 0"
		[[ $filter != *locked=true* ]] || where="locked = 1 AND email_confirmed = 1"
		diff <(walk "$filter&limit=4") <(sql "SELECT email FROM users WHERE id IN (SELECT user_id FROM user_roles WHERE role_id LIKE '%0003') AND $where ORDER BY id")
		diff <(walk "$filter&limit=4&order=-created") <(sql "SELECT email FROM users WHERE id IN (SELECT user_id FROM user_roles WHERE role_id LIKE '%0003') AND $where ORDER BY id DESC")
	done
	diff <(walk "q=X.OR&limit=7&enabled=false") <(sql "SELECT email FROM users WHERE email LIKE '%x.or%' AND enabled = 0 ORDER BY number")
	# Few pass the filter, or many.
	diff <(walk "q=@X.o&limit=3&enabled=false&locked=true") <(sql "SELECT email FROM users WHERE email LIKE '%@x.o%' AND enabled = 0 AND locked = 1 ORDER BY id")
	diff <(walk "q=u10&limit=3&locked=false&order=-created") <(sql "SELECT email FROM users WHERE email LIKE '%u10%' AND locked = 0 ORDER BY number DESC")
	diff <(walk "q=u10&limit=3&role=guest&locked=false") <(sql "SELECT email FROM users WHERE email LIKE '%u10%' AND number % 11 = 1 AND locked = 0 ORDER BY number")
	diff <(walk "q=X.OR&limit=7&role=guest&order=-created") <(sql "SELECT email FROM users WHERE email LIKE '%x.or%' AND number % 11 = 1 ORDER BY number DESC")
}

@test "a cursor survives that users come, go and change" {
	seed_users 20
	as "$ADMIN" GET "/users?order=email&limit=5&q="
	expect 422
	as "$ADMIN" GET "/users?order=created&limit=5"
	expect 200
	local next last
	next=$(json .next)
	last=$(jq -r '.items[-1].id' <<< "$BODY")
	as "$ADMIN" DELETE "/users/$last"
	expect 204
	sql "INSERT INTO users (id, email, email_key, created_at, updated_at) VALUES ('01890a5d-ac96-774b-bcce-000000000000', 'early@x.org', 'early@x.org', 0, 0)"
	as "$ADMIN" GET "/users?order=created&limit=5&after=$next"
	expect 200
	[ "$(jq -r '.items[0].email' <<< "$BODY")" = "$(sql "SELECT email FROM users WHERE id > '$last' ORDER BY id LIMIT 1")" ]
}

@test "a query is refused by name: unknown, repeated, out of range, of another list" {
	local query field next
	seed_users 20
	as "$ADMIN" GET "/users?limit=1&order=email"
	next=$(json .next)
	while read -r field query; do
		as "$ADMIN" GET "/users?$query"
		expect 422 invalid-fields
		expect_field "$field"
		as "$ADMIN" GET "/users/export?$query"
		expect 422
	done <<- E
		lockd lockd=true
		locked locked=yes
		enabled enabled=
		email_confirmed email_confirmed=1
		locked locked=true&locked=true
		role role=king
		q q=ab
		q q=$(printf 'k%.0s' {1..101})
		q q=%C3%B6%C3%B6
		order order=id
		order order=email&q=example
		order order=username&role=admin
		limit limit=0
		limit limit=201
		limit limit=x
		after after=x
		after after=$next
		after order=-email&after=$next
		after order=email&after=${next%?}
	E
	as "$ADMIN" GET "/users?limit=1&order=email&after=$next"
	expect 200
	as "$ADMIN" GET "/users?limit=200"
	expect 200
	as "$ADMIN" GET "/users?q=%zz"
	expect 400
	as "$ADMIN" GET "/users?q=%C3%B6%C3%B6%C3%B6"
	expect 200
	as "$ADMIN" GET "/users?q=$(printf 'k%.0s' {1..100})"
	expect 200
}

@test "a page ends before it is too large for a request's memory" {
	seed_users 200
	sql "UPDATE users SET properties = json_object('a', '$(printf 'k%.0s' {1..16000})') WHERE number > 1000; UPDATE users SET attributes = properties WHERE number > 1000"
	as "$ADMIN" GET "/users?limit=200"
	expect 200
	[ "$(jq '.items | length' <<< "$BODY")" -gt 10 ]
	[ "${#BODY}" -lt 450000 ]
	diff <(walk "limit=200") <(sql "SELECT email FROM users ORDER BY id")
}

@test "the export is lines of JSON, page by page, with the same filters" {
	seed_users 30
	as "$ADMIN" GET "/users/export?limit=20&q=x.org&enabled=true"
	expect 200
	[ "$(header Content-Type)" = application/x-ndjson ]
	[ "$(wc -l <<< "$BODY")" = 20 ]
	local link
	link=$(header Link)
	[[ $link = "</users/export?after="*"&limit=20&q=x.org&enabled=true>; rel=\"next\"" ]]
	link=${link#<}
	as "$ADMIN" GET "${link%%>*}"
	expect 200
	[ "$(wc -l <<< "$BODY")" = 4 ]
	[ -z "$(header Link)" ]
	jq -e .email <<< "$BODY" > /dev/null
	as "$ADMIN" GET "/users/export?q=nobody"
	expect 200
	[ -z "$BODY" ]
}

# --- changing them

@test "a change sets, clears and leaves, and the log says which members" {
	new kim@example.org '"username":"kim","name":"Kim","first_name":"K","legacy_user_id":"42","picture_url":"https://x.org/"'
	as "$ADMIN" PATCH "/users/$ID" '{"name":"Lee","first_name":null,"last_name":"L","username":"","picture_url":null,"legacy_user_id":null,"hidden":true,"email_confirmed":true}'
	expect 200
	[ "$(jq -c '[.name,.first_name,.last_name,.username,.picture_url,.legacy_user_id,.hidden,.email_confirmed,.email]' <<< "$BODY")" = '["Lee",null,"L",null,null,null,true,true,"kim@example.org"]' ]
	audited user.updated "$ID"
	[ "$(sql "SELECT details FROM audit_log ORDER BY seq DESC LIMIT 1")" = '{"fields":["username","name","first_name","last_name","picture_url","legacy_user_id","email_confirmed","hidden"]}' ]
	# Another address is not confirmed, unless that is said, too; the same in other letters stays so.
	as "$ADMIN" PATCH "/users/$ID" '{"email":"KIM@example.org"}'
	[ "$(jq -c '[.email, .email_confirmed]' <<< "$BODY")" = '["KIM@example.org",true]' ]
	as "$ADMIN" PATCH "/users/$ID" '{"email":"lee@example.org"}'
	[ "$(jq -c '[.email, .email_confirmed]' <<< "$BODY")" = '["lee@example.org",false]' ]
	as "$ADMIN" PATCH "/users/$ID" '{"email":"max@example.org","email_confirmed":true}'
	[ "$(jq -c '[.email, .email_confirmed]' <<< "$BODY")" = '["max@example.org",true]' ]
	as "$ADMIN" PATCH "/users/$ID" '{"email":null}'
	expect 422
	expect_field email
	as "$ADMIN" PATCH "/users/$ID" '{"email":"lee"}'
	expect_field email
	as "$ADMIN" PATCH "/users/$ID" '{"password":"another quite long one"}'
	expect_field password
	as "$ADMIN" PATCH "/users/$NOBODY" '{"name":"Lee"}'
	expect 404
}

@test "properties are merged as RFC 7396 has it" {
	new kim@example.org '"properties":{"a":"b","c":{"d":"e","f":"g"},"l":[1]}'
	as "$ADMIN" PATCH "/users/$ID" '{"properties":{"a":"z","c":{"f":null},"l":[2,null],"n":{"x":{"y":null}}}}'
	expect 200
	[ "$(jq -c .properties <<< "$BODY")" = '{"a":"z","c":{"d":"e"},"l":[2,null],"n":{"x":{}}}' ]
	as "$ADMIN" PATCH "/users/$ID" '{"properties":{"a":null,"l":null,"n":null}}'
	[ "$(jq -c .properties <<< "$BODY")" = '{"c":{"d":"e"}}' ]
	# Together they must keep to the limits.
	as "$ADMIN" PATCH "/users/$ID" "{\"properties\":{\"a\":\"$(printf 'k%.0s' {1..10000})\"}}"
	expect 200
	as "$ADMIN" PATCH "/users/$ID" "{\"properties\":{\"b\":\"$(printf 'k%.0s' {1..10000})\"}}"
	expect 422
	expect_field properties
	as "$ADMIN" PATCH "/users/$ID" '{"properties":null}'
	expect 200
	[ "$(jq -c .properties <<< "$BODY")" = '{}' ]
	as "$ADMIN" PATCH "/users/$ID" "$(jq -nc '{properties: ([range(200) | {key: "a\(.)", value: .}] | from_entries)}')"
	expect 200
	as "$ADMIN" PATCH "/users/$ID" "$(jq -nc '{properties: ([range(200) | {key: "b\(.)", value: .}] | from_entries)}')"
	expect 422
	expect_field properties
}

@test "users change their own first and last name" {
	call session PATCH /users/me '{"first_name":"Ann","last_name":"Onymous"}' "$(bearer "$ANN")"
	expect 200
	[ "$(jq -c '[.first_name, .last_name, .has_password, .can_create_orgs, .update_password_required]' <<< "$BODY")" = '["Ann","Onymous",true,false,false]' ]
	[ "$(jq 'has("legacy_user_id") or has("hidden")' <<< "$BODY")" = false ]
	audited user.updated "$ANN_ID"
	local member
	for member in email legacy_user_id; do
		call session PATCH /users/me "{\"$member\":\"kim@example.org\"}" "$(bearer "$ANN")"
		expect 422
		expect_field $member
	done
	for member in email_confirmed can_create_orgs hidden enabled locked; do
		call session PATCH /users/me "{\"$member\":true}" "$(bearer "$ANN")"
		expect 422
		expect_field $member
	done
}

# --- states

@test "who is disabled or locked is out at the very next request, by token and by cookie" {
	local what undo
	start_site
	web POST /auth/login -H 'Content-Type: application/json' -d "{\"email\":\"root@example.org\",\"password\":\"$PASSWORD\"}"
	ADMIN=$(json .access_token)
	while read -r what undo; do
		web POST /auth/login -H 'Content-Type: application/json' -d "{\"email\":\"ann@example.org\",\"password\":\"$PASSWORD\"}"
		expect 200
		take_tokens
		web POST /auth/login -H 'Accept: text/html' -H 'Sec-Fetch-Site: same-origin' -d "email=ann@example.org&password=${PASSWORD// /+}"
		expect 303
		COOKIE=$(header Set-Cookie)
		web GET /users/me -H "Authorization: Bearer $ACCESS"
		expect 200
		web GET /users/me -H "Cookie: ${COOKIE%%;*}"
		expect 200
		web POST "/users/$ANN_ID/$what" -H "Authorization: Bearer $ADMIN" -d ''
		expect 200
		web GET /users/me -H "Authorization: Bearer $ACCESS"
		expect 401 invalid-token
		web GET /users/me -H "Cookie: ${COOKIE%%;*}"
		expect 401
		web POST /auth/refresh -H 'Content-Type: application/json' -d "{\"refresh_token\":\"$REFRESH\"}"
		expect 401
		web POST /auth/login -H 'Content-Type: application/json' -d "{\"email\":\"ann@example.org\",\"password\":\"$PASSWORD\"}"
		expect 403 account-not-usable
		web POST "/users/$ANN_ID/$undo" -H "Authorization: Bearer $ADMIN" -d ''
		expect 200
		# What ended stays ended.
		web GET /users/me -H "Authorization: Bearer $ACCESS"
		expect 401
	done <<- E
		disable enable
		lock unlock
	E
}

@test "states are changed once, and each change is in the log" {
	local what count
	for what in disable enable lock unlock; do
		as "$ADMIN" POST "/users/$ANN_ID/$what"
		expect 200
		[ "$(jq -c '[.enabled, .locked]' <<< "$BODY")" = "$(sql "SELECT '[' || iif(enabled, 'true', 'false') || ',' || iif(locked, 'true', 'false') || ']' FROM users WHERE id = '$ANN_ID'")" ]
		[ "$(sql "SELECT action FROM audit_log WHERE object_id = '$ANN_ID' AND action LIKE 'user.%' ORDER BY seq DESC LIMIT 1")" = "user.${what%e}ed" ]
		count=$(sql "SELECT count(*) FROM audit_log")
		as "$ADMIN" POST "/users/$ANN_ID/$what" '{}'
		expect 200
		[ "$(sql "SELECT count(*) FROM audit_log")" = "$count" ]
	done
	as "$ADMIN" POST "/users/$NOBODY/lock"
	expect 404
	as "$ADMIN" POST "/users/$ANN_ID/lock" '{"why":"x"}'
	expect 422
	expect_field why
}

@test "signing a user out everywhere ends all sessions and nothing else" {
	sign_in ann@example.org
	as "$ADMIN" POST "/users/$ANN_ID/logout"
	expect 200
	[ "$(json .revoked)" = 2 ]
	audited sessions.ended "$ANN_ID"
	me "$(bearer "$ANN")"
	expect 401
	me "$(bearer "$ACCESS")"
	expect 401
	me "$(bearer "$ADMIN")"
	expect 200
	sign_in ann@example.org
}

@test "unlocking ends the waits that wrong passwords brought" {
	local i
	for i in $(seq 6); do
		call login POST /auth/login '{"email":"ann@example.org","password":"wrong and wrong"}'
		expect 401
	done
	call login POST /auth/login "{\"email\":\"ann@example.org\",\"password\":\"$PASSWORD\"}"
	expect 429
	as "$ADMIN" POST "/users/$ANN_ID/lock"
	as "$ADMIN" POST "/users/$ANN_ID/unlock"
	expect 200
	sign_in ann@example.org
}

@test "unlocking ends the waits that wrong codes brought, and is in the log, whatever wrong passwords do" {
	local i
	export YETT_SIGNIN_OTP=yes YETT_THROTTLE_FAILURES=0 YETT_THROTTLE_NETWORK_FAILURES=0
	for ((i = 0; i < 30; i++)); do
		call passwordless POST /auth/otp/verify '{"email":"ann@example.org","code":"000000"}'
		expect 400 invalid-link
	done
	call passwordless POST /auth/otp/verify '{"email":"ann@example.org","code":"000000"}'
	expect 429 too-many-requests
	as "$ADMIN" POST "/users/$ANN_ID/unlock"
	expect 200
	audited user.unlocked "$ANN_ID"
	call passwordless POST /auth/otp/verify '{"email":"ann@example.org","code":"000000"}'
	expect 400 invalid-link
	as "$ADMIN" POST "/users/$ANN_ID/unlock"
	expect 200
	as "$ADMIN" POST "/users/$ANN_ID/unlock"
	expect 200
	[ "$(sql "SELECT count(*) FROM audit_log WHERE action = 'user.unlocked'")" = 2 ]
}

@test "a password that is cleared lets nobody in, and ends all sessions" {
	as "$ADMIN" DELETE "/users/$ANN_ID/password"
	expect 200
	[ "$(json '.has_password | not')" = true ]
	audited password.cleared "$ANN_ID"
	[ "$(sql "SELECT count(*) FROM audit_log WHERE action = 'sessions.ended'")" = 1 ]
	me "$(bearer "$ANN")"
	expect 401
	call login POST /auth/login "{\"email\":\"ann@example.org\",\"password\":\"$PASSWORD\"}"
	expect 401
	as "$ADMIN" DELETE "/users/$ANN_ID/password"
	expect 200
	[ "$(sql "SELECT count(*) FROM audit_log WHERE action = 'password.cleared'")" = 1 ]
}

# --- another password is due

@test "who must choose another password can do nothing but that, see himself, and leave" {
	local program method path body key
	call apikeys POST /apikeys '{"name":"k","scopes":["profile:read"]}' "$(bearer "$ANN")"
	expect 201
	key=$(json .key)
	as "$ADMIN" POST "/users/$ANN_ID/require-password-update"
	expect 200
	[ "$(json .update_password_required)" = true ]
	audited password.update_required "$ANN_ID"
	# By the token of before and by a new one.
	sign_in ann@example.org
	[ "$(json .user.update_password_required)" = true ]
	for token in "$ANN" "$ACCESS"; do
		while read -r program method path body; do
			call "$program" "$method" "$path" "${body:--}" "$(bearer "$token")"
			expect 403 password-update-required
		done <<- E
			session GET /auth/sessions
			session DELETE /auth/sessions
			session DELETE /auth/sessions/$NOBODY
			session PATCH /users/me {"name":"Ann"}
			roles POST /authz/check {"resource":"a","action":"b"}
			roles GET /roles
			users GET /users
			login GET /api/x
		E
		me "$(bearer "$token")"
		expect 200
		[ "$(json .update_password_required)" = true ]
	done
	call session POST /auth/logout - "$(bearer "$ANN")"
	expect 204
	# Nor by an API key made before.
	call users GET /users - "$(bearer "$key")"
	expect 403 password-update-required
	# The same again is no other.
	call password POST /auth/password/change "{\"current_password\":\"$PASSWORD\",\"new_password\":\"$PASSWORD\"}" "$(bearer "$ACCESS")"
	expect 422
	expect_field new_password
	call password POST /auth/password/change "{\"current_password\":\"$PASSWORD\",\"new_password\":\"another quite long one\"}" "$(bearer "$ACCESS")"
	expect 204
	call session GET /auth/sessions - "$(bearer "$ACCESS")"
	expect 200
	me "$(bearer "$ACCESS")"
	[ "$(jq .update_password_required <<< "$BODY")" = false ]
	sign_in ann@example.org "another quite long one"
	[ "$(jq .user.update_password_required <<< "$BODY")" = false ]
}

@test "while another password is due, an access token says that its bearer may do nothing" {
	claims() {
		local part=${1#*.}
		part=${part%%.*}
		base64 -d <<< "$(tr -- '-_' '+/' <<< "$part")$(printf '=%.0s' $(seq $(((4 - ${#part} % 4) % 4))))" 2> /dev/null | jq -c '[.roles, .permissions]'
	}
	[ "$(claims "$ANN")" = '[["viewer"],["profile:read","profile:update"]]' ]
	as "$ADMIN" POST "/users/$ANN_ID/require-password-update"
	sign_in ann@example.org
	[ "$(claims "$ACCESS")" = '[[],[]]' ]
}

@test "a browser is led to the form for another password" {
	sign_in_cookie ann@example.org
	as "$ADMIN" POST "/users/$ANN_ID/require-password-update"
	call session GET /account - "HTTP_COOKIE=$COOKIE" "$HTML"
	expect 200
	[[ $BODY == *"Choose another password"*'action="/auth/password/change"'* ]]
	call login GET /login - "HTTP_COOKIE=$COOKIE" "$HTML"
	expect 303
	call session DELETE /auth/sessions - "HTTP_COOKIE=$COOKIE" "$HTML" "$SAME"
	expect 403
	call password POST /auth/password/change "current_password=${PASSWORD// /+}&new_password=another+quite+long+one" "$FORM" "HTTP_COOKIE=$COOKIE" "$HTML" "$SAME"
	expect 303
	call session GET /account - "HTTP_COOKIE=$COOKIE" "$HTML"
	[[ $BODY != *"Choose another password"* ]]
}

@test "a change begun before another password was due changes nothing" {
	begin session PATCH /users/me '{"name":"late"}' "$(bearer "$ANN")"
	"$BIN/yett" user require-password-update ann@example.org > /dev/null
	finish
	expect 403 password-update-required
	[ "$(sql "SELECT count(*) FROM users WHERE name = 'late'")" = 0 ]
}

@test "who has no password is not told to choose another" {
	new kim@example.org
	as "$ADMIN" POST "/users/$ID/require-password-update"
	expect 409
	new lee@example.org "\"password\":\"$PASSWORD\",\"update_password_required\":true"
	sign_in lee@example.org
	call session GET /auth/sessions - "$(bearer "$ACCESS")"
	expect 403 password-update-required
}

# --- who may do it to whom

@test "nobody changes who may do more than he, and everybody himself" {
	local before line
	may ann@example.org users:read users:update users:delete
	new kim@example.org
	"$BIN/yett" role add writer > /dev/null
	"$BIN/yett" role allow writer posts:write > /dev/null
	"$BIN/yett" role grant kim@example.org writer > /dev/null
	before=$(sql .dump)
	for id in "$ADMIN_ID" "$ID"; do
		while read -r line; do
			set -- $line
			as "$ANN" "$1" "/users/$id${2%/}" "${3--}"
			expect 403 forbidden
			[[ "$(json .detail)" == *"more than you hold"* ]]
		done <<- E
			PATCH / {"email":"mine@example.org"}
			DELETE /
			POST /enable
			POST /disable
			POST /lock
			POST /unlock
			POST /logout
			POST /require-password-update
			DELETE /password
		E
	done <<< ""
	[ "$(sql .dump)" = "$before" ]
	"$BIN/yett" role revoke kim@example.org writer > /dev/null
	as "$ANN" PATCH "/users/$ID" '{"name":"Kim"}'
	expect 200
	as "$ANN" PATCH "/users/$ANN_ID" '{"name":"Ann"}'
	expect 200
}

@test "what a user holds in a group, in an org, or on a condition counts, too" {
	may ann@example.org users:read users:update
	new kim@example.org
	as "$ANN" POST "/users/$ID/lock"
	expect 200
	sql "INSERT INTO orgs (id, name, slug, created_at, updated_at) VALUES ('$NOBODY', 'Org', 'org', 0, 0);
		INSERT INTO user_orgs VALUES ('$ID', '$NOBODY', 0);
		INSERT INTO user_org_roles (user_id, org_id, role_id, assigned_at) VALUES ('$ID', '$NOBODY', '00000000-0000-7000-8000-000000000011', 0);"
	as "$ANN" POST "/users/$ID/unlock"
	expect 403
	sql "DELETE FROM user_org_roles"
	as "$ANN" POST "/users/$ID/unlock"
	expect 200
	sql "INSERT INTO group_roles SELECT id, '$ADMIN_ROLE', 0 FROM groups WHERE home_user_id = '$ID'"
	as "$ANN" POST "/users/$ID/lock"
	expect 403
	sql "DELETE FROM group_roles"
	"$BIN/yett" role add writer > /dev/null
	"$BIN/yett" role allow writer posts:write --if ":user ->> 'writes'" > /dev/null
	"$BIN/yett" role grant kim@example.org writer > /dev/null
	as "$ANN" POST "/users/$ID/lock"
	expect 403
}

@test "who holds hundreds of roles is looked after, too" {
	may ann@example.org users:read users:update
	new kim@example.org
	sql "WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 399)
		INSERT INTO roles (id, name, created_at) SELECT printf('01890a5d-ac96-774b-bcce-%012d', i), printf('r%d', i), 0 FROM n;
		INSERT INTO user_roles (user_id, role_id, assigned_at) SELECT '$ID', id, 0 FROM roles WHERE name GLOB 'r[0-9]*';
		INSERT INTO orgs (id, name, slug, created_at, updated_at) VALUES ('$NOBODY', 'Org', 'org', 0, 0);
		INSERT INTO user_orgs VALUES ('$ID', '$NOBODY', 0);
		INSERT INTO user_org_roles (user_id, org_id, role_id, assigned_at) SELECT '$ID', '$NOBODY', id, 0 FROM roles WHERE name GLOB 'r[0-9]*';"
	as "$ANN" POST "/users/$ID/lock"
	expect 200
	sql "DELETE FROM user_roles WHERE role_id LIKE '01890a5d%';
		INSERT INTO role_permissions (role_id, permission_id) SELECT r.id, p.id FROM roles r, permissions p WHERE r.name = 'r399' AND p.name = '*:*'"
	as "$ANN" POST "/users/$ID/unlock"
	expect 403
	[[ "$(json .detail)" == *"more than you hold"* ]]
}

@test "attributes are what conditions rely on: nobody gives himself more by them" {
	may ann@example.org users:read users:update
	"$BIN/yett" role add writer > /dev/null
	"$BIN/yett" role allow writer posts:write --if ":user ->> 'writes'" > /dev/null
	as "$ANN" PATCH "/users/$ANN_ID" '{"attributes":{"writes":1}}'
	expect 200
	[ "$(jq -c .attributes <<< "$BODY")" = '{"writes":1}' ]
	me "$(bearer "$ANN")"
	[ "$(jq 'has("attributes")' <<< "$BODY")" = false ]
	"$BIN/yett" role grant ann@example.org writer > /dev/null
	as "$ANN" PATCH "/users/$ANN_ID" '{"attributes":{"writes":2}}'
	expect 403
	[[ "$(json .detail)" == *posts:write* ]]
	as "$ANN" PATCH "/users/$ANN_ID" '{"name":"Ann"}'
	expect 200
	as "$ADMIN" PATCH "/users/$ANN_ID" '{"attributes":{"writes":null,"dept":"x"}}'
	expect 200
	[ "$(jq -c .attributes <<< "$BODY")" = '{"dept":"x"}' ]
	call session PATCH /users/me '{"attributes":{"writes":1}}' "$(bearer "$ANN")"
	expect 422
	expect_field attributes
}

@test "the last admin is neither deleted, disabled nor locked; of two, one may" {
	local before
	before=$(sql "SELECT enabled, locked FROM users WHERE id = '$ADMIN_ID'")
	for what in "POST /users/$ADMIN_ID/disable" "POST /users/$ADMIN_ID/lock" "DELETE /users/$ADMIN_ID"; do
		as "$ADMIN" $what
		expect 403
		[[ "$(json .detail)" == *"last admin"* ]]
	done
	[ "$(sql "SELECT enabled, locked FROM users WHERE id = '$ADMIN_ID'")" = "$before" ]
	me "$(bearer "$ADMIN")"
	expect 200
	# One who is locked counts for none.
	"$BIN/yett" role grant ann@example.org admin > /dev/null
	as "$ADMIN" POST "/users/$ANN_ID/lock"
	expect 200
	as "$ADMIN" POST "/users/$ADMIN_ID/disable"
	expect 403
	as "$ADMIN" POST "/users/$ANN_ID/unlock"
	as "$ADMIN" DELETE "/users/$ADMIN_ID"
	expect 204
	me "$(bearer "$ADMIN")"
	expect 401
}

@test "an admin who is one no more changes no user by a request begun before" {
	"$BIN/yett" role grant ann@example.org admin > /dev/null
	begin users POST /users '{"email":"kim@example.org"}' "$(bearer "$ANN")"
	"$BIN/yett" role revoke ann@example.org admin > /dev/null
	finish
	expect 403
	[ "$(sql "SELECT count(*) FROM users")" = 2 ]
}

# --- deleting

@test "with a user goes what is his, and what he did stays in the log" {
	sign_in ann@example.org
	call session PATCH /users/me '{"name":"Ann"}' "$(bearer "$ACCESS")"
	sql "INSERT INTO api_keys (id, user_id, name, key_hash, hint, scopes, created_at) VALUES ('$NOBODY', '$ANN_ID', 'k', zeroblob(32), 'yett_', '[]', 0);
		INSERT INTO orgs (id, name, slug, created_at, updated_at) VALUES ('$NOBODY', 'Org', 'org', 0, 0);
		INSERT INTO user_orgs VALUES ('$ANN_ID', '$NOBODY', 0);
		INSERT INTO impersonation_log (id, admin_user_id, impersonated_user_id, session_id, reason, started_at, expires_at, ip_address, user_agent)
			VALUES ('$NOBODY', '$ADMIN_ID', '$ANN_ID', '$NOBODY', 'x', 0, 0, '', '');"
	local rows
	rows=$(sql "SELECT count(*) FROM audit_log WHERE user_id = '$ANN_ID' OR object_id = '$ANN_ID'")
	[ "$rows" -gt 2 ]
	as "$ADMIN" DELETE "/users/$ANN_ID"
	expect 204
	me "$(bearer "$ACCESS")"
	expect 401
	for table in sessions login_attempts user_roles group_members api_keys user_orgs; do
		[ "$(sql "SELECT count(*) FROM $table WHERE user_id = '$ANN_ID'")" = 0 ]
	done
	[ "$(sql "SELECT count(*) FROM groups WHERE home_user_id = '$ANN_ID'")" = 0 ]
	[ "$(sql "SELECT count(*) FROM impersonation_log")" = 1 ]
	[ "$(sql "SELECT count(*) FROM audit_log WHERE user_id = '$ANN_ID' OR object_id = '$ANN_ID'")" = $((rows + 1)) ]
	audited user.deleted "$ANN_ID"
	[[ "$(sql "SELECT group_concat(details) FROM audit_log")" != *ann@* ]]
	as "$ADMIN" DELETE "/users/$ANN_ID"
	expect 404
	register ann@example.org
	[ "$USER_ID" != "$ANN_ID" ]
}

# --- import

@test "an import makes users whose hashes of elsewhere let them in, once and for all by a better one" {
	local hash i=0 text=""
	local -a hashes=()
	for hash in '$2b$04$abcdefghijklmnopqrstuu' '$6$rounds=1000$abcdefgh' '$7$6U....1....abcdefgh' '$y$j75$abcdefgh'; do
		hashes+=("$(perl -e 'print crypt($ARGV[0], $ARGV[1])' "$PASSWORD" "$hash")")
	done
	hashes+=(
		"$(sql "SELECT password_hash FROM users WHERE id = '$ANN_ID'")"
		'$pbkdf2-sha256$1000$8PHy8/T19vf4.fr7/P3./w$0A35jjZ8X.jm/Nj9sc4uzmU/RqA2wljSyf5enbVFSOY'
		'$pbkdf2-sha512$1000$8PHy8/T19vf4.fr7/P3./w$7Ny4dUakS7JIZAfjYpLQGSZsWvUihs7A6xXDgyqRrc3BkpXb3nL1/MvPpT3VxDAwU6FzpGn1KkCfA3fC7/680Q'
		'pbkdf2_sha256$1000$NaClNaCl$aL8faYLlOIYvjBdHgF8PW53zGZbEIqsbz4mWkSSqsyM='
	)
	for hash in "${hashes[@]}"; do
		i=$((i + 1))
		text+=$(jq -nc --arg e "u$i@example.org" --arg h "$hash" '{email: $e, password_hash: $h, legacy_user_id: $e}')$'\n'
	done
	import "$ADMIN" "$text"
	expect 200
	[ "$(jq -c '[.created, .existing, .failed]' <<< "$BODY")" = "[$i,0,0]" ]
	# The log says by what each hash was made; an id that is an address stays out of it.
	[ "$(sql "SELECT group_concat(details, ' ') FROM (SELECT details FROM audit_log WHERE action = 'user.created' AND details ->> 'imported' ORDER BY seq)")" = \
		"$(printf '{"imported":true,"hash":"%s"} ' bcrypt sha512crypt scrypt yescrypt argon2id pbkdf2 pbkdf2 pbkdf2 | sed 's/ $//')" ]
	for i in $(seq $i); do
		call login POST /auth/login "{\"email\":\"u$i@example.org\",\"password\":\"wrong and wrong\"}"
		expect 401
		sign_in "u$i@example.org"
		[[ "$(sql "SELECT password_hash FROM users WHERE email = 'u$i@example.org'")" == '$argon2id$'* ]]
		sign_in "u$i@example.org"
	done
}

@test "an import says of every line what became of it, and one bad line stops no other" {
	import "$ADMIN" '{"email":"kim@example.org","username":"kim"}

{"email":"ANN@example.org","name":"changed"}
{"email":"lee@example.org","username":"KIM"}
{"email":"nobody"}
{"email":"max@example.org","password_hash":"plain"}
{"email":"max@example.org","password_hash":"$2b$15$abcdefghijklmnopqrstuuVjGUmFXFZQDFJ4c1fBBuJ2N0cbKvL2."}
{"email":"max@example.org","roles":["admin"]}
nonsense
[]
{"email":"max@example.org","enabled":false,"locked":true,"update_password_required":true,"email_confirmed":true,"hidden":true,"properties":{"a":1}}
{"email":"MAX@example.org"}'
	expect 200
	[ "$(jq -c '[.created, .existing, .failed]' <<< "$BODY")" = "[2,2,7]" ]
	[ "$(jq -c '[.items[] | [.line, .status, .errors[0].field // "-"]]' <<< "$BODY")" = '[[1,"created","-"],[3,"existing","-"],[4,"failed","username"],[5,"failed","email"],[6,"failed","password_hash"],[7,"failed","password_hash"],[8,"failed","roles"],[9,"failed","-"],[10,"failed","-"],[11,"created","-"],[12,"existing","-"]]' ]
	[ "$(jq -r '.items[1].id' <<< "$BODY")" = "$ANN_ID" ]
	[ "$(sql "SELECT count(*) FROM users")" = 4 ]
	[ "$(sql "SELECT count(*) FROM users WHERE name = 'changed'")" = 0 ]
	[ "$(sql "SELECT enabled, locked, update_password_required, email_confirmed, hidden, properties FROM users WHERE email = 'max@example.org'")" = '0|1|1|1|1|{"a":1}' ]
	[ "$(jq -r '.items[8] | .detail // .errors' <<< "$BODY")" != null ]
}

@test "what is exported can be imported" {
	local line
	new kim@example.org '"username":"kim","properties":{"a":1},"first_name":"K","can_create_orgs":true'
	as "$ADMIN" GET "/users/export?q=kim"
	line=$BODY
	as "$ADMIN" DELETE "/users/$ID"
	import "$ADMIN" "$line"
	expect 200
	[ "$(json .created)" = 1 ]
	as "$ADMIN" GET "/users/export?q=kim"
	[ "$(jq -c 'del(.id, .created_at)' <<< "$BODY")" = "$(jq -c 'del(.id, .created_at)' <<< "$line")" ]
}

@test "an import takes 1000 lines in 64 KiB, of its own type alone" {
	local many
	many=$(seq 1000 | sed 's/.*/{"email":"u&@example.org"}/')
	import "$ADMIN" "$many"
	expect 200
	[ "$(json .created)" = 1000 ]
	[ "$(sql "SELECT count(*) FROM users")" = 1002 ]
	import "$ADMIN" "$many"$'\n{"email":"more@example.org"}\n'
	expect 413
	import "$ADMIN" "$(printf '%65537s' ' ')"
	expect 413
	import "$ADMIN" "$(yes '{"a":1,"b":1,"c":1,"d":1,"e":1,"f":1,"g":1,"h":1}' | head -n 900)"
	expect 200
	[ "$(json .failed)" = 900 ]
	as "$ADMIN" POST /users/import '{"email":"more@example.org"}'
	expect 415
	[[ "$(json .detail)" == *application/x-ndjson* ]]
	as "$ADMIN" POST /users '{"email":"more@example.org"}' $NDJSON
	expect 415
	import "$ADMIN" ''
	expect 200
	[ "$(jq -c . <<< "$BODY")" = '{"created":0,"existing":0,"failed":0,"items":[]}' ]
}
