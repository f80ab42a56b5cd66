# yett, the admin tool: users.
load helper
load tool

setup() {
	fresh_state
}

teardown() {
	stop_site
}

# --- user add

@test "user add makes a user with role viewer and a group of the own, who can sign in" {
	run -0 add_user Kim@Example.org --username kim --name "Kim Ö" --role admin
	[[ $output = "added Kim@Example.org ("*")" ]]
	[ "$(sql 'SELECT email, email_key, username, name FROM users')" = "Kim@Example.org|kim@example.org|kim|Kim Ö" ]
	[ "$(sql 'SELECT group_concat(name) FROM (SELECT r.name FROM user_roles JOIN roles r ON r.id = role_id ORDER BY 1)')" = \
	    admin,viewer ]
	[ "$(sql 'SELECT count(*) FROM groups g JOIN group_members m ON m.group_id = g.id
	    JOIN users u ON u.id = m.user_id AND u.id = g.home_user_id')" = 1 ]
	[[ $(sql 'SELECT password_hash FROM users') = '$argon2id$v=19$m=1024,t=1,p=1$'* ]]
	sign_in kim@example.org
}

@test "user add says, where addresses have to be confirmed, that this one is not yet" {
	run -0 --separate-stderr add_user kim@example.org
	[ -z "$stderr" ]
	YETT_SIGNUP_VERIFICATION=required run -0 --separate-stderr add_user lee@example.org
	[[ $output = "added lee@example.org ("*")" ]]
	[[ $stderr = *'"yett user edit lee@example.org --email-confirmed true"' ]]
	run -0 yett user edit lee@example.org --email-confirmed true
}

@test "user add refuses what is taken, in any case of letters, and says which" {
	add_user kim@example.org --username kim
	run -1 add_user KIM@example.org
	[[ $output = "yett: email: is taken" ]]
	run -1 add_user lee@example.org --username KIM
	[[ $output = "yett: username: is taken" ]]
	[ "$(sql 'SELECT count(*) FROM users')" = 1 ]
}

@test "user add refuses a bad address, username, name and role, and stores nothing" {
	local email
	for email in kim @example.org kim@ "kim lee@example.org" kim@-x.org "kim@example..org"; do
		run -1 add_user "$email"
		[[ $output = *"email: is not an e-mail address"* ]]
	done
	run -1 add_user kim@example.org --username k
	[[ $output = *"username: must have 2 to 64"* ]]
	run -1 add_user kim@example.org --username "$(printf 'k%.0s' {1..65})"
	run -1 add_user kim@example.org --username kim@home
	run -1 add_user kim@example.org --name ""
	run -1 add_user kim@example.org --name "$(printf 'k%.0s' {1..201})"
	run -1 add_user kim@example.org --name $'a\eb'
	run -1 add_user kim@example.org --name $'a\xff'
	[[ $output = *"name: must have 1 to 200 bytes"* ]]
	run -1 add_user kim@example.org --role admin --role boss
	[[ $output = *'role: there is no "boss"'* ]]
	[ "$(sql 'SELECT count(*) FROM users')" = 0 ]
	[ "$(sql 'SELECT count(*) FROM groups')" = 0 ]
	add_user kim@example.org --name "$(printf 'k%.0s' {1..200})" --username "$(printf 'k%.0s' {1..64})"
}

@test "user add applies the rules for passwords" {
	run -1 bash -c 'echo short77 | yett user add kim@example.org'
	[[ $output = *"password: must have at least 8"* ]]
	run -1 bash -c 'echo password123 | yett user add kim@example.org'
	[[ $output = *"password: is"* ]]
	printf '%s\n' "$(printf %s "$PASSWORD" | sha1sum | cut -d' ' -f1)" > "$BATS_TEST_TMPDIR/list"
	yett breach build "$BATS_TEST_TMPDIR/list" "$BATS_TEST_TMPDIR/filter"
	YETT_PASSWORD_BREACHED="$BATS_TEST_TMPDIR/filter" run -1 add_user kim@example.org
	[[ $output = *"password: is known from a breach"* ]]
	[ "$(sql 'SELECT count(*) FROM users')" = 0 ]
}

@test "a password may have 8 to 1024 bytes, and must be a line of text" {
	export YETT_PASSWORD_MIN_SCORE=0
	run -1 bash -c 'echo q7%Wz1x | yett user add kim@example.org'
	run -0 bash -c 'echo q7%Wz1xK | yett user add kim@example.org'
	run -0 bash -c 'head -c 512 /dev/urandom | od -An -tx1 | tr -d " \n" | yett user add lee@example.org'
	run -1 bash -c '(head -c 512 /dev/urandom | od -An -tx1 | tr -d " \n"; echo x) | yett user add max@example.org'
	[[ $output = *"at most 1024 bytes"* ]]
	run -1 bash -c 'head -c 100000 /dev/zero | tr "\0" x | yett user add max@example.org'
	run -1 bash -c 'printf "q7%%Wz1xK\0more\n" | yett user add max@example.org'
	run -1 bash -c 'printf "q7%%Wz1xK\tmore\n" | yett user add max@example.org'
	run -1 bash -c 'printf "q7%%Wz1xK\377more\n" | yett user add max@example.org'
	[[ $output = *"UTF-8"* ]]
	run -1 bash -c 'yett user add max@example.org < /dev/null'
	[[ $output = *"no password"* ]]
	run -1 bash -c 'yett user add max@example.org <&-'
	[ "$(sql 'SELECT count(*) FROM users')" = 2 ]
}

@test "a password is one line of standard input, and its end needs no line feed" {
	run -0 bash -c "printf '%s\nsecond line\n' '$PASSWORD' | yett user add kim@example.org"
	sign_in kim@example.org
	run -0 bash -c "printf '%s' '$PASSWORD' | yett user add lee@example.org"
	sign_in lee@example.org
}

@test "user add --hash takes hashes of Argon2 and crypt(3), and their owners can sign in" {
	local salt i=0
	for salt in '$2b$04$abcdefghijklmnopqrstuu' '$6$rounds=1000$abcdefgh' '$5$rounds=1000$abcdefgh' '$y$j75$abcdefgh'; do
		i=$((i + 1))
		perl -e 'print crypt($ARGV[0], $ARGV[1]), "\n"' "$PASSWORD" "$salt" | yett user add "u$i@example.org" --hash
		sign_in "u$i@example.org"
	done
	add_user argon@example.org
	sql "SELECT password_hash FROM users WHERE email = 'argon@example.org'" | yett user add copy@example.org --hash
	sign_in copy@example.org
}

@test "user add --hash refuses what is no hash, and what would cost too much" {
	local hash
	while IFS= read -r hash; do
		run -1 bash -c 'printf "%s\n" "$1" | yett user add kim@example.org --hash' - "$hash"
		[[ $output = *"hash: "* ]]
	done <<- 'END'
		correct horse battery staple
		$argon2id$v=19$m=1024,t=1,p=1$
		$argon2id$v=19$m=4194304,t=1,p=1$FhDqcvqUqurmclhMxe7hwQ$jIzIIeZ3nfyh0cHP3JYmmOw46tPWfHqQ/988AVlPRds
		$argon2id$v=19$m=1024,t=1000,p=1$FhDqcvqUqurmclhMxe7hwQ$jIzIIeZ3nfyh0cHP3JYmmOw46tPWfHqQ/988AVlPRds
		$2b$15$abcdefghijklmnopqrstuuVjGUmFXFZQDFJ4c1fBBuJ2N0cbKvL2.
		$9$nonsense
		*
	END
	[ "$(sql 'SELECT count(*) FROM users')" = 0 ]
}

@test "on a terminal the password is asked for twice, and never shown" {
	run -0 on_terminal "yett user add kim@example.org" Password: "$PASSWORD\n" again: "$PASSWORD\n"
	[[ $output = *"Password: "*"The same again: "* ]]
	[[ $output != *"$PASSWORD"* ]]
	sign_in kim@example.org
}

@test "on a terminal two different passwords are refused" {
	run -1 on_terminal "yett user add kim@example.org" Password: "$PASSWORD\n" again: "$PASSWORD.\n"
	[[ $output = *"not the same"* ]]
	[ "$(sql 'SELECT count(*) FROM users')" = 0 ]
}

@test "a terminal has its echo back after Ctrl-C" {
	run -0 on_terminal "bash -c 'trap : INT; yett user add kim@example.org; echo status \$?; stty -a'" Password: '\003'
	# 130, or 1 where whoever runs the tests has it ignored.
	[[ $output =~ status\ (130|1) ]]
	[[ $output = *" echo "* ]]
	[ "$(sql 'SELECT count(*) FROM users')" = 0 ]
}

# --- the other commands for users

@test "a user is found by id, by address and by username, in any case of letters" {
	add_user kim@example.org --username Kim
	id=$(sql 'SELECT id FROM users')
	local who
	for who in "$id" "${id^^}" kim@example.org KIM@Example.ORG kim KIM; do
		run -0 yett user show "$who"
		[[ $output = *"$id"* ]]
	done
	for who in lee lee@example.org 00000000-0000-7000-8000-000000000000 "" "' OR 1=1 --"; do
		run -1 yett user show "$who"
		[[ $output = *"there is no user"* ]]
	done
}

@test "user show and user list never show a password or its hash" {
	add_user kim@example.org
	run -0 yett user show kim@example.org
	[[ $output = *"password         set"* ]]
	[[ $output != *argon2* ]]
	run -0 yett user show kim@example.org --json
	[[ $output != *argon2* ]]
	[ "$(jq -r '.has_password, .email, .roles[0], .locked, .last_active_at' <<< "$output" | xargs)" = \
	    "true kim@example.org viewer false null" ]
	run -0 yett user list --json
	[[ $output != *argon2* ]]
}

@test "user list is a table with aligned columns, or JSON, page by page" {
	add_user kim@example.org --username kim
	add_user someone.with.a.long.address@example.org --role admin
	add_user lee@example.org --username lee
	run -0 yett user list
	[ "${#lines[@]}" = 4 ]
	local column=${lines[0]%%USERNAME*} line
	for line in "${lines[@]:1}"; do
		[ "${line:${#column}-2:2}" = "  " ]
	done
	[ "${lines[1]:${#column}:3}" = kim ]
	run -0 yett user list --json
	[ "$(jq '.items | length' <<< "$output")" = 3 ]
	[ "$(jq .next <<< "$output")" = null ]
	[ "$(jq -r '.items[1].roles | join(",")' <<< "$output")" = admin,viewer ]
	run -0 --separate-stderr yett user list --json --limit 2
	[ "$(jq '.items | length' <<< "$output")" = 2 ]
	run -0 yett user list --json --limit 2 --after "$(jq -r .next <<< "$output")"
	[ "$(jq -r '.items[].username' <<< "$output")" = lee ]
	[ "$(jq .next <<< "$output")" = null ]
	run -0 --separate-stderr yett user list --limit 2
	[[ $stderr = *"--after"* ]]
	run -0 --separate-stderr yett user list --limit 3
	[ -z "$stderr" ]
}

@test "what users wrote cannot command the admin's terminal" {
	add_user kim@example.org
	sql "UPDATE users SET name = 'a' || char(27) || '[2J' || char(155) || 'b', username = 'x' || char(7) || 'y'"
	run -0 yett user show kim@example.org
	[[ $output = *"a?[2J?b"* ]]
	run -0 yett user list
	[[ $output = *"x?y"* ]]
}

@test "user passwd sets another password and ends all sessions of the user, and only those" {
	register kim@example.org
	local old=$ACCESS
	register lee@example.org
	run -0 bash -c "echo 'quite another pass phrase' | yett user passwd kim@example.org"
	[[ $output = *"sessions ended: 1"* ]]
	me "$(bearer "$old")"
	expect 401
	me "$(bearer "$ACCESS")"
	expect 200
	call login POST /auth/login "{\"email\":\"kim@example.org\",\"password\":\"$PASSWORD\"}"
	expect 401
	sign_in kim@example.org "quite another pass phrase"
	run -1 bash -c 'echo kim@example.org | yett user passwd kim@example.org'
	[[ $output = *"password: "* ]]
	sign_in kim@example.org "quite another pass phrase"
}

@test "user lock keeps a user out and ends all sessions, which unlock does not bring back" {
	register kim@example.org
	run -0 yett user lock kim@example.org
	[[ $output = *"locked; sessions ended: 1"* ]]
	me "$(bearer "$ACCESS")"
	expect 401
	call login POST /auth/login "{\"email\":\"kim@example.org\",\"password\":\"$PASSWORD\"}"
	expect 403
	[[ $(yett user list) = *" locked "* ]]
	run -0 yett user unlock kim@example.org
	me "$(bearer "$ACCESS")"
	expect 401
	sign_in kim@example.org
	run -1 yett user lock lee@example.org
	run -1 yett user unlock lee@example.org
}

@test "user delete needs a yes: --yes, or typed on the terminal" {
	register kim@example.org
	run -100 yett user delete kim@example.org
	[[ $output = *"--yes"* ]]
	run -1 on_terminal "yett user delete kim@example.org" "Type yes" "no\n"
	[[ $output = *"kim@example.org"*"Type yes"*"nothing was done"* ]]
	run -1 on_terminal "yett user delete kim@example.org" "Type yes" "y\n"
	[ "$(sql 'SELECT count(*) FROM users')" = 1 ]
	run -0 on_terminal "yett user delete kim@example.org" "Type yes" "yes\n"
	[ "$(sql 'SELECT count(*) FROM users')" = 0 ]
	[ "$(sql 'SELECT count(*) FROM sessions')" = 0 ]
	[ "$(sql 'SELECT count(*) FROM groups')" = 0 ]
	me "$(bearer "$ACCESS")"
	expect 401
	add_user kim@example.org
	run -0 yett user delete kim@example.org --yes
	run -1 yett user delete kim@example.org --yes
}
