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
