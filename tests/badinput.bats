#!/usr/bin/env bats
# Bad input: each gets a 4xx that names what is wrong, changes nothing, and no program dies of it.

load helper

# Routes that take a body, with a body that they would take, whose first member is a text.
ROUTES=(
	"register POST /auth/register {\"email\":\"new@example.org\",\"password\":\"$PASSWORD\"}"
	"login POST /auth/login {\"email\":\"ann@example.org\",\"password\":\"$PASSWORD\"}"
	"login POST /api/users/session {\"username\":\"ann@example.org\",\"password\":\"$PASSWORD\"}"
	"login DELETE /api/users/session {\"user\":{\"username\":\"ann@example.org\",\"password\":\"$PASSWORD\"}}"
	"session POST /auth/refresh {\"refresh_token\":\"REFRESH\"}"
	"session POST /auth/logout {\"refresh_token\":\"REFRESH\"}"
	"session PATCH /users/me {\"name\":\"changed\"}"
	"roles POST /roles {\"name\":\"author\"}"
	"roles PATCH /roles/ROLE {\"description\":\"changed\"}"
	"roles POST /roles/ROLE/permissions {\"permission\":\"posts:write\"}"
	"roles DELETE /roles/ROLE/permissions {\"permission\":\"posts:read\"}"
	"roles POST /roles/ROLE/parents {\"parent\":\"viewer\"}"
	"roles DELETE /roles/ROLE/parents {\"parent\":\"guest\"}"
	"roles POST /users/USER/roles {\"role\":\"guest\"}"
	"roles DELETE /users/USER/roles {\"role\":\"viewer\"}"
	"roles POST /authz/check {\"resource\":\"posts\",\"action\":\"read\"}"
	"groups POST /groups {\"name\":\"another\"}"
	"groups PATCH /groups/GROUP {\"description\":\"changed\"}"
	"groups POST /groups/GROUP/members {\"user\":\"01890a5d-ac96-774b-bcce-b302099a8057\"}"
	"groups DELETE /groups/GROUP/members {\"user\":\"01890a5d-ac96-774b-bcce-b302099a8057\"}"
	"groups POST /groups/GROUP/roles {\"role\":\"guest\"}"
	"groups DELETE /groups/GROUP/roles {\"role\":\"viewer\"}"
	"groups POST /users/USER/impersonate {\"reason\":\"to see what is wrong\"}"
	"users POST /users {\"email\":\"new@example.org\"}"
	"users PATCH /users/USER {\"name\":\"changed\"}"
	"users POST /users/invite {\"email\":\"new@example.org\"}"
	"orgs POST /orgs/ROLE/invitations {\"email\":\"new@example.org\"}"
	"password POST /auth/password/change {\"current_password\":\"$PASSWORD\",\"new_password\":\"another quite long one\"}"
	"password POST /auth/password/forgot {\"email\":\"ann@example.org\"}"
	"password POST /auth/password/reset {\"token\":\"x\",\"new_password\":\"another quite long one\"}"
	"password POST /auth/unlock {\"token\":\"x\"}"
	"password POST /auth/end-session {\"token\":\"x\"}"
	"password POST /auth/email/verify {\"token\":\"x\"}"
	"password POST /auth/email/resend {\"email\":\"ann@example.org\"}"
	"password POST /auth/email/change {\"email\":\"new@example.org\",\"current_password\":\"$PASSWORD\"}"
	"passwordless POST /auth/magic-link {\"email\":\"ann@example.org\"}"
	"passwordless POST /auth/magic-link/verify {\"token\":\"x\"}"
	"passwordless POST /auth/otp {\"email\":\"ann@example.org\"}"
	"passwordless POST /auth/otp/verify {\"email\":\"ann@example.org\",\"code\":\"1\"}"
	"passwordless POST /users/me/phone {\"phone\":\"+4915112345678\"}"
	"passwordless POST /users/me/phone/verify {\"code\":\"1\"}"
	"waitlist POST /waitlist {\"email\":\"new@example.org\"}"
	"waitlist POST /waitlist/confirm {\"token\":\"x\"}"
	"webhooks POST /webhooks {\"url\":\"https://example.org/\",\"events\":[\"*\"]}"
	"webhooks PATCH /webhooks/ROLE {\"description\":\"changed\"}"
)

ROLE=01890a5d-ac96-774b-bcce-b302099a8057

setup() {
	fresh_state
	stop_time
	serve
	register ann@example.org
	sql "INSERT INTO user_roles (user_id, role_id, assigned_at) VALUES ('$USER_ID', '00000000-0000-7000-8000-000000000001', 0);
		INSERT INTO roles (id, name, created_at) VALUES ('$ROLE', 'editor', 0);
		INSERT INTO permissions (id, name, created_at) VALUES ('$ROLE', 'posts:read', 0);
		INSERT INTO role_permissions (role_id, permission_id) VALUES ('$ROLE', '$ROLE');
		INSERT INTO groups (id, name, created_at) VALUES ('$ROLE', 'staff', 0);
		INSERT INTO role_parents VALUES ('$ROLE', '00000000-0000-7000-8000-000000000003');"
	BEFORE=$(dump)
}

teardown() {
	stop_served
}

# All rows but the attempts to sign in, which are noted whatever happens.
dump() {
	sql .dump | grep -v 'INSERT INTO login_attempts'
}

# each COMMAND: run COMMAND PROGRAM METHOD PATH BODY for every route; none may change anything.
each() {
	local route program method path body
	# bats looks at each command (helper.bash), which would take most of the time here.
	local - && set +T
	for route in "${ROUTES[@]}"; do
		read -r program method path body <<< "$route"
		body=${body//REFRESH/$REFRESH}
		path=${path//ROLE/$ROLE}
		path=${path//GROUP/$ROLE}
		path=${path//USER/$USER_ID}
		"$@" "$program" "$method" "$path" "$body" || {
			echo "$program $method $path: $STATUS $BODY" >&2
			return 1
		}
	done
	unchanged
}

unchanged() {
	[ "$(dump)" = "$BEFORE" ] || {
		echo "something was changed" >&2
		return 1
	}
}

# send PROGRAM METHOD PATH BODY [VARIABLE=VALUE]...: with a proof, so that nothing but the input is wrong.
send() {
	local program=$1 method=$2 path=$3 body=$4
	shift 4
	call "$program" "$method" "$path" "$body" "$(bearer "$ACCESS")" "$@"
}

refused() {
	local wanted=$1
	[[ " $wanted " == *" $STATUS "* ]] && [ "$(header Content-Type)" = application/problem+json ] && [[ $BODY == "{"*'"detail":"'[^\"]*"}" ]]
}

@test "a body cut off, not JSON, or no object" {
	local bad
	cut_off() { send "$1" "$2" "$3" "${4%?}" && refused 400; }
	each cut_off
	for bad in '[]' '"x"' 'null' '1' 'nonsense' '{"a":1}}' '{' '{"a":tru}' '{"a" 1}'; do
		odd() { send "$1" "$2" "$3" "$bad" && refused 400; }
		each odd
	done
}

@test "a body that ends before Content-Length" {
	alone
	early() { send "$1" "$2" "$3" "$4" CONTENT_LENGTH=$((${#4} + 5)) && refused 400 && [[ "$(json .detail)" == *Content-Length* ]]; }
	each early
}

@test "a body that goes on after Content-Length" {
	alone
	late() { send "$1" "$2" "$3" "$4" CONTENT_LENGTH=$((${#4} - 1)) && refused 400 && [[ "$(json .detail)" == *Content-Length* ]]; }
	each late
}

@test "a Content-Length that is no number" {
	local bad
	alone
	for bad in x -1 1x 99999999999999999999 ' 5' 0x10; do
		odd() { send "$1" "$2" "$3" "$4" CONTENT_LENGTH="$bad" && refused "400 413" && [[ "$(json .detail)" == *"Content-Length"* || $STATUS = 413 ]]; }
		each odd
	done
}

@test "a body without Content-Length, chunked or not" {
	without() { call_without_length "$1" "$2" "$3" "$4" && refused 411 && [[ "$(json .detail)" == *Content-Length* ]]; }
	call_without_length() {
		printf %s "$4" | env REQUEST_METHOD="$2" REQUEST_URI="$3" CONTENT_TYPE=application/json HTTP_AUTHORIZATION="Bearer $ACCESS" \
			${TE:+HTTP_TRANSFER_ENCODING=$TE} "$BIN/$1" > "$BATS_TEST_TMPDIR/answer"
		split_answer
	}
	TE=
	each without
	TE=chunked
	each without
}

@test "a body over the limit" {
	local big
	big=$(printf 'x%.0s' $(seq 70000))
	large() { send "$1" "$2" "$3" "{\"a\":\"$big\"}" && refused 413 && [[ "$(json .detail)" == *bytes* ]]; }
	each large
}

@test "the largest body that PATCH /users/me takes is 65536 bytes" {
	local pad
	pad=$(printf ' %.0s' $(seq 65519))
	send session PATCH /users/me "{\"name\":\"fit\"}$pad "
	[ "$STATUS" = 413 ] || expect 200
	send session PATCH /users/me "$(printf '%-65536s' '{"name":"fits"}')"
	expect 200
	send session PATCH /users/me "$(printf '%-65537s' '{"name":"not"}')"
	expect 413
	me "$(bearer "$ACCESS")"
	[ "$(json .name)" = fits ]
}

@test "a body of a type that nobody takes, or of none" {
	local bad
	for bad in text/plain multipart/form-data application/jsonx application/xml text/html; do
		odd() { send "$1" "$2" "$3" "$4" CONTENT_TYPE="$bad" && refused 415 && [[ "$(json .detail)" == *Content-Type* ]]; }
		each odd
	done
	without() { send "$1" "$2" "$3" "$4" CONTENT_TYPE= && refused 415; }
	each without
}

@test "a method that a path does not know, with Allow" {
	odd() { send "$1" PUT "$3" "$4" && refused 405 && [[ "$(header Allow)" == *"$2"* ]]; }
	each odd
	send session TRACE /users/me "{}"
	expect 405
	[ "$(header Allow)" = "OPTIONS, GET, HEAD, PATCH" ]
	send session "$(printf 'X%.0s' $(seq 300))" /users/me "{}"
	expect 405
}

@test "OPTIONS says what a path takes" {
	call session OPTIONS /auth/sessions
	expect 204
	[ "$(header Allow)" = "OPTIONS, GET, HEAD, DELETE" ]
}

@test "a member that is there twice" {
	twice() { send "$1" "$2" "$3" "${4%?},${4#?}" && refused 400 && [[ "$(json .detail)" == *twice* ]]; }
	each twice
}

@test "a form field that is there twice" {
	send login POST /auth/login "email=a@example.org&email=ann@example.org&password=x" "$FORM"
	expect 422
	expect_field email
}

@test "a member that nobody knows" {
	unknown() { send "$1" "$2" "$3" "${4%?},\"admin\":true}" && refused 422 && expect_field admin; }
	each unknown
}

@test "the escape u0000, raw NUL, invalid UTF-8, control characters" {
	local bad
	for bad in '\u0000' '\uD800' "$(printf '\xff')" "$(printf '\xc0\xaf')" "$(printf '\xed\xa0\x80')" "$(printf '\001')" '\u0001'; do
		odd() { send "$1" "$2" "$3" "${4/\":\"/\":\"$bad}" && refused "400 422"; }
		each odd
	done
	send login POST /auth/login 'email=ann%00@example.org&password=x' "$FORM"
	expect 400
	send login POST /auth/login 'email=%ff&password=x' "$FORM"
	expect 400
	send login POST /auth/login 'email=%zz&password=x' "$FORM"
	expect 400
}

@test "JSON nested too deeply: 32 levels are taken, 33 not" {
	local open close
	open=$(printf '[%.0s' $(seq 30))
	close=$(printf ']%.0s' $(seq 30))
	# Taken as JSON: it is the member that is unknown.
	send session PATCH /users/me "{\"a\":{\"a\":$open$close}}"
	expect 422
	BEFORE=$(dump)
	send session PATCH /users/me "{\"a\":{\"a\":[$open$close]}}"
	expect 400
	[[ "$(json .detail)" == *deep* ]]
	deep() { send "$1" "$2" "$3" "{\"a\":$(printf '[%.0s' $(seq 4000))" && refused 400; }
	each deep
}

@test "an object of 256 members is taken, of 257 not" {
	send session PATCH /users/me "$(jq -nc '{properties: ([range(256)] | map({("k\(.)"): 1}) | add)}')"
	expect 200
	send session PATCH /users/me "$(jq -nc '{properties: ([range(257)] | map({("k\(.)"): 1}) | add)}')"
	expect 400
	[[ "$(json .detail)" == *members* ]]
}

@test "members of another type" {
	local bad
	for bad in 1 true null '[]' '{}' '["x"]'; do
		odd() { send "$1" "$2" "$3" "$(sed -E 's/:"[^"]*"/:'"${bad//\//\\/}"'/' <<< "$4")" && { refused "422 400" || { [[ "$2 $3" = "PATCH /users/"* ]] && [ "$bad" = null ] && BEFORE=$(dump); }; }; }
		each odd
	done
}

@test "a text may have as many bytes as is said, and of one more it is named" {
	local program path field most body length text
	while read -r program path field most body; do
		for length in "$most" $((most + 1)); do
			text=$(printf '%0*d' "$length" 0)
			send "$program" POST "$path" "${body/X/$text}"
			[ "$(jq --arg f "$field" --arg d "must have at most $most bytes" '[.errors[]? | select(.field == $f and .detail == $d)] | length' <<< "$BODY")" = $((length - most)) ] || {
				echo "$program $path $field of $length bytes: $STATUS $BODY" >&2
				return 1
			}
		done
	done <<- E
		passwordless /auth/magic-link email 254 {"email":"X"}
		passwordless /auth/magic-link return_to 1024 {"email":"x","return_to":"X"}
		passwordless /auth/magic-link/verify token 2048 {"token":"X"}
		passwordless /auth/magic-link/verify email 254 {"email":"X","code":"1"}
		passwordless /auth/magic-link/verify code 2048 {"email":"x","code":"X"}
		passwordless /auth/magic-link/verify return_to 1024 {"token":"x","return_to":"X"}
		passwordless /auth/otp email 254 {"email":"X"}
		passwordless /auth/otp phone 16 {"phone":"X"}
		passwordless /auth/otp return_to 1024 {"email":"x","return_to":"X"}
		passwordless /auth/otp/verify email 254 {"email":"X","code":"1"}
		passwordless /auth/otp/verify phone 16 {"phone":"X","code":"1"}
		passwordless /auth/otp/verify code 2048 {"email":"x","code":"X"}
		passwordless /auth/otp/verify return_to 1024 {"email":"x","code":"1","return_to":"X"}
		passwordless /users/me/phone phone 16 {"phone":"X"}
		passwordless /users/me/phone current_password 1024 {"phone":"x","current_password":"X"}
		passwordless /users/me/phone/verify code 2048 {"code":"X"}
		password /auth/password/forgot email 254 {"email":"X"}
		password /auth/password/reset token 2048 {"token":"X","new_password":"1"}
		password /auth/password/reset new_password 1024 {"token":"x","new_password":"X"}
		password /auth/password/reset new_password_confirm 1024 {"token":"x","new_password":"1","new_password_confirm":"X"}
		password /auth/unlock token 2048 {"token":"X"}
		password /auth/end-session token 2048 {"token":"X"}
		password /auth/email/verify token 2048 {"token":"X"}
		password /auth/email/resend email 254 {"email":"X"}
		password /auth/email/resend return_to 1024 {"email":"xxx","return_to":"X"}
		password /auth/email/change email 254 {"email":"X","current_password":"1"}
		password /auth/email/change current_password 1024 {"email":"xxx","current_password":"X"}
		password /auth/email/change return_to 1024 {"email":"xxx","current_password":"1","return_to":"X"}
		register /auth/register invitation 2048 {"email":"xxx","password":"1","invitation":"X"}
		waitlist /waitlist email 254 {"email":"X"}
		waitlist /waitlist name 200 {"email":"x","name":"X"}
		waitlist /waitlist note 1000 {"email":"x","note":"X"}
		waitlist /waitlist/confirm token 2048 {"token":"X"}
		users /users/invite email 254 {"email":"X"}
		users /users/invite name 200 {"email":"x","name":"X"}
		webhooks /webhooks description 500 {"url":"x","events":["*"],"description":"X"}
	E
	unchanged
}

@test "header fields of 8 KiB together are taken, more are not, and the longest is named" {
	local fill
	fill=$(printf 'x%.0s' $(seq 8100))
	me "$(bearer x)" "HTTP_X_FILL=$fill"
	expect 401
	me "$(bearer x)" "HTTP_X_FILL=$fill${fill:0:100}"
	expect 431
	[[ "$(json .detail)" == *X_FILL* ]]
	odd() { send "$1" "$2" "$3" "$4" "HTTP_X_FILL=$fill$fill" && refused 431; }
	each odd
}

@test "100 cookies are taken, 101 not, nor 1000" {
	local hundred
	hundred=$(printf 'a=b; %.0s' $(seq 99))
	me "HTTP_COOKIE=${hundred}c=d"
	expect 401
	me "HTTP_COOKIE=${hundred}c=d; e=f"
	expect 431
	[[ "$(json .detail)" == *Cookie* ]]
	odd() { send "$1" "$2" "$3" "$4" "HTTP_COOKIE=$(printf 'a=b; %.0s' $(seq 1000))" && refused 431; }
	each odd
}

@test "paths with escapes, dots, doubled slashes and odd characters" {
	local bad
	for bad in /auth/log%69n /%61uth/login /auth//login /auth/./login /x/../auth/login '/auth/login%00' '/auth/login%2f' '/auth\login' "/auth/$(printf '\xc3\xa4')" '/auth/login x'; do
		call login POST "$bad" '{"email":"ann@example.org","password":"'"$PASSWORD"'"}'
		refused 400
		[[ "$(json .detail)" == *path* ]]
	done
	call login POST '/auth/login/' '{"email":"ann@example.org","password":"'"$PASSWORD"'"}'
	expect 404
	call login POST 'auth/login' '{}' REQUEST_URI= SCRIPT_NAME=auth/login
	expect 400
	[ "$(dump)" = "$BEFORE" ]
}

@test "Authorization and Cookie fields full of nonsense" {
	local bad
	for bad in Bearer 'Bearer ' 'bearer x' 'Bearer  x' "Bearer $(printf 'x.%.0s' $(seq 1000))" 'Basic Og==' "Bearer $(printf 'A%.0s' $(seq 7000))" 'Bearer ..' 'Bearer a.b.c' "Bearer $(printf '\xff\xfe')"; do
		me "HTTP_AUTHORIZATION=$bad"
		expect 401
	done
	for bad in yett 'yett=' ';;;;' '=x' 'yett="x"' "yett=$(printf '\xff')" 'yett=x; yett' ' ; yett=;'; do
		me "HTTP_COOKIE=$bad"
		expect 401
	done
}

@test "no request at all is an answer, too" {
	env -i "YETT_CONF=$YETT_CONF" "YETT_SITE_STATE=$YETT_SITE_STATE" "$BIN/session" > "$BATS_TEST_TMPDIR/answer" < /dev/null
	split_answer
	expect 400
}
