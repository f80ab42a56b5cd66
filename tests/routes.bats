#!/usr/bin/env bats
# What must hold of every row of every program's table, driven by the tables: no row escapes.

load helper

NOBODY=01890a5d-ac96-774b-bcce-b302099a8057

setup() {
	local program
	fresh_state
	stop_time
	serve
	for program in "$TOP"/cmd/*/; do
		program=$(basename "$program")
		[ "$program" = yett ] || "$BIN/$program" --routes | sed "s/^/$program /"
	done > "$BATS_TEST_TMPDIR/rows"
	register ann@example.org
	ANN=$ACCESS
	# A user without any role, and one who may do everything.
	sql "DELETE FROM user_roles"
	register root@example.org
	sql "UPDATE user_roles SET role_id = '00000000-0000-7000-8000-000000000001'"
	ADMIN=$ACCESS
	BEFORE=$(dump)
}

teardown() {
	stop_served
}

# All rows but those that say that somebody tried.
dump() {
	sql .dump | grep -Ev "^INSERT INTO (login_attempts|sqlite_stat1)"
}

unchanged() {
	[ "$(dump)" = "$BEFORE" ] || {
		diff <(echo "$BEFORE") <(dump) >&2
		return 1
	}
}

# each PATTERN COMMAND...: run COMMAND PROGRAM METHOD PATH WHO PERMISSION BODY_MAX for each row that the pattern fits; there
# must be some, and all must hold.
each() {
	local pattern=$1 count=0 program method path who permission max type
	shift
	# bats looks at each command (helper.bash), which would take most of the time here.
	local - && set +T
	while read -r program method path who permission max type; do
		[ "$method" != "*" ] || continue
		path=${path//\{id\}/$NOBODY}
		path=${path//\{item_id\}/$NOBODY}
		"$@" "$program" "$method" "$path" "$who" "$permission" "$max" < /dev/null || {
			echo "$program $method $path $who $permission $max: $STATUS $BODY" >&2
			return 1
		}
		count=$((count + 1))
	done < <(grep -E "$pattern" "$BATS_TEST_TMPDIR/rows")
	[ $count -gt 0 ]
	unchanged
}

# try PROGRAM METHOD PATH MAX [VARIABLE=VALUE]...: with an empty object where there may be a body.
try() {
	local program=$1 method=$2 path=$3 body=-
	[ "$4" = 0 ] || body='{}'
	shift 4
	call "$program" "$method" "$path" "$body" "$@"
}

problem() {
	[ "$STATUS" = "$1" ] && [ "$(header Content-Type)" = application/problem+json ] && [[ $BODY =~ ^\{.*\"status\":$1, ]]
}

# Rows whose bodies nobody reads: forms that stand for DELETE, with nothing in them.
takes_members() {
	[ "$1" -gt 1024 ]
}

@test "every program prints its table, and says who is let in" {
	[ "$(wc -l < "$BATS_TEST_TMPDIR/rows")" -gt 20 ]
	run -1 grep -Ev '^[a-z]+ (\*|[A-Z]+) /[^ ]* (any|maybe|guest|holder|user|self) (-|[a-z0-9_.*-]+:[a-z0-9_.*-]+) [0-9]+ [a-z/-]+$' "$BATS_TEST_TMPDIR/rows"
	# Only reading is open to guests, but for asking what one may, which changes nothing.
	run -1 grep -E ' (POST|PATCH|PUT|DELETE) [^ ]* guest ' <(grep -v ' POST /authz/check ' "$BATS_TEST_TMPDIR/rows")
}

@test "without a proof every route that wants one answers 401, and changes nothing" {
	check() { try "$1" "$2" "$3" "$6" && problem 401 && [ -n "$(header WWW-Authenticate)" ]; }
	each ' (holder|user|self) | guest [^-]' check
}

@test "with a proof that is none they answer 401, too" {
	check() { try "$1" "$2" "$3" "$6" "$(bearer "$(printf 'x%.0s' $(seq 43))")" && problem 401; }
	each ' (guest|holder|user|self) ' check
}

@test "without its permission every route answers 403 that names it, and changes nothing" {
	check() { try "$1" "$2" "$3" "$6" "$(bearer "$ANN")" && problem 403 && [[ "$(json .detail)" = *"$5"* ]]; }
	each ' (guest|holder|user|self) [^ -]' check
}

@test "under a cookie, what changes something must come from a page of the site" {
	sql "DELETE FROM sessions"
	sign_in_cookie root@example.org
	BEFORE=$(dump)
	check() { [ "$2" = GET ] || { try "$1" "$2" "$3" "$6" HTTP_COOKIE="$COOKIE" HTTP_SEC_FETCH_SITE=cross-site && problem 403 && [ "$(json .code)" = cross-site ]; }; }
	each ' (guest|holder|user|self) ' check
	check() { [ "$2" = GET ] || { try "$1" "$2" "$3" "$6" HTTP_COOKIE="$COOKIE" && problem 403 && [ "$(json .code)" = cross-site ]; }; }
	each ' (guest|holder|user|self) ' check
}

# send PROGRAM METHOD PATH BODY [VARIABLE=VALUE]...: by who may do everything.
send() {
	local program=$1 method=$2 path=$3 body=$4
	shift 4
	call "$program" "$method" "$path" "$body" "$(bearer "$ADMIN")" "$@"
}

@test "a body that is not JSON, no object, cut off, too deep, not UTF-8, with a member twice or NUL" {
	local bad
	for bad in nonsense '[]' '"x"' '{' '{"a":tru}' '{"a":1,"a":1}' '{"a":"\u0000"}' "{\"a\":\"$(printf '\xff')\"}" "{\"a\":$(printf '[%.0s' $(seq 40))"; do
		check() { ! takes_members "$6" || { send "$1" "$2" "$3" "$bad" && problem 400; }; }
		each ' [1-9][0-9]* -$' check
	done
}

@test "a member that nobody knows is refused by its name" {
	check() { ! takes_members "$6" || { send "$1" "$2" "$3" '{"certainly_unknown":1}' && problem 422 && expect_field certainly_unknown; }; }
	each ' [1-9][0-9]* -$' check
}

@test "a body over the row's limit, of a type that nobody takes, or without a length" {
	check() { send "$1" "$2" "$3" "$(printf '{"a":"%0*d"}' "$6" 0)" && problem 413 && [[ "$(json .detail)" = *"$6"* ]]; }
	each ' [1-9][0-9]* [^ ]*$' check
	check() { send "$1" "$2" "$3" '{}' CONTENT_TYPE=text/plain && problem 415; }
	each ' [1-9][0-9]* [^ ]*$' check
	check() { send "$1" "$2" "$3" '{}' CONTENT_LENGTH=x && problem 400; }
	each ' [1-9][0-9]* [^ ]*$' check
}

@test "a method that a path does not know gets 405 with those that it knows" {
	check() { send "$1" BREW "$3" - && problem 405 && [[ ", $(header Allow)," = *", $2,"* ]]; }
	each . check
}

@test "an id that is none is no path" {
	local program method path rest path_of
	while read -r program method path rest; do
		for id in x "$NOBODY-" "${NOBODY^^}" "${NOBODY:0:35}" "$NOBODY'--"; do
			path_of=${path//\{id\}/$id}
			send "$program" "$method" "${path_of//\{item_id\}/$id}" -
			[[ " 400 404 405 " = *" $STATUS "* ]] || {
				echo "$program $method $path $id: $STATUS $BODY" >&2
				return 1
			}
		done
	done < <(grep '{id}' "$BATS_TEST_TMPDIR/rows")
	unchanged
}

# admin_key SCOPE: KEY, of who may do everything.
admin_key() {
	KEY=$("$BIN/yett" apikey create k --user root@example.org --scope "$1" 2> "$BATS_TEST_TMPDIR/made")
	BEFORE=$(dump)
}

@test "what is for people alone no API key may, whatever it holds" {
	admin_key '*:*'
	check() { try "$1" "$2" "$3" "$6" HTTP_X_API_KEY="$KEY" && problem 403 && [[ "$(json .detail)" = *"API key"* ]]; }
	each ' self ' check
}

@test "an API key is a proof on every route, in either field, and a mistyped one is told as such" {
	admin_key '*:*'
	known() { [ "$STATUS" != 401 ] || { echo "not taken: $BODY" >&2 && false; }; }
	# That something was exported is a row of the log: tests/audit.bats, tests/between.bats.
	check() { [ "$2" != GET ] || [[ "$3" = /*/export ]] || { try "$1" "$2" "$3" "$6" HTTP_X_API_KEY="$KEY" && known && try "$1" "$2" "$3" "$6" "$(bearer "$KEY")" && known; }; }
	each ' (guest|holder|user) ' check
	mistyped() { problem 401 && [[ "$(json .detail)" = *typo* ]]; }
	check() { try "$1" "$2" "$3" "$6" HTTP_X_API_KEY="${KEY}0" && mistyped && try "$1" "$2" "$3" "$6" "$(bearer "${KEY%?}")" && mistyped; }
	each ' (guest|holder|user|self) ' check
}

@test "an API key without the scope gets 403 that names the permission, though its user holds it" {
	admin_key nothing:here
	check() { try "$1" "$2" "$3" "$6" HTTP_X_API_KEY="$KEY" && problem 403 && [[ "$(json .detail)" = *"$5"* || "$4" = self ]]; }
	each ' (guest|holder|user|self) [^ -]' check
}
