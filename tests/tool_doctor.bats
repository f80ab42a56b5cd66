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
	[[ $output = *"  hashing: one password takes "*" ms here"* ]]
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
	# 20 passes over 256 MiB are slow on any machine.
	YETT_PASSWORD_PASSES=20 YETT_PASSWORD_MEMORY_KIB=262144 YETT_PASSWORD_BUDGET_MIB=256 run -0 yett doctor
	[[ $output = *"warn  hashing: one password takes "* ]]
	YETT_PASSWORD_BREACHED='' run -0 yett doctor
	[[ $output = *"warn  breached passwords: "*"yett breach build"* ]]
	YETT_PASSWORD_BREACHED=/etc/passwd fails_doctor "breached passwords"
	YETT_SITE_WWW="$BATS_TEST_TMPDIR" run -0 yett doctor
	[[ $output = *"warn  pages: "* ]]
}

# arrive COUNT [VARIABLE=VALUE]...: so many requests that come like this.
arrive() {
	local count=$1 i
	shift
	for i in $(seq "$count"); do
		call session GET /.well-known/jwks.json - "$@"
		expect 200
	done
}

# told TEXT: doctor says it as something to look at, and fails for nothing; TEXT may be ok, for nothing to look at.
told() {
	run -0 yett doctor
	local about
	about=$(grep -E '^(ok|warn|FAIL) +requests: ' <<< "$output")
	if [ "$1" = ok ]; then
		[[ $about = "ok    requests: "* && $about != *$'\n'* ]]
	else
		grep '^warn' <<< "$about" | grep -qF -- "$1"
	fi || {
		echo "$about"
		return 1
	}
	rm -f "$YETT_SITE_STATE/arrivals.map"
}

@test "doctor says by how requests arrive that site.url is another than browsers show" {
	told ok
	arrive 3 HTTP_HOST=127.0.0.1:8080
	told ok
	# The fresh configuration of a site that is on the net.
	arrive 3 HTTP_HOST=id.example.org HTTPS=on
	told "site.url = http://127.0.0.1:8080; the last asked for id.example.org. If browsers show that name, set site.url = https://id.example.org"
	arrive 3 HTTP_HOST=id.example.org HTTPS=on
	told "they come by TLS, but site.url = http://127.0.0.1:8080"
	export YETT_SITE_URL=https://id.example.org
	arrive 3 HTTP_HOST=ID.example.org HTTPS=on
	told ok
	arrive 3 HTTP_HOST=id.example.org:443 HTTPS=on
	told ok
	# nginx may leave the port out.
	for url in https://id.example.org:8443 https://192.0.2.1:8443 'https://[2001:db8::1]:8443'; do
		host=${url#https://}
		YETT_SITE_URL=$url arrive 2 HTTP_HOST="${host%:*}" HTTPS=on
		YETT_SITE_URL=$url told ok
		YETT_SITE_URL=$url arrive 2 HTTP_HOST="${host%:*}:8444" HTTPS=on
		YETT_SITE_URL=$url told "none asked for the host"
	done
	YETT_SITE_URL='https://[2001:db8::1]' arrive 2 HTTP_HOST='[2001:db8:' HTTPS=on
	YETT_SITE_URL='https://[2001:db8::1]' told "none asked for the host"
	# A proxy that puts the name of what is behind it there.
	arrive 3 HTTP_HOST=10.0.0.8:8080 HTTPS=on
	told "have it pass the Host that it was asked for"
	# Several sites on one Yett, and strangers that ask for anything.
	arrive 1 HTTP_HOST=id.example.org HTTPS=on
	arrive 3 HTTP_HOST=wiki.example.org HTTPS=on
	told ok
	arrive 2 HTTP_HOST="$(printf 'x%.0s' {1..300})" HTTPS=on
	told "asked for xxxx"
	arrive 2 HTTP_HOST=$'a\x1b[2Jb' HTTPS=on
	told "asked for a?[2Jb."
}

@test "doctor says by how requests arrive that there is no TLS where the site has it" {
	export YETT_SITE_URL=https://id.example.org
	arrive 3 HTTP_HOST=id.example.org
	told "they come without TLS"
	arrive 3 HTTP_HOST=id.example.org HTTPS=off
	told "they come without TLS"
	export YETT_HTTP_PROXIES=192.0.2.7
	arrive 3 HTTP_HOST=id.example.org HTTP_X_FORWARDED_FOR=203.0.113.9 HTTP_X_FORWARDED_PROTO=http
	told "they come without TLS"
	arrive 3 HTTP_HOST=id.example.org HTTP_X_FORWARDED_FOR=203.0.113.9 HTTP_X_FORWARDED_PROTO=https
	told ok
	# A proxy that does not say; and one that says it by RFC 7239.
	arrive 3 HTTP_HOST=id.example.org HTTP_X_FORWARDED_FOR=203.0.113.9
	told ok
	YETT_HTTP_FORWARDED=yes arrive 3 HTTP_HOST=id.example.org HTTP_FORWARDED='for=203.0.113.9;proto=http'
	told "they come without TLS"
	YETT_HTTP_FORWARDED=yes arrive 3 HTTP_HOST=id.example.org HTTP_FORWARDED='for=203.0.113.9;proto="https"'
	told ok
	# One in a hundred is somebody who typed http://.
	arrive 3 HTTP_HOST=id.example.org HTTPS=on HTTP_X_FORWARDED_FOR=203.0.113.9
	arrive 1 HTTP_HOST=id.example.org HTTP_X_FORWARDED_FOR=203.0.113.9 HTTP_X_FORWARDED_PROTO=http
	told ok
}

@test "doctor says by how requests arrive which proxy is not named, or does not say for whom it asks" {
	arrive 3 HTTP_X_FORWARDED_FOR=203.0.113.9
	told "they come through 192.0.2.7, which http.proxies does not name"
	YETT_HTTP_PROXIES=10.0.0.0/8 arrive 3 HTTP_FORWARDED=for=203.0.113.9
	YETT_HTTP_PROXIES=10.0.0.0/8 told "set http.proxies = 10.0.0.0/8 192.0.2.7"
	YETT_HTTP_PROXIES=192.0.2.7 arrive 3 HTTP_X_FORWARDED_FOR=203.0.113.9 HTTP_X_FORWARDED_PROTO=http
	told ok
	YETT_HTTP_PROXIES=192.0.2.7 arrive 3
	YETT_HTTP_PROXIES=192.0.2.7 told "does not say for whom in X-Forwarded-For"
	YETT_HTTP_PROXIES=192.0.2.7 arrive 3 HTTP_FORWARDED=for=203.0.113.9
	YETT_HTTP_PROXIES=192.0.2.7 told "set http.forwarded = yes"
	# A visitor may send such a field to a site that has no proxy; Caddy adds the visitor's own address.
	arrive 3
	arrive 2 HTTP_X_FORWARDED_FOR=203.0.113.9
	told ok
	arrive 3 HTTP_X_FORWARDED_FOR=192.0.2.7 HTTP_X_FORWARDED_PROTO=http
	told ok
}

@test "doctor finds proxies that anybody may be" {
	for wide in 0.0.0.0/0 ::/0 "10.0.0.1 192.0.0.0/2" 2000::/3; do
		YETT_HTTP_PROXIES=$wide fails_doctor "so wide that anybody may say"
	done
	YETT_HTTP_PROXIES="127.0.0.0/8 ::1 10.0.0.0/8 2001:db9::/32" yett doctor
}
