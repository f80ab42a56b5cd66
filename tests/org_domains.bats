#!/usr/bin/env bats
# The domains of an org: claimed, proven by a record in the DNS, and joined by.

load helper
load joining

setup() {
	fresh_state
	stop_time
	two_orgs
	ZONE=$BATS_TEST_TMPDIR/zone
	echo '{}' > "$ZONE"
	DNS_PID=
}

teardown() {
	[ -z "$DNS_PID" ] || kill "$DNS_PID"
	stop_site
}

start_dns() {
	local i
	/usr/bin/python3 "$TOP/tests/dns-server" "$ZONE" "$BATS_TEST_TMPDIR/port" 2> "$BATS_TEST_TMPDIR/dns.log" 3>&- &
	DNS_PID=$!
	for i in $(seq 100); do
		[ ! -e "$BATS_TEST_TMPDIR/port" ] || break
		sleep 0.05
	done
	YETT_DNS_SERVER=127.0.0.1:$(cat "$BATS_TEST_TMPDIR/port")
	export YETT_DNS_SERVER YETT_DNS_TIMEOUT_S=1
}

# claim TOKEN ORG DOMAIN: its id is then in DOMAIN, the value of the record in VALUE.
claim() {
	as "$1" POST "/orgs/$2/domains" "{\"domain\":\"$3\"}"
	expect 201
	DOMAIN=$(json .id)
	VALUE=$(json .record.value)
}

# zone NAME HOW [VALUE]...: what the DNS says, with a record for each value.
zone() {
	local name=$1 how=$2
	shift 2
	jq -n --arg n "$name" --arg h "$how" '{($n): {how: $h, texts: [$ARGS.positional[] | [.]]}}' --args "$@" > "$ZONE"
}

# verify TOKEN ORG
verify() {
	as "$1" POST "/orgs/$2/domains/$DOMAIN/verify"
}

# own DOMAIN: A's, proven.
own() {
	claim "$ANN" "$ORG_A" "$1"
	sql "UPDATE org_domains SET verified_at = 1 WHERE id = '$DOMAIN'"
}

auto_join() {
	as "$ANN" PATCH "/orgs/$ORG_A/domains/$DOMAIN" "{\"auto_join\":$1}"
	expect 200
}

confirm() {
	sql "UPDATE users SET email_confirmed = 1 WHERE id = '$1'"
}

@test "every route without a proof answers 401, without its permission 403 or as if there were no org, and changes nothing" {
	local before line
	claim "$ANN" "$ORG_A" example.org
	before=$(sql .dump)
	while read -r line; do
		set -- $line
		call orgs "$1" "$2" "${3--}"
		expect 401 unauthenticated
		as "$CARL" "$1" "$2" "${3--}"
		expect 403 forbidden
		[[ "$(json .detail)" == *"$4"* ]]
		# Who belongs to another org does not learn that this one is there.
		as "$DORA" "$1" "$2" "${3--}"
		expect 404
		as "$DORA" "$1" "${2/$ORG_A/$NOBODY}" "${3--}"
		expect 404
	done <<- E
		GET /orgs/$ORG_A/domains - domains:read
		POST /orgs/$ORG_A/domains {"domain":"example.com"} domains:create
		PATCH /orgs/$ORG_A/domains/$DOMAIN {"auto_join":true} domains:update
		DELETE /orgs/$ORG_A/domains/$DOMAIN - domains:delete
		POST /orgs/$ORG_A/domains/$DOMAIN/verify - domains:update
	E
	# Nor is a claim of one org reached through another.
	while read -r line; do
		set -- $line
		as "$DORA" "$1" "$2" "${3--}"
		expect 404
	done <<- E
		PATCH /orgs/$ORG_B/domains/$DOMAIN {"auto_join":true}
		DELETE /orgs/$ORG_B/domains/$DOMAIN
		POST /orgs/$ORG_B/domains/$DOMAIN/verify
	E
	[ "$(sql .dump)" = "$before" ]
}

@test "a domain is claimed, listed, changed and dropped, and each is in the log" {
	as "$ANN" POST "/orgs/$ORG_A/domains" '{"domain":"Example.ORG"}'
	expect 201
	DOMAIN=$(json .id)
	[ "$(jq -c '[.domain, .verified, .verified_at, .auto_join, .record.name, .record.type]' <<< "$BODY")" = \
		'["example.org",false,null,false,"_yett.example.org","TXT"]' ]
	[[ "$(json .record.value)" =~ ^yett-verification=[A-Za-z0-9_-]{43}$ ]]
	as "$ANN" POST "/orgs/$ORG_A/domains" '{"domain":"a.example","auto_join":true}'
	expect 201
	as "$ANN" GET "/orgs/$ORG_A/domains"
	expect 200
	[ "$(jq -c '[.next, [.items[] | [.domain, .auto_join]]]' <<< "$BODY")" = '[null,[["a.example",true],["example.org",false]]]' ]
	auto_join true
	[ "$(json .auto_join)" = true ]
	as "$ANN" POST "/orgs/$ORG_A/domains" '{"domain":"example.org"}'
	expect 409 taken
	expect_field domain
	as "$ANN" DELETE "/orgs/$ORG_A/domains/$DOMAIN"
	expect 204
	as "$ANN" DELETE "/orgs/$ORG_A/domains/$DOMAIN"
	expect 404
	[ "$(sql "SELECT group_concat(action) FROM (SELECT action FROM audit_log
		WHERE object_type = 'domain' AND org_id = '$ORG_A' AND user_id = '$ANN_ID' ORDER BY seq)")" = \
		domain.claimed,domain.claimed,domain.updated,domain.dropped ]
}

@test "what is no domain of an organisation is refused" {
	local domain before
	before=$(sql .dump)
	for domain in org localhost 192.0.2.1 2001:db8::1 '[::1]' .org example.org. a..b -a.org 'a b.org' _yett.org '*.org' \
		bücher.example x@example.org https://example.org "$(printf 'a%063d' 0).org" "$(printf '%0254d' 0)"; do
		as "$ANN" POST "/orgs/$ORG_A/domains" "{\"domain\":\"$domain\"}"
		expect 422
		expect_field domain
	done
	as "$ANN" POST "/orgs/$ORG_A/domains" '{}'
	expect 422
	expect_field domain
	as "$ANN" POST "/orgs/$ORG_A/domains" '{"domain":"example.org","auto_join":1}'
	expect 422
	expect_field auto_join
	[ "$(sql .dump)" = "$before" ]
	claim "$ANN" "$ORG_A" xn--bcher-kva.example
	as "$ANN" PATCH "/orgs/$ORG_A/domains/$DOMAIN" '{}'
	expect 422
	expect_field auto_join
	as "$ANN" PATCH "/orgs/$ORG_A/domains/$DOMAIN" '{"auto_join":true,"verified_at":"2026-01-01T00:00:00Z"}'
	expect 422
	expect_field verified_at
}

@test "an org has 20 domains and no more; another org has its own 20" {
	local i
	for i in $(seq 19); do
		sql "INSERT INTO org_domains (id, org_id, domain, token, created_at)
			VALUES (printf('01890a5d-ac96-774b-bcce-%012d', $i), '$ORG_A', '$i.example', 'x', 0)"
	done
	claim "$ANN" "$ORG_A" example.org
	as "$ANN" POST "/orgs/$ORG_A/domains" '{"domain":"example.com"}'
	expect 422
	expect_field domain
	as "$ANN" POST "/orgs/$ORG_A/domains" '{"domain":"example.org"}'
	expect 409 taken
	as "$ANN" GET "/orgs/$ORG_A/domains"
	[ "$(json '.items | length')" = 20 ]
	claim "$DORA" "$ORG_B" example.com
	as "$ANN" DELETE "/orgs/$ORG_A/domains/01890a5d-ac96-774b-bcce-000000000001"
	expect 204
	claim "$ANN" "$ORG_A" example.com
}

@test "a domain is verified by the record that was shown" {
	start_dns
	claim "$ANN" "$ORG_A" example.org
	verify "$ANN" "$ORG_A"
	expect 422
	expect_field record
	[[ "$(json '.errors[0].detail')" = *"no TXT record"* ]]
	zone _yett.example.org good "something else"
	verify "$ANN" "$ORG_A"
	expect 422
	[[ "$(json '.errors[0].detail')" = *"not among"* ]]
	zone _yett.example.org good "${VALUE}x" "${VALUE%?}" "${VALUE^^}"
	verify "$ANN" "$ORG_A"
	expect 422
	zone example.org good "$VALUE"
	verify "$ANN" "$ORG_A"
	expect 422
	[ "$(events domain.verified)" = 0 ]
	zone _yett.example.org good other "$VALUE"
	verify "$ANN" "$ORG_A"
	expect 200
	[ "$(json .verified)" = true ]
	# Once is enough: it stays verified, and the DNS is not asked again.
	zone _yett.example.org silent
	verify "$ANN" "$ORG_A"
	expect 200
	[ "$(events domain.verified)" = 1 ]
	# A claim made anew is another one, with another value.
	as "$ANN" DELETE "/orgs/$ORG_A/domains/$DOMAIN"
	local old=$VALUE
	claim "$ANN" "$ORG_A" example.org
	[ "$VALUE" != "$old" ]
	zone _yett.example.org good "$old"
	verify "$ANN" "$ORG_A"
	expect 422
}

@test "the record may be among many, in several strings, behind an alias, or after forged answers" {
	local i many=()
	start_dns
	claim "$ANN" "$ORG_A" example.org
	for i in $(seq 100); do
		many+=("record number $i of very many, which do not fit into one packet")
	done
	reset() {
		sql "UPDATE org_domains SET verified_at = NULL"
	}
	zone _yett.example.org good "${many[@]}" "$VALUE"
	verify "$ANN" "$ORG_A"
	expect 200
	reset
	jq -n --arg a "${VALUE:0:30}" --arg b "${VALUE:30}" '{"_yett.example.org": {texts: [[$a, "", $b]]}}' > "$ZONE"
	verify "$ANN" "$ORG_A"
	expect 200
	for i in alias "forged first"; do
		reset
		zone _yett.example.org "$i" "$VALUE"
		verify "$ANN" "$ORG_A"
		expect 200
	done
}

@test "a DNS that fails, is cut, malformed, forged or silent verifies nothing, and takes no longer than it may" {
	local how began
	start_dns
	claim "$ANN" "$ORG_A" example.org
	for how in silent "silent over tcp" "cut over tcp" fails rubbish malformed loop "forged only"; do
		zone _yett.example.org "$how" "$VALUE"
		began=$(date +%s%3N)
		verify "$ANN" "$ORG_A"
		expect 503 busy
		[ $(($(date +%s%3N) - began)) -lt 2500 ]
	done
	zone _yett.example.org "another name" "$VALUE"
	verify "$ANN" "$ORG_A"
	expect 422
	# Nobody is there at all.
	kill "$DNS_PID"
	wait "$DNS_PID" || true
	DNS_PID=
	verify "$ANN" "$ORG_A"
	expect 503 busy
	[ "$(sql 'SELECT count(*) FROM org_domains WHERE verified_at IS NOT NULL')" = 0 ]
}

@test "a DNS that is slow to answer keeps two requests waiting, and nobody else" {
	local i pids=() began
	start_dns
	claim "$ANN" "$ORG_A" example.org
	zone _yett.example.org silent
	export YETT_DNS_TIMEOUT_S=5
	start_site
	# Tokens are of the site's address, which is another now.
	web POST /auth/login --json "{\"email\":\"ann@example.org\",\"password\":\"$PASSWORD\"}"
	expect 200
	ANN=$(json .access_token)
	for i in 1 2 3 4 5 6 7 8; do
		curl -s -o "$BATS_TEST_TMPDIR/verify$i" -w '%{http_code} %{time_total}\n' --json '{}' -H "Authorization: Bearer $ANN" \
			"$URL/orgs/$ORG_A/domains/$DOMAIN/verify" > "$BATS_TEST_TMPDIR/took$i" 3>&- &
		pids+=($!)
	done
	sleep 1
	began=$(date +%s%3N)
	web GET "/orgs/$ORG_A/domains" -H "Authorization: Bearer $ANN"
	expect 200
	[ $(($(date +%s%3N) - began)) -lt 1500 ]
	wait "${pids[@]}"
	[ "$(cat "$BATS_TEST_TMPDIR"/took? | grep -c '^503 ')" = 8 ]
	[ "$(cat "$BATS_TEST_TMPDIR"/took? | grep -c '^503 [4-9]')" = 2 ]
}

@test "a claim keeps nobody from another; once verified a domain is one org's alone" {
	local a b
	start_dns
	claim "$ANN" "$ORG_A" example.org
	a=$DOMAIN
	claim "$DORA" "$ORG_B" example.org
	b=$DOMAIN
	zone _yett.example.org good "$VALUE"
	verify "$DORA" "$ORG_B"
	expect 200
	# The record of A is there, too, now; but the domain is B's.
	DOMAIN=$a
	zone _yett.example.org good "$VALUE" "$(sql "SELECT 'yett-verification=' || token FROM org_domains WHERE id = '$a'")"
	verify "$ANN" "$ORG_A"
	expect 409 taken
	expect_field domain
	as "$DORA" DELETE "/orgs/$ORG_B/domains/$b"
	expect 204
	verify "$ANN" "$ORG_A"
	expect 200
}

@test "who loses the permission while the DNS is asked verifies nothing" {
	start_dns
	export YETT_DNS_TIMEOUT_S=3
	claim "$ANN" "$ORG_A" example.org
	# The first packet gets no answer; by the second the record is there, and ann is no owner any more.
	zone _yett.example.org silent
	(verify "$ANN" "$ORG_A" && echo "$STATUS" > "$BATS_TEST_TMPDIR/status") 3>&- &
	sleep 0.7
	sql "DELETE FROM user_org_roles WHERE user_id = '$ANN_ID'"
	zone _yett.example.org good "$VALUE"
	wait $!
	[ "$(cat "$BATS_TEST_TMPDIR/status")" = 403 ]
	[ "$(sql 'SELECT count(*) FROM org_domains WHERE verified_at IS NOT NULL')" = 0 ]
}

@test "who has a confirmed address at a verified domain joins by signing in" {
	local eve
	own example.com
	register Eve@Example.COM
	eve=$USER_ID
	sign_in eve@example.com
	[ "$(is_member "$ORG_A" "$eve")" = 0 ]
	confirm "$eve"
	sign_in eve@example.com
	[ "$(is_member "$ORG_A" "$eve")" = 0 ]
	auto_join true
	sign_in eve@example.com
	[ "$(is_member "$ORG_A" "$eve")" = 1 ]
	[ "$(sql "SELECT r.name FROM user_org_roles m JOIN roles r ON r.id = m.role_id WHERE m.user_id = '$eve'")" = org-member ]
	[ "$(sql "SELECT user_id || object_id || org_id || (details ->> 'domain_id') FROM audit_log WHERE action = 'org_member.joined'")" = "$eve$eve$ORG_A$DOMAIN" ]
	as "$ACCESS" GET "/orgs/$ORG_A"
	expect 200
	# Once.
	sign_in eve@example.com
	[ "$(events org_member.joined)" = 1 ]
}

@test "a domain that is not verified, a domain below, and an address that is not confirmed let nobody in" {
	local address
	own example.com
	auto_join true
	for address in a@sub.example.com b@xexample.com c@example.com.example.net d@example.co; do
		register "$address"
		confirm "$USER_ID"
		sign_in "$address"
		[ "$(is_member "$ORG_A" "$USER_ID")" = 0 ]
	done
	register e@example.com
	sign_in e@example.com
	[ "$(is_member "$ORG_A" "$USER_ID")" = 0 ]
	sql "UPDATE org_domains SET verified_at = NULL"
	confirm "$USER_ID"
	sign_in e@example.com
	[ "$(is_member "$ORG_A" "$USER_ID")" = 0 ]
	[ "$(events org_member.joined)" = 0 ]
}

@test "who left or was removed is not taken in again by signing in" {
	own example.com
	auto_join true
	register eve@example.com
	confirm "$USER_ID"
	sign_in eve@example.com
	[ "$(is_member "$ORG_A" "$USER_ID")" = 1 ]
	sql "DELETE FROM user_orgs WHERE user_id = '$USER_ID'"
	sign_in eve@example.com
	[ "$(is_member "$ORG_A" "$USER_ID")" = 0 ]
	# Nor who had come by another way.
	register fay@example.com
	member "$ORG_A" "$USER_ID" org-member
	confirm "$USER_ID"
	sql "DELETE FROM user_orgs WHERE user_id = '$USER_ID'"
	sign_in fay@example.com
	[ "$(is_member "$ORG_A" "$USER_ID")" = 0 ]
	[ "$(sql 'SELECT count(*) FROM org_former_members')" = 2 ]
	# Nothing is left of those who are gone altogether, people or orgs.
	sql "PRAGMA foreign_keys = ON; DELETE FROM users WHERE id = '$USER_ID'"
	[ "$(sql 'SELECT count(*) FROM org_former_members')" = 1 ]
	sql "PRAGMA foreign_keys = ON; DELETE FROM orgs WHERE id = '$ORG_A'"
	[ "$(sql 'SELECT count(*) FROM org_former_members')" = 0 ]
}

@test "without a free seat the sign-in goes on, and a later one joins" {
	own example.com
	auto_join true
	sql "UPDATE orgs SET seat_limit = 2 WHERE id = '$ORG_A'"
	register eve@example.com
	confirm "$USER_ID"
	sign_in eve@example.com
	[ "$(is_member "$ORG_A" "$USER_ID")" = 0 ]
	sql "UPDATE orgs SET seat_limit = 3 WHERE id = '$ORG_A'"
	sign_in eve@example.com
	[ "$(is_member "$ORG_A" "$USER_ID")" = 1 ]
}

@test "nobody lets people join with more than he holds himself" {
	sql "INSERT INTO roles (id, org_id, name, created_at) VALUES ('$NOBODY', '$ORG_A', 'registrar', 0);
		INSERT INTO role_permissions (role_id, permission_id) SELECT '$NOBODY', id FROM permissions WHERE name = 'domains:*';
		UPDATE user_org_roles SET role_id = '$NOBODY' WHERE user_id = '$CARL_ID'"
	claim "$CARL" "$ORG_A" example.org
	as "$CARL" PATCH "/orgs/$ORG_A/domains/$DOMAIN" '{"auto_join":true}'
	expect 403
	[[ "$(json .detail)" = auto_join:* ]]
	as "$CARL" POST "/orgs/$ORG_A/domains" '{"domain":"example.com","auto_join":true}'
	expect 403
	auto_join true
	# To end it, one need not hold it.
	as "$CARL" PATCH "/orgs/$ORG_A/domains/$DOMAIN" '{"auto_join":false}'
	expect 200
}
