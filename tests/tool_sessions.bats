# yett, the admin tool: sessions.
load helper
load tool

setup() {
	fresh_state
}

teardown() {
	stop_site
}

# --- sessions

@test "session list shows live sessions, of everybody or of one user, as a table or JSON" {
	register kim@example.org
	sign_in kim@example.org
	register lee@example.org
	run -0 yett session list
	[ "${#lines[@]}" = 4 ]
	run -0 yett session list kim@example.org
	[ "${#lines[@]}" = 3 ]
	run -0 yett session list lee@example.org --json
	[ "$(jq -r '.items[] | .email + " " + .kind + " " + .ip_address' <<< "$output")" = "lee@example.org refresh 192.0.2.7" ]
	[[ $output != *hash* ]]
	run -0 --separate-stderr yett session list --limit 1
	[ "${#lines[@]}" = 2 ]
	[[ ${lines[1]} = *lee@example.org* ]]
	[[ $stderr = *"more"* ]]
	run -1 yett session list max@example.org
	pass_time 800000
	run -0 yett session list
	[ "${#lines[@]}" = 1 ]
}

@test "session revoke ends one session, those of a user, or all" {
	register kim@example.org
	local first=$ACCESS second third
	sign_in kim@example.org
	second=$ACCESS
	register lee@example.org
	third=$ACCESS
	id=$(yett session list kim@example.org --json | jq -r '.items[1].id')
	run -0 yett session revoke "$id"
	[[ $output = "sessions ended: 1" ]]
	me "$(bearer "$first")"
	expect 401
	me "$(bearer "$second")"
	expect 200
	run -1 yett session revoke "$id"
	[[ $output = *"ended already"* ]]
	run -1 yett session revoke nonsense
	run -1 yett session revoke 00000000-0000-7000-8000-000000000000
	run -0 yett session revoke --user kim@example.org
	me "$(bearer "$second")"
	expect 401
	me "$(bearer "$third")"
	expect 200
	run -1 yett session revoke --user max@example.org
	run -0 yett session revoke --all
	[[ $output = "sessions ended: 1" ]]
	me "$(bearer "$third")"
	expect 401
}

@test "what the tool ends, running programs refuse at once" {
	start_site
	web POST /auth/register -H 'Content-Type: application/json' -d "{\"email\":\"kim@example.org\",\"password\":\"$PASSWORD\"}"
	expect 201
	take_tokens
	web GET /users/me -H "Authorization: Bearer $ACCESS"
	expect 200
	yett session revoke --all
	web GET /users/me -H "Authorization: Bearer $ACCESS"
	expect 401
	web POST /auth/login -H 'Content-Type: application/json' -d "{\"email\":\"kim@example.org\",\"password\":\"$PASSWORD\"}"
	expect 200
	take_tokens
	web GET /users/me -H "Authorization: Bearer $ACCESS"
	expect 200
	yett user lock kim@example.org
	web GET /users/me -H "Authorization: Bearer $ACCESS"
	expect 401
}
