# yett, the admin tool: how it is called, init, keys.
load helper
load tool

setup() {
	fresh_state
}

teardown() {
	stop_site
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
	[[ $output != *"user add"* ]]
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
	[ "$count" -ge 29 ]
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
		user list --limit 10001
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
	pass_time -86400
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
