#!/usr/bin/env bats
# yett domain: the domains of an org, and who joins by them.

load helper
load joining
load tool

setup() {
	fresh_state
	stop_time
	sql "INSERT INTO orgs (id, name, slug, created_at, updated_at)
		VALUES ('$ORG_A', 'Club A', 'a', 0, 0), ('$ORG_B', 'Club B', 'b', 0, 0)"
	ZONE=$BATS_TEST_TMPDIR/zone
	DNS_PID=
}

teardown() {
	[ -z "$DNS_PID" ] || kill "$DNS_PID"
}

@test "domain add, list, set and delete, each in the log" {
	run -0 yett domain add a Example.org
	[[ "${lines[0]}" = "a claims example.org."* ]]
	[[ "${lines[1]}" =~ ^_yett.example.org\ TXT\ \"yett-verification=[A-Za-z0-9_-]{43}\"$ ]]
	run -0 yett domain add "$ORG_A" example.com --auto-join yes
	run -0 yett domain list a
	[[ "${lines[0]}" = DOMAIN*VERIFIED*AUTO-JOIN* ]]
	[[ "${lines[1]}" = example.com*yes*_yett.example.com*yett-verification=* ]]
	[[ "${lines[2]}" = example.org*no* ]]
	run -0 yett domain set a EXAMPLE.org --auto-join yes
	[[ "$output" = *"joins a by signing in, once the domain is verified" ]]
	run -0 yett domain set a example.com --auto-join no
	[[ "$output" = *"no more joins a by signing in" ]]
	run -0 yett domain list a --json
	[ "$(jq -c '[.items[] | [.domain, .verified, .auto_join]]' <<< "$output")" = '[["example.com",false,false],["example.org",false,true]]' ]
	run -0 yett domain delete a example.com
	[ "$output" = "a no more claims example.com" ]
	[ "$(yett domain list a --json | jq '.items | length')" = 1 ]
	[ "$(sql "SELECT group_concat(action) FROM (SELECT action FROM audit_log WHERE actor = 'tool' AND org_id = '$ORG_A' ORDER BY seq)")" = \
		domain.claimed,domain.claimed,domain.updated,domain.updated,domain.dropped ]
}

@test "what cannot be is refused and changes nothing" {
	local before
	yett domain add a example.org
	before=$(sql .dump)
	run -1 yett domain add nowhere example.com
	[[ "$output" = *'there is no org "nowhere"'* ]]
	run -1 yett domain add a localhost
	[[ "$output" = *"domain: must be one such as example.org"* ]]
	run -1 yett domain add a example.org
	[[ "$output" = *"claimed for this org already"* ]]
	run -1 yett domain set b example.org --auto-join yes
	[[ "$output" = *"b has not claimed example.org"* ]]
	run -1 yett domain delete b example.org
	run -1 yett domain verify b example.org
	run -100 yett domain set a example.org
	run -100 yett domain set a example.org --auto-join perhaps
	run -100 yett domain add a example.com --auto-join
	[ "$(sql .dump)" = "$before" ]
	sql "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 19) INSERT INTO org_domains (id, org_id, domain, token, created_at)
		SELECT printf('01890a5d-ac96-774b-bcce-%012d', i), '$ORG_A', i || '.example', 'x', 0 FROM n"
	run -1 yett domain add a example.com
	[[ "$output" = *"no org may claim more"* ]]
	yett domain add b example.com
}

@test "domain verify looks in the DNS" {
	local i value
	yett domain add a example.org
	yett domain add b example.org
	value=$(yett domain list a --json | jq -r '.items[0].record.value')
	export YETT_DNS_SERVER=127.0.0.1:9 YETT_DNS_TIMEOUT_S=1
	run -1 yett domain verify a example.org
	[[ "$output" = *"the DNS did not answer"* ]]
	echo '{}' > "$ZONE"
	/usr/bin/python3 "$TOP/tests/dns-server" "$ZONE" "$BATS_TEST_TMPDIR/port" 3>&- &
	DNS_PID=$!
	for i in $(seq 100); do
		[ ! -e "$BATS_TEST_TMPDIR/port" ] || break
		sleep 0.05
	done
	YETT_DNS_SERVER=127.0.0.1:$(cat "$BATS_TEST_TMPDIR/port")
	run -1 yett domain verify a example.org
	[[ "$output" = *"has no TXT record yet; it must be \"$value\""* ]]
	echo '{"_yett.example.org": {"texts": [["x"]]}}' > "$ZONE"
	run -1 yett domain verify a example.org
	[[ "$output" = *"has TXT records, but not \"$value\""* ]]
	jq -n --arg v "$value" '{"_yett.example.org": {texts: [[$v]]}}' > "$ZONE"
	run -0 yett domain verify a example.org
	[ "$output" = "example.org is a's" ]
	run -0 yett domain verify a example.org
	[ "$(sql "SELECT count(*) FROM audit_log WHERE action = 'domain.verified'")" = 1 ]
	value=$(yett domain list b --json | jq -r '.items[0].record.value')
	jq -n --arg v "$value" '{"_yett.example.org": {texts: [[$v]]}}' > "$ZONE"
	run -1 yett domain verify b example.org
	[[ "$output" = *"verified for another org"* ]]
}
