#!/usr/bin/env bats
# yett limit: how many requests are let through, and of whom.

load helper
load tool

NOBODY=01890a5d-ac96-774b-bcce-b302099a8057

setup() {
	fresh_state
	stop_time
	add_user kim@example.org
	KIM=$(sql 'SELECT id FROM users')
	yett limit add calm user 2 60 --description "For all"
}

# actions: what the audit log has of rate limits.
actions() {
	sql "SELECT group_concat(action, ' ') FROM (SELECT action FROM audit_log WHERE object_type = 'limit' AND actor = 'tool' ORDER BY seq)"
}

@test "limit add, edit, list and delete keep the rate limits, and the audit log says so" {
	run -0 yett limit list
	[[ "${lines[0]}" = NAME*"COUNTS BY"*REQUESTS*"IN SECONDS"*DESCRIPTION* ]]
	[[ "${lines[1]}" = calm*user*2*60*"For all" ]]
	run -0 yett limit edit calm --name slow --count 5 --seconds 10 --description ""
	[ "$output" = "slow lets each user have 5 requests in 10 s" ]
	run -0 yett limit list --json
	[ "$(jq -c '.items[] | [.name, .scope, .limit_count, .window_sec, .description]' <<< "$output")" = '["slow","user",5,10,""]' ]
	run -0 yett limit edit slow --count 6
	run -0 yett limit delete slow
	[ "$output" = "deleted slow" ]
	run -1 yett limit delete slow
	[[ "$output" = *'there is no rate limit "slow"'* ]]
	[ "$(actions)" = "limit.created limit.updated limit.updated limit.deleted" ]
	[ "$(sql "SELECT details FROM audit_log WHERE action = 'limit.created'")" = '{"scope":"user","limit_count":2,"window_sec":60,"name":"calm"}' ]
}

@test "limit assign and unassign say for whom, and it holds at the next request" {
	sign_in kim@example.org
	me "$(bearer "$ACCESS")"
	[[ "$HEAD" != *RateLimit* ]]
	run -0 yett limit assign calm
	[ "$output" = "calm now holds for everybody at all routes" ]
	me "$(bearer "$ACCESS")"
	[ "$(header RateLimit)" = '"calm";r=1;t=30' ]
	yett limit add own user 7 60
	run -0 yett limit assign own --user kim@example.org --route "GET /users/me"
	[ "$output" = "own now holds for $KIM at GET /users/me" ]
	run -0 yett limit show own
	[[ "${lines[0]}" = "own: each user 7 requests in 60 s" ]]
	[[ "$output" = *"$KIM"*"GET /users/me"* ]]
	run -0 yett limit show own --json
	[ "$(jq -c '[.name, (.assignments[] | [.user, .route, .everybody])]' <<< "$output")" = "[\"own\",[\"$KIM\",\"GET /users/me\",false]]" ]
	run -0 yett limit unassign calm
	me "$(bearer "$ACCESS")"
	[ "$(header RateLimit)" = '"own";r=6;t=9' ]
	run -1 yett limit unassign calm
	[[ "$output" = *"not assigned so"* ]]
	run -0 yett limit unassign own --user "$KIM" --route "GET /users/me"
	run -0 yett limit show own
	[[ "$output" = *"assigned to nobody"* ]]
	[ "$(actions)" = "limit.created limit.assigned limit.created limit.assigned limit.unassigned limit.unassigned" ]
}

@test "limit assign takes what the scope counts, and only that" {
	sql "INSERT INTO orgs (id, name, slug, created_at, updated_at) VALUES ('$NOBODY', 'Org', 'org', 0, 0)"
	yett limit add nets network 10 60
	yett limit add orgs org 10 60
	run -0 yett limit assign nets --network 192.0.2.7/24
	[ "$output" = "nets now holds for 192.0.2.0/24 at all routes" ]
	run -0 yett limit assign orgs --org "$NOBODY"
	run -1 yett limit assign orgs --org "$KIM"
	[[ "$output" = *"there is no org $KIM"* ]]
	run -1 yett limit assign nets --network here
	[[ "$output" = *"--network: must be an address or network"* ]]
	run -1 yett limit assign nets --user kim@example.org
	[[ "$output" = *"nets counts by network, so --user does not fit"* ]]
	run -1 yett limit assign calm --user nobody@example.org
	[ "${#lines[@]}" = 1 ]
	run -1 yett limit assign calm --route "users"
	[[ "$output" = *"--route: must be METHOD /path"* ]]
	run -100 yett limit assign calm --user kim@example.org --org "$NOBODY"
	run -1 yett limit assign nothing
	run -1 yett limit show nothing
}

@test "what cannot be counted is refused with the reason" {
	run -1 yett limit add A user 1 1
	[[ "$output" = *"a name must have"* ]]
	run -1 yett limit add calm user 1 1
	[[ "$output" = *"there is a rate limit of this name"* ]]
	run -1 yett limit add other address 1 1
	[[ "$output" = *"SCOPE: must be user, org, key, network or route"* ]]
	run -1 yett limit add other user 0 1
	[[ "$output" = *"COUNT: must be a number from 1 to 1000000000"* ]]
	run -1 yett limit add other user 1 31536001
	[[ "$output" = *"SECONDS: must be a number from 1 to 31536000"* ]]
	run -1 yett limit add other user 25601 1
	[[ "$output" = *"at most 25600 requests a second"* ]]
	run -1 yett limit edit calm --count 1000000000
	[[ "$output" = *"at most 25600 requests a second"* ]]
	run -1 yett limit edit calm --count 0
	run -1 yett limit edit calm --description "$(printf '%0501d' 0)"
	run -100 yett limit edit calm
	run -100 yett limit add other user 1
	[ "$(sql 'SELECT count(*) FROM rate_limit_policies')" = 1 ]
	[ "$(actions)" = limit.created ]
}

@test "limit count and reset show one count and begin it anew" {
	sign_in kim@example.org
	yett limit assign calm
	me "$(bearer "$ACCESS")"
	me "$(bearer "$ACCESS")"
	me "$(bearer "$ACCESS")"
	expect 429
	run -0 yett limit count calm --user kim@example.org
	[ "$output" = "0 of 2 are left; one more in 30 s, all in 60 s" ]
	run -0 yett limit count calm --user kim@example.org --json
	[ "$output" = '{"policy":"calm","limit_count":2,"window_sec":60,"remaining":0,"retry_after_sec":30,"reset_sec":60}' ]
	run -0 yett limit reset calm --user kim@example.org
	[ "$output" = "2 of 2 are left; one more in 0 s, all in 0 s" ]
	[ "$(sql "SELECT details FROM audit_log WHERE action = 'limit.reset'")" = "{\"name\":\"calm\",\"user\":\"$KIM\"}" ]
	me "$(bearer "$ACCESS")"
	expect 200
	yett limit add nets network 5 60
	yett limit assign nets
	me "$(bearer "$ACCESS")"
	expect 200
	run -0 yett limit count nets --network 192.0.2.7
	[[ "$output" = "4 of 5 "* ]]
	yett limit add ways route 7 60
	yett limit assign ways
	me "$(bearer "$ACCESS")"
	run -0 yett limit count ways --route "GET /users/me"
	[[ "$output" = "7 of 7 "* ]]
	run -0 yett limit reset ways --route "GET /users/me"
	run -1 yett limit count calm
	[[ "$output" = *"--user says which count"* ]]
	run -1 yett limit count calm --user kim@example.org --route "GET /users/me"
	run -1 yett limit count nets --network 192.0.2.0/24
	[[ "$output" = *"--network: must be an address"* ]]
	run -1 yett limit reset nets --user kim@example.org
	run -1 yett limit count calm --user nobody@example.org
	[ "${#lines[@]}" = 1 ]
	run -1 yett limit reset nothing --user kim@example.org
}
