#!/usr/bin/env bats
# yett webhook, and what yett doctor says of webhooks.

load helper
load orgs
load mail
load hooks

setup() {
	fresh_state
}

teardown() {
	stop_courier
	stop_receivers
}

# actions: of the audit log, that are about webhooks.
actions() {
	sql "SELECT group_concat(action || ' ' || actor || ' ' || details) FROM (SELECT * FROM audit_log WHERE object_type = 'webhook' ORDER BY seq)"
}

@test "webhook add prints the id and the secret, once; list and show tell the rest" {
	run -0 yett webhook add https://example.org/hook --event 'role.*' --event user.locked --description "ours, all of it"
	[[ "${lines[1]}" =~ ^whsec_[A-Za-z0-9+/]{43}=$ ]]
	local id=${lines[0]} secret=${lines[1]}
	run -0 yett webhook list
	[[ "${lines[0]}" = ID*ORG*STATE*EVENTS*URL ]]
	[[ "${lines[1]}" = "$id"*-*enabled*"role.* user.locked"*https://example.org/hook ]]
	run -0 yett webhook list --json
	[ "$(jq -c '[.items[] | [.id, .events, .description, .enabled]]' <<< "$output")" = \
		"[[\"$id\",[\"role.*\",\"user.locked\"],\"ours, all of it\",true]]" ]
	[[ "$output" != *whsec* ]]
	run -0 yett webhook show "$id"
	[[ "$output" = *"events       role.* user.locked"* && "$output" = *"state        enabled"* && "$output" != *whsec* ]]
	run -0 yett webhook show "$id" --json
	[ "$(jq -r .url <<< "$output")" = https://example.org/hook ]
	run -1 grep -rF "${secret#whsec_}" "$YETT_SITE_STATE"
	[ "$(actions)" = 'webhook.created tool {"host":"example.org","events":["role.*","user.locked"],"enabled":true}' ]
	run -1 yett webhook show 01890a5d-ac96-774b-bcce-b302099a8057
	[[ "$output" = *"there is no webhook 01890a5d"* ]]
	run -1 yett webhook show x
	[[ "$output" = *"of that id"* ]]
}

@test "webhook add refuses what is wrong, and changes nothing" {
	run -100 yett webhook add https://example.org/
	[[ "$output" = *"--event is needed"* ]]
	run -1 yett webhook add http://example.org/ --event '*'
	[[ "$output" = *"the URL must begin with https://; http:// leads only to addresses that [webhook] private "* ]]
	run -1 yett webhook add https://127.0.0.1/ --event '*'
	[[ "$output" = *"the URL must not lead into a private network, or to this machine, unless [webhook] private "* ]]
	run -1 yett webhook add https://example.org/ --event role
	[[ "$output" = *"--event must be a list of events"* ]]
	run -1 yett webhook add https://example.org/ --event '*' --event '*'
	[[ "$output" = *"twice"* ]]
	run -1 yett webhook add https://example.org/ --event '*' --org nobody
	[[ "$output" = *"there is no org"* ]]
	run -1 yett webhook add https://example.org/ --event '*' --description "$(printf '%0501d' 0)"
	[[ "$output" = *"--description must be text of at most 500 bytes"* ]]
	run -1 yett webhook add https://example.org/ --event '*' --description $'a\nb'
	run -1 yett webhook add https://example.org/ --event '*' --description $'\xff'
	[ "$(sql "SELECT count(*) FROM webhooks")" = 0 ]
	run -0 yett webhook add https://example.org/ --event '*' --description "$(printf '%0500d' 0)"
}

@test "webhook add --org: the organisation's, of which list --org tells; no secret events there" {
	two_orgs
	run -0 yett webhook add https://example.org/a --event '*' --org "$(sql "SELECT slug FROM orgs WHERE id = '$A'")"
	local id=${lines[0]}
	[ "$(sql "SELECT org_id FROM webhooks")" = "$A" ]
	run -0 yett webhook add https://example.org/s --event sms.code
	run -1 yett webhook add https://example.org/a --event sms.code --org "$A"
	[[ "$output" = *"no organisation gets those"* ]]
	run -1 yett webhook edit "$id" --event sms.code
	[[ "$output" = *"no organisation gets those"* ]]
	run -0 yett webhook list
	[ "${#lines[@]}" = 3 ]
	run -0 yett webhook list --org "$A" --json
	[ "$(jq -c '[.items[] | [.id, .org_id]]' <<< "$output")" = "[[\"$id\",\"$A\"]]" ]
	run -0 yett webhook list --org "$B"
	[ "${#lines[@]}" = 1 ]
}

@test "webhook edit changes what is said, and refuses what is wrong" {
	run -0 yett webhook add https://example.org/ --event '*'
	local id=${lines[0]}
	run -0 yett webhook edit "$id" --url https://example.org/b --event 'org.*' --event role.created --description b --enabled false
	[ "$(sql "SELECT url || ' ' || events || ' ' || description || ' ' || enabled FROM webhooks")" = "https://example.org/b org.* role.created b 0" ]
	run -0 yett webhook list
	[[ "${lines[1]}" = *disabled* ]]
	run -1 yett webhook test "$id"
	[[ "$output" = *"the webhook is disabled"* ]]
	run -0 yett webhook edit "$id" --enabled true
	[ "$(sql "SELECT enabled || ' ' || (since_seq = (SELECT max(seq) FROM audit_log)) FROM webhooks")" = "1 1" ]
	run -100 yett webhook edit "$id"
	run -100 yett webhook edit "$id" --enabled maybe
	run -1 yett webhook edit "$id" --url ftp://example.org/
	[[ "$output" = *"--url must be https://"* ]]
	run -1 yett webhook edit "$id" --event x
	run -1 yett webhook edit 01890a5d-ac96-774b-bcce-b302099a8057 --description x
	[[ "$output" = *"there is no webhook"* ]]
	[ "$(sql "SELECT url || events FROM webhooks")" = "https://example.org/borg.* role.created" ]
	[ "$(sql "SELECT count(*) FROM audit_log WHERE action = 'webhook.updated'")" = 2 ]
}

@test "webhook rotate prints another secret; delete takes the webhook away" {
	stop_time
	run -0 yett webhook add https://example.org/ --event '*'
	local id=${lines[0]} secret=${lines[1]}
	run -0 yett webhook rotate "$id"
	[[ "${lines[0]}" = "$id" && "${lines[1]}" = whsec_* && "${lines[1]}" != "$secret" ]]
	[ "$(sql "SELECT old_until - updated_at FROM webhooks")" = 86400000 ]
	run -0 yett webhook rotate "$id" --overlap 604800
	[ "$(sql "SELECT old_until - updated_at FROM webhooks")" = 604800000 ]
	run -100 yett webhook rotate "$id" --overlap 604801
	run -100 yett webhook rotate "$id" --overlap -1
	run -0 yett webhook rotate "$id" --overlap 0
	[ "$(sql "SELECT old_until IS NULL FROM webhooks")" = 1 ]
	run -0 yett webhook delete "$id"
	[ "$(sql "SELECT count(*) FROM webhooks")" = 0 ]
	run -1 yett webhook delete "$id"
	run -1 yett webhook rotate "$id"
	[ "$(sql "SELECT group_concat(action) FROM audit_log WHERE object_type = 'webhook'")" = \
		webhook.created,webhook.rotated,webhook.rotated,webhook.rotated,webhook.deleted ]
}

@test "webhook test says what the server answered; deliveries list it; resend sends it again" {
	start_receiver
	subscribe 'role.*'
	start_courier
	run -0 yett webhook test "$HOOK"
	[[ "$output" = "queued as "*"answered by 200 after "*" ms" ]]
	echo 500 > "$HOOKS/answer"
	run -1 yett webhook test "$HOOK"
	[[ "$output" = *"is queued: the answer was 500"* ]]
	run -1 yett webhook test "$HOOK"
	[[ "$output" = *"a test waits to be sent already"* ]]
	run -0 yett webhook deliveries "$HOOK"
	[[ "${lines[0]}" = CREATED*TYPE*STATE*TRIES*HTTP*NEXT*ID*ERROR ]]
	[[ "${lines[1]}" = *webhook.test*queued*1*500*"the answer was 500" ]]
	[[ "${lines[2]}" = *webhook.test*sent*1*200* ]]
	run -0 yett webhook deliveries "$HOOK" --state sent --json
	[ "$(jq -c '[.items[] | [.type, .state, .attempts, .http_status, .last_error]]' <<< "$output")" = '[["webhook.test","sent",1,200,""]]' ]
	DELIVERY=$(jq -r '.items[0].id' <<< "$output")
	run -0 yett webhook deliveries "$HOOK" --limit 1
	[ "${#lines[@]}" = 2 ]
	run -100 yett webhook deliveries "$HOOK" --state lost
	run -100 yett webhook deliveries "$HOOK" --limit 0
	run -100 yett webhook deliveries "$HOOK" --limit 10001
	run -1 yett webhook deliveries 01890a5d-ac96-774b-bcce-b302099a8057
	echo 200 > "$HOOKS/answer"
	pass_time 60
	run -0 yett webhook resend "$DELIVERY"
	[ "$output" = "webhook.test is due now" ]
	twice() { [ "$(received "map(select(.id == \"$DELIVERY\")) | length")" = 2 ]; }
	eventually twice
	eventually delivered sent
	sql "UPDATE webhook_deliveries SET payload = '', secret = 1 WHERE id = '$DELIVERY'"
	run -1 yett webhook resend "$DELIVERY"
	[[ "$output" = *"is gone"* ]]
	run -1 yett webhook resend 01890a5d-ac96-774b-bcce-b302099a8057
	[[ "$output" = *"there is no delivery"* ]]
	run -1 yett webhook test 01890a5d-ac96-774b-bcce-b302099a8057
	[[ "$(actions)" = *"webhook.resent tool {\"delivery_id\":\"$DELIVERY\",\"type\":\"webhook.test\",\"state\":\"sent\"}"* ]]
}

@test "doctor says how it stands with webhooks" {
	run -0 yett doctor
	[[ "$output" != *" webhooks: "* ]]
	start_receiver
	subscribe webhook.test
	run -0 yett doctor
	[[ "$output" = *"warn  webhooks: the courier does not run, so events wait"* ]]
	start_courier
	test_hook
	eventually delivered sent
	run -0 yett doctor
	[[ "$output" = *"ok    webhooks: 1 are told events, 0 wait, 1 were sent"* ]]
	echo 500 > "$HOOKS/answer"
	test_hook
	eventually delivery_failed
	run -0 yett doctor
	[[ "$output" = *"warn  webhooks: of 1 the last try failed"* ]]
	sql "UPDATE webhook_deliveries SET state = 'dead', next_at = NULL WHERE id = '$DELIVERY'; UPDATE webhooks SET next_at = NULL"
	run -0 yett doctor
	[[ "$output" = *"warn  webhooks: 1 events could not be told"* ]]
	echo 410 > "$HOOKS/answer"
	pass_time 10
	test_hook
	eventually delivered dead
	run -0 yett doctor
	[[ "$output" = *"warn  webhooks: the servers of 1 said that they are gone"* ]]
	# What could be told and is not.
	stop_courier
	yett webhook edit "$HOOK" --enabled true
	test_hook
	# The webhook's own time is its place in the queue, and does not say it.
	sql "UPDATE webhook_deliveries SET next_at = next_at - 400000"
	(
		flock -n 9
		yett doctor > "$BATS_TEST_TMPDIR/doctor"
	) 9> "$YETT_SITE_STATE/courier.lock"
	grep -q "warn  webhooks: 1 events wait, some for more than five minutes" "$BATS_TEST_TMPDIR/doctor"
	YETT_WEBHOOK_CA=/none run -1 yett doctor
	[[ "$output" = *"FAIL  webhooks: webhook.ca: /none: No such file"* ]]
	YETT_WEBHOOK_PRIVATE=nowhere run -1 yett doctor
	[[ "$output" = *"webhook.private must be addresses and networks"* ]]
}
