# yett, the admin tool: users changed, found, brought along and taken elsewhere.
load helper
load tool

setup() {
	fresh_state
}

teardown() {
	stop_site
}

id_of() {
	sql "SELECT id FROM users WHERE email_key = '$1'"
}

# audited ACTION EMAIL: the tool did this to the user, last but for the sessions that it ended.
audited() {
	[ "$(sql "SELECT actor || ' ' || action FROM audit_log WHERE object_id = '$(id_of "$2")' AND action <> 'sessions.ended' ORDER BY seq DESC LIMIT 1")" = "tool $1" ]
}

@test "user list has the filters and orders of GET /users, and its pages join" {
	local i
	stop_time
	for i in ann bob cat dan; do
		add_user $i@example.org --username "${i}_$RANDOM" > /dev/null
		pass_time 1
	done
	yett user lock bob@example.org > /dev/null
	yett user disable cat@example.org > /dev/null
	yett user edit dan@example.org --email-confirmed true > /dev/null
	yett role grant dan@example.org admin > /dev/null
	listed() {
		yett user list --json "$@" | jq -r '.items[].email' | sed 's/@.*//' | xargs
	}
	[ "$(listed)" = "ann bob cat dan" ]
	[ "$(listed --locked true)" = bob ]
	[ "$(listed --enabled true --locked false)" = "ann dan" ]
	[ "$(listed --email-confirmed true)" = dan ]
	[ "$(listed --role admin)" = dan ]
	[ "$(listed --q example --enabled false)" = cat ]
	[ "$(listed --order -email)" = "dan cat bob ann" ]
	local next
	next=$(yett user list --json --order -email --limit 3 | jq -r .next)
	[ "$(listed --order -email --after "$next")" = ann ]
	run -100 yett user list --locked maybe
	[[ $output = *"--locked must be true or false"* ]]
	run -100 yett user list --order id
	[[ $output = *"--order must be"* ]]
	run -100 yett user list --q ab
	[[ $output = *"--q must have at least 3"* ]]
	run -100 yett user list --after nonsense
	run -1 yett user list --role king
	[[ $output = *'there is no "king"'* ]]
}

@test "user edit sets, clears and merges, and the next request sees it" {
	register kim@example.org
	run -0 yett user edit kim@example.org --username kimmy --name "Kim Ö" --first-name K --last-name O --picture https://x.org/k.png \
		--legacy-id 42 --email-confirmed true --can-create-orgs true --hidden false --properties '{"a":1,"b":2}' --attributes '{"team":"x"}'
	[ "$output" = "kim@example.org is changed" ]
	audited user.updated kim@example.org
	me "$(bearer "$ACCESS")"
	[ "$(jq -c '[.username, .name, .first_name, .last_name, .picture_url, .email_confirmed, .can_create_orgs, .properties]' <<< "$BODY")" = '["kimmy","Kim Ö","K","O","https://x.org/k.png",true,true,{"a":1,"b":2}]' ]
	yett user edit 42 --name "" --properties '{"a":null}' --email Lee@example.org > /dev/null
	run -0 yett user show 42 --json
	[ "$(jq -c '[.email, .email_confirmed, .name, .properties, .attributes, .legacy_user_id]' <<< "$output")" = '["Lee@example.org",false,null,{"b":2},{"team":"x"},"42"]' ]
	run -0 yett user show 42
	[[ $output = *"first name       K"*"id of old        42"* ]]
}

@test "user edit refuses what the programs refuse, names it, and stores nothing" {
	local before line
	add_user kim@example.org --username kim > /dev/null
	add_user lee@example.org --username lee > /dev/null
	before=$(sql .dump)
	while IFS='|' read -r expected line; do
		eval "run -1 yett user edit kim@example.org $line"
		[[ $output = *"$expected"* ]] || {
			echo "$line: $output" >&2
			return 1
		}
	done <<- 'END'
		email: is taken|--email LEE@example.org
		username: is taken|--username LEE
		email: is not|--email lee
		username: must have|--username k
		picture_url: must begin|--picture http://x.org
		locale: must be|--lang german_
		--hidden must be|--hidden yes
		--properties must be|--properties {
		properties: must be|--properties '[]'
		name: must have at most|--name "$(printf 'k%.0s' {1..201})"
		name: must not have control|--name $'a\eb'
	END
	[ "$(sql .dump)" = "$before" ]
	run -100 yett user edit kim@example.org
	run -1 yett user edit nobody@example.org --name x
}

@test "user disable keeps a user out and ends all sessions; enable lets in again" {
	register kim@example.org
	run -0 yett user disable kim@example.org
	[ "$output" = "kim@example.org is disabled; sessions ended: 1" ]
	audited user.disabled kim@example.org
	me "$(bearer "$ACCESS")"
	expect 401
	[[ $(yett user list) = *" disabled "* ]]
	run -0 yett user enable kim@example.org
	audited user.enabled kim@example.org
	me "$(bearer "$ACCESS")"
	expect 401
	sign_in kim@example.org
}

@test "user logout ends all sessions of one user" {
	register lee@example.org
	local other=$ACCESS
	register kim@example.org
	run -0 yett user logout kim@example.org
	[ "$output" = "kim@example.org is signed out everywhere; sessions ended: 1" ]
	[ "$(sql "SELECT actor || action || details FROM audit_log ORDER BY seq DESC LIMIT 1")" = 'toolsessions.ended{"count":1}' ]
	me "$(bearer "$ACCESS")"
	expect 401
	me "$(bearer "$other")"
	expect 200
}

@test "user require-password-update and clear-password" {
	register kim@example.org
	run -0 yett user require-password-update kim@example.org
	audited password.update_required kim@example.org
	[[ $(yett user show kim@example.org) = *"new password     required"* ]]
	call session GET /auth/sessions - "$(bearer "$ACCESS")"
	expect 403 password-update-required
	run -0 bash -c 'echo "quite another pass phrase" | yett user passwd kim@example.org'
	audited password.changed kim@example.org
	[[ $(yett user show kim@example.org) != *"new password"* ]]
	run -0 yett user clear-password kim@example.org
	audited password.cleared kim@example.org
	[[ $(yett user show kim@example.org) = *"password         none"* ]]
	run -1 yett user require-password-update kim@example.org
	[[ $output = *"has no password"* ]]
}

@test "the tool's changes are in the log" {
	add_user kim@example.org --role admin > /dev/null
	audited role.assigned kim@example.org
	[ "$(sql "SELECT group_concat(action) FROM (SELECT action FROM audit_log ORDER BY seq)")" = user.created,role.assigned ]
	add_user lee@example.org > /dev/null
	yett user lock lee@example.org > /dev/null
	audited user.locked lee@example.org
	yett user unlock lee@example.org > /dev/null
	audited user.unlocked lee@example.org
	yett role grant lee@example.org admin > /dev/null
	audited role.assigned lee@example.org
	yett role revoke lee@example.org admin > /dev/null
	audited role.unassigned lee@example.org
	sign_in lee@example.org
	yett session revoke "$(sql "SELECT id FROM sessions")" > /dev/null
	[ "$(sql "SELECT actor || action || object_type FROM audit_log ORDER BY seq DESC LIMIT 1")" = toolsession.endedsession ]
	sign_in lee@example.org
	yett session revoke --user lee@example.org > /dev/null
	yett session revoke --all > /dev/null
	[ "$(sql "SELECT count(*) FROM audit_log WHERE action = 'sessions.ended' AND actor = 'tool'")" = 3 ]
	local id
	id=$(id_of lee@example.org)
	yett user delete lee@example.org --yes > /dev/null
	[ "$(sql "SELECT action FROM audit_log WHERE object_id = '$id' ORDER BY seq DESC LIMIT 1")" = user.deleted ]
	[[ "$(sql "SELECT group_concat(details) FROM audit_log")" != *@* ]]
}

@test "the tool may lock out even the last admin, and says so" {
	add_user kim@example.org --role admin > /dev/null
	run -0 yett user lock kim@example.org
	[[ $output = *"last admin"* ]]
	yett user unlock kim@example.org
	add_user lee@example.org --role admin > /dev/null
	run -0 yett user disable kim@example.org
	[[ $output != *"last admin"* ]]
}

@test "user import takes a file of any length, says what failed, and may be run again" {
	register ann@example.org
	local hash
	hash=$(perl -e 'print crypt($ARGV[0], $ARGV[1])' "$PASSWORD" '$2b$04$abcdefghijklmnopqrstuu')
	{
		seq 230 | sed 's/.*/{"email":"u&@example.org"}/'
		jq -nc --arg h "$hash" '{email: "kim@example.org", password_hash: $h, legacy_user_id: "42"}'
		echo '{"email":"ANN@example.org"}'
		echo '{"email":"bad"}'
		echo nonsense
		echo
		printf '{"email":"long@example.org","name":"%070000d"}\n' 0
		printf '{"email":"nul@example.org"}\0\n'
		printf '{"email":"last@example.org"}'
	} > "$BATS_TEST_TMPDIR/lines"
	run -1 --separate-stderr yett user import "$BATS_TEST_TMPDIR/lines"
	[ "$output" = "created: 232, existing: 1, failed: 4" ]
	[ "${#stderr_lines[@]}" = 4 ]
	[[ "${stderr_lines[0]}" = "line 233: email: is not an e-mail address" ]]
	[[ "${stderr_lines[1]}" = "line 234: "* ]]
	[[ "${stderr_lines[2]}" = "line 236: line: has more than 65536 bytes" ]]
	[[ "${stderr_lines[3]}" = "line 237: line: has a NUL" ]]
	[ "$(sql "SELECT count(*) FROM users")" = 233 ]
	[ "$(sql "SELECT count(*) FROM audit_log WHERE actor = 'tool' AND action = 'user.created'")" = 232 ]
	[ "$(sql "SELECT details FROM audit_log JOIN users u ON u.id = object_id WHERE email = 'kim@example.org'")" = '{"imported":true,"hash":"bcrypt","legacy_user_id":"42"}' ]
	[ "$(sql "SELECT details FROM audit_log JOIN users u ON u.id = object_id WHERE email = 'u1@example.org'")" = '{"imported":true,"hash":null}' ]
	sign_in kim@example.org
	sign_in ann@example.org
	run -1 --separate-stderr bash -c "yett user import --json - < '$BATS_TEST_TMPDIR/lines'"
	[ "$(jq -rs 'map(.status) | group_by(.) | map("\(.[0]) \(length)") | join(",")' <<< "$output")" = "existing 233,failed 4" ]
	run -1 yett user import /nowhere
	run -0 bash -c 'yett user import - < /dev/null'
	[ "$output" = "created: 0, existing: 0, failed: 0" ]
}

@test "user export prints all, and with hashes they sign in elsewhere" {
	add_user kim@example.org --username kim > /dev/null
	sql "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 450)
		INSERT INTO users (id, email, email_key, created_at, updated_at, number)
		SELECT printf('01990a5d-ac96-774b-bcce-%012d', i), printf('u%d@x.org', i), printf('u%d@x.org', i), i, i, 1000 + i FROM n"
	yett user export > "$BATS_TEST_TMPDIR/all"
	[ "$(wc -l < "$BATS_TEST_TMPDIR/all")" = 451 ]
	[ "$(jq -r .email "$BATS_TEST_TMPDIR/all" | sort -u | wc -l)" = 451 ]
	run ! grep -q argon2 "$BATS_TEST_TMPDIR/all"
	yett user export --hashes --q kim@ > "$BATS_TEST_TMPDIR/kim"
	[ "$(wc -l < "$BATS_TEST_TMPDIR/kim")" = 1 ]
	yett user delete kim --yes > /dev/null
	yett user import "$BATS_TEST_TMPDIR/kim"
	sign_in kim@example.org
	run -100 yett user export --locked x
}
