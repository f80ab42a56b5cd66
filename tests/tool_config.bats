# yett, the admin tool: configuration and breached passwords.
load helper
load tool

setup() {
	fresh_state
}

teardown() {
	stop_site
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
	refuses_conf 2 '[site]\nname = a\377b\n'
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
		session.refresh_s 60 31536000
		session.cookie_s 60 31536000
		session.opaque_s 60 31536000
		session.max_s 60 315360000
		password.passes 1 100
		password.wait_ms 0 30000
		password.min_length 8 64
		password.min_score 0 4
		throttle.failures 0 20
		throttle.longest_s 1 86400
		throttle.network_failures 0 1000000
		throttle.network_window_s 1 86400
		throttle.mails 0 1000
		work.bits 8 30
		work.life_s 30 3600
		work.free_requests 1 1000000
		work.free_window_s 1 86400
		dns.timeout_s 1 30
		mail.parallel 1 32
		mail.timeout_s 1 600
		mail.keep_s 0 315360000
		webhook.parallel 2 32
		webhook.timeout_s 1 60
		webhook.keep_s 0 315360000
		keep.attempts_s 86400 315360000
		log.level 0 2
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
