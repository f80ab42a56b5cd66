# What the tests share: a state of their own each, requests by plain CGI, requests by a real server.
bats_require_minimum_version 1.5.0

TOP=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
OUT=${OUT:-$TOP/build/test}
BIN=$OUT/bin
PASSWORD="correct horse battery staple"
export PATH="$BIN:$PATH"

# A database and keys for this test alone; hashing as cheap as the configuration allows.
fresh_state() {
	export YETT_CONF="$TOP/etc/yett.conf"
	export YETT_SITE_STATE="$BATS_TEST_TMPDIR/state" YETT_SITE_WWW="$TOP/www"
	export YETT_SITE_URL=http://127.0.0.1:8080
	export YETT_PASSWORD_MEMORY_KIB=1024 YETT_PASSWORD_PASSES=1
	export YETT_PASSWORD_BREACHED="$OUT/share/breached.filter"
	export YETT_TEST_CLOCK="$BATS_TEST_TMPDIR/clock"
	echo 0 > "$YETT_TEST_CLOCK"
	[ -d "$FRESH_STATE" ] || init_once
	cp -r "$FRESH_STATE" "$YETT_SITE_STATE"
	DB="$YETT_SITE_STATE/yett.db"
}

# One such state is made in a run, for a copy is quicker: whoever comes first, and never half. What is no test of bats makes its own.
FRESH_STATE=${BATS_RUN_TMPDIR-$BATS_TEST_TMPDIR}/fresh
init_once() {
	local part
	part=$(mktemp -d -p "${FRESH_STATE%/*}")
	YETT_SITE_STATE=$part/state "$BIN/yett" init > /dev/null
	mv -T "$part/state" "$FRESH_STATE" 2> /dev/null || [ -d "$FRESH_STATE" ]
}

# stop_time: from now on no time passes by itself, however slow the machine.
stop_time() {
	echo "@$(date +%s%3N)" > "$YETT_TEST_CLOCK"
}

# pass_time SECONDS: so much later it is from now on, for every program of this test.
pass_time() {
	local now
	now=$(cat "$YETT_TEST_CLOCK")
	case $now in
	@*) echo "@$((${now#@} + $1 * 1000))" ;;
	*) echo $((now + $1 * 1000)) ;;
	esac > "$YETT_TEST_CLOCK"
}

# call PROGRAM METHOD URI [BODY [VARIABLE=VALUE]...]: one CGI request. Sets STATUS, HEAD (without CR) and BODY.
# A body is JSON unless CONTENT_TYPE says otherwise; "-" is no body.
call() {
	# Before each command bats notes where it is, for what fails: here, that it is call().
	local - && set +T
	request "$@"
}

request() {
	local program=$1 method=$2 uri=$3 body=${4--}
	shift 3
	[ $# = 0 ] || shift
	local -a env=(REQUEST_METHOD="$method" REQUEST_URI="$uri" REMOTE_ADDR=192.0.2.7 HTTP_HOST=127.0.0.1:8080)
	if [ "$body" != - ]; then
		env+=(CONTENT_TYPE=application/json CONTENT_LENGTH="$(bytes "$body")")
	else
		body=
	fi
	if [ -n "${CGI_FCGI-}" ]; then
		[ -n "${SERVED[$program]-}" ] || start_served "$program" || return 1
		printf %s "$body" | env -i "${env[@]}" "$@" "$CGI_FCGI" -bind -connect "$BATS_TEST_TMPDIR/$program.sock" > "$BATS_TEST_TMPDIR/answer"
	else
		printf %s "$body" | env "${env[@]}" "$@" "$BIN/$program" > "$BATS_TEST_TMPDIR/answer" 2>> "$BATS_TEST_TMPDIR/log"
	fi
	split_answer
}

# serve [PROGRAM]...: from now on each program that is called is one process for all of this test's calls, as on a site: for a
# test that has hundreds. What a call sets for the program itself (YETT_...) does not reach it. Those named are started now, as
# those must be that a subshell calls first. Ended by stop_served (call that in teardown).
serve() {
	local program
	declare -gA SERVED=()
	CGI_FCGI=$(command -v cgi-fcgi)
	SERVES=$BASHPID
	for program; do
		start_served "$program"
	done
}

start_served() {
	local i socket=$BATS_TEST_TMPDIR/$1.sock
	[ $BASHPID = "$SERVES" ] || {
		echo "$1 would outlive this subshell: say \"serve $1\"" >&2
		return 1
	}
	spawn-fcgi -n -s "$socket" -- "$BIN/$1" >> "$BATS_TEST_TMPDIR/log" 2>&1 3>&- &
	SERVED[$1]=$!
	# The file is there a moment before anybody listens.
	for i in $(seq 200); do
		! grep -q "^[^ ]* [^ ]* [^ ]* 00010000 .* $socket$" /proc/net/unix || return 0
		sleep 0.02
	done
	cat "$BATS_TEST_TMPDIR/log" >&2
	return 1
}

# alone: from now on each call starts a program again, and what it gets is just what the call says, be it no request.
alone() {
	CGI_FCGI=
}

# All have ended well, whatever a sanitizer may say at the very end.
stop_served() {
	local program status=0
	for program in "${!SERVED[@]}"; do
		kill -TERM "${SERVED[$program]}" && wait "${SERVED[$program]}" || {
			echo "$program ended with $?" >&2
			tail -n 100 "$BATS_TEST_TMPDIR/log" >&2
			status=1
		}
	done
	CGI_FCGI=
	return $status
}

# bytes TEXT: how many bytes it has.
bytes() {
	local LC_ALL=C
	echo ${#1}
}

split_answer() {
	local all
	all=$(< "$BATS_TEST_TMPDIR/answer")
	HEAD=${all%%$'\r\n\r\n'*}
	BODY=${all#"$HEAD"}
	BODY=${BODY#$'\r\n\r\n'}
	HEAD=${HEAD//$'\r'/}
	STATUS=
	[[ $'\n'$HEAD =~ $'\nStatus: '([0-9]+) ]] && STATUS=${BASH_REMATCH[1]}
	return 0
}

FORM=CONTENT_TYPE=application/x-www-form-urlencoded
HTML=HTTP_ACCEPT=text/html
SAME=HTTP_SEC_FETCH_SITE=same-origin

# json FILTER: what the filter finds in BODY. By gojq, which starts in a tenth of jq's time, as this is called some thousand times;
# it sorts members, so where their order matters say jq.
json() {
	gojq -er "$1" <<< "$BODY"
}

# header NAME: its value in HEAD.
header() {
	local all=$'\n'$HEAD$'\n' name=$'\n'${1,,}': '
	# No loop over the lines: bats looks at every command.
	while [[ ${all,,} == *"$name"* ]]; do
		local before=${all,,}
		before=${before%%"$name"*}
		all=${all:${#before}+${#name}}
		printf '%s\n' "${all%%$'\n'*}"
		all=$'\n'${all#*$'\n'}
	done
}

# answer: the last one, head and all, but for what is of each request alone.
answer() {
	grep -v '^X-Request-Id: ' <<< "$HEAD"
	jq -S 'del(.request_id)' <<< "$BODY"
}

# expect STATUS [CODE]: what the last call must have answered.
expect() {
	# A program starts less quickly than this looks.
	if [ "$STATUS" != "$1" ] || { [ $# = 2 ] && [[ $BODY != "{"*'"code":"'"$2"'"'*"}" ]]; }; then
		echo "expected $* but got $STATUS: $BODY" >&2
		cat "$BATS_TEST_TMPDIR/log" >&2
		return 1
	fi
}

# expect_field NAME: the last problem must name this field.
expect_field() {
	jq -e --arg f "$1" 'any(.errors[]; .field == $f)' <<< "$BODY" > /dev/null || {
		echo "no error for $1: $BODY" >&2
		return 1
	}
}

sql() {
	sqlite3 "$DB" "$@"
}

# events ACTION: how many there are in the audit log.
events() {
	sql "SELECT count(*) FROM audit_log WHERE action = '$1'"
}

# register EMAIL: a user, whose tokens are then in ACCESS and REFRESH and whose id is in USER_ID.
register() {
	local - && set +T
	call register POST /auth/register "$(credentials "$1" "$PASSWORD")"
	expect 201
	take_tokens
	USER_ID=$(json .user.id)
}

# sign_in EMAIL [PASSWORD]: ACCESS and REFRESH.
sign_in() {
	local - && set +T
	call login POST /auth/login "$(credentials "$1" "${2-$PASSWORD}")"
	expect 200
	take_tokens
}

# credentials EMAIL PASSWORD: the object to sign in and up with; jq where something has to be escaped.
credentials() {
	if [[ $1$2 =~ ^[[:alnum:]\ .@+_-]+$ ]]; then
		printf '{"email":"%s","password":"%s"}' "$1" "$2"
	else
		jq -n --arg e "$1" --arg p "$2" '{email: $e, password: $p}'
	fi
}

take_tokens() {
	{
		read -r ACCESS
		read -r REFRESH
	} < <(json .access_token,.refresh_token)
	[ -n "$REFRESH" ]
}

# sign_in_cookie EMAIL: COOKIE ("name=value").
sign_in_cookie() {
	call login POST /auth/login "email=$1&password=${PASSWORD// /+}" "$FORM" "$HTML" "$SAME"
	expect 303
	COOKIE=$(header Set-Cookie)
	COOKIE=${COOKIE%%;*}
}

# me [VARIABLE=VALUE]...: GET /users/me with this proof.
me() {
	call session GET /users/me - "$@"
}

bearer() {
	echo "HTTP_AUTHORIZATION=Bearer $1"
}

refresh() {
	call session POST /auth/refresh "{\"refresh_token\":\"$1\"}"
}

# begin PROGRAM METHOD URI BODY [VARIABLE=VALUE]...: as call(), but the body comes only with finish(), which waits for the
# answer.
begin() {
	local program=$1 method=$2 uri=$3 body=$4
	shift 4
	{
		while [ ! -e "$BATS_TEST_TMPDIR/go" ]; do sleep 0.05; done
		printf %s "$body"
	} 3>&- | env REQUEST_METHOD="$method" REQUEST_URI="$uri" REMOTE_ADDR=192.0.2.7 HTTP_HOST=127.0.0.1:8080 \
		CONTENT_TYPE=application/json CONTENT_LENGTH="$(bytes "$body")" "$@" "$BIN/$program" > "$BATS_TEST_TMPDIR/late" \
		2>> "$BATS_TEST_TMPDIR/log" 3>&- &
	BEGUN=$!
	sleep 0.5
}

finish() {
	touch "$BATS_TEST_TMPDIR/go"
	wait $BEGUN
	mv "$BATS_TEST_TMPDIR/late" "$BATS_TEST_TMPDIR/answer"
	split_answer
	rm "$BATS_TEST_TMPDIR/go"
}

# free_port: a port nobody listens on.
free_port() {
	local port
	while :; do
		port=$((20000 + RANDOM % 12000)) # below those that connections take
		(exec 3<> "/dev/tcp/127.0.0.1/$port") 2> /dev/null || break
	done
	echo $port
}

# start_site: the programs behind a real lighttpd, at $URL; stopped by stop_site (call that in teardown).
start_site() {
	PORT=$(free_port)
	URL=http://127.0.0.1:$PORT
	YETT_SITE_URL=$URL "$TOP/tools/run" "$OUT" "$YETT_SITE_STATE" "$PORT" > "$BATS_TEST_TMPDIR/site.log" 2>&1 3>&- &
	SITE_PID=$!
	local i
	for i in $(seq 300); do
		grep -q '^Yett is ready' "$BATS_TEST_TMPDIR/site.log" && return 0
		sleep 0.1
	done
	cat "$BATS_TEST_TMPDIR/site.log" >&2
	return 1
}

stop_site() {
	[ -n "${SITE_PID-}" ] || return 0
	kill -TERM "$SITE_PID" 2> /dev/null
	wait "$SITE_PID" 2> /dev/null
	SITE_PID=
}

# web METHOD PATH [CURL OPTION]...: one request to the site. Sets STATUS, HEAD and BODY.
web() {
	local method=$1 path=$2
	shift 2
	curl -sS -i --path-as-is --max-time 20 -X "$method" "$@" "$URL$path" > "$BATS_TEST_TMPDIR/answer" || return 1
	split_answer
	[[ $HEAD =~ ^HTTP[^\ ]*\ ([0-9]+) ]] && STATUS=${BASH_REMATCH[1]}
}
