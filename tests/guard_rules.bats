#!/usr/bin/env bats
# guard: the rules of who may see which pages, kept by admins.

load helper

NOBODY=01890a5d-ac96-774b-bcce-b302099a8057

setup() {
	fresh_state
	stop_time
	echo "$PASSWORD" | "$BIN/yett" user add root@example.org --role admin > /dev/null
	sign_in root@example.org
	ADMIN=$ACCESS
	ADMIN_ID=$(sql "SELECT id FROM users WHERE email = 'root@example.org'")
}

# as TOKEN METHOD PATH [BODY]
as() {
	call guard "$2" "$3" "${4--}" "$(bearer "$1")"
}

# rule BODY: added; its id is then in RULE.
rule() {
	as "$ADMIN" POST /guard/rules "$1"
	expect 201
	RULE=$(json .id)
}

# text RULE [MEMBER...]: a body with this rule as text, and what jq makes of the members.
text() {
	jq -nc --arg rule "$1" '{rule: $rule} + {'"${2-}"'}'
}

# order: the rules by position, as "1 / guest, 2 ...".
order() {
	sql "SELECT group_concat(position || ' ' || rule, ', ') FROM (SELECT * FROM guard_rules ORDER BY position)"
}

# refused FIELD BODY [PATH]: POST, or PATCH of the path, is refused with an error of this field, and changes nothing.
refused() {
	local before
	before=$(sql 'SELECT * FROM guard_rules; SELECT count(*) FROM audit_log')
	if [ $# = 3 ]; then as "$ADMIN" PATCH "$3" "$2"; else as "$ADMIN" POST /guard/rules "$2"; fi
	expect 422 invalid-fields && expect_field "$1" || {
		echo "of $2" >&2
		return 1
	}
	[ "$(sql 'SELECT * FROM guard_rules; SELECT count(*) FROM audit_log')" = "$before" ]
}

@test "every route without a proof answers 401, without its permission 403, and changes nothing" {
	local before line
	rule '{"rule":"/ guest"}'
	register ann@example.org
	before=$(sql .dump)
	while read -r line; do
		set -- $line
		call guard "$1" "$2" "${3--}"
		expect 401 unauthenticated
		as "$ACCESS" "$1" "$2" "${3--}"
		expect 403 forbidden
		[[ "$(json .detail)" == *"$4"* ]]
	done <<- E
		GET /guard/rules - guard:read
		POST /guard/rules {"path":"/","allow":["guest"]} guard:create
		GET /guard/rules/$RULE - guard:read
		PATCH /guard/rules/$RULE {"description":"x"} guard:update
		DELETE /guard/rules/$RULE - guard:delete
	E
	[ "$(sql .dump)" = "$before" ]
}

@test "each permission opens its route, and no other" {
	local line
	rule '{"rule":"/ guest"}'
	while read -r line; do
		set -- $line
		register "$1@example.org"
		"$BIN/yett" role add "$1" > /dev/null
		"$BIN/yett" role allow "$1" "guard:$1"
		"$BIN/yett" role grant "$1@example.org" "$1"
		sign_in "$1@example.org"
		as "$ACCESS" "$2" "$3" "${4--}"
		expect "$5"
		[ "$1" = read ] || { as "$ACCESS" GET /guard/rules && expect 403; }
		[ "$1" = delete ] || { as "$ACCESS" DELETE "/guard/rules/$RULE" && expect 403; }
	done <<- E
		read GET /guard/rules/$RULE - 200
		create POST /guard/rules {"path":"/x","allow":["guest"]} 201
		update PATCH /guard/rules/$RULE {"description":"x"} 200
		delete DELETE /guard/rules/$RULE - 204
	E
}

@test "a rule is made as text, and told as text and by its members" {
	rule "$(text 'Intern.Example.org/wiki/ POST,PUT role:viewer permission:wiki:* mfa:15 from:10.1.2.3/8 user' 'description: "Who writes"')"
	as "$ADMIN" GET "/guard/rules/$RULE"
	expect 200
	[ "$(jq -c 'del(.id, .created_at, .updated_at)' <<< "$BODY")" = '{"position":1,"rule":"intern.example.org/wiki POST,PUT role:viewer permission:wiki:* user mfa:15 from:10.0.0.0/8","host":"intern.example.org","path":"/wiki","methods":["POST","PUT"],"allow":["role:viewer","permission:wiki:*","user"],"mfa_minutes":15,"networks":["10.0.0.0/8"],"description":"Who writes"}' ]
	[ "$(json .created_at)" = "$(json .updated_at)" ]
	rule '{"rule":"/ guest"}'
	[ "$(jq -c '[.position, .rule, .host, .path, .methods, .allow, .mfa_minutes, .networks, .description]' <<< "$BODY")" = '[2,"/ guest",null,"/",[],["guest"],null,[],""]' ]
}

@test "a rule is made by its members, and what it tells of one makes the same" {
	local body
	"$BIN/yett" group add "Board members" > /dev/null
	for body in '{"path":"/a","allow":["guest"]}' '{"host":null,"path":"/","methods":[],"allow":["user"],"mfa_minutes":null,"networks":[]}' \
		'{"host":"*.Example.org","path":"/a b/ü/","methods":["GET","M-SEARCH"],"allow":["group:Board members","role:admin"],"mfa_minutes":43200,"networks":["192.0.2.9/24","2001:DB8::1"]}'; do
		rule "$body"
		as "$ADMIN" GET "/guard/rules/$RULE"
		local told=$BODY
		rule "$(jq -c '{host, path, methods, allow, mfa_minutes, networks}' <<< "$told")"
		[ "$(json .rule)" = "$(jq -r .rule <<< "$told")" ]
		rule "$(jq -c '{rule}' <<< "$told")"
		[ "$(jq -c '[.host, .path, .methods, .allow, .mfa_minutes, .networks]' <<< "$BODY")" = "$(jq -c '[.host, .path, .methods, .allow, .mfa_minutes, .networks]' <<< "$told")" ]
	done
	[ "$(json .rule)" = '"*.example.org/a b/ü" GET,M-SEARCH "group:Board members" role:admin mfa:43200 from:192.0.2.0/24 from:2001:db8::1' ]
}

@test "PATCH changes what it names, and nothing else" {
	rule '{"host":"a.example","path":"/a","methods":["POST"],"allow":["user"],"mfa_minutes":5,"networks":["10.0.0.1"],"description":"d"}'
	while read -r body wanted; do
		as "$ADMIN" PATCH "/guard/rules/$RULE" "$body"
		expect 200
		[ "$(json .rule)" = "$wanted" ] || {
			echo "$body: $BODY" >&2
			return 1
		}
	done <<- 'E'
		{} a.example/a POST user mfa:5 from:10.0.0.1
		{"path":"/b/"} a.example/b POST user mfa:5 from:10.0.0.1
		{"methods":[]} a.example/b user mfa:5 from:10.0.0.1
		{"host":null} /b user mfa:5 from:10.0.0.1
		{"mfa_minutes":null} /b user from:10.0.0.1
		{"networks":[]} /b user
		{"allow":["role:admin","guest"]} /b role:admin guest
		{"mfa_minutes":1,"host":"b","methods":["GET"]} b/b GET role:admin guest mfa:1
	E
	as "$ADMIN" PATCH "/guard/rules/$RULE" '{"rule":"/c nobody"}'
	[ "$(json .rule)" = "/c nobody" ]
	[ "$(json .description)" = d ]
	pass_time 60
	as "$ADMIN" PATCH "/guard/rules/$RULE" '{"description":""}'
	expect 200
	[ "$(json '.description + .rule')" = "/c nobody" ]
	[ "$(json .updated_at)" != "$(json .created_at)" ]
}

@test "rules are in the order of their positions, and one that is put where another is moves it on" {
	local a b c
	rule '{"rule":"/a user"}'
	a=$RULE
	rule '{"rule":"/b user","position":10}'
	b=$RULE
	rule '{"rule":"/c user"}'
	c=$RULE
	[ "$(order)" = "1 /a user, 10 /b user, 11 /c user" ]
	rule '{"rule":"/d user","position":1}'
	[ "$(order)" = "1 /d user, 2 /a user, 10 /b user, 11 /c user" ]
	rule '{"rule":"/e user","position":9}'
	[ "$(order)" = "1 /d user, 2 /a user, 9 /e user, 10 /b user, 11 /c user" ]
	as "$ADMIN" PATCH "/guard/rules/$c" '{"position":9}'
	expect 200
	[ "$(json .position)" = 9 ]
	[ "$(order)" = "1 /d user, 2 /a user, 9 /c user, 10 /e user, 11 /b user" ]
	as "$ADMIN" PATCH "/guard/rules/$a" '{"position":2}'
	as "$ADMIN" PATCH "/guard/rules/$a" '{"position":1000000,"rule":"/A user"}'
	expect 200
	[ "$(order)" = "1 /d user, 9 /c user, 10 /e user, 11 /b user, 1000000 /A user" ]
	as "$ADMIN" GET /guard/rules
	expect 200
	[ "$(jq -c '[[.items[].rule], .next, .configured]' <<< "$BODY")" = '[["/d user","/c user","/e user","/b user","/A user"],null,[]]' ]
	# Behind the last position there is none.
	refused position '{"rule":"/f user"}'
	refused position '{"rule":"/f user","position":1000000}'
	refused position '{"position":1000000}' "/guard/rules/$b"
	rule '{"rule":"/f user","position":999999}'
	refused position '{"rule":"/g user","position":999999}'
	refused position '{"position":0}' "/guard/rules/$b"
	refused position '{"position":1000001}' "/guard/rules/$b"
}

@test "a dropped rule is gone, and the others stay where they are" {
	rule '{"rule":"/a user"}'
	rule '{"rule":"/b user"}'
	local b=$RULE
	rule '{"rule":"/c user"}'
	as "$ADMIN" DELETE "/guard/rules/$b"
	expect 204
	[ "$(order)" = "1 /a user, 3 /c user" ]
	for method in GET DELETE; do
		as "$ADMIN" $method "/guard/rules/$b"
		expect 404
	done
	as "$ADMIN" PATCH "/guard/rules/$b" '{"description":"x"}'
	expect 404
}

@test "every change is a row of the audit log, with what the rule was" {
	rule '{"rule":"/a user"}'
	rule '{"rule":"/b user","position":1}'
	as "$ADMIN" PATCH "/guard/rules/$RULE" '{"position":7,"methods":["POST"]}'
	as "$ADMIN" PATCH "/guard/rules/$RULE" '{"description":"x"}'
	as "$ADMIN" DELETE "/guard/rules/$RULE"
	expect 204
	[ "$(sql "SELECT action || ' ' || details FROM audit_log WHERE object_type = 'guard_rule' ORDER BY seq")" = 'guard_rule.created {"position":1,"rule":"/a user"}
guard_rule.created {"position":1,"rule":"/b user"}
guard_rule.updated {"position":7,"rule":"/b POST user","old_position":1,"old_rule":"/b user"}
guard_rule.updated {"position":7,"rule":"/b POST user"}
guard_rule.deleted {"position":7,"rule":"/b POST user"}' ]
	[ "$(sql "SELECT DISTINCT user_id || ' ' || object_id FROM audit_log WHERE object_type = 'guard_rule' AND object_id = '$RULE'")" = "$ADMIN_ID $RULE" ]
	"$BIN/yett" audit verify
}

@test "a change moves the version of everybody, under which programs have the rules in memory" {
	local before
	moved() {
		[ "$(sha256sum < "$YETT_SITE_STATE/versions.map")" != "$before" ] || return 1
		before=$(sha256sum < "$YETT_SITE_STATE/versions.map")
	}
	as "$ADMIN" GET /guard/rules
	before=$(sha256sum < "$YETT_SITE_STATE/versions.map")
	as "$ADMIN" GET /guard/rules
	run ! moved
	refused rule '{"rule":"/a"}'
	run ! moved
	rule '{"rule":"/a user"}'
	moved
	as "$ADMIN" PATCH "/guard/rules/$RULE" '{"position":5}'
	moved
	as "$ADMIN" PATCH "/guard/rules/$RULE" '{"rule":"/b user"}'
	moved
	as "$ADMIN" DELETE "/guard/rules/$RULE"
	moved
}

@test "what is no rule is refused by the name of the field" {
	local field body
	rule '{"rule":"/a user"}'
	while read -r field body; do
		refused "$field" "$body"
	done <<- 'E'
		rule {}
		rule {"description":"x"}
		rule {"rule":""}
		rule {"rule":"/"}
		rule {"rule":"a user"}
		rule {"rule":"/a usr"}
		rule {"rule":"/a/../b user"}
		rule {"rule":"/a%20b user"}
		rule {"rule":"/a user","path":"/b"}
		rule {"rule":"/a user","host":null}
		rule {"rule":"/a user","methods":[]}
		rule {"rule":"/a user","allow":["user"]}
		rule {"rule":"/a user","mfa_minutes":null}
		rule {"rule":"/a user","networks":[]}
		rule {"rule":7}
		allow {"path":"/a"}
		allow {"path":"/a","allow":[]}
		path {"allow":["user"]}
		path {"path":"a","allow":["user"]}
		path {"path":"/a//b","allow":["user"]}
		path {"path":"/a\" guest \"user","allow":["nobody"]}
		path {"path":"/a\" guest","allow":["nobody"]}
		path {"path":"/a\"","allow":["nobody"]}
		path {"path":"/a\" \"","allow":["nobody"]}
		path {"path":"","allow":["user"]}
		host {"host":"a b","path":"/","allow":["user"]}
		host {"host":"a/b","path":"/","allow":["user"]}
		host {"host":"a/\" guest \"b","path":"/","allow":["user"]}
		host {"host":"\"a","path":"/","allow":["user"]}
		host {"host":"a:80","path":"/","allow":["user"]}
		host {"host":"","path":"/","allow":["user"]}
		methods[1] {"path":"/","methods":["GET","post"],"allow":["user"]}
		methods[0] {"path":"/","methods":["GET,POST"],"allow":["user"]}
		methods[0] {"path":"/","methods":["HEAD"],"allow":["user"]}
		methods[0] {"path":"/","methods":["GET guest"],"allow":["user"]}
		methods[0] {"path":"/","methods":["A\" guest \"B"],"allow":["user"]}
		methods[0] {"path":"/","methods":[""],"allow":["user"]}
		methods {"path":"/","methods":["A","B","C","D","E","F","G","H","I"],"allow":["user"]}
		methods {"path":"/","methods":"GET","allow":["user"]}
		allow[1] {"path":"/","allow":["user","x"]}
		allow[0] {"path":"/","allow":["user guest"]}
		allow[0] {"path":"/","allow":["group:a\" guest \"b"]}
		allow[0] {"path":"/","allow":["role:"]}
		allow[0] {"path":"/","allow":["permission:x"]}
		allow[0] {"path":"/","allow":["mfa:5"]}
		mfa_minutes {"path":"/","allow":["user"],"mfa_minutes":0}
		mfa_minutes {"path":"/","allow":["user"],"mfa_minutes":43201}
		networks[0] {"path":"/","allow":["user"],"networks":["here"]}
		networks[0] {"path":"/","allow":["user"],"networks":["10.0.0.0/33"]}
		networks[1] {"path":"/","allow":["user"],"networks":["::1","10.0.0.1 guest"]}
		position {"rule":"/ user","position":0}
		position {"rule":"/ user","position":1000001}
		position {"rule":"/ user","position":"1"}
		colour {"rule":"/ user","colour":"red"}
	E
	[ "$(order)" = "1 /a user" ]
	as "$ADMIN" GET "/guard/rules?after=x"
	expect 422
	expect_field after
	as "$ADMIN" GET "/guard/rules?after=1000001"
	expect 422
}

@test "the limits of a rule, on both sides" {
	local n words
	rule "$(text "/$(printf 'a%.0s' $(seq 1018)) user")"
	refused rule "$(text "/$(printf 'a%.0s' $(seq 1019)) user")"
	rule "$(jq -nc '{path: ("/" + "a" * 1018), allow: ["user"]}')"
	as "$ADMIN" POST /guard/rules "$(jq -nc '{path: ("/" + "a" * 1019), allow: ["user"]}')"
	expect 422
	rule "$(jq -nc '{path: "/", allow: [range(32) | "permission:p:a\(.)"], networks: [range(32) | "10.0.0.\(.)"]}')"
	refused allow "$(jq -nc '{path: "/", allow: [range(33) | "permission:p:a\(.)"]}')"
	refused networks "$(jq -nc '{path: "/", allow: ["user"], networks: [range(33) | "10.0.0.\(.)"]}')"
	rule '{"path":"/","methods":["A","B","C","D","E","F","G","H"],"allow":["user"],"mfa_minutes":43200}'
	rule '{"path":"/","methods":["ABCDEFGHIJKLMNOPQRST"],"allow":["user"],"mfa_minutes":1}'
	refused "methods[0]" '{"path":"/","methods":["ABCDEFGHIJKLMNOPQRSTU"],"allow":["user"]}'
	rule "$(text '/ user' "description: \"$(printf '%0500d' 0)\"")"
	refused description "$(text '/ user' "description: \"$(printf '%0501d' 0)\"")"
	# What fits member by member may be too long as it is written.
	refused rule "$(jq -nc '{path: ("/" + "a" * 900), allow: [range(32) | "permission:p:a\(.)"]}')"
}

@test "a role, org or group that is not there is refused by the field; one that goes later leaves the rule" {
	refused rule '{"rule":"/ role:editor"}'
	[[ "$BODY" = *'there is no role \"editor\"'* ]]
	refused "allow[1]" '{"path":"/","allow":["user","org:acme"]}'
	[[ "$BODY" = *'there is no org \"acme\"'* ]]
	refused "allow[0]" '{"path":"/","allow":["group:Board members"]}'
	[[ "$BODY" = *'there is no group \"Board members\"'* ]]
	"$BIN/yett" role add editor > /dev/null
	"$BIN/yett" org add Acme --slug acme > /dev/null
	"$BIN/yett" group add "Board members" > /dev/null
	rule '{"rule":"/ role:editor org:acme \"group:Board members\""}'
	"$BIN/yett" role delete editor > /dev/null
	as "$ADMIN" PATCH "/guard/rules/$RULE" '{"path":"/x"}'
	expect 200
	[ "$(json .rule)" = '/x role:editor org:acme "group:Board members"' ]
	refused rule '{"rule":"/x role:editor"}' "/guard/rules/$RULE"
	refused "allow[0]" '{"allow":["role:editor"]}' "/guard/rules/$RULE"
	# An org's own role is none of the site's; a user's own group is nobody's to name.
	register ann@example.org
	refused rule "$(text '/ "group:ann@example.org"')"
}

@test "there are 500 rules at most, and a page tells 20 of them, however large" {
	local long next='' count=0 pages=0
	long=$(jq -nr '"/ " + ([range(64) | "permission:p:a\(.)"][0:32] | join(" ")) + " " + ([range(24) | "from:10.0.0.\(10 + .)"] | join(" "))')
	[ ${#long} -lt 1024 ]
	sql "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 499)
		INSERT INTO guard_rules SELECT printf('01890a5d-ac96-774b-bcce-%012x', i), i, '$long', printf('%.500c', 'd'), 0, 0 FROM n"
	rule '{"rule":"/ user","position":1}'
	refused rule '{"rule":"/ user"}'
	[[ "$BODY" = *"500 rules"* ]]
	while [ "$next" != null ]; do
		as "$ADMIN" GET "/guard/rules${next:+?after=$next}"
		expect 200
		count=$((count + $(jq '.items | length' <<< "$BODY")))
		pages=$((pages + 1))
		next=$(jq -r .next <<< "$BODY")
	done
	[ "$count $pages" = "500 25" ]
	as "$ADMIN" DELETE "/guard/rules/$RULE"
	expect 204
	rule '{"rule":"/ user"}'
}

@test "those of yett.conf are told on the first page, and one that is none stops the program" {
	rule '{"rule":"/a user"}'
	export YETT_GUARD_RULE=$'X.example/ user\n\n  /b/ role:gone  \n'
	as "$ADMIN" GET /guard/rules
	expect 200
	[ "$(jq -c '[.configured, [.items[].rule]]' <<< "$BODY")" = '[["x.example/ user","/b role:gone"],["/a user"]]' ]
	as "$ADMIN" GET '/guard/rules?after=1'
	expect 200
	[ "$(jq -c '[.configured, .items, .next]' <<< "$BODY")" = '[null,[],null]' ]
	YETT_GUARD_RULE=$'/a user\n/b everybody' run -1 "$BIN/guard" < /dev/null
	[[ "$output" = *"guard.rule = /b everybody: "*"not everybody"* ]]
	YETT_GUARD_RULE=$(printf '/ user\n%.0s' $(seq 501)) run -1 "$BIN/guard" < /dev/null
	[[ "$output" = *"more than 500"* ]]
	export YETT_GUARD_RULE
	YETT_GUARD_RULE=$(printf '/ user\n%.0s' $(seq 500))
	as "$ADMIN" GET /guard/rules
	expect 200
}

@test "what stands in the database and is no rule is told as such, and can be mended" {
	rule '{"rule":"/a user"}'
	sql "UPDATE guard_rules SET rule = 'nonsense'"
	as "$ADMIN" GET /guard/rules
	expect 200
	[ "$(jq -c '.items[0] | [.rule, .path, .allow]' <<< "$BODY")" = '["nonsense",null,[]]' ]
	refused rule '{"path":"/b"}' "/guard/rules/$RULE"
	as "$ADMIN" PATCH "/guard/rules/$RULE" '{"description":"x"}'
	expect 200
	as "$ADMIN" PATCH "/guard/rules/$RULE" '{"rule":"/b user"}'
	expect 200
	[ "$(json .path)" = /b ]
}

@test "a permission taken away while the body is on its way counts" {
	begin guard POST /guard/rules '{"rule":"/ guest"}' "$(bearer "$ADMIN")"
	sql "DELETE FROM user_roles WHERE user_id = '$ADMIN_ID'"
	finish
	expect 403
	[ "$(order)" = "" ]
}
