#!/usr/bin/env bats
# yett apikey: what programs prove themselves by.

load helper
load tool

UNKNOWN=yett_003aUlTJC7tjlCTQj2uNU3MFagCXG9LRKRcwGkBIDlf1z5wyd

setup() {
	fresh_state
	stop_time
	add_user kim@example.org
}

# make_key OPTION...: KEY and its ID.
make_key() {
	KEY=$(yett apikey create k "$@" 2> /dev/null)
	ID=$(sql "SELECT id FROM api_keys ORDER BY created_at DESC LIMIT 1")
}

# by KEY: GET /users/me.
by() {
	call session GET /users/me - HTTP_X_API_KEY="$1"
}

# later SECONDS: the time so much later.
later() {
	date -u -d "@$(($(tr -d @ < "$YETT_TEST_CLOCK") / 1000 + $1))" +%FT%TZ
}

@test "apikey create prints the key alone, which then works" {
	run -0 --separate-stderr yett apikey create build --user kim@example.org --scope profile:read --scope posts:read --network 192.0.2.0/24
	[[ "$output" =~ ^yett_[0-9A-Za-z]{49}$ ]]
	[[ "$stderr" == *"shown only now"* ]]
	by "$output"
	expect 200
	[ "$(jq -c .permissions <<< "$BODY")" = '["profile:read"]' ]
	[ "$(sql 'SELECT name, scopes, networks, created_by IS NULL FROM api_keys')" = "build|profile:read posts:read|192.0.2.0/24|1" ]
	[ "$(sql "SELECT actor || ' ' || action FROM audit_log ORDER BY seq DESC LIMIT 1")" = "tool apikey.created" ]
	run -0 yett key create other --service --scope 'posts:*' --json --until "$(later 100)"
	output=$(grep '^{' <<< "$output")
	[ "$(jq -c '[.name, .user_id, .scopes, .state]' <<< "$output")" = '["other",null,["posts:*"],"live"]' ]
	[[ "$(jq -r .key <<< "$output")" = yett_* ]]
}

@test "apikey create says what is wrong" {
	local line
	while read -r line; do
		run -1 bash -c "yett apikey create ${line#*:}"
		[[ "$output" == *"${line%%:*}"* ]] || {
			echo "$line: $output" >&2
			return 1
		}
	done <<- E
		--scope:k --service --scope x
		--scope:k --service --scope a:b --scope a:b
		--network:k --service --network here
		--until:k --service --until tomorrow
		--until:k --service --until 2020-01-01T00:00:00Z
		--until:k --service --until 2999-01-01T00:00:00Z
		--org:k --service --org x
		no such org:k --service --org 01890a5d-ac96-774b-bcce-b302099a8057
		no member:k --user kim@example.org --org 01890a5d-ac96-774b-bcce-b302099a8057
		NAME:'' --service
		there is no user:k --user lee@example.org
	E
	run -100 yett apikey create k
	run -100 yett apikey create k --service --user kim@example.org
	run -100 yett apikey create
	[ "$(sql 'SELECT count(*) FROM api_keys')" = 0 ]
}

@test "apikey list and show say all but the key" {
	make_key --user kim@example.org --scope profile:read
	local id=$ID
	pass_time 1
	make_key --service --scope posts:read
	run -0 yett apikey list
	[ "${#lines[@]}" = 3 ]
	[[ "${lines[0]}" = ID*NAME*OWNER*SCOPES* ]]
	[[ "${lines[1]}" = *"a service"*live*posts:read* ]]
	[[ "${lines[2]}" = *kim@example.org*live*profile:read* ]]
	run -0 yett apikey list kim@example.org --json
	[ "$(jq -r '.items[].id' <<< "$output")" = "$id" ]
	run -0 yett apikey list --service --json
	[ "$(jq -r '.items[].id' <<< "$output")" = "$ID" ]
	run -0 --separate-stderr yett apikey list --limit 1
	[ "${#lines[@]}" = 2 ]
	[[ "$stderr" == *"--after $ID"* ]]
	run -0 yett apikey list --after "$ID"
	[[ "${lines[1]}" = "$id"* ]]
	run -0 yett apikey list --archived
	[ "${#lines[@]}" = 1 ]
	run -0 yett apikey show "$id"
	[[ "$output" == *"kim@example.org"*"may now      profile:read"* ]]
	run -0 yett apikey show "$id" --json
	[ "$(jq -c '[.state, .roles, .permissions, .key]' <<< "$output")" = '["live",["viewer"],["profile:read"],null]' ]
	run -1 yett apikey show x
	run -1 yett apikey show 01890a5d-ac96-774b-bcce-b302099a8057
	run -100 yett apikey list kim@example.org --service
}

@test "apikey revoke and rotate end a key, at once or after the overlap" {
	make_key --user kim@example.org --scope profile:read
	local old=$KEY new
	run -0 --separate-stderr yett apikey rotate "$ID" --overlap 100
	new=$output
	pass_time 99
	by "$old"
	expect 200
	run -1 yett apikey rotate "$ID"
	[[ "$output" == *"replaced already"* ]]
	pass_time 1
	by "$old"
	expect 401
	by "$new"
	expect 200
	run -1 yett apikey rotate "$ID"
	[[ "$output" == *"already"* ]]
	run -100 yett apikey rotate "$ID" --overlap 2592001
	local id
	id=$(yett apikey list --json | jq -r '.items[0].id')
	run -0 yett apikey revoke "$id"
	[ "$output" = "revoked $id" ]
	by "$new"
	expect 401
	run -1 yett apikey revoke "$id"
	run -1 yett apikey revoke 01890a5d-ac96-774b-bcce-b302099a8057
	run -0 yett apikey list --archived
	[ "${#lines[@]}" = 3 ]
	[ "$(sql "SELECT group_concat(action, ' ') FROM (SELECT action FROM audit_log WHERE object_type = 'apikey' ORDER BY seq)")" = "apikey.created apikey.rotated apikey.revoked" ]
}

@test "apikey grant and withdraw change what a service's key holds" {
	make_key --service
	run -0 yett apikey grant "$ID" viewer
	[ "$output" = "$ID now has the role viewer" ]
	[ "$(yett apikey show "$ID" --json | jq -c .permissions)" = '["profile:read","profile:update"]' ]
	run -0 yett apikey withdraw "$ID" viewer
	[ "$(yett apikey show "$ID" --json | jq -c .permissions)" = '[]' ]
	run -1 yett apikey withdraw "$ID" viewer
	run -1 yett apikey grant "$ID" king
	# A key holds its roles wherever it acts.
	run -100 yett apikey grant "$ID" admin --org acme
	[[ "$output" = *"there is no option --org here"* ]]
	[ "$(yett apikey show "$ID" --json | jq -c .permissions)" = '[]' ]
	run -1 yett apikey grant "$ID" viewer --until 2020-01-01T00:00:00Z
	run -0 yett apikey grant "$ID" viewer --until "$(later 100)"
	pass_time 100
	[ "$(yett apikey show "$ID" --json | jq -c .permissions)" = '[]' ]
	pass_time 1
	yett apikey create u --user kim@example.org > /dev/null 2>&1
	run -1 yett apikey grant "$(yett apikey list kim@example.org --json | jq -r '.items[0].id')" viewer
	[[ "$output" == *"a user's"* ]]
}

@test "apikey verify says whether a key is good, and why not" {
	local key
	make_key --user kim@example.org --scope profile:read --network 10.0.0.0/8
	run -0 yett apikey verify <<< "$KEY"
	[ "$output" = "valid: $ID" ]
	run -0 yett apikey verify --permission profile:read --address 10.0.0.1 --json <<< "$KEY"
	[ "$(jq -c '[.valid, .code, .key_id, .permissions]' <<< "$output")" = "[true,null,\"$ID\",[\"profile:read\"]]" ]
	run -1 yett apikey verify --permission profile:update <<< "$KEY"
	[ "$output" = "not valid: permission" ]
	run -1 yett apikey verify --address 11.0.0.1 --json <<< "$KEY"
	[ "$(jq -c . <<< "$output")" = '{"valid":false,"code":"network","key_id":null,"user_id":null,"org_id":null,"permissions":[]}' ]
	run -1 yett apikey verify <<< "$UNKNOWN"
	[ "$output" = "not valid: unknown" ]
	run -1 yett apikey verify <<< "${UNKNOWN}x"
	[ "$output" = "not valid: malformed" ]
	yett user lock kim@example.org
	run -1 yett apikey verify <<< "$KEY"
	[ "$output" = "not valid: user" ]
	yett user unlock kim@example.org
	yett apikey revoke "$ID"
	run -1 yett apikey verify <<< "$KEY"
	[ "$output" = "not valid: revoked" ]
	run -1 yett apikey verify --permission x <<< "$KEY"
	run -1 yett apikey verify --address x <<< "$KEY"
	run -1 on_terminal "yett apikey verify" "API key: " "$KEY\n"
	[[ "$output" != *"$KEY"* ]]
}

@test "apikey import takes over a key of another system" {
	run -0 --separate-stderr yett apikey import old --user kim@example.org --scope profile:read <<< 'sk_live.abcdefgh+/=12~'
	[ -z "$output" ]
	by 'sk_live.abcdefgh+/=12~'
	expect 200
	run -1 yett apikey import old --user kim@example.org <<< 'sk_live.abcdefgh+/=12~'
	[[ "$output" == *"there already"* ]]
	run -1 yett apikey import old --user kim@example.org <<< 'short'
	run -1 yett apikey import old --user kim@example.org <<< "${UNKNOWN}x"
}

@test "apikey usage counts by the day" {
	make_key --user kim@example.org --scope profile:read
	local day=$(($(tr -d @ < "$YETT_TEST_CLOCK") / 86400000))
	sql "INSERT INTO api_key_usage VALUES ('$ID', $day, 5), ('$ID', $((day - 29)), 7), ('$ID', $((day - 30)), 9)"
	run -0 yett apikey usage "$ID"
	[ "${#lines[@]}" = 3 ]
	[[ "${lines[2]}" = "$(date -u -d "@$((day * 86400))" +%F)"*5 ]]
	run -0 yett apikey usage "$ID" --days 31 --json
	[ "$(jq .total <<< "$output")" = 21 ]
	run -100 yett apikey usage "$ID" --days 0
}
