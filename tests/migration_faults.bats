#!/usr/bin/env bats
# What becomes of a database whose migration is killed, or runs out of disk, at any moment.

load helper
load tool

setup() {
	fresh_state
}

@test "a migration killed at any moment leaves the old database or the new one, whole" {
	add_user kim@example.org
	yett backup "$BATS_TEST_TMPDIR/old.db"
	# While it works on the copy: the live one is not touched.
	OLD=$(live_sum)
	next_version 'CREATE TABLE one (x INTEGER) STRICT;
		WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000000000) INSERT INTO one SELECT i FROM n;'
	yett migrate 3>&- &
	local pid=$! i n
	for i in $(seq 200); do
		[ ! -s "$YETT_SITE_STATE/migrate.part/yett.db-wal" ] || break
		sleep 0.05
	done
	sleep 0.3
	kill -KILL $pid
	i=0
	wait $pid || i=$?
	[ $i = 137 ]
	rm "$YETT_SITE_STATE"/backup-*
	[ "$(live_sum)" = "$OLD" ]
	(unset YETT_TEST_MIGRATION && yett user show kim@example.org && yett doctor)
	# At its n-th call that writes or flushes, until it comes through.
	next_version 'CREATE TABLE one (x INTEGER) STRICT; UPDATE users SET updated_at = updated_at + 1;'
	for n in $(seq 3 97 1000) $(seq 1001 23 2500); do
		i=0
		ASAN_OPTIONS=detect_leaks=0 strace -f -qq -o /dev/null -e trace=pwrite64,fsync,fdatasync,ftruncate,rename,unlink,mkdir \
		    -e "inject=pwrite64,fsync,fdatasync,ftruncate,rename,unlink,mkdir:signal=KILL:when=$n" yett migrate > /dev/null || i=$?
		[ "$(sql 'PRAGMA integrity_check; PRAGMA foreign_key_check')" = ok ]
		case $(sql "SELECT count(*) FROM sqlite_schema WHERE name = 'one'") in
		0)
			[ $i != 0 ]
			(unset YETT_TEST_MIGRATION && yett user show kim@example.org > /dev/null && yett audit verify > /dev/null)
			;;
		1)
			yett user show kim@example.org > /dev/null
			yett audit verify > /dev/null
			[ $i != 0 ] || break
			(unset YETT_TEST_MIGRATION && yett restore "$BATS_TEST_TMPDIR/old.db" > /dev/null)
			;;
		esac
	done
	echo "came through at call $n"
	[ $i = 0 ]
	[ "$n" -gt 20 ]
	[ ! -e "$YETT_SITE_STATE/migrate.part" ]
}

@test "a disk that is full at any moment fails the migration, and the old version has every byte" {
	add_user kim@example.org
	OLD=$(live_sum)
	next_version 'CREATE TABLE one (x INTEGER) STRICT; UPDATE users SET updated_at = updated_at + 1;'
	local n
	# Some 1,400 writes; more closely where the new version takes the place of the old.
	for n in $(seq 1 71 1000) $(seq 1001 17 2500); do
		ASAN_OPTIONS=detect_leaks=0 strace -f -qq -o /dev/null -e trace=pwrite64 -e "inject=pwrite64:error=ENOSPC:when=$n+" \
		    yett migrate > "$BATS_TEST_TMPDIR/said" 2>&1 && break
		# What can fail afterwards is the row in the audit log: then the new version is there, whole.
		! grep -q 'the database went from' "$BATS_TEST_TMPDIR/said" || break
		grep -qE 'the database is as it was before|yett.db cannot be read' "$BATS_TEST_TMPDIR/said"
		still_old > /dev/null
	done
	grep -q 'the database went from' "$BATS_TEST_TMPDIR/said"
	[ "$n" -gt 100 ]
	yett user show kim@example.org
	yett audit verify
	# A file that may not grow beyond 64 KiB.
	(unset YETT_TEST_MIGRATION && yett restore "$(find "$YETT_SITE_STATE" -name 'backup-v*.db')" > /dev/null)
	rm "$YETT_SITE_STATE"/backup-* "$YETT_SITE_STATE"/yett.db.before-*
	OLD=$(live_sum)
	run -1 bash -c 'trap "" XFSZ; ulimit -f 64; yett migrate'
	[[ $output = *"is there room"*"as it was before" ]]
	still_old
}
