# yett, the admin tool: migrate, backup and restore.
load helper
load tool

setup() {
	fresh_state
}

teardown() {
	stop_site
}

# --- migrate

# first_version: the database is one of version 1, of an admin named Kim.
first_version() {
	rm -f "$DB"*
	sqlite3 "$DB" < "$TOP/schema/0001_subjects.sql"
	sqlite3 "$DB" "PRAGMA journal_mode=WAL; PRAGMA user_version=1;
		INSERT INTO users (id, email, email_key, created_at, updated_at) VALUES ('01890a5d-ac96-774b-bcce-b302099a8057', 'Kim@example.org', 'kim@example.org', 1, 1);
		INSERT INTO user_roles (user_id, role_id, assigned_at) SELECT users.id, roles.id, 1 FROM users, roles WHERE roles.name = 'admin';" > /dev/null
	chmod 600 "$DB"*
}

@test "migrate brings a database of the first version up, with all that is in it" {
	first_version
	run -0 yett migrate
	[[ $output = *"from version 1 to"* ]]
	run -0 yett user show kim@example.org
	[[ $output = *admin* ]]
	yett doctor
}

@test "migrate finds the invitations to the site that are open already" {
	rm -f "$DB"*
	cat "$TOP"/schema/00{01..15}_*.sql | sqlite3 "$DB"
	sql "PRAGMA journal_mode=WAL; PRAGMA user_version=15;
		INSERT INTO one_time_tokens (id, purpose, token_hash, email, data, tries_left, created_at, expires_at) VALUES
			('01890a5d-ac96-774b-bcce-000000000001', 'sign-up', randomblob(32), 'eve@example.org', '', 5, 1, 9999999999999),
			('01890a5d-ac96-774b-bcce-000000000002', 'waitlist', randomblob(32), 'fay@example.org', '', 5, 1, 9999999999999),
			('01890a5d-ac96-774b-bcce-000000000003', 'sign-up', randomblob(32), 'gil@example.org', '', 5, 1, 9999999999999)" > /dev/null
	chmod 600 "$DB"*
	run -0 yett migrate
	[[ $output = *"from version 15 to"* ]]
	[ "$(sql "SELECT count(*) FROM sqlite_schema WHERE name = 'one_time_tokens_sign_up'")" = 1 ]
	[ "$(yett user invitations --json | jq -c '[.items[].email]')" = '["gil@example.org","eve@example.org"]' ]
	yett doctor
}

@test "tools/run brings the database of an older version up by itself" {
	first_version
	start_site
	run -0 yett user show kim@example.org
	[ "$(find "$YETT_SITE_STATE" -name 'backup-v1-*.db' | wc -l)" = 1 ]
}

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

@test "a migration that breaks anything is found before it counts, and the old version has every byte" {
	add_user kim@example.org
	OLD=$(live_sum)
	refuses_migration 'CREATE TABLE one (x INTEGER) STRICT; INSERT INTO one VALUES (1); INSERT INTO nowhere VALUES (1);' \
	    "no such table"
	refuses_migration 'CREATE TABLE one (x INTEGER) STRICT; this is no SQL' "the migration failed"
	# A row of its own that refers to nothing, at once or at the end of the transaction.
	refuses_migration "INSERT INTO user_roles (user_id, role_id, assigned_at) SELECT 'nobody', id, 1 FROM roles;" \
	    "the migration failed"
	refuses_migration "PRAGMA defer_foreign_keys=ON;
		INSERT INTO user_roles (user_id, role_id, assigned_at) SELECT 'nobody', id, 1 FROM roles;" "FOREIGN KEY"
	# Sound SQL, and a database that the programs cannot use.
	refuses_migration 'ALTER TABLE sessions RENAME COLUMN created_at TO made_at;' "cannot be read by this program"
	refuses_migration 'DROP TABLE audit_head;' "audit"
	refuses_migration "DROP TRIGGER audit_log_stays; UPDATE audit_log SET action = 'user.deleted' WHERE seq = 1;" \
	    "the audit log does not prove"
	# It ends the transaction itself, so that a part of it stays whatever follows: but not in the live database.
	refuses_migration 'CREATE TABLE one (x INTEGER) STRICT; COMMIT; BEGIN; SELECT nothing;' "the migration failed"
}

@test "a database that was damaged, or whose audit log was changed, is not migrated" {
	add_user kim@example.org
	yett backup "$BATS_TEST_TMPDIR/b.db"
	next_version 'CREATE TABLE one (x INTEGER) STRICT;'
	sql "PRAGMA foreign_keys=OFF; DELETE FROM users"
	run -1 yett migrate
	[[ $output = *"is damaged: a row refers to one that is not there"*"as it was before" ]]
	(unset YETT_TEST_MIGRATION && yett restore "$BATS_TEST_TMPDIR/b.db")
	trigger=$(sql "SELECT sql FROM sqlite_schema WHERE name = 'audit_log_stays'")
	sql "DROP TRIGGER audit_log_stays; UPDATE audit_log SET action = 'user.deleted' WHERE seq = 1; $trigger"
	run -1 yett migrate
	[[ $output = *"the audit log does not prove"*"--unproved"* ]]
	mv "$YETT_SITE_STATE/master.key" "$BATS_TEST_TMPDIR"
	run -1 yett migrate
	[[ $output = *"without the master key"* ]]
	mv "$BATS_TEST_TMPDIR/master.key" "$YETT_SITE_STATE"
	[ -z "$(find "$YETT_SITE_STATE" -name 'backup-*')" ]
	run -0 yett migrate --unproved
	yett user show kim@example.org
}

@test "the old version goes back to the backup that a migration kept" {
	add_user kim@example.org
	next_version 'CREATE TABLE one (x INTEGER) STRICT; DROP TABLE login_attempts;'
	run -0 yett migrate
	backup=$(find "$YETT_SITE_STATE" -name 'backup-v*.db')
	[[ $output = *"$backup"* ]]
	[ ! -e "$YETT_SITE_STATE/migrate.part" ]
	yett audit verify
	[ "$(yett audit list --json | jq -r '.items[] | select(.action == "database.migrated") | .details.to - .details.from')" = 1 ]
	unset YETT_TEST_MIGRATION
	run -1 yett user list
	[[ $output = *"another version"* ]]
	run -1 yett migrate
	[[ $output = *"newer than this program's"* ]]
	yett restore "$backup"
	yett user show kim@example.org
	yett audit verify
}

# --- backup and restore

@test "what Litestream makes for itself is nobody's change, and anything else by its names is" {
	sql 'CREATE TABLE _litestream_seq (id INTEGER PRIMARY KEY, seq INTEGER); CREATE TABLE _litestream_lock (id INTEGER)'
	add_user kim@example.org
	yett doctor
	yett backup "$BATS_TEST_TMPDIR/b.db"
	yett restore "$BATS_TEST_TMPDIR/b.db"
	sql "CREATE TRIGGER _litestream_seq AFTER INSERT ON users BEGIN DELETE FROM users; END"
	run -1 yett doctor
	[[ $output = *"there should be no trigger _litestream_seq"* ]]
	sql 'DROP TRIGGER _litestream_seq'
	next_version 'CREATE TABLE one (x INTEGER) STRICT;'
	yett migrate
}

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
