# shellcheck shell=sh
# What the scripts of the bench share: a site of its own, what its processes cost, what is enough.
# Needs: top (of the checkout), out (a release build), work (a folder of our own). Sets: failed.

# shellcheck disable=SC2154 # out, top
# shellcheck disable=SC2034 # failed

failed=0
server=

# site_env STATE PORT: the configuration of a site, but for what is kept in yett.conf.
site_env() {
	export YETT_SITE_STATE="$1" YETT_PORT="$2" YETT_RUN="$1/run" YETT_BIN="$out/bin" YETT_SITE_WWW="$top/www"
	export YETT_SITE_URL="http://127.0.0.1:$2" YETT_PASSWORD_BREACHED="$out/share/breached.filter"
	export YETT_MAIL_URL="file:$1/mail"
	export BENCH_TOP="$top" BENCH_OUT="$out" BENCH_PROCS="${BENCH_PROCS-1}"
	[ ! -r "${site_conf=$top/etc/yett.conf}" ] || export YETT_CONF="$site_conf"
	port=$2
}

# site_new STATE PORT: an empty database.
site_new() {
	mkdir -m 700 "$1"
	site_env "$1" "$2"
	mkdir -p "$YETT_RUN"
	"$out/bin/yett" init > "$YETT_RUN/init.log"
}

# answers PATH: does the site answer there?
answers() {
	curl -s -o /dev/null --max-time 1 "http://127.0.0.1:$port$1"
}

site_start() {
	if answers /; then
		echo "bench: port $port is taken" >&2
		exit 1
	fi
	lighttpd -D -f "${BENCH_LIGHTTPD:-$top/tests/bench/lighttpd.conf}" < /dev/null > "$YETT_RUN/out.log" 2>&1 &
	server=$!
	tries=0
	until answers /empty; do
		tries=$((tries + 1))
		if [ $tries -gt 100 ] || ! kill -0 "$server" 2> /dev/null; then
			cat "$YETT_RUN"/*.log >&2
			exit 1
		fi
		sleep 0.05
	done
	"$out/bin/courier" < /dev/null > "$YETT_RUN/courier.log" 2>&1 &
	echo $! > "$work/courier.$server"
}

site_stop() {
	[ -n "$server" ] || return 0
	if [ -e "$work/courier.$server" ]; then
		courier=$(cat "$work/courier.$server")
		rm "$work/courier.$server"
		kill -TERM "$courier" 2> /dev/null || :
		wait "$courier" 2> /dev/null || :
	fi
	kill -TERM "$server" 2> /dev/null || :
	wait "$server" 2> /dev/null || :
	server=
}

# programs [NAME]: the process ids of the site's programs, the courier among them, or of the program NAME, which the web server
# started. The empty one is none of them.
programs() {
	if [ $# = 1 ]; then
		pgrep -P "$server" -x "$1"
	else
		pgrep -P "$server" -x 'register|login|password|passwordless|session|roles|users|groups|orgs|apikeys|limits|waitlist|audit|guard|webhooks'
		cat "$work/courier.$server"
	fi
}

# cpu_us PID...: the CPU time they used since they started, in us.
cpu_us() {
	ticks=0
	for pid; do
		ticks=$((ticks + $(awk '{ print $14 + $15 }' "/proc/$pid/stat")))
	done
	echo $((ticks * 1000000 / $(getconf CLK_TCK)))
}

# pss_kib PID...: their share of memory, what they share with others counted in parts.
pss_kib() {
	for pid; do
		awk '/^Pss:/ { print $2 }' "/proc/$pid/smaps_rollup"
	done | awk '{ sum += $1 } END { print sum }'
}

# load ...: the load generator; what it prints ("name=value ...") is in $result.
load() {
	result=$("$out/bench/load" "$@")
}

# get NAME: the value of NAME in $result; 0 when it is not there.
get() {
	echo "$result" | tr ' ' '\n' | awk -F = -v name="$1" '$1 == name { v = $2 } END { print v + 0 }'
}

# all_right: was every answer that $result counts 200, and did it hold what it must?
all_right() {
	[ "$(get requests)" != 0 ] && [ "$(get s200)" = "$(get requests)" ] && [ "$(get dropped)" = 0 ] && [ "$(get wrong)" = 0 ]
}

# seed_keys DIR: API keys of 100 users, one each, in the file key as header fields; and in the file verify what an application
# asks about them.
seed_keys() {
	app=$("$out/bin/yett" apikey create application --service --scope apikeys:verify 2> "$1/keys.log")
	sqlite3 "$YETT_SITE_STATE/yett.db" "SELECT id, email FROM users LIMIT 100" | while IFS='|' read -r id email; do
		key=$("$out/bin/yett" apikey create bench --user "$email" --scope profile:read 2>> "$1/keys.log")
		printf 'X-API-Key: %s\t=%s\n' "$key" "$email" >> "$1/key"
		printf 'X-API-Key: %s\t{"key":"%s","permission":"profile:read"}\t=%s\n' "$app" "$key" "$id" >> "$1/verify"
	done
}

# calc EXPRESSION [FORMAT]
calc() {
	awk "BEGIN { printf(\"${2-%.2f}\", ($1)) }"
}

# median FILE COLUMN
median() {
	awk -v c="$2" '{ print $c }' "$1" | sort -n | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'
}

# enough NAME VALUE CONDITION: PASS when "VALUE CONDITION" holds, such as ">= 0.85".
enough() {
	if [ "$(calc "($2) $3" %d)" = 1 ]; then
		verdict=PASS
	else
		verdict=FAIL
		failed=1
	fi
	printf '%s  %-58s %10s   floor %s\n' "$verdict" "$1" "$2" "$3"
}
