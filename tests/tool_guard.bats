#!/usr/bin/env bats
# yett guard: the rules of who may see which pages; and those of yett.conf, wherever they are looked at.

load helper
load tool

setup() {
	fresh_state
	stop_time
}

# actions: what the audit log has of rules.
actions() {
	sql "SELECT group_concat(action, ' ') FROM (SELECT action FROM audit_log WHERE object_type = 'guard_rule' AND actor = 'tool' ORDER BY seq)"
}

# order: the rules by position, as "1 / guest, 2 ...".
order() {
	sql "SELECT group_concat(position || ' ' || rule, ', ') FROM (SELECT * FROM guard_rules ORDER BY position)"
}

@test "guard add, set, move, list, show and delete keep the rules, and the audit log says so" {
	local id
	run -0 yett guard add "Wiki.example.org/ POST,PUT role:admin mfa:5" --description "Who writes"
	[ "$output" = "added 1: wiki.example.org/ POST,PUT role:admin mfa:5" ]
	run -0 yett guard add "/ user"
	[ "$output" = "added 2: / user" ]
	run -0 yett guard add "/x guest" --position 1
	[ "$(order)" = "1 /x guest, 2 wiki.example.org/ POST,PUT role:admin mfa:5, 3 / user" ]
	id=$(sql "SELECT id FROM guard_rules WHERE position = 2")
	run -0 yett guard list
	[[ "${lines[0]}" = POSITION*RULE*DESCRIPTION*ID ]]
	[[ "${lines[1]}" = "1 "*"/x guest"* ]]
	[[ "${lines[2]}" = "2 "*"wiki.example.org/ POST,PUT role:admin mfa:5"*"Who writes"*"$id" ]]
	run -0 yett guard list --json
	[ "$(jq -c '.items[1] | [.source, .id, .position, .host, .path, .methods, .allow, .mfa_minutes, .networks, .description]' <<< "$output")" = \
		"[\"database\",\"$id\",2,\"wiki.example.org\",\"/\",[\"POST\",\"PUT\"],[\"role:admin\"],5,[],\"Who writes\"]" ]
	run -0 yett guard move "$id" 1
	[ "$output" = "moved to 1: wiki.example.org/ POST,PUT role:admin mfa:5" ]
	run -0 yett guard move 3 1000000
	[ "$(order)" = "1 wiki.example.org/ POST,PUT role:admin mfa:5, 2 /x guest, 1000000 / user" ]
	run -0 yett guard set 2 "/y guest"
	[ "$output" = "changed 2: /y guest" ]
	pass_time 60
	run -0 yett guard set 2 --description "Why"
	run -0 yett guard show 2
	[[ "${lines[0]}" = "2: /y guest" ]]
	[[ "${lines[1]}" = Why ]]
	[[ "${lines[2]}" = "id "*", made "*", changed "* ]]
	run -0 yett guard show 2 --json
	[ "$(jq -c '[.rule, .description, .created_at == .updated_at]' <<< "$output")" = '["/y guest","Why",false]' ]
	run -0 yett guard delete "$id"
	[ "$output" = "deleted 1: wiki.example.org/ POST,PUT role:admin mfa:5" ]
	[ "$(order)" = "2 /y guest, 1000000 / user" ]
	run -1 yett guard delete "$id"
	[[ "$output" = *"there is no rule \"$id\" in the database"* ]]
	[ "$(actions)" = "guard_rule.created guard_rule.created guard_rule.created guard_rule.updated guard_rule.updated guard_rule.updated guard_rule.updated guard_rule.deleted" ]
	[ "$(sql "SELECT details FROM audit_log WHERE action = 'guard_rule.updated' AND details LIKE '%/y guest%' ORDER BY seq LIMIT 1")" = \
		'{"position":2,"rule":"/y guest","old_rule":"/x guest"}' ]
}

@test "what is no rule, or names what is not there, is refused with the reason, and changes nothing" {
	yett guard add "/ user"
	refuses() {
		local wanted=$1
		shift
		run -1 yett guard "$@"
		[[ "$output" = *"$wanted"* ]] || {
			echo "$*: $output" >&2
			return 1
		}
	}
	refuses "RULE: a rule begins with a path" add "wiki user"
	refuses "RULE: " add "/wiki everybody"
	refuses "RULE: " add ""
	refuses 'RULE: there is no role "editor"' add "/wiki role:editor"
	refuses 'RULE: there is no org "acme"' set 1 "/wiki org:acme"
	refuses 'RULE: there is no group "Board members"' add '/wiki "group:Board members"'
	refuses "RULE: a rule has at most 1024 bytes" add "/$(printf '%01020d' 0) user"
	refuses "--position: must be a number from 1 to 1000000" add "/x user" --position 0
	refuses "--position: must be a number from 1 to 1000000" add "/x user" --position 1000001
	refuses "POSITION: must be a number from 1 to 1000000" move 1 0
	refuses "POSITION: must be a number from 1 to 1000000" move 1 1000001
	refuses "--description: must have at most 500 bytes" add "/x user" --description "$(printf '%0501d' 0)"
	refuses "--description: must have at most 500 bytes" set 1 --description "$(printf 'a\x01b')"
	refuses 'there is no rule "2"' set 2 "/x user"
	refuses 'there is no rule "2"' move 2 1
	refuses 'there is no rule "x"' show x
	run -100 yett guard set 1
	run -100 yett guard set 1 "/x user" --org acme
	run -100 yett guard add
	run -100 yett guard add /wiki user
	run -100 yett guard move 1
	[ "$(order) $(actions)" = "1 / user guard_rule.created" ]
	run -0 yett guard add "/$(printf '%01018d' 0) user" --position 1000000 --description "$(printf '%0500d' 0)"
	refuses "is taken, and so is all behind it" add "/x user"
	refuses "is taken, and so is all behind it" move 1 1000000
	[ "$(actions)" = "guard_rule.created guard_rule.created" ]
}

@test "there are 500 rules at most" {
	yett guard add "/ user" > /dev/null
	sql "WITH RECURSIVE n (i) AS (SELECT 2 UNION ALL SELECT i + 1 FROM n WHERE i < 499)
		INSERT INTO guard_rules SELECT printf('01890a5d-ac96-774b-bcce-%012x', i), i, '/ user', '', 0, 0 FROM n"
	run -0 yett guard add "/ user"
	run -1 yett guard add "/ user"
	[[ "$output" = *"there are 500 rules already"* ]]
	run -0 yett guard list
	[ "${#lines[@]}" = 501 ]
}

# conf TEXT: a yett.conf with it as section [guard], in force from now on.
conf() {
	printf '[guard]\n%s\n' "$1" > "$BATS_TEST_TMPDIR/c.conf"
	export YETT_CONF=$BATS_TEST_TMPDIR/c.conf
}

@test "guard list shows the rules of yett.conf first, marked as such" {
	yett guard add "/ user"
	conf $'rule = /admin/ role:admin\nrule =\nrule = "/b c" role:gone'
	run -0 yett guard list
	[[ "${lines[1]}" = "yett.conf "*"/admin role:admin"* ]]
	[[ "${lines[2]}" = "yett.conf "*'"/b c" role:gone'* ]]
	[[ "${lines[3]}" = "1 "*"/ user"* ]]
	run -0 yett guard list --json
	[ "$(jq -c '[.items[] | [.source, .position, .path, .allow]]' <<< "$output")" = \
		'[["yett.conf",null,"/admin",["role:admin"]],["yett.conf",null,"/b c",["role:gone"]],["database",1,"/",["user"]]]' ]
	# They are named by nothing: the tool does not change that file.
	run -1 yett guard show 2
	YETT_GUARD_RULE=$'/x user\n/y user' run -0 yett guard list
	[[ "${lines[1]}" = "yett.conf "*"/x user"* && "${lines[2]}" = "yett.conf "*"/y user"* && "${lines[3]}" = "1 "* ]]
	YETT_GUARD_RULE='' run -0 yett guard list
	[ "${#lines[@]}" = 2 ]
}

@test "config show prints every rule, and what it prints can be used as a configuration" {
	conf $'rule = /b user\nrule = /a "group:x = y; # z"\nuser = id\nask = Ann, in room 12'
	run -0 yett config show
	[[ "$output" = *$'[guard]\nrule = /b user\nrule = /a "group:x = y; # z"\nuser = id\nask = Ann, in room 12\n'* ]]
	yett config show > "$BATS_TEST_TMPDIR/again.conf"
	[ "$(yett --config "$BATS_TEST_TMPDIR/again.conf" config show)" = "$output" ]
	[ "$(yett config show --json | jq -c .guard)" = '{"rule":["/b user","/a \"group:x = y; # z\""],"user":"id","ask":"Ann, in room 12"}' ]
	# The environment stands for all lines of the file.
	YETT_GUARD_RULE=$'/c user\n\n  /d user  ' run -0 yett config show
	[[ "$output" = *$'[guard]\nrule = /c user\nrule = /d user\nuser = '* ]]
}

@test "a rule of yett.conf that is none is named by config check, doctor and every program at its start" {
	local program
	conf $'rule = / user\nrule = /wiki usr'
	run -1 yett config check
	[[ "$output" = *"guard.rule = /wiki usr: "*"not usr"* ]]
	run -1 yett guard list
	[[ "$output" = *"guard.rule = /wiki usr: "* ]]
	run -1 yett doctor
	grep '^FAIL  guard: guard.rule = /wiki usr: ' <<< "$output"
	for program in guard login; do
		run -1 "$BIN/$program" < /dev/null
		[[ "$output" = *"guard.rule = /wiki usr: "* ]]
	done
	# What else the tool can do it does: it may be what mends the rest.
	run -0 yett user list
	conf $'rule = / user\nuser = name'
	run -1 yett config check
	[[ "$output" = *"guard.user must be email, username or id"* ]]
	conf "rule = /$(printf '%0200d' 0) user"
	run -1 yett config check
	[[ "$output" = *"line 2"*"too long"* ]]
	conf "rule = $(printf 'a\tb')"
	run -1 yett config check
	[[ "$output" = *"line 2: rule must be text"* ]]
}

@test "how many rules there may be, and how long, on both sides" {
	YETT_GUARD_RULE=$(printf '/ user\n%.0s' $(seq 500)) run -0 yett config check
	YETT_GUARD_RULE=$(printf '/ user\n%.0s' $(seq 501)) run -1 yett config check
	[[ "$output" = *"guard.rule: there are more than 500"* ]]
	YETT_GUARD_RULE="/$(printf '%01018d' 0) user" run -0 yett config check
	YETT_GUARD_RULE="/$(printf '%01019d' 0) user" run -1 yett config check
	[[ "$output" = *"at most 1024 bytes"* ]]
	# 16 lines of 1,023 bytes with 15 ends of lines between them are 16,383.
	local many
	many=$(for i in $(seq 15); do printf '/%01017d user\n' 0; done)
	YETT_GUARD_RULE="$many"$'\n'"/$(printf '%01017d' 0) user" run -0 yett config check
	YETT_GUARD_RULE="$many"$'\n'"/$(printf '%01018d' 0) user" run -1 yett config check
	[[ "$output" = *"YETT_GUARD_RULE must be text, of at most 16383 bytes all together"* ]]
}

@test "doctor counts the rules, and finds names that lead nowhere and what is no rule" {
	run -0 yett doctor
	grep -x 'ok    guard: 0 rules: who comes to a guarded page is not let in' <<< "$output"
	yett role add editor
	yett guard add "/wiki role:editor"
	run -0 yett doctor
	grep -x 'ok    guard: 1 rule' <<< "$output"
	YETT_GUARD_RULE="/x user" run -0 yett doctor
	grep -x 'ok    guard: 2 rules' <<< "$output"
	yett role delete editor
	YETT_GUARD_RULE="/x org:acme" run -0 yett doctor
	grep '^warn  guard: there is no role "editor", so that word lets nobody in: /wiki role:editor' <<< "$output"
	grep '^warn  guard: there is no org "acme", so that word lets nobody in: /x org:acme' <<< "$output"
	sql "UPDATE guard_rules SET rule = 'nonsense'"
	run -1 yett doctor
	grep '^FAIL  guard: what is at 1 is no rule: .*"yett guard set 1 RULE"' <<< "$output"
	run -0 yett guard list
	[[ "${lines[1]}" = *nonsense* ]]
	run -0 yett guard set 1 "/wiki user"
	yett doctor > /dev/null
}

@test "what would be decided can be asked, with the rule and the reason" {
	export YETT_GUARD_RULE="/conf guest"
	yett role add editor
	echo "$PASSWORD" | yett user add ann@example.org --role editor
	yett guard add "/wiki role:editor"
	yett guard add "/m user mfa:5 from:192.0.2.0/24"
	run -0 yett guard explain https://example.org/wiki/1 --as ann@example.org
	[ "${lines[0]}" = allowed ]
	[[ "${lines[1]}" = "rule:   /wiki role:editor ("*")" ]]
	[ "${lines[2]}" = "reason: role:editor lets in" ]
	yett user edit ann@example.org --email-confirmed false
	run -0 yett guard explain /wiki --as ann@example.org
	[ "${lines[3]}" = "name:   $(yett user show ann@example.org --json | jq -r .id), for the address is not confirmed" ]
	YETT_GUARD_USER=username run -0 yett guard explain /wiki --as ann@example.org
	[ "${#lines[@]}" = 3 ]
	yett user edit ann@example.org --email-confirmed true
	run -0 yett guard explain /wiki --as ann@example.org
	[ "${#lines[@]}" = 3 ]
	echo "$PASSWORD" | yett user add kim@example.org
	run -0 yett guard explain https://example.org/wiki/1 --as kim@example.org
	[ "${lines[0]}" = denied ]
	[ "${lines[2]}" = "reason: it lets in others only" ]
	run -0 yett guard explain /wiki
	[ "${lines[0]}" = sign-in ]
	run -0 yett guard explain /conf
	[ "${lines[1]}" = "rule:   /conf guest (yett.conf)" ]
	run -0 yett guard explain /none --json
	[ "$(jq -r .decision <<< "$output")" = denied ]
	[ "$(jq -r .rule <<< "$output")" = null ]
	run -0 yett guard explain /m --as ann@example.org --from 192.0.2.1
	[ "${lines[0]}" = second-factor ]
	run -0 yett guard explain /m --as ann@example.org --from 192.0.2.1 --mfa 5
	[ "${lines[0]}" = allowed ]
	run -0 yett guard explain /m --as ann@example.org --from 192.0.3.1 --mfa 5 --method POST
	[ "${lines[0]}" = denied ]
	run -1 yett guard explain /a//b
	[[ "$output" = *"empty segment"* ]]
	run -1 yett guard explain / --as nobody@example.org
	run -100 yett guard explain / --from x
	run -100 yett guard explain / --mfa 43201
	yett user lock ann@example.org
	run -0 yett guard explain /wiki --as ann@example.org
	[ "${lines[0]}" = sign-in ]
}

@test "a rule that can never decide is told of, by who makes it so and by doctor" {
	export YETT_GUARD_RULE="/conf user"
	run -0 yett guard add "/ user"
	[[ "$output" != *never* ]]
	run -0 yett guard add "example.org/wiki POST guest"
	[[ "$output" = *'this rule never decides: "/ user" before it'* ]]
	run -0 yett guard move 2 1
	[[ "$output" != *decide* ]]
	run -0 yett guard add "/conf/x guest" --position 1
	[[ "$output" = *'this rule never decides: "/conf user" before it'* ]]
	run -0 yett guard delete 1
	run -0 yett guard add "example.org/ guest" --position 1
	[[ "$output" = *'"example.org/wiki POST guest" decides no more'* ]]
	run -0 yett doctor
	grep -x 'warn  guard: "example.org/wiki POST guest" never decides: "example.org/ guest" before it is about all the same requests' \
		<<< "$output"
}
