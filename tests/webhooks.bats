#!/usr/bin/env bats
# webhooks: who subscribes to what, and what goes out.

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

# site: an admin, root, who may do everything.
site() {
	declare -gA TOKEN ID
	echo "$PASSWORD" | "$BIN/yett" user add root@example.org --role admin > /dev/null
	sign_in root@example.org
	TOKEN[root]=$ACCESS
	ID[root]=$(sql "SELECT id FROM users")
}

# someone NAME PERMISSION...: a user who holds these on the site.
someone() {
	local name=$1 role=r-$1 permission
	shift
	yett role add "$role" > /dev/null
	for permission; do yett role allow "$role" "$permission" > /dev/null; done
	register "$name@example.org"
	TOKEN[$name]=$ACCESS
	ID[$name]=$USER_ID
	yett role grant "$name@example.org" "$role" > /dev/null
}

@test "a webhook is made, its secret shown once and stored sealed; it is seen, changed, dropped, each in the log" {
	site
	hook root POST /webhooks '{"url":"https://example.org/hook?key=7","events":["role.*","user.locked"],"description":"ours"}'
	expect 201
	local id secret
	id=$(json .id)
	secret=$(json .secret)
	[[ "$secret" =~ ^whsec_[A-Za-z0-9+/]{43}=$ ]]
	[ "$(json '[.org_id, .url, .events, .description, .enabled, .gone_at, .failures, .quiet_until, .old_secret_until] | tojson')" = \
		'[null,"https://example.org/hook?key=7",["role.*","user.locked"],"ours",true,null,0,null,null]' ]
	hook root GET "/webhooks/$id"
	expect 200
	[ "$(jq 'has("secret")' <<< "$BODY")" = false ]
	run -1 grep -rF "${secret#whsec_}" "$YETT_SITE_STATE" "$BATS_TEST_TMPDIR/log"
	hook root PATCH "/webhooks/$id" '{"url":"https://example.org/other","events":["*"],"description":"","enabled":false}'
	expect 200
	[ "$(json '[.url, .events, .description, .enabled] | tojson')" = '["https://example.org/other",["*"],"",false]' ]
	hook root GET "/webhooks?after=$NOBODY"
	expect 200
	[ "$(json '[(.items | length), .items[0].id, .next] | tojson')" = "[1,\"$id\",null]" ]
	hook root GET "/webhooks?after=$id"
	[ "$(json '.items | length')" = 0 ]
	hook root DELETE "/webhooks/$id"
	expect 204
	hook root GET "/webhooks/$id"
	expect 404
	[ "$(sql "SELECT group_concat(action || ' ' || (object_id = '$id'), ', ') FROM audit_log WHERE object_type = 'webhook'")" = \
		"webhook.created 1, webhook.updated 1, webhook.deleted 1" ]
	# The host, and not what else is in the URL.
	[ "$(sql "SELECT details FROM audit_log WHERE action = 'webhook.created'")" = \
		'{"host":"example.org","events":["role.*","user.locked"],"enabled":true}' ]
	[ "$(sql "SELECT json_extract(details, '\$.fields') FROM audit_log WHERE action = 'webhook.updated'")" = \
		'["url","events","description","enabled"]' ]
}

@test "a URL is https, has a host, no user and no fragment, and leads into no private network" {
	site
	local bad long
	long=https://example.org/$(printf '%02028d' 0)
	try() { hook root POST /webhooks "$(jq -n --arg u "$1" '{url: $u, events: ["*"]}')"; }
	for bad in http://example.org/ ftp://example.org/ //example.org/ example.org https:// https:///x https://user@example.org/ \
		https://user:pw@example.org/ https://example.org/#x 'https://example.org/ x' 'https://example.org\x' https://exa_mple..org/ \
		https://-a.org/ https://a-.org/ https://example.org:0/ https://example.org:65536/ https://example.org:x/ https://example.org:/ \
		https://127.1/ https://2130706433/ https://0x7f000001/ https://0x7f.1/ https://017700000001/ https://a.1/ 'https://[::1/' \
		'https://::1/' https://127.0.0.1/ 'https://[::1]/' https://10.1.2.3/ https://169.254.169.254/latest 'https://[fd00::1]/' \
		'https://[::ffff:127.0.0.1]/' 'https://[64:ff9b::7f00:1]/' https://bücher.example/ "${long}0" 'https://[example.org]/' HTTPS://example.org/; do
		try "$bad"
		[ "$STATUS" = 422 ] && expect_field url || {
			echo "$bad: $STATUS" >&2
			return 1
		}
	done
	[ "$(sql "SELECT count(*) FROM webhooks")" = 0 ]
	for good in https://example.org "$long" https://example.org:8443/a https://EXAMPLE.org?x 'https://[2600::1]:65535/' https://8.8.8.8/ \
		https://a_b.example/ https://1.example/ https://localhost/; do
		try "$good"
		expect 201
	done
	# Where it is configured, into those networks, also by http:; but not an organisation's, unless that is, too.
	two_orgs_again
	export YETT_WEBHOOK_PRIVATE="127.0.0.0/8 ::1"
	for good in http://127.0.0.1:1/ https://127.0.0.1/ 'http://[::1]/' http://localhost/; do
		try "$good"
		expect 201
		hook ann POST /webhooks "{\"url\":\"$good\",\"events\":[\"*\"],\"org\":\"$A\"}"
		expect 422
		expect_field url
	done
	try http://10.0.0.1/
	expect 422
	try http://8.8.8.8/
	expect 422
	export YETT_WEBHOOK_ORGS_PRIVATE=yes
	hook ann POST /webhooks "{\"url\":\"http://127.0.0.1/\",\"events\":[\"*\"],\"org\":\"$A\"}"
	expect 201
}

# Two organisations beside the root that is there.
two_orgs_again() {
	sql "DELETE FROM users"
	two_orgs
}

@test "events are names of actions, a kind of them, or all; at most 32, none twice" {
	site
	local bad event
	try() { hook root POST /webhooks "{\"url\":\"https://example.org/\",\"events\":$1}"; }
	for bad in '[]' '[""]' '["role"]' '["role."]' '[".created"]' '["*.created"]' '["role*"]' '["Role.created"]' '["role.created.x"]' \
		'["role.created","role.created"]' '["role created"]' '"role.created"' '[1]' 'null' "[\"a.$(printf '%063d' 0)\"]" \
		"$(seq 33 | jq -sc 'map("role.a\(.)")')"; do
		try "$bad"
		[ "$STATUS" = 422 ] && jq -e 'any(.errors[]; .field | startswith("events"))' <<< "$BODY" > /dev/null || {
			echo "$bad: $STATUS $BODY" >&2
			return 1
		}
	done
	for event in '["*"]' '["role.*"]' '["role.created"]' '["a1_b.c_2"]' "[\"a.$(printf '%062d' 0)\"]" "$(seq 32 | jq -sc 'map("role.a\(.)")')"; do
		try "$event"
		expect 201
	done
	hook root POST /webhooks '{"url":"https://example.org/"}'
	expect 422
	expect_field events
	hook root POST /webhooks '{"events":["*"]}'
	expect 422
	expect_field url
	hook root POST /webhooks '{"url":"https://example.org/","events":["*"],"org":"x"}'
	expect 422
	expect_field org
	hook root POST /webhooks "{\"url\":\"https://example.org/\",\"events\":[\"*\"],\"description\":\"$(printf '%0501d' 0)\"}"
	expect 422
	expect_field description
	hook root POST /webhooks "{\"url\":\"https://example.org/\",\"events\":[\"*\"],\"description\":\"$(printf '%0500d' 0)\"}"
	expect 201
}

@test "the site has 50 at most, and each organisation 50 of its own" {
	two_orgs
	local i
	fill() {
		sql "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 49)
			INSERT INTO webhooks (id, org_id, url, events, description, enabled, sealed, since_seq, failures, quiet_until, created_at, updated_at)
			SELECT printf('01890a5d-ac96-774b-bcc$2-%012d', i), $1, 'https://example.org/', '*', '', 1, 'x', 0, 0, 0, 0, 0 FROM n"
	}
	fill NULL 1
	fill "'$A'" 2
	local body='{"url":"https://example.org/","events":["*"]'
	hook root POST /webhooks "$body}"
	expect 201
	hook root POST /webhooks "$body}"
	expect 422
	hook ann POST /webhooks "$body,\"org\":\"$A\"}"
	expect 201
	hook ann POST /webhooks "$body,\"org\":\"$A\"}"
	expect 422
	[ "$(sql "SELECT count(*) FROM webhooks")" = 100 ]
	hook bob POST /webhooks "$body,\"org\":\"$B\"}"
	expect 201
	hook root GET /webhooks
	[ "$(json '[(.items | length), .next] | tojson')" = '[50,null]' ]
	hook ann GET "/webhooks?org=$A"
	[ "$(json '[(.items | length), ([.items[].org_id] | unique | length), .next] | tojson')" = '[50,1,null]' ]
}

@test "an organisation's webhooks are for who may keep them there, and learned of by nobody else" {
	two_orgs
	hook ann POST /webhooks "{\"url\":\"https://example.org/\",\"events\":[\"*\"],\"org\":\"$A\"}"
	expect 201
	local id body
	id=$(json .id)
	[ "$(json .org_id)" = "$A" ]
	# The owner of another, who belongs to none, an admin without webhooks:*: as if there were none, or no right to it.
	for who in bob ben sam; do
		hook $who GET "/webhooks?org=$A"
		expect 404
		for path in "/webhooks/$id" "/webhooks/$id/deliveries" "/webhooks/$id/deliveries/$NOBODY"; do
			hook $who GET "$path"
			expect 404
			body=$(jq 'del(.request_id)' <<< "$BODY")
			hook $who GET "${path/$id/$NOBODY}"
			expect 404
			[ "$(jq 'del(.request_id)' <<< "$BODY")" = "$body" ]
		done
		hook $who PATCH "/webhooks/$id" '{"enabled":false}'
		expect 404
		hook $who DELETE "/webhooks/$id"
		expect 404
		hook $who POST "/webhooks/$id/rotate" '{}'
		expect 404
		hook $who POST "/webhooks/$id/test"
		expect 404
		hook $who POST "/webhooks/$id/deliveries/$NOBODY/resend"
		expect 404
		hook $who POST /webhooks "{\"url\":\"https://example.org/\",\"events\":[\"*\"],\"org\":\"$A\"}"
		expect 404
	done
	for who in ada amy; do
		hook $who GET "/webhooks?org=$A"
		expect 403
		[[ "$(json .detail)" = *webhooks:read* ]]
		hook $who POST /webhooks "{\"url\":\"https://example.org/\",\"events\":[\"*\"],\"org\":\"$A\"}"
		expect 403
		hook $who DELETE "/webhooks/$id"
		expect 403
	done
	# The owner has a say in his own only.
	hook ann GET /webhooks
	expect 403
	hook ann POST /webhooks '{"url":"https://example.org/","events":["*"]}'
	expect 403
	hook root POST /webhooks '{"url":"https://example.org/","events":["*"]}'
	expect 201
	hook ann GET "/webhooks/$(json .id)"
	expect 404
	# Whoever is given the right there has it, and loses it with it; the webhook stays.
	new_role ann "$A" plumber webhooks:read webhooks:update
	give ann "$A" amy plumber
	hook amy GET "/webhooks/$id"
	expect 200
	hook amy PATCH "/webhooks/$id" '{"description":"by amy"}'
	expect 200
	hook amy DELETE "/webhooks/$id"
	expect 403
	as ann DELETE "/orgs/$A/members/${ID[amy]}"
	expect 204
	hook amy GET "/webhooks/$id"
	expect 404
	hook ann GET "/webhooks/$id"
	[ "$(json .description)" = "by amy" ]
	# It is in the log of the org, and goes with it.
	[ "$(sql "SELECT group_concat(DISTINCT org_id) FROM audit_log WHERE object_type = 'webhook' AND object_id = '$id'")" = "$A" ]
	as root DELETE "/orgs/$A"
	expect 204
	[ "$(sql "SELECT count(*) FROM webhooks WHERE id = '$id'")" = 0 ]
}

@test "each of the site's rights is asked for; who may only see is told which one is missing" {
	site
	someone reader webhooks:read
	someone maker webhooks:create
	someone changer webhooks:update
	someone nobody
	hook maker POST /webhooks '{"url":"https://example.org/","events":["*"]}'
	expect 201
	local id
	id=$(json .id)
	hook maker GET /webhooks
	expect 403
	hook maker GET "/webhooks/$id"
	expect 404
	hook reader GET "/webhooks/$id"
	expect 200
	hook reader GET /webhooks
	expect 200
	hook reader POST /webhooks '{"url":"https://example.org/","events":["*"]}'
	expect 403
	hook reader PATCH "/webhooks/$id" '{"enabled":false}'
	expect 403
	[[ "$(json .detail)" = *webhooks:update* ]]
	hook reader POST "/webhooks/$id/test"
	expect 403
	hook reader DELETE "/webhooks/$id"
	expect 403
	hook changer PATCH "/webhooks/$id" '{"description":"x"}'
	expect 200
	hook changer DELETE "/webhooks/$id"
	expect 404
	hook nobody GET "/webhooks/$id"
	expect 404
	hook nobody GET /webhooks
	expect 403
	call webhooks GET /webhooks
	expect 401
}

@test "only who may do everything says where codes go, and no organisation gets any" {
	two_orgs
	someone maker webhooks:*
	local body='{"url":"https://example.org/","events":["sms.code"]'
	hook maker POST /webhooks "$body}"
	expect 403
	[[ "$(json .detail)" = *"*:*"* ]]
	hook ann POST /webhooks "$body,\"org\":\"$A\"}"
	expect 422
	expect_field events
	hook root POST /webhooks "$body}"
	expect 201
	local id
	id=$(json .id)
	hook maker PATCH "/webhooks/$id" '{"url":"https://evil.example/"}'
	expect 403
	hook maker PATCH "/webhooks/$id" '{"events":["*"]}'
	expect 403
	hook maker POST "/webhooks/$id/rotate" '{}'
	expect 403
	hook maker POST /webhooks '{"url":"https://example.org/","events":["sms.*","*"]}'
	expect 201
	hook maker PATCH "/webhooks/$(json .id)" '{"events":["sms.code"]}'
	expect 403
	hook ann POST /webhooks "{\"url\":\"https://example.org/\",\"events\":[\"*\"],\"org\":\"$A\"}"
	expect 201
	hook root PATCH "/webhooks/$(json .id)" '{"events":["sms.code"]}'
	expect 422
	[ "$(sql "SELECT count(*) FROM webhooks WHERE url LIKE '%evil%' OR (events = 'sms.code' AND id <> '$id')")" = 0 ]
}

@test "rotating gives another secret; the old one has its time, of a day or up to seven" {
	site
	hook root POST /webhooks '{"url":"https://example.org/","events":["*"]}'
	local id secret
	id=$(json .id)
	secret=$(json .secret)
	stop_time
	hook root POST "/webhooks/$id/rotate" '{}'
	expect 200
	[ "$(json .secret)" != "$secret" ]
	[ "$(sql "SELECT old_until - updated_at FROM webhooks")" = 86400000 ]
	[ "$(json .old_secret_until)" != null ]
	hook root POST "/webhooks/$id/rotate" '{"overlap_s":604800}'
	expect 200
	hook root POST "/webhooks/$id/rotate" '{"overlap_s":604801}'
	expect 422
	expect_field overlap_s
	hook root POST "/webhooks/$id/rotate" '{"overlap_s":0}'
	expect 200
	[ "$(sql "SELECT old_sealed IS NULL AND old_until IS NULL FROM webhooks")" = 1 ]
	[ "$(sql "SELECT count(*) FROM audit_log WHERE action = 'webhook.rotated'")" = 3 ]
}

@test "an event arrives: signed by the secret, as Python's own hmac makes it, and says what was done and by whom" {
	site
	start_receiver
	subscribe 'role.*'
	start_courier
	call roles POST /roles '{"name":"writer"}' "$(bearer "$ACCESS")"
	expect 201
	local role
	role=$(json .id)
	eventually got 1
	[ "$(received '.[0] | [.path, .method, .content_type, .signatures, .signed_by] | tojson')" = \
		'["/hook","POST","application/json",1,[0]]' ]
	[ "$(received '.[0].body | [.type, .data.actor, .data.user_id, .data.object_type, .data.object_id, .data.details.name, .data.org_id] | tojson')" = \
		"[\"role.created\",\"user\",\"${ID[root]}\",\"role\",\"$role\",\"writer\",null]" ]
	[ "$(received '.[0].body | [keys, (.data | keys)] | tojson')" = \
		'[["data","timestamp","type"],["actor","details","id","key_id","object_id","object_type","on_behalf_of","org_id","user_id"]]' ]
	[ "$(received '.[0].body.data.id')" = "$(sql "SELECT id FROM audit_log WHERE action = 'role.created'")" ]
	[ "$(received '.[0] | (.at - .timestamp) | fabs < 3')" = true ]
	DELIVERY=$(received '.[0].id')
	eventually delivered sent
	[ "$(delivery "type || http_status || attempts || last_error")" = role.created2001 ]
	hook root GET "/webhooks/$HOOK/deliveries"
	expect 200
	[ "$(json '[(.items | length), .items[0].id, .items[0].state, .items[0].http_status, .next] | tojson')" = "[1,\"$DELIVERY\",\"sent\",200,null]" ]
	# What it does not want does not come.
	yett user add ann@example.org < <(echo "$PASSWORD")
	act
	eventually got 2
	[ "$(received 'map(.body.type) | tojson')" = '["role.created","role.created"]' ]
	# Python knows the signature is of these bytes; of others it is not.
	run -1 grep -rF "${SECRET#whsec_}" "$YETT_SITE_STATE" "$BATS_TEST_TMPDIR/courier.log"
}

@test "what happened before is not told; what happens while the courier is away is, in order and once" {
	start_receiver
	act 3
	subscribe '*'
	act 20
	start_courier
	eventually got 20
	[ "$(received 'map(.body.type) | unique | tojson')" = '["role.created"]' ]
	[ "$(received 'map(.body.data.details.name) | tojson')" = "$(seq 4 23 | jq -Rsc 'split("\n") | map(select(. != "") | "r" + .)')" ]
	sleep 0.5
	got 20
	[ "$(received 'map(.id) | unique | length')" = 20 ]
}

@test "a server that fails is tried again, after twice as long each time; the others are not held up" {
	local wait bad_hook
	start_receiver
	echo 503 > "$HOOKS/answer"
	stop_time
	subscribe webhook.test
	bad_hook=$HOOK
	local bad=$HOOKS
	start_courier
	test_hook
	eventually delivery_failed
	[ "$(delivery "state || ' ' || attempts || ' ' || http_status || ' ' || last_error")" = "queued 1 503 the answer was 503" ]
	wait=$(($(delivery next_at) - $(delivery created_at)))
	[ $wait -ge 30000 ]
	[ $wait -le 33000 ]
	[ "$(sql "SELECT failures || ' ' || (quiet_until - $(delivery created_at)) FROM webhooks")" = "1 1000" ]
	attempts_are() { [ "$(delivery attempts)" = "$1" ] && [ "$(delivery state)" = queued ]; }
	for i in 2 3 4 5 6 7 8 9 10; do
		pass_time 3970
		eventually attempts_are $i
		wait=$(($(delivery next_at) - $(tr -d @ < "$YETT_TEST_CLOCK")))
		[ $wait -ge $((30000 << (i - 1) < 3600000 ? 30000 << (i - 1) : 3600000)) ]
		[ $wait -le 3960000 ]
	done
	[ "$(sql "SELECT failures || ' ' || (quiet_until - $(tr -d @ < "$YETT_TEST_CLOCK")) FROM webhooks")" = "10 300000" ]
	# Another server takes its events meanwhile, each with a webhook-id of its own, the same in all tries.
	start_receiver
	YETT_WEBHOOK_CA=$HOOKS/both.pem
	cat "$bad/cert.pem" "$HOOKS/cert.pem" > "$HOOKS/both.pem"
	stop_courier
	start_courier
	subscribe webhook.test
	test_hook
	eventually delivered sent
	HOOKS=$bad
	[ "$(received 'map(.id) | unique | length')" = 1 ]
	got 10
	[ "$(received '(map(.timestamp) | unique | length) >= 9')" = true ]
	# After two days it is given up.
	HOOK=$bad_hook
	DELIVERY=$(received '.[0].id')
	pass_time 200000
	eventually delivered dead
	[ "$(delivery last_error)" = "the answer was 503" ]
	got 10
	# By hand it is sent again, with the same id.
	echo 200 > "$HOOKS/answer"
	run -0 yett webhook resend "$DELIVERY"
	eventually delivered sent
	[ "$(received 'map(.id) | unique | length')" = 1 ]
	[ "$(sql "SELECT failures || ' ' || quiet_until FROM webhooks WHERE id = '$HOOK'")" = "0 0" ]
}

@test "503 twice, then 200; a connection that dies, then 200: it arrives" {
	start_receiver
	subscribe webhook.test
	echo 503:2 > "$HOOKS/answer"
	start_courier
	test_hook
	try_till_sent() {
		pass_time 200
		delivered sent
	}
	eventually try_till_sent
	[ "$(delivery attempts)" = 3 ]
	got 3
	[ "$(received 'map(.id) | unique | length')" = 1 ]
	echo cut:1 > "$HOOKS/answer"
	test_hook
	eventually delivery_failed
	[ "$(delivery "state || ifnull(http_status, '-')")" = queued- ]
	eventually try_till_sent
	[ "$(delivery attempts)" = 2 ]
}

@test "a redirect is not followed, an answer without end not read, a slow one not waited for" {
	export YETT_WEBHOOK_TIMEOUT_S=1
	start_receiver
	local first=$HOOKS first_url=$HOOK_URL
	start_receiver
	export YETT_WEBHOOK_CA=$HOOKS/both.pem
	cat "$first/cert.pem" "$HOOKS/cert.pem" > "$HOOKS/both.pem"
	start_courier
	subscribe webhook.test
	echo "far:$first_url/elsewhere" > "$HOOKS/answer"
	test_hook
	eventually delivery_failed
	[ "$(delivery "http_status || ' ' || last_error")" = "302 the answer was 302: redirects are not followed" ]
	[ ! -s "$first/got" ]
	pass_time 86400
	echo endless > "$HOOKS/answer"
	eventually delivered sent
	echo head > "$HOOKS/answer"
	test_hook
	eventually delivery_failed
	[[ "$(delivery last_error)" = "the head of the answer is too long" ]]
	pass_time 86400
	eventually delivered queued
	echo slow:20 > "$HOOKS/answer"
	sql "UPDATE webhook_deliveries SET last_error = '', next_at = 0, give_up_at = give_up_at * 2 WHERE id = '$DELIVERY'; UPDATE webhooks SET next_at = 0"
	timed_out() { [[ "$(delivery last_error)" = *"timed out"* ]]; }
	eventually timed_out
	[ "$(delivery "took_ms BETWEEN 900 AND 3000")" = 1 ]
}

@test "410 disables the webhook, which is in the log; enabled again it goes on from then" {
	site
	start_receiver
	subscribe 'role.*'
	start_courier
	echo 410 > "$HOOKS/answer"
	test_hook
	eventually delivered dead
	[ "$(delivery "http_status || ' ' || last_error")" = "410 410: nobody wants it any more" ]
	hook root GET "/webhooks/$HOOK"
	[ "$(json '[.enabled, (.gone_at != null)] | tojson')" = '[false,true]' ]
	[ "$(sql "SELECT actor || object_id FROM audit_log WHERE action = 'webhook.disabled'")" = "system$HOOK" ]
	hook root POST "/webhooks/$HOOK/test"
	expect 403
	hook root POST "/webhooks/$HOOK/deliveries/$DELIVERY/resend"
	expect 403
	act
	sleep 0.5
	[ "$(sql "SELECT count(*) FROM webhook_deliveries WHERE type = 'role.created'")" = 0 ]
	echo 200 > "$HOOKS/answer"
	hook root PATCH "/webhooks/$HOOK" '{"enabled":true}'
	expect 200
	[ "$(json '[.enabled, .gone_at] | tojson')" = '[true,null]' ]
	act
	eventually got 2
	[ "$(received '.[1].body.data.details.name')" = r2 ]
	hook root POST "/webhooks/$HOOK/deliveries/$DELIVERY/resend"
	expect 202
	eventually got 3
	[ "$(sql "SELECT json_extract(details, '\$.delivery_id') FROM audit_log WHERE action = 'webhook.resent'")" = "$DELIVERY" ]
}

@test "no private network is reached that is not configured, by whatever name" {
	start_receiver
	local port=${HOOK_URL##*:}
	subscribe webhook.test
	# Names that lead here are only known when it is sent.
	HOOK_URL=https://localhost:$port
	local by_address=$HOOK
	subscribe webhook.test
	local by_name=$HOOK
	export YETT_WEBHOOK_PRIVATE=
	start_courier
	for HOOK in $by_address $by_name; do
		test_hook
		eventually delivery_failed
		[ "$(delivery last_error)" = "it leads into a private network, or to this machine" ]
		[ "$(delivery state)" = queued ]
	done
	stop_courier
	[ ! -s "$HOOKS/got" ]
	# What is configured is reached, and nothing beside it.
	export YETT_WEBHOOK_PRIVATE=127.0.0.2
	start_courier
	HOOK=$by_address
	sql "UPDATE webhook_deliveries SET last_error = '', next_at = 0; UPDATE webhooks SET next_at = 0, quiet_until = 0"
	DELIVERY=$(sql "SELECT id FROM webhook_deliveries WHERE webhook_id = '$HOOK'")
	eventually delivery_failed
	[ ! -s "$HOOKS/got" ]
	stop_courier
	export YETT_WEBHOOK_PRIVATE=127.0.0.0/8
	start_courier
	pass_time 86400
	eventually delivered sent
	# A proxy of the environment is not asked.
	stop_courier
	export https_proxy=http://127.0.0.1:1 HTTPS_PROXY=http://127.0.0.1:1 all_proxy=http://127.0.0.1:1
	start_courier
	test_hook
	eventually delivered sent
}

@test "http only where the network is configured; an organisation's reaches none, unless that is, too" {
	start_receiver http
	two_orgs
	subscribe webhook.test
	start_courier
	test_hook
	eventually delivered sent
	[ "$(received '.[0].signed_by | tojson')" = '[0]' ]
	# As if made before somebody changed the configuration.
	sql "UPDATE webhooks SET org_id = '$A'"
	test_hook
	eventually delivery_failed
	[ "$(delivery last_error)" = "no connection" ]
	grep -q "must wait: http:// leads to an address that \[webhook\] private does not name" "$BATS_TEST_TMPDIR/courier.log"
	stop_courier
	export YETT_WEBHOOK_ORGS_PRIVATE=yes
	start_courier
	pass_time 86400
	eventually delivered sent
	stop_courier
	export YETT_WEBHOOK_PRIVATE=10.0.0.0/8
	start_courier
	test_hook
	eventually delivery_failed
	[ "$(delivery state)" = queued ]
}

@test "an organisation's gets what is the organisation's, the site's all" {
	start_receiver
	export YETT_WEBHOOK_ORGS_PRIVATE=yes
	two_orgs
	start_courier
	subscribe 'org_role.*' 'org.*' 'role.*'
	run -0 yett webhook add "$HOOK_URL/a" --event '*' --org "$A"
	local id=${lines[0]}
	new_role ann "$A" fan > /dev/null
	new_role bob "$B" foe > /dev/null
	act
	eventually got 4
	sleep 0.3
	[ "$(received 'map(select(.path == "/a") | [.body.type, .body.data.org_id]) | tojson')" = "[[\"org_role.created\",\"$A\"]]" ]
	[ "$(received 'map(select(.path == "/hook") | .body.type) | tojson')" = '["org_role.created","org_role.created","role.created"]' ]
	hook ann GET "/webhooks/$id/deliveries?state=sent"
	expect 200
	[ "$(json '.items | length')" = 1 ]
	hook ann GET "/webhooks/$id/deliveries/$(json '.items[0].id')"
	expect 200
	[ "$(json .type)" = org_role.created ]
	# That of the site is not to be seen by way of one's own.
	hook ann GET "/webhooks/$id/deliveries/$(sql "SELECT id FROM webhook_deliveries WHERE webhook_id = '$HOOK' LIMIT 1")"
	expect 404
	hook ann POST "/webhooks/$id/deliveries/$(sql "SELECT id FROM webhook_deliveries WHERE webhook_id = '$HOOK' LIMIT 1")/resend"
	expect 404
}

@test "while two secrets are good both sign; afterwards the new one alone" {
	start_receiver
	subscribe webhook.test
	start_courier
	run -0 yett webhook rotate "$HOOK" --overlap 3600
	echo "${lines[1]}" >> "$HOOKS/secrets"
	test_hook
	eventually delivered sent
	[ "$(received '.[0] | [.signatures, .signed_by] | tojson')" = '[2,[0,1]]' ]
	pass_time 3601
	test_hook
	eventually delivered sent
	[ "$(received '.[1] | [.signatures, .signed_by] | tojson')" = '[1,[1]]' ]
	forgotten() { [ "$(sql "SELECT old_sealed IS NULL FROM webhooks")" = 1 ]; }
	stop_courier
	start_courier
	eventually forgotten
}

@test "a courier killed again and again loses no event" {
	local i
	start_receiver
	echo lag:20 > "$HOOKS/answer"
	subscribe '*'
	for i in 1 2 3 4 5 6; do
		start_courier
		act 10
		end_courier KILL
	done
	start_courier
	all_sent() { counts_hooks sent 60; }
	counts_hooks() { [ "$(sql "SELECT count(*) FROM webhook_deliveries WHERE state = '$1'")" = "$2" ]; }
	eventually all_sent
	[ "$(received 'map(.body.data.details.name) | unique | length')" = 60 ]
	[ "$(received 'map(.id) | unique | length')" = 60 ]
	# One was under way at each kill, at most.
	[ "$(wc -l < "$HOOKS/got")" -le 66 ]
	counts_hooks sent 60
	[ "$(sql "SELECT count(*) FROM webhook_deliveries")" = 60 ]
}

@test "one that was taken and not noted comes again under its id" {
	start_receiver
	subscribe webhook.test
	echo deaf:1 > "$HOOKS/answer"
	start_courier
	test_hook
	eventually delivery_failed
	pass_time 40
	eventually delivered sent
	[ "$(received 'map(.id) | [length, (unique | length)] | tojson')" = '[2,1]' ]
}

@test "servers that are slow hold up neither others nor mail" {
	local i id
	start_receiver
	echo slow:30 > "$HOOKS/answer"
	local slow=$HOOKS
	export YETT_WEBHOOK_ORGS_PRIVATE=yes
	two_orgs
	# Two organisations have ten of them, and there are four at once.
	for i in 1 2 3 4 5; do
		yett webhook add "$HOOK_URL/a$i" --event webhook.test --org "$A" | head -n 1 >> "$BATS_TEST_TMPDIR/ids"
		yett webhook add "$HOOK_URL/b$i" --event webhook.test --org "$B" | head -n 1 >> "$BATS_TEST_TMPDIR/ids"
	done
	start_receiver
	export YETT_WEBHOOK_CA=$HOOKS/both.pem
	cat "$slow/cert.pem" "$HOOKS/cert.pem" > "$HOOKS/both.pem"
	start_smtp
	start_courier
	while read -r id; do test_hook "$id"; done < "$BATS_TEST_TMPDIR/ids"
	two_wait() { [ "$(sql "SELECT count(*) FROM webhook_deliveries WHERE state = 'sending'")" = 2 ]; }
	eventually two_wait
	# One of each: no organisation has both of what they may have together.
	[ "$(sql "SELECT count(DISTINCT org_id) FROM webhook_deliveries d JOIN webhooks w ON w.id = d.webhook_id WHERE state = 'sending'")" = 2 ]
	subscribe '*'
	act
	eventually got 1
	run -0 yett mail test ann@example.org
	two_wait
	stop_smtp
	# It ends soon all the same.
	local begun=$SECONDS
	stop_courier
	[ $((SECONDS - begun)) -le 8 ]
}

@test "a server that takes the event slowly gets nothing for as long as it took" {
	start_receiver
	echo slow:6 > "$HOOKS/answer"
	subscribe webhook.test
	start_courier
	test_hook
	eventually delivered sent
	[ "$(sql "SELECT failures || ' ' || (quiet_until - sent_at BETWEEN 6000 AND 8000) || ' ' || (quiet_until - sent_at = took_ms)
		FROM webhooks w JOIN webhook_deliveries d ON d.webhook_id = w.id")" = "0 1 1" ]
	# One that takes less time does not.
	echo slow:2 > "$HOOKS/answer"
	pass_time 10
	test_hook
	eventually delivered sent
	[ "$(sql "SELECT quiet_until FROM webhooks")" = 0 ]
}

@test "at least two are sent at once, so that an organisation's never has all" {
	YETT_WEBHOOK_PARALLEL=1 run -1 yett config check
	[[ "$output" = *"2 to 32"* ]]
	YETT_WEBHOOK_PARALLEL=2 run -0 yett config check
	YETT_WEBHOOK_PARALLEL=32 run -0 yett config check
	YETT_WEBHOOK_PARALLEL=33 run -1 yett config check
	[[ "$output" = *"2 to 32"* ]]
}

# old_ones COUNT STATE SENT_AT: so many deliveries of long ago, of the webhook.
old_ones() {
	sql "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < $1)
		INSERT INTO webhook_deliveries (id, webhook_id, seq, type, payload, secret, state, attempts, give_up_at, last_error, created_at, sent_at)
		SELECT '$2' || i, '$HOOK', i, 'role.created', '{}', 0, '$2', 1, 1, '', 1, $3 FROM n"
}

@test "what is over goes as fast as it comes, not 500 at a time" {
	start_receiver
	subscribe webhook.test
	old_ones 3000 sent 1
	old_ones 2500 dead NULL
	sql "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1500)
		INSERT INTO outbox (id, kind, to_address, locale, params, secret, message_id, state, attempts, give_up_at, last_error, created_at, sent_at)
		SELECT 'm' || i, 'test', 'u@example.org', '', '{}', 0, '<' || i || '@x>', 'sent', 1, 1, '', 1, 1 FROM n"
	start_courier
	gone() { [ "$(sql "SELECT (SELECT count(*) FROM webhook_deliveries) + (SELECT count(*) FROM outbox)")" = 0 ]; }
	eventually gone
}

@test "when 10,000 events wait for a webhook more are left out: its record, the log and the doctor say so, once" {
	start_receiver
	echo 500 > "$HOOKS/answer"
	subscribe 'role.*'
	sql "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 9999)
		INSERT INTO webhook_deliveries (id, webhook_id, seq, type, payload, secret, state, attempts, next_at, give_up_at, last_error, created_at)
		SELECT 'q' || i, '$HOOK', i, 'role.created', '{}', 0, 'queued', 0, 9e15, 9e15, '', 1 FROM n"
	sql "UPDATE webhooks SET quiet_until = 9000000000000000"
	start_courier
	told() { [ "$(sql "SELECT (SELECT max(seq) FROM audit_log) = seq FROM webhook_bookmark")" = 1 ]; }
	act
	eventually told
	[ "$(sql "SELECT (SELECT count(*) FROM webhook_deliveries) || ifnull(left_out_at, 'none') FROM webhooks")" = 10000none ]
	run -0 yett webhook show "$HOOK"
	[[ "$output" = *"left out     -"* ]]
	act 2
	eventually told
	act
	eventually told
	[ "$(sql "SELECT (SELECT count(*) FROM webhook_deliveries) || (left_out_at > 0) FROM webhooks")" = 100001 ]
	[ "$(grep -c "for each of 1 webhooks 10000 events wait, so those that come are left out: the first is $HOOK" "$BATS_TEST_TMPDIR/courier.log")" = 1 ]
	run -0 yett webhook show "$HOOK"
	[[ "$output" = *"left out     20"* ]]
	run -0 yett doctor
	[[ "$output" = *"warn  webhooks: for 1 events were left out, as 10000 waited for each"* ]]
	# Whoever changes it has seen that.
	run -0 yett webhook edit "$HOOK" --description seen
	run -0 yett webhook show "$HOOK" --json
	[ "$(jq .left_out_at <<< "$output")" = null ]
}

@test "deliveries of a busy webhook are listed, by state, too: a thousand are looked at, and next goes on" {
	site
	hook root POST /webhooks '{"url":"https://example.org/","events":["*"]}'
	HOOK=$(json .id)
	sql "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1001)
		INSERT INTO webhook_deliveries (id, webhook_id, seq, type, payload, secret, state, attempts, give_up_at, last_error, created_at, sent_at)
		SELECT printf('01890a5d-ac96-774b-bcce-%012d', i), '$HOOK', i, 'role.created', hex(zeroblob(4000)), 0, 'sent', 1, 1, '', 1, 1 FROM n"
	hook root GET "/webhooks/$HOOK/deliveries?state=dead"
	expect 200
	[ "$(json '[(.items | length), .next] | tojson')" = '[0,"01890a5d-ac96-774b-bcce-000000000002"]' ]
	sql "UPDATE webhook_deliveries SET state = 'dead', sent_at = NULL WHERE seq IN (1, 2, 3)"
	hook root GET "/webhooks/$HOOK/deliveries?state=dead"
	[ "$(json '[(.items | length), .next] | tojson')" = '[2,"01890a5d-ac96-774b-bcce-000000000002"]' ]
	hook root GET "/webhooks/$HOOK/deliveries?state=dead&after=$(json .next)"
	[ "$(json '[(.items | length), .next] | tojson')" = '[1,null]' ]
	hook root GET "/webhooks/$HOOK/deliveries?state=sent"
	expect 200
	[ "$(json '[(.items | length), .items[0].id, .next] | tojson')" = \
		'[100,"01890a5d-ac96-774b-bcce-000000001001","01890a5d-ac96-774b-bcce-000000000902"]' ]
	hook root GET "/webhooks/$HOOK/deliveries"
	expect 200
	[ "$(json '.items | length')" = 100 ]
}

@test "of a failure an organisation is told the kind, which does not tell a private network from none" {
	start_receiver
	two_orgs
	local port=${HOOK_URL##*:}
	export YETT_WEBHOOK_TIMEOUT_S=1 YETT_WEBHOOK_PRIVATE=127.0.0.1/32 YETT_WEBHOOK_ORGS_PRIVATE=yes
	# fails URL WORDS: of an organisation's.
	fails() {
		HOOK=$(yett webhook add "$1" --event webhook.test --org "$A" | head -n 1)
		test_hook
		eventually delivery_failed
		[ "$(delivery last_error)" = "$2" ]
	}
	start_courier
	fails https://nowhere.invalid/ "no connection"
	fails "https://127.0.0.1:1/" "no connection"
	echo slow:20 > "$HOOKS/answer"
	fails "$HOOK_URL/" "no answer in time"
	echo 500 > "$HOOKS/answer"
	fails "$HOOK_URL/" "the answer was 500"
	echo cut > "$HOOKS/answer"
	fails "$HOOK_URL/" "the connection failed before there was an answer"
	stop_courier
	# Who is not trusted, and who is in a network that is not named any more.
	echo 200 > "$HOOKS/answer"
	export YETT_WEBHOOK_CA=
	start_courier
	fails "$HOOK_URL/" "TLS failed, or the certificate is wrong"
	# The site is told more.
	HOOK=$(yett webhook add https://nowhere.invalid/ --event webhook.test | head -n 1)
	test_hook
	eventually delivery_failed
	[[ "$(delivery last_error)" = *nowhere.invalid* ]]
	stop_courier
	export YETT_WEBHOOK_PRIVATE=
	start_courier
	fails "https://localhost:$port/" "no connection"
	grep -q "must wait: it leads into a private network, or to this machine" "$BATS_TEST_TMPDIR/courier.log"
}

@test "when the log cannot be told that is said once each time it is tried, after 1 s, 2, 4; what can be sent is" {
	start_receiver
	subscribe 'role.*' webhook.test
	sql "CREATE TRIGGER x BEFORE INSERT ON webhook_deliveries WHEN NEW.seq > 0 BEGIN SELECT RAISE(FAIL, 'x'); END"
	start_courier
	act
	test_hook
	eventually delivered sent
	sleep 4
	local times
	times=$(grep -c "the audit log cannot be told to webhooks: " "$BATS_TEST_TMPDIR/courier.log")
	[ "$times" -ge 3 ]
	[ "$times" -le 4 ]
	[ "$(grep -o "trying again in . s" "$BATS_TEST_TMPDIR/courier.log" | head -n 3 | paste -sd ,)" = \
		"trying again in 1 s,trying again in 2 s,trying again in 4 s" ]
	sql "DROP TRIGGER x"
	eventually got 2
	[ "$(received 'map(.body.type) | sort | tojson')" = '["role.created","webhook.test"]' ]
}

@test "what cannot be noted is tried until it can be, and said once a minute" {
	start_receiver
	echo 410 > "$HOOKS/answer"
	subscribe webhook.test
	sql "CREATE TRIGGER x BEFORE UPDATE ON webhooks WHEN NEW.gone_at IS NOT NULL BEGIN SELECT RAISE(FAIL, 'x'); END"
	start_courier
	test_hook
	eventually grep -q "delivery $DELIVERY: what became of it cannot be written" "$BATS_TEST_TMPDIR/courier.log"
	sleep 2
	[ "$(delivery state)" = sending ]
	[ "$(grep -c "what became of it cannot be written" "$BATS_TEST_TMPDIR/courier.log")" = 1 ]
	sql "DROP TRIGGER x"
	eventually delivered dead
	[ "$(sql "SELECT gone_at IS NOT NULL FROM webhooks")" = 1 ]
	got 1
}

# note_by_hand BYTES: a row of the audit log, with details of so many.
note_by_hand() {
	sql "INSERT INTO audit_log (seq, id, occurred_at, actor, action, object_type, details, mac)
		SELECT max(seq) + 1, 'by-hand-' || (max(seq) + 1), 1, 'system', 'hand.written', 'hand', '{\"a\":\"' || hex(zeroblob($1 / 2)) || '\"}', zeroblob(32)
		FROM audit_log"
}

@test "rows of the log that are large are told a few at a time, and one that is too large is left out, which the log says" {
	local i
	start_receiver
	act
	subscribe 'hand.*'
	for i in 1 2 3 4 5 6; do note_by_hand 2000000; done
	note_by_hand 40000000
	local seq
	seq=$(sql "SELECT max(seq) FROM audit_log")
	note_by_hand 10
	start_courier
	eventually got 7
	[ "$(sql "SELECT count(*) FROM webhook_deliveries WHERE seq = $seq")" = 0 ]
	[ "$(grep -c "row $seq of the audit log is too large to be told to webhooks: it is left out" "$BATS_TEST_TMPDIR/courier.log")" = 1 ]
	run -1 grep "cannot be told" "$BATS_TEST_TMPDIR/courier.log"
}

@test "what was sent, and what is dead, is kept for a while, and then deleted" {
	start_receiver
	subscribe webhook.test
	start_courier
	test_hook
	eventually delivered sent
	local sent=$DELIVERY
	test_hook
	eventually delivered sent
	sql "UPDATE webhook_deliveries SET state = 'dead', sent_at = NULL, last_error = 'x' WHERE id = '$DELIVERY'"
	gone() { [ -z "$(delivery id "$1")" ]; }
	pass_time $((6 * 86400))
	stop_courier
	start_courier
	sleep 1
	[ "$(sql "SELECT count(*) FROM webhook_deliveries")" = 2 ]
	pass_time $((2 * 86400))
	stop_courier
	start_courier
	eventually gone "$sent"
	[ "$(sql "SELECT count(*) FROM webhook_deliveries")" = 1 ]
	pass_time $((23 * 86400))
	stop_courier
	start_courier
	eventually gone "$DELIVERY"
}
