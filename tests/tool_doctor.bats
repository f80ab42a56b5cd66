# yett, the admin tool: doctor.
load helper
load tool

setup() {
	fresh_state
}

teardown() {
	stop_site
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
	local version
	version=$(sql 'PRAGMA user_version')
	sql 'PRAGMA user_version=99'
	fails_doctor "install the newer Yett"
	sql 'PRAGMA user_version=0'
	fails_doctor "yett migrate"
	sql "PRAGMA user_version=$version"
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
