# yett, the admin tool: what it promises to whoever runs a site.
load helper

setup() {
	fresh_state
}

teardown() {
	stop_site
}

# add_user EMAIL [OPTION]...: a user with PASSWORD.
add_user() {
	echo "$PASSWORD" | yett user add "$@"
}

# mode FILE: its permissions.
mode() {
	stat -c %a "$1"
}

# on_terminal COMMAND [PROMPT ANSWER]...: run it on a terminal of its own, and type each answer once its prompt is there.
on_terminal() {
	local command=$1 dir pid i status=0
	shift
	dir=$(mktemp -d "$BATS_TEST_TMPDIR/terminal.XXXX")
	mkfifo "$dir/keys"
	script -qefc "$command" "$dir/screen" < "$dir/keys" > /dev/null 3>&- &
	pid=$!
	exec 4> "$dir/keys"
	while [ $# -gt 1 ]; do
		for i in $(seq 300); do
			grep -qF -- "$1" "$dir/screen" 2> /dev/null && break
			sleep 0.05
		done
		printf '%b' "$2" >&4
		shift 2
	done
	wait $pid || status=$?
	exec 4>&-
	cat "$dir/screen"
	return $status
}

# all_commands: each as its words, from the help.
all_commands() {
	yett help | sed -n 's/^  \([a-z]* \?[a-z]*\)  *.*/\1/p' | sed 's/ *$//'
}

# --- init

@test "init makes the state folder, database and keys, and nobody else can read them" {
	export YETT_SITE_STATE="$BATS_TEST_TMPDIR/new"
	umask 000
	run -0 yett init
	[[ $output = *"made $YETT_SITE_STATE/yett.db"* ]]
	[[ $output = *"made $YETT_SITE_STATE/master.key"* ]]
	[[ $output = *"made $YETT_SITE_STATE/keys"* ]]
	[[ $output = *"user add"*"--role admin"* ]]
	[ "$(mode "$YETT_SITE_STATE")" = 700 ]
	[ "$(mode "$YETT_SITE_STATE/keys")" = 700 ]
	[ "$(mode "$YETT_SITE_STATE/yett.db")" = 600 ]
	[ "$(mode "$YETT_SITE_STATE/master.key")" = 600 ]
	[ "$(stat -c %s "$YETT_SITE_STATE/master.key")" = 32 ]
	[ "$(mode "$YETT_SITE_STATE"/keys/*.pem)" = 600 ]
}

@test "init a second time changes nothing" {
	add_user kim@example.org
	before=$(cd "$YETT_SITE_STATE" && sha256sum master.key keys/*)
	run -0 yett init
	[[ $output = *"already"* ]]
	[ "$(cd "$YETT_SITE_STATE" && sha256sum master.key keys/*)" = "$before" ]
	yett user show kim@example.org
}

@test "init finishes what was broken off" {
	rm -f "$DB"* "$YETT_SITE_STATE/master.key"
	: > "$DB"
	run -0 yett init
	[[ $output = *"made $DB"* ]]
	add_user kim@example.org
	rm -r "$YETT_SITE_STATE/keys"
	run -0 yett init
	[[ $output = *"signing key"* ]]
}

@test "a new master key beside an old database is said, for tokens made under the old one are void" {
	rm "$YETT_SITE_STATE/master.key"
	run -0 --separate-stderr yett init
	[[ $stderr = *"refresh tokens"* ]]
}

@test "many inits at once make one site" {
	export YETT_SITE_STATE="$BATS_TEST_TMPDIR/new"
	local pids=() pid i
	for i in 1 2 3 4 5 6; do
		yett init > "$BATS_TEST_TMPDIR/init.$i" 3>&- &
		pids+=($!)
	done
	for pid in "${pids[@]}"; do
		wait "$pid"
	done
	[ "$(cat "$BATS_TEST_TMPDIR"/init.* | grep -c 'made .*yett\.db')" = 1 ]
	add_user kim@example.org
}

@test "init says why when it cannot make the state folder" {
	export YETT_SITE_STATE="$BATS_TEST_TMPDIR/no/such/place"
	run -1 yett init
	[[ $output = *"$BATS_TEST_TMPDIR/no/such/place"*"No such file"* ]]
	: > "$BATS_TEST_TMPDIR/file"
	YETT_SITE_STATE="$BATS_TEST_TMPDIR/file" run -1 yett init
}

@test "init warns of a state folder that others may look into" {
	chmod 755 "$YETT_SITE_STATE"
	run -0 --separate-stderr yett init
	[[ $stderr = *"chmod 700"* ]]
}

@test "init leaves a database of another version alone" {
	sql 'PRAGMA user_version=99'
	run -1 yett init
	[[ $output = *"yett migrate"* ]]
	[ "$(sql 'PRAGMA user_version')" = 99 ]
}

# --- how it is called

@test "every command has --help, which goes to standard output and ends with 0" {
	local count=0 command
	while read -r command; do
		# shellcheck disable=SC2086
		run -0 --separate-stderr yett $command --help
		[[ $output = "usage: yett [--config FILE] $command"* ]]
		[ -z "$stderr" ]
		# shellcheck disable=SC2086
		[ "$(yett help $command)" = "$output" ]
		count=$((count + 1))
	done < <(all_commands)
	[ "$count" = 20 ]
}

@test "help comes for everything, for a noun, and with a broken configuration" {
	run -0 --separate-stderr yett help
	[[ $output = "usage: yett"*"doctor"* ]]
	[ "$(yett --help)" = "$output" ]
	run -0 yett user --help
	[[ $output = *"user passwd WHO"* ]]
	[[ $output != *"doctor"* ]]
	YETT_SITE_NONSENSE=1 run -0 yett user add --help
	YETT_SITE_NONSENSE=1 run -0 yett help
}

@test "version says the version" {
	run -0 yett version
	[[ $output =~ ^yett\ [0-9]+\.[0-9]+\.[0-9]+$ ]]
	[ "$(yett --version)" = "$output" ]
}

@test "a wrong call ends with 100, says how it is done on standard error, and does nothing" {
	local call
	while read -r call; do
		# shellcheck disable=SC2086
		run -100 --separate-stderr yett $call
		[ -z "$output" ]
		[[ $stderr = *"usage: yett"* ]] || [[ $call = --config ]]
	done <<- 'END'

		nonsense
		user
		user nonsense
		user add
		user add a@example.org b@example.org
		user add a@example.org --nonsense
		user add a@example.org --role
		user add a@example.org --name A --name B
		user add a@example.org --hash=x
		user list extra
		user list --limit 0
		user list --limit 100001
		user list --limit x
		user show
		user passwd
		user lock
		user unlock
		user delete
		session
		session list a b
		session list --limit 0
		session revoke
		session revoke 1 --all
		session revoke --all --user x
		key
		key rotate now
		init again
		migrate now
		backup
		backup a b
		restore
		doctor who
		config
		config nonsense
		breach
		breach build
		breach build a
		breach check x
		help nonsense
		--config
	END
	[ "$(sql 'SELECT count(*) FROM users')" = 0 ]
}

@test "a password is never taken as an argument, nor repeated in a message" {
	run -100 yett user add kim@example.org "$PASSWORD"
	[[ $output != *"$PASSWORD"* ]]
	run -100 yett user add kim@example.org --password "$PASSWORD"
	[[ $output != *"$PASSWORD"* ]]
	run -100 yett user add kim@example.org --password="$PASSWORD"
	[[ $output != *"$PASSWORD"* ]]
	run -100 yett user add kim@example.org "-p$PASSWORD"
	[[ $output != *"$PASSWORD"* ]]
	add_user kim@example.org
	run -100 yett user passwd kim@example.org "another $PASSWORD"
	[[ $output != *"$PASSWORD"* ]]
	run -100 yett breach check "$PASSWORD"
	[[ $output != *"$PASSWORD"* ]]
}

@test "without a database every command that needs one says to run init, and makes nothing" {
	export YETT_SITE_STATE="$BATS_TEST_TMPDIR/none"
	local command
	for command in "user list" "user show x" "user lock x" "session list" "session revoke --all" "key list" "key rotate" \
	    migrate "backup $BATS_TEST_TMPDIR/b" "restore $DB"; do
		# shellcheck disable=SC2086
		run -1 yett $command
		[[ $output = *"yett init"* ]]
		[ ! -e "$YETT_SITE_STATE" ]
	done
	mkdir -m 700 "$YETT_SITE_STATE"
	for command in "user list" "key list" migrate; do
		# shellcheck disable=SC2086
		run -1 yett $command
		[[ $output = *"yett init"* ]]
		[ ! -e "$YETT_SITE_STATE/yett.db" ]
	done
}

@test "a state folder of another user is refused, for its files would become ours" {
	if [ "$(id -u)" = 0 ]; then
		chown 65534 "$YETT_SITE_STATE"
	else
		export YETT_SITE_STATE=/
	fi
	local command
	for command in "user list" "key rotate" migrate "backup $BATS_TEST_TMPDIR/b" init; do
		# shellcheck disable=SC2086
		run -1 yett $command
		[[ $output = *"sudo -u"* ]]
	done
	run -1 yett doctor
	[[ $output = *"FAIL  state: "*"belongs to"* ]]
}

@test "output that cannot be written is a failure" {
	run -1 bash -c 'yett config show > /dev/full'
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
	run -0 bash -c 'head -c 512 /dev/urandom | xxd -p | tr -d "\n" | yett user add lee@example.org'
	run -1 bash -c '(head -c 512 /dev/urandom | xxd -p | tr -d "\n"; echo x) | yett user add max@example.org'
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
	[[ $output = *"status 130"* ]]
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

# --- keys

@test "key rotate lets a new key sign, and tokens of the old one live on until they expire" {
	register kim@example.org
	run -0 yett key list
	[ "${#lines[@]}" = 2 ]
	[[ ${lines[1]} = *"  signs  "* ]]
	pass_time 1
	run -0 yett key rotate
	run -0 yett key list
	[ "${#lines[@]}" = 3 ]
	[[ ${lines[1]} = *"  signs  "* ]]
	[[ ${lines[2]} = *"  verifies  "* ]]
	me "$(bearer "$ACCESS")"
	expect 200
	pass_time 1900
	[ "$(yett key list --json | jq -r '[.items[].state] | join(" ")')" = "signs over" ]
	run -0 yett key rotate
	[[ $output = *"removed that were over: 1"* ]]
	[ "$(find "$YETT_SITE_STATE/keys" -name '*.pem' | wc -l)" = 2 ]
}

@test "key list never shows a private key" {
	run -0 yett key list --json
	[ "$(jq -r '.items[0] | keys | join(",")' <<< "$output")" = created_at,kid,state,verifies_until ]
	[ "$(jq -r '.items[0].kid | length' <<< "$output")" = 43 ]
}

@test "key rotate refuses a clock that went back, under which the new key would not sign" {
	pass_time -100
	run -1 yett key rotate
	[[ $output = *"set the clock"* ]]
	[ "$(find "$YETT_SITE_STATE/keys" -name '*.pem' | wc -l)" = 1 ]
}

@test "key rotate stops before so many keys are alive that one would be forgotten" {
	local i
	for i in $(seq 15); do
		pass_time 1
		yett key rotate
	done
	pass_time 1
	run -1 yett key rotate
	[[ $output = *"16 keys are alive"* ]]
	[ "$(find "$YETT_SITE_STATE/keys" -name '*.pem' | wc -l)" = 16 ]
}

@test "a key that others may read is refused" {
	chmod 644 "$YETT_SITE_STATE"/keys/*.pem
	run -1 yett key list
	[[ $output = *"yett doctor"* ]]
	run -1 yett key rotate
}

# --- migrate

@test "migrate has nothing to do on a database of this version" {
	run -0 yett migrate
	[[ $output = *"nothing to do"* ]]
	[ -z "$(find "$YETT_SITE_STATE" -name 'backup-*')" ]
}

@test "migrate keeps a copy first, and says from which version to which" {
	rm -f "$DB"*
	sqlite3 "$DB" 'PRAGMA user_version=0; VACUUM'
	chmod 600 "$DB"
	run -0 yett migrate
	[[ $output = *"from version 0 to "* ]]
	[ "$(sql 'PRAGMA user_version')" -ge 1 ]
	backup=$(find "$YETT_SITE_STATE" -name 'backup-v0-*.db')
	[ "$(mode "$backup")" = 600 ]
	add_user kim@example.org
}

@test "migrate leaves a newer database alone" {
	sql 'PRAGMA user_version=99'
	run -1 yett migrate
	[[ $output = *"version 99, newer than"* ]]
	[ "$(sql 'PRAGMA user_version')" = 99 ]
	run -1 yett user list
	[[ $output = *"yett migrate"* ]]
}

@test "a migration that fails leaves the database as it was" {
	add_user kim@example.org
	sql 'PRAGMA user_version=0'
	run -1 yett migrate
	[[ $output = *"the database is as it was before"* ]]
	[ "$(sql 'PRAGMA user_version')" = 0 ]
	[ "$(sql 'SELECT email FROM users')" = kim@example.org ]
	[ "$(sql 'PRAGMA integrity_check')" = ok ]
}

# --- backup and restore

@test "backup makes a sound copy that only we can read, and says what else to keep" {
	add_user kim@example.org
	umask 000
	run -0 yett backup "$BATS_TEST_TMPDIR/b.db"
	[[ $output = *"master.key"*"keys"*"elsewhere"* ]]
	[ "$(mode "$BATS_TEST_TMPDIR/b.db")" = 600 ]
	[ "$(sqlite3 "$BATS_TEST_TMPDIR/b.db" 'SELECT email FROM users; PRAGMA integrity_check; PRAGMA journal_mode')" = \
	    $'kim@example.org\nok\ndelete' ]
	[ -z "$(find "$BATS_TEST_TMPDIR" -name '*.part*')" ]
}

@test "backup never writes over a file, and leaves nothing behind when it cannot write" {
	echo precious > "$BATS_TEST_TMPDIR/b.db"
	run -1 yett backup "$BATS_TEST_TMPDIR/b.db"
	[[ $output = *"is there already"* ]]
	[ "$(cat "$BATS_TEST_TMPDIR/b.db")" = precious ]
	ln -s /nowhere "$BATS_TEST_TMPDIR/link.db"
	run -1 yett backup "$BATS_TEST_TMPDIR/link.db"
	run -1 yett backup "$BATS_TEST_TMPDIR/no/such/b.db"
	run -1 yett backup "$YETT_SITE_STATE/keys"
	[ -z "$(find "$BATS_TEST_TMPDIR" -name '*.part*')" ]
}

@test "backups made while others write are sound and of one moment each" {
	local writer i file
	(
		for i in $(seq 200); do
			[ ! -e "$BATS_TEST_TMPDIR/stop" ] || break
			# shellcheck disable=SC2016
			echo '$6$rounds=1000$abcdefgh$'"$(printf 'a%.0s' {1..86})" | yett user add "u$i@example.org" --hash || exit 1
		done
	) > /dev/null 3>&- &
	writer=$!
	for i in 1 2 3 4 5 6; do
		yett backup "$BATS_TEST_TMPDIR/b$i.db"
		sleep 0.1
	done
	: > "$BATS_TEST_TMPDIR/stop"
	wait $writer
	local last=-1 count
	for i in 1 2 3 4 5 6; do
		file=$BATS_TEST_TMPDIR/b$i.db
		[ "$(sqlite3 "$file" 'PRAGMA integrity_check')" = ok ]
		[ -z "$(sqlite3 "$file" 'PRAGMA foreign_key_check')" ]
		count=$(sqlite3 "$file" 'SELECT count(*) FROM users')
		[ "$(sqlite3 "$file" 'SELECT count(*) FROM groups')" = "$count" ]
		[ "$count" -ge "$last" ]
		last=$count
	done
	[ "$last" -gt 0 ]
}

@test "restore brings back what was there, and keeps what it replaces" {
	add_user kim@example.org
	yett backup "$BATS_TEST_TMPDIR/b.db"
	before=$(sha256sum < "$BATS_TEST_TMPDIR/b.db")
	add_user lee@example.org
	yett user delete kim@example.org --yes
	run -0 yett restore "$BATS_TEST_TMPDIR/b.db"
	[ "$(sql 'SELECT email FROM users')" = kim@example.org ]
	[ "$(sql 'PRAGMA integrity_check; PRAGMA journal_mode')" = $'ok\nwal' ]
	kept=$(find "$YETT_SITE_STATE" -name 'yett.db.before-restore-*')
	[[ $output = *"$kept"* ]]
	[ "$(mode "$kept")" = 600 ]
	[ "$(sqlite3 "$kept" 'SELECT email FROM users')" = lee@example.org ]
	[ "$(sha256sum < "$BATS_TEST_TMPDIR/b.db")" = "$before" ]
	[ -z "$(find "$YETT_SITE_STATE" -name 'restore-*')" ]
	run -0 yett restore "$kept"
	[ "$(sql 'SELECT email FROM users')" = lee@example.org ]
}

@test "restore refuses what is no sound database of Yett, and changes nothing" {
	add_user kim@example.org
	local bad=$BATS_TEST_TMPDIR/bad before
	before=$(sql .dump | sha256sum)
	refused() {
		run -1 yett restore "$1"
		[[ $output = *"nothing was changed"* ]]
		[[ $output = *"$2"* ]]
		[ "$(sql .dump | sha256sum)" = "$before" ]
		[ -z "$(find "$YETT_SITE_STATE" -name '*restore*')" ]
	}
	echo "garbage" > "$bad.1"
	refused "$bad.1" "is not a database"
	head -c 300000 /dev/urandom > "$bad.2"
	refused "$bad.2" "is not a database"
	: > "$bad.3"
	refused "$bad.3" "not a database of Yett"
	sqlite3 "$bad.4" 'CREATE TABLE t (x); PRAGMA user_version=1'
	refused "$bad.4" "not a database of Yett"
	yett backup "$bad.5"
	sqlite3 "$bad.5" 'PRAGMA user_version=99'
	refused "$bad.5" "newer than"
	yett backup "$bad.6"
	sqlite3 "$bad.6" "CREATE TRIGGER t AFTER INSERT ON users BEGIN DELETE FROM users; END"
	refused "$bad.6" "trigger t"
	yett backup "$bad.7"
	sqlite3 "$bad.7" "PRAGMA foreign_keys=OFF; DELETE FROM users"
	refused "$bad.7" "is damaged"
	yett backup "$bad.8"
	truncate -s -8192 "$bad.8"
	refused "$bad.8" ""
	yett backup "$bad.9"
	dd if=/dev/urandom of="$bad.9" bs=4096 seek=3 count=6 conv=notrunc 2> /dev/null
	refused "$bad.9" "is damaged"
	run -1 yett restore "$BATS_TEST_TMPDIR/none"
	[[ $output = *"No such file"* ]]
	run -1 yett restore "$BATS_TEST_TMPDIR"
	run -1 yett restore "$DB"
	[[ $output = *"is the present database"* ]]
	[ "$(sql .dump | sha256sum)" = "$before" ]
}

@test "restore works where the present database is destroyed or gone, and says to start the programs anew" {
	add_user kim@example.org
	yett backup "$BATS_TEST_TMPDIR/b.db"
	head -c 100000 /dev/urandom > "$DB"
	rm -f "$DB"-*
	run -1 yett user list
	run -0 yett restore "$BATS_TEST_TMPDIR/b.db"
	[[ $output = *"start them again"* ]]
	[ "$(stat -c %s "$YETT_SITE_STATE"/yett.db.before-restore-*)" = 100000 ]
	yett user show kim@example.org
	rm -f "$DB"*
	run -0 yett restore "$BATS_TEST_TMPDIR/b.db"
	[[ $output = *"start them again"* ]]
	yett user show kim@example.org
	[ "$(mode "$DB")" = 600 ]
}

@test "running programs see a restored database at once, and forget what they knew" {
	start_site
	yett backup "$BATS_TEST_TMPDIR/empty.db"
	web POST /auth/register -H 'Content-Type: application/json' -d "{\"email\":\"kim@example.org\",\"password\":\"$PASSWORD\"}"
	expect 201
	take_tokens
	web GET /users/me -H "Authorization: Bearer $ACCESS"
	expect 200
	yett backup "$BATS_TEST_TMPDIR/kim.db"
	yett restore "$BATS_TEST_TMPDIR/empty.db"
	web GET /users/me -H "Authorization: Bearer $ACCESS"
	expect 401
	web POST /auth/register -H 'Content-Type: application/json' -d "{\"email\":\"lee@example.org\",\"password\":\"$PASSWORD\"}"
	expect 201
	yett restore "$BATS_TEST_TMPDIR/kim.db"
	web GET /users/me -H "Authorization: Bearer $ACCESS"
	expect 200
	web POST /auth/login -H 'Content-Type: application/json' -d "{\"email\":\"lee@example.org\",\"password\":\"$PASSWORD\"}"
	expect 401
	[ "$(sql 'PRAGMA integrity_check')" = ok ]
}

@test "whoever writes during a restore waits for it and loses nothing afterwards" {
	local writer i
	yett backup "$BATS_TEST_TMPDIR/empty.db"
	(
		for i in $(seq 300); do
			[ ! -e "$BATS_TEST_TMPDIR/stop" ] || break
			# shellcheck disable=SC2016
			echo '$6$rounds=1000$abcdefgh$'"$(printf 'a%.0s' {1..86})" | yett user add "u$i@example.org" --hash || exit 1
			echo "u$i@example.org" >> "$BATS_TEST_TMPDIR/added"
		done
	) > /dev/null 3>&- &
	writer=$!
	for i in 1 2 3 4 5; do
		sleep 0.1
		yett restore "$BATS_TEST_TMPDIR/empty.db"
	done
	sleep 0.2
	: > "$BATS_TEST_TMPDIR/stop"
	wait $writer
	[ "$(sql 'PRAGMA integrity_check')" = ok ]
	# What is in the database or in one of those that were kept: everybody who was ever added.
	for i in "$DB" "$YETT_SITE_STATE"/yett.db.before-restore-*; do
		sqlite3 "$i" 'SELECT email FROM users'
	done | sort -u > "$BATS_TEST_TMPDIR/found"
	sort -u "$BATS_TEST_TMPDIR/added" | diff - "$BATS_TEST_TMPDIR/found"
}

# --- doctor

@test "doctor finds nothing that fails on a fresh site, one line a check" {
	YETT_PASSWORD_MEMORY_KIB=19456 YETT_PASSWORD_PASSES=2 run -0 yett doctor
	[[ $output != *FAIL* ]]
	[[ $output = *"ok    database: "*"is sound"* ]]
	[[ $output = *"ok    files: "* ]]
	[[ $output = *"ok    master key: "* ]]
	[[ $output = *"ok    signing keys: 1 "* ]]
	[[ $output = *"ok    password cost: "* ]]
	[[ $output = *"ok    breached passwords: "* ]]
	[[ $output = *"ok    disk: "* ]]
	[ "$(grep -cvE '^(ok|warn|FAIL) +[a-z. ]+: ' <<< "$output")" = 1 ]
}

# fails_doctor TEXT: doctor must fail with it.
fails_doctor() {
	run -1 yett doctor
	grep '^FAIL' <<< "$output" | grep -qF -- "$1" || {
		echo "$output"
		return 1
	}
}

@test "doctor finds files that others may use, and says how to shut them" {
	chmod 640 "$DB"
	fails_doctor "chmod 600 $DB"
	chmod 600 "$DB"
	chmod 750 "$YETT_SITE_STATE"
	fails_doctor "chmod 700 $YETT_SITE_STATE"
	chmod 700 "$YETT_SITE_STATE"
	chmod 604 "$YETT_SITE_STATE"/keys/*.pem
	fails_doctor "chmod 600 $YETT_SITE_STATE/keys/"
	chmod 600 "$YETT_SITE_STATE"/keys/*.pem
	chmod 660 "$YETT_SITE_STATE/master.key"
	fails_doctor "chmod 600 $YETT_SITE_STATE/master.key"
	chmod 600 "$YETT_SITE_STATE/master.key"
	: > "$YETT_SITE_STATE/yett.db-wal"
	chmod 644 "$YETT_SITE_STATE/yett.db-wal"
	fails_doctor "chmod 600 $DB-wal"
	yett doctor
}

@test "doctor finds a database that is gone, damaged, of another version, or changed by hand" {
	yett backup "$BATS_TEST_TMPDIR/b.db"
	sql 'PRAGMA user_version=99'
	fails_doctor "install the newer Yett"
	sql 'PRAGMA user_version=0'
	fails_doctor "yett migrate"
	sql 'PRAGMA user_version=1'
	sql 'DROP TABLE login_attempts'
	fails_doctor "login_attempts"
	yett restore "$BATS_TEST_TMPDIR/b.db"
	dd if=/dev/urandom of="$DB" bs=4096 seek=3 count=6 conv=notrunc 2> /dev/null
	fails_doctor "is damaged"
	head -c 8192 /dev/urandom > "$DB"
	rm -f "$DB"-*
	fails_doctor "is not a database"
	rm -f "$DB"*
	fails_doctor "yett init"
}

@test "doctor finds keys that are gone or broken" {
	echo nonsense > "$YETT_SITE_STATE"/keys/0000000000001.pem
	chmod 600 "$YETT_SITE_STATE"/keys/0000000000001.pem
	fails_doctor "signing keys"
	rm "$YETT_SITE_STATE"/keys/*
	fails_doctor "signing keys"
	yett init
	truncate -s 31 "$YETT_SITE_STATE/master.key"
	fails_doctor "must be 32 bytes"
	rm "$YETT_SITE_STATE/master.key"
	fails_doctor "there is no $YETT_SITE_STATE/master.key"
	YETT_SITE_STATE=/nowhere run -1 yett doctor
	[[ $output = *"FAIL  state: /nowhere"*"yett init"* ]]
}

@test "doctor finds a clock that is wrong" {
	add_user kim@example.org
	pass_time -3600
	fails_doctor "later than now"
	pass_time -1000000000
	fails_doctor "before Yett was made"
}

@test "doctor finds an address that is not safe, and spells out what becomes of the cookie" {
	YETT_SITE_URL=http://id.example.org fails_doctor "set site.url to https://"
	YETT_SITE_URL=https://id.example.org run -0 yett doctor
	[[ $output = *"ok    site.url: "*"__Host-yett, Secure"* ]]
	YETT_SITE_URL=http://localhost:8080 run -0 yett doctor
	[[ $output = *"ok    site.url: "*"cookie is yett, not Secure"* ]]
	YETT_SITE_URL=http://127.0.0.1.example.org run -1 yett doctor
}

@test "doctor warns of hashes below OWASP's floor, of a missing filter, and of missing pages" {
	YETT_PASSWORD_PASSES=1 YETT_PASSWORD_MEMORY_KIB=19456 run -0 yett doctor
	[[ $output = *"warn  password cost: "* ]]
	YETT_PASSWORD_PASSES=2 YETT_PASSWORD_MEMORY_KIB=19455 run -0 yett doctor
	[[ $output = *"warn  password cost: "* ]]
	YETT_PASSWORD_PASSES=1 YETT_PASSWORD_MEMORY_KIB=47104 run -0 yett doctor
	[[ $output = *"ok    password cost: "* ]]
	YETT_PASSWORD_BREACHED='' run -0 yett doctor
	[[ $output = *"warn  breached passwords: "*"yett breach build"* ]]
	YETT_PASSWORD_BREACHED=/etc/passwd fails_doctor "breached passwords"
	YETT_SITE_WWW="$BATS_TEST_TMPDIR" run -0 yett doctor
	[[ $output = *"warn  pages: "* ]]
}

# --- configuration

@test "the sample configuration has every key, and its values are the defaults" {
	for variable in "${!YETT_@}"; do
		unset "$variable"
	done
	: > "$BATS_TEST_TMPDIR/empty.conf"
	defaults=$(yett --config "$BATS_TEST_TMPDIR/empty.conf" config show)
	[ "$(yett --config "$TOP/etc/yett.conf" config show)" = "$defaults" ]
	keys() {
		sed -n 's/^\(\[.*\]\)$/\1/p; s/^\([a-z_]*\) =.*/\1/p'
	}
	[ "$(keys < "$TOP/etc/yett.conf")" = "$(keys <<< "$defaults")" ]
}

@test "what config show prints can be used as a configuration" {
	YETT_SITE_NAME='A site; with # and = signs' YETT_SESSION_GRACE_S=0 yett config show > "$BATS_TEST_TMPDIR/c.conf"
	run -0 yett --config "$BATS_TEST_TMPDIR/c.conf" config show
	[ "$output" = "$(cat "$BATS_TEST_TMPDIR/c.conf")" ]
	[ "$(yett --config="$BATS_TEST_TMPDIR/c.conf" config show --json | jq -r .site.name)" = 'A site; with # and = signs' ]
}

# refuses_conf LINE TEXT: a configuration of TEXT is refused, and the line named.
refuses_conf() {
	printf "$2" > "$BATS_TEST_TMPDIR/c.conf"
	run -1 yett --config "$BATS_TEST_TMPDIR/c.conf" config check
	[[ $output = *"$BATS_TEST_TMPDIR/c.conf line $1: "* ]] || {
		echo "$output"
		return 1
	}
}

@test "config check says ok, or names the line that is wrong" {
	run -0 yett config check
	[[ $output = "ok: $TOP/etc/yett.conf" ]]
	refuses_conf 3 '[site]\n\nnonsense = 1\n'
	[[ $output = *'"nonsense" in [site]'* ]]
	refuses_conf 2 '[nonsense]\nurl = x\n'
	refuses_conf 1 'url = http://127.0.0.1\n'
	refuses_conf 2 '[site]\nurl\n'
	refuses_conf 1 '[site\nurl = x\n'
	refuses_conf 4 '# one\n# two\n[http]\nthreads = many\n'
	[[ $output = *"a whole number from 0 to 256"* ]]
	refuses_conf 2 "[site]\nname = $(printf 'x%.0s' {1..256})\n"
	refuses_conf 2 "[site]\nname = $(printf 'x%.0s' {1..5000})\n"
	refuses_conf 2 '[site]\nname = a\\377b\n'
	refuses_conf 2 '[log]\njson = maybe\n'
	run -1 yett --config "$BATS_TEST_TMPDIR/none.conf" config check
	[[ $output = *"$BATS_TEST_TMPDIR/none.conf: No such file"* ]]
}

@test "numbers are taken up to their limits and refused beyond" {
	local key low high
	while read -r key low high; do
		refused_number() {
			printf '[%s]\n%s = %s\n' "${key%.*}" "${key#*.}" "$1" > "$BATS_TEST_TMPDIR/c.conf"
			run -1 yett --config "$BATS_TEST_TMPDIR/c.conf" config check
			[[ $output = *"line 2"*"from $low to $high"* ]]
		}
		taken_number() {
			printf '[%s]\n%s = %s\n' "${key%.*}" "${key#*.}" "$1" > "$BATS_TEST_TMPDIR/c.conf"
			run -0 yett --config "$BATS_TEST_TMPDIR/c.conf" config check
		}
		refused_number $((low - 1))
		taken_number "$low"
		taken_number "$high"
		refused_number $((high + 1))
		refused_number "${low}x"
		refused_number "0x$high"
		refused_number ""
		refused_number 99999999999999999999
	done <<- 'END'
		http.threads 0 256
		http.timeout_s 1 300
		session.access_s 10 86400
		session.grace_s 0 60
		session.cookie_s 60 31536000
		password.min_length 8 64
		password.min_score 0 4
		keep.attempts_s 86400 315360000
	END
}

@test "the environment overrides the file, and a slip in it is refused by name" {
	YETT_SITE_NAME=Other run -0 yett config show
	[[ $output = *$'\nname = Other\n'* ]]
	YETT_SITE_NONSENSE=1 run -1 yett config check
	[[ $output = *"YETT_SITE_NONSENSE"* ]]
	YETT_HTTP_THREADS=257 run -1 yett config check
	[[ $output = *"YETT_HTTP_THREADS must be a whole number from 0 to 256"* ]]
	YETT_SITE_URL=ftp://example.org run -1 yett config check
	[[ $output = *"site.url"* ]]
	YETT_PASSWORD_MEMORY_KIB=66561 run -1 yett config check
	[[ $output = *"budget_mib"* ]]
	YETT_SITE_NONSENSE=1 run -1 yett user list
	YETT_SITE_NONSENSE=1 run -1 yett init
}

# --- breached passwords

@test "breach build makes a filter that breach check reads from standard input or the terminal" {
	printf '# a list\n\n%s:42\n%s\r\n' "$(printf %s secret123 | sha1sum | cut -d' ' -f1)" \
	    "$(printf %s 'pass wörd' | sha1sum | cut -d' ' -f1 | tr a-f A-F)" > "$BATS_TEST_TMPDIR/list"
	run -0 yett breach build "$BATS_TEST_TMPDIR/list" "$BATS_TEST_TMPDIR/filter"
	[[ $output = *" 2 passwords"* ]]
	export YETT_PASSWORD_BREACHED="$BATS_TEST_TMPDIR/filter"
	run -0 yett breach check <<< "secret123"
	[[ $output = "known from a breach"* ]]
	run -0 yett breach check <<< "pass wörd"
	[[ $output = "known from a breach"* ]]
	run -0 yett breach check <<< "$PASSWORD"
	[[ $output = "not among the 2 passwords"* ]]
	run -0 on_terminal "yett breach check" Password: "secret123\n"
	[[ $output = *"known from a breach"* ]]
	[[ $output != *secret123* ]]
}

@test "breach build names the line that is no SHA-1, and leaves an older filter as it was" {
	local line
	printf '%040d\n' 1 > "$BATS_TEST_TMPDIR/list"
	yett breach build "$BATS_TEST_TMPDIR/list" "$BATS_TEST_TMPDIR/filter"
	before=$(sha256sum < "$BATS_TEST_TMPDIR/filter")
	for line in nonsense "$(printf '%039d' 1)" "$(printf '%041d' 1)" "$(printf '%040d' 1) x" "$(printf '%0500d' 1)"; do
		printf '%040d\n%s\n' 1 "$line" > "$BATS_TEST_TMPDIR/list"
		run -1 yett breach build "$BATS_TEST_TMPDIR/list" "$BATS_TEST_TMPDIR/filter"
		[[ $output = *"line 2: "* ]]
	done
	[ "$(sha256sum < "$BATS_TEST_TMPDIR/filter")" = "$before" ]
	[ -z "$(find "$BATS_TEST_TMPDIR" -name '*.part')" ]
	run -1 yett breach build "$BATS_TEST_TMPDIR/none" "$BATS_TEST_TMPDIR/filter"
	[[ $output = *"No such file"* ]]
	run -1 bash -c 'printf "%040d\n" 1 | yett breach build /dev/stdin "$BATS_TEST_TMPDIR/filter"'
	run -1 yett breach build "$BATS_TEST_TMPDIR/list" "$BATS_TEST_TMPDIR/no/such/filter"
}

@test "breach check says when no filter is configured, or it is none" {
	YETT_PASSWORD_BREACHED='' run -1 yett breach check <<< x
	[[ $output = *"password.breached"* ]]
	YETT_PASSWORD_BREACHED=/etc/passwd run -1 yett breach check <<< x
	YETT_PASSWORD_BREACHED=/nowhere run -1 yett breach check <<< x
}
