#!/usr/bin/env bats
# What the guard promises holds behind every web server, with the files of etc/ as they are: see servers.bash.

load helper
load servers

setup() {
	sites
}

teardown() {
	stop_sites
}

FORM_FIELDS=(-H 'Accept: text/html' -H 'Sec-Fetch-Site: same-origin')

a_browser_signs_in_and_comes_back() {
	local jar=$SITE/jar
	rm -f "$jar"
	get - '/app/page?x=1&y=2' -H 'Accept: text/html'
	[ "$STATUS" = 303 ] && [[ "$(header Location)" == */login\?return_to=* ]] || return 1
	local login
	login=$(header Location)
	login=/${login#*://*/}
	get - "/${login#//}" -H 'Accept: text/html' || return 1
	[ "$STATUS" = 200 ] && [[ $BODY == *'name="return_to"'* ]] || return 1
	web POST /auth/login -c "$jar" "${FORM_FIELDS[@]}" --data-urlencode email=ann@example.org --data-urlencode "password=$PASSWORD" \
		--data-urlencode "return_to=/app/page?x=1&y=2" || return 1
	[ "$STATUS" = 303 ] && [[ "$(header Location)" == *'/app/page?x=1&y=2' ]] || return 1
	get - '/app/page?x=1&y=2' -b "$jar" -H 'Accept: text/html'
	reached GET '/app/page?x=1&y=2' 0 || return 1
	web POST /auth/logout -b "$jar" "${FORM_FIELDS[@]}" -d '' || return 1
	[ "$STATUS" = 303 ] || return 1
	get - /app/page -b "$jar" -H 'Accept: text/html'
	[ "$STATUS" = 303 ]
}

@test "a browser signs in by the form, comes back to where it was, and is out after signing out" {
	each a_browser_signs_in_and_comes_back
}

is_problem() {
	[ "$STATUS" = "$1" ] && [[ "$(header Content-Type)" == application/problem+json* ]] && [ "$(json .status)" = "$1" ]
}

who_may_and_who_not() {
	local path
	for path in /app /files/users.txt; do
		get - $path
		is_problem 401 && [ -n "$(header WWW-Authenticate)" ] || return 1
		get ann $path
		[ "$STATUS" = 200 ] || return 1
		get - $path -H "Authorization: Bearer ${TOKENS[ann]}"
		[ "$STATUS" = 200 ] || return 1
		get - $path -H "Authorization: Bearer ${TOKENS[ann]}x"
		[ "$STATUS" = 401 ] && refused || return 1
		get - $path -H 'Cookie: yett=nonsense'
		[ "$STATUS" = 401 ] && refused || return 1
	done
	for path in /staff/page /files/staff/secret.txt; do
		get - $path
		is_problem 401 || return 1
		get ann $path
		is_problem 403 || return 1
		get ann $path -H 'Accept: text/html'
		[ "$STATUS" = 403 ] && [[ "$(header Content-Type)" == text/html* && $BODY == *'<h1'* ]] || return 1
		get sam $path
		[ "$STATUS" = 200 ] || return 1
	done
	get - /public/page
	reached GET /public/page 0
}

@test "strangers, who is signed in and who has the role get what the rules say" {
	each who_may_and_who_not
}

what_the_application_learns() {
	get sam /staff/page
	reached || return 1
	[ "$(field remote-user)" = sam@example.org ] && [ "$(field remote-email)" = sam@example.org ] || return 1
	[[ "$(field remote-user-id)" =~ ^[0-9a-f-]{36}$ ]] || return 1
	[[ ",$(field remote-roles)," == *,staff,* ]] || return 1
	[ -z "$(field remote-org)" ] || return 1
	get eve /app -H 'Remote-Email: eve@example.org'
	reached && [[ "$(field remote-user-id)" =~ ^[0-9a-f-]{36}$ ]] || return 1
	[ "$(field remote-user)" = "$(field remote-user-id)" ] && [ -z "$(field remote-email)" ] || return 1
	get - /public/page
	reached && [ -z "$(field remote-user)$(field remote-user-id)$(field remote-email)" ]
}

@test "the application learns who asks, an address once it is confirmed, and of a guest nothing" {
	each what_the_application_learns
}

no_session_for_the_application() {
	local name=${COOKIES[ann]%%=*} cookies other
	for cookies in "${COOKIES[ann]}" "a=b; ${COOKIES[ann]}" "${COOKIES[ann]}; a=b" "a=b;${COOKIES[ann]};c=d" \
		"${COOKIES[ann]}; $name-device=x; a=b" "$name-device=x; ${COOKIES[ann]}; a=b" "a=b;$name-device=x;${COOKIES[ann]};c=d" \
		"a=b; ${COOKIES[ann]}; c=d; __Host-$name-device=x" "${COOKIES[ann]}; $name-asked=x; a=b" "$name-asked=x; ${COOKIES[ann]}; a=b" \
		"a=b;$name-asked=x;$name-device=y;${COOKIES[ann]};c=d" "$name-device=y;a=b; ${COOKIES[ann]}; c=d; __Host-$name-asked=x"; do
		get - /page -H "Cookie: $cookies"
		reached || return 1
		[ "$(field remote-user)" = ann@example.org ] && [[ "$(field cookie)" != *"$name="* ]] || return 1
		[[ "$(field cookie)" != *"$name-device="* && "$(field cookie)" != *"$name-asked="* ]] || return 1
		[[ $cookies != *a=b* || "$(field cookie)" == *a=b* ]] || return 1
		[[ $cookies != *c=d* || "$(field cookie)" == *c=d* ]] || return 1
	done
	get - /page -H "Cookie: ${COOKIES[ann]}; a=b; ${COOKIES[ann]}"
	reached && [[ "$(field cookie)" != *"$name="* ]] || return 1
	for other in device asked; do
		get - /page -H "Cookie: $name-$other=x; a=b; ${COOKIES[ann]}; $name-$other=x"
		reached && [[ "$(field cookie)" != *"$name-$other="* ]] || return 1
		get - /public/page -H "Cookie: a=b; not$name-$other=1; $name-${other}s=1; $name-$other=x"
		reached && [[ "$(field cookie)" == *"a=b; not$name-$other=1; $name-${other}s=1"* && "$(field cookie)" != *"; $name-$other="* ]] || return 1
	done
	get - /public/page -H "Cookie: a=b; not$name=1; $name=x"
	reached && [[ "$(field cookie)" == *"a=b; not$name=1"* && "$(field cookie)" != *"; $name="* ]]
}

@test "the application gets all cookies but the session's and the browser's own two" {
	each no_session_for_the_application
}

# forge NAME: the fields of NAME, each in every spelling, say that it is root.
forge() {
	local name spelling spellings=() options=()
	for name in Remote-User Remote-User-Id Remote-Email Remote-Roles Remote-Org; do
		spellings+=("$name" "${name^^}" "${name,,}" "${name//-/_}" "${name/-/_}" "${name/%-Id/_Id}" "${name//-/.}")
	done
	spellings+=(Variable-REMOTE_USER Variable-Remote-User YETT_USER_ID YETT_EMAIL Yett-Roles YETT_GUARD YETT_URI Yett-Method YETT_HOST)
	for spelling in "${spellings[@]}"; do
		options=(-H "$spelling: root")
		get "$1" "$2" "${options[@]}"
		# One that it will not hear of at all is as good.
		[[ $STATUS =~ ^4 ]] && refused && continue
		reached || return 1
		[ -z "$(field '(remote-user|remote-user-id|remote-email|remote-roles|remote-org)' | grep root)" ] || {
			echo "by $spelling" >&2
			return 1
		}
	done
}

nobody_says_who_he_is() {
	forge - /public/page && forge ann /app || return 1
	get - /app -H 'Remote-User: ann@example.org' -H 'Variable-REMOTE_USER: ann@example.org' -H 'YETT_GUARD: answer' -H 'YETT_URI: /public'
	[ "$STATUS" = 401 ] || return 1
	get ann /staff/page -H 'X-Original-URI: /public' -H 'X-Rewrite-URL: /public' -H 'X-Forwarded-Uri: /public' \
		-H 'X-HTTP-Method-Override: GET' -H 'Remote-Roles: staff' -H 'Variable-YETT_ROLES: staff'
	[ "$STATUS" = 403 ]
}

@test "no client says itself who it is, however it spells the field" {
	each nobody_says_who_he_is
}

bodies_arrive() {
	ask ann POST /app/form -d 'a=b&c=d'
	reached POST /app/form 7 || return 1
	ask ann PUT /app/it --json '{"a":1}'
	reached PUT /app/it 7 || return 1
	ask ann DELETE /app/it
	reached DELETE /app/it 0 || return 1
	ask ann POST /app/upload -H 'Content-Type: application/octet-stream' --data-binary "@$SITE/mebibyte"
	reached POST /app/upload 1048576 || return 1
	ask ann POST /app/upload -H 'Transfer-Encoding: chunked' -H 'Content-Type: application/octet-stream' --data-binary "@$SITE/some"
	reached POST /app/upload 50000 || [ "$STATUS" = 411 ] || return 1
	ask - POST /app/upload -H 'Content-Type: application/octet-stream' --data-binary "@$SITE/mebibyte"
	is_problem 401 || return 1
	ask ann POST /staff/upload -d 'a=b'
	is_problem 403 || return 1
	# The application's own words, whatever they are, come through.
	ask ann POST /app/form -d 'a=b' -H 'X-Status: 403'
	[ "$STATUS" = 403 ] && [ "$(json .app)" = echo ]
}

@test "bodies of every method reach the application whole, those of who is refused do not" {
	head -c 1048576 /dev/zero > "$SITE/mebibyte"
	head -c 50000 /dev/zero > "$SITE/some"
	each bodies_arrive
}

files_are_files() {
	web HEAD /files/users.txt -I -b "${COOKIES[ann]}" || return 1
	[ "$STATUS" = 200 ] && [ -z "$BODY" ] && [ "$(header Content-Length)" = 19 ] || return 1
	web HEAD /files/users.txt -I || return 1
	[ "$STATUS" = 401 ] && [ -z "$BODY" ] || return 1
	web HEAD /app -I -b "${COOKIES[ann]}" || return 1
	[ "$STATUS" = 200 ] && [ -z "$BODY" ] || return 1
	get ann /files/users.txt -H 'Range: bytes=4-7'
	[ "$STATUS" = 206 ] && [ "$BODY" = file ] && [ "$(header Content-Range)" = bytes\ 4-7/19 ] || return 1
	get - /files/users.txt -H 'Range: bytes=4-7'
	[ "$STATUS" = 401 ] || return 1
	get ann /files/users.txt
	local etag
	etag=$(header ETag)
	[ -n "$etag" ] || return 1
	get ann /files/users.txt -H "If-None-Match: $etag"
	[ "$STATUS" = 304 ] || return 1
	get - /files/users.txt -H "If-None-Match: $etag"
	[ "$STATUS" = 401 ] || return 1
	get ann /files/none.txt
	[ "$STATUS" = 404 ]
}

@test "HEAD, ranges and conditions work for who may, and tell nobody else anything" {
	each files_are_files
}

# All of these lead to what is the staff's, for somebody who reads them wrongly.
TRICKS=(//staff/page /./staff/page /app/../staff/page /%2e/staff/page /app/%2e%2e/staff/page /app/.%2e/staff/page /app/%2E./staff/page
	'/app/..;/staff/page' '/app/..;x=1/staff/page' '/;/staff/page' '/staff;/page' '/staff;x=1/page' /%2fstaff/page /staff%2fpage
	/app%2f..%2fstaff/page /public/../staff/page /public/%2e%2e/staff/page /public/..%2fstaff/page '/public/..;/staff/page'
	/public%2f%2e%2e%2fstaff /public/%252e%252e/staff/page /%73taff/page /st%61ff/page '/staff%00' '/public%00/../staff' '/staff/page%00.css'
	/public/..%5cstaff '/public/..\staff' /public//..//staff/page /public/.//../staff/page /public/..%c0%afstaff '/staff%09'
	/files//staff/secret.txt /files/./staff/secret.txt /files/%2e/staff/secret.txt /files/staff%2fsecret.txt /files/%73taff/secret.txt
	'/files/staff;/secret.txt' /files/x/../staff/secret.txt /files/x/%2e%2e/staff/secret.txt /public/../files/staff/secret.txt //files//staff//secret.txt
	/files/staff/../staff/secret.txt /static/../files/staff/secret.txt /static/..%2ffiles/staff/secret.txt '/static/..;/files/staff/secret.txt'
	/login/../staff/page /login/%2e%2e/staff/page /login%2f../staff/page '/login;/../staff/page' /api/../staff/page /api/%2e%2e/staff/page
	/api/..%2fstaff/page /auth/../staff/page /users/me/../../staff/page /roles/..%2f..%2fstaff '/account?/../staff' /%2e%2e/staff/page
	/.yett/refusal/../../staff/page /.yett/../staff/page /public/%2e%2e%2f%2e%2e/staff/page /public/%u002e%u002e/staff '/public/%' '/staff/%zz')

# A request with this target, and this host, exactly: sets STATUS, HEAD and BODY.
raw() {
	/usr/bin/python3 - "$PORT" "$1" "$2" "${3-}" > "$BATS_TEST_TMPDIR/answer" <<- 'PY'
		import socket, sys
		port, target, host, cookie = sys.argv[1:]
		s = socket.create_connection(('127.0.0.1', int(port)), 10)
		fields = f'Host: {host}\r\nConnection: close\r\n' + (f'Cookie: {cookie}\r\n' if cookie else '')
		s.sendall(f'GET {target} HTTP/1.1\r\n{fields}\r\n'.encode())
		while data := s.recv(65536):
		    sys.stdout.buffer.write(data)
	PY
	split_answer
	STATUS=
	[[ $HEAD =~ ^HTTP[^\ ]*\ ([0-9]+) ]] && STATUS=${BASH_REMATCH[1]}
}

# raw_all HOST [COOKIE]: such a request for each line of standard input; prints for each the JSON of its target, status and body.
raw_all() {
	/usr/bin/python3 <(cat <<- 'PY'
		import json, socket, sys
		port, host, cookie = sys.argv[1:]
		fields = f'Host: {host}\r\nConnection: close\r\n' + (f'Cookie: {cookie}\r\n' if cookie else '')
		for target in sys.stdin.read().splitlines():
		    answer = b''
		    with socket.create_connection(('127.0.0.1', int(port)), 10) as s:
		        s.sendall(f'GET {target} HTTP/1.1\r\n{fields}\r\n'.encode())
		        while data := s.recv(65536):
		            answer += data
		    head, _, body = answer.decode('utf-8', 'replace').partition('\r\n\r\n')
		    print(json.dumps({'target': target, 'status': int(head.split()[1]), 'body': body}))
	PY
	) "$PORT" "$1" "${2-}"
}

# leaks WORD FILE: the answers with WORD in a file, or what reached the application below /staff.
leaks() {
	jq -c --arg word "$1" 'select((.body | contains($word)) or
		(.status == 200 and (.body | try fromjson catch {} | .app? == "echo" and (.path | contains("staff")))))' "$2"
}

# Whatever it is, nothing of the staff's comes to ann, and nothing but what is public to a stranger.
no_trick_leads_there() {
	local answers=$BATS_TEST_TMPDIR/answers
	printf '%s\n' "${TRICKS[@]}" | raw_all "127.0.0.1:$PORT" "${COOKIES[ann]}" > "$answers"
	[ "$(wc -l < "$answers")" = "${#TRICKS[@]}" ] && [ -z "$(leaks "file for staff" "$answers" | tee -a /dev/stderr)" ] || return 1
	printf '%s\n' "${TRICKS[@]}" | raw_all "127.0.0.1:$PORT" > "$answers"
	[ "$(wc -l < "$answers")" = "${#TRICKS[@]}" ] && [ -z "$(leaks "file for" "$answers" | tee -a /dev/stderr)" ] || return 1
	# That is what a leak looks like.
	echo /staff/page | raw_all "127.0.0.1:$PORT" "${COOKIES[sam]}" > "$answers"
	[ -n "$(leaks "file for staff" "$answers")" ] || return 1
	echo /files/staff/secret.txt | raw_all "127.0.0.1:$PORT" "${COOKIES[sam]}" > "$answers"
	[ -n "$(leaks "file for staff" "$answers")" ]
}

@test "no way to write a path leads past the rule for it" {
	each no_trick_leads_there
}

the_host_is_what_was_asked_for() {
	# By the rule for that name all is public there, here it is not.
	raw /app public.example.org
	reached || return 1
	raw "http://127.0.0.1:$PORT/app" public.example.org
	refused || return 1
	raw "http://127.0.0.1:$PORT/staff/page" public.example.org "${COOKIES[ann]}"
	refused
}

@test "a rule for a name counts for the name in the request line, whatever Host says" {
	each the_host_is_what_was_asked_for
}

# closed NAME: she gets nothing, nor does a stranger what is public.
closed() {
	local path
	for path in /app /files/users.txt /public/page; do
		get "$1" $path
		[[ $STATUS =~ ^[45] ]] && refused || return 1
		get "$1" $path -H 'Accept: text/html'
		refused || return 1
	done
}

@test "when the guard is gone nobody gets a page" {
	kill "$(cat "$SITE/run/guard.pid")" "$(cat "$SITE/run/guard-tcp.pid")"
	sleep 0.5
	each closed ann
	"$TOP/etc/spawn" start 3>&-
	each get ann /app
	each reached
}

# no_start: with what is wrong now no program begins.
no_start() {
	"$TOP/etc/spawn" stop
	run -1 "$TOP/etc/spawn" start 3>&-
}

@test "when its database fails the guard lets nobody in, not even whom it knows, and begins no more" {
	each get ann /app
	each reached
	# A failure that shows at the next question; for those who are remembered within a second.
	sql "ALTER TABLE sessions RENAME TO lost"
	each closed sam
	sleep 1.5
	each closed ann
	sql "ALTER TABLE lost RENAME TO sessions"
	sleep 1.5
	each get ann /app
	each reached
	# Another file in its place, what SQLite has open goes on.
	mv "$DB" "$DB.away"
	sleep 1.5
	each closed ann
	mv "$DB.away" "$DB"
	sleep 1.5
	each get ann /app
	each reached
	head -c 100000 /dev/urandom > "$DB"
	sleep 1.5
	each closed ann
	"$TOP/etc/spawn" stop
	rm -f "$DB-wal" "$DB-shm"
	no_start
	each closed ann
}

@test "with keys that are none the guard lets nobody in" {
	local key
	for key in "$YETT_SITE_STATE"/keys/*; do
		echo broken > "$key"
	done
	no_start
	each closed ann
}

@test "with a slip in yett.conf the guard lets nobody in" {
	echo "rule = /public gust" >> "$YETT_CONF"
	no_start
	each closed ann
}

a_websocket_opens() {
	/usr/bin/python3 - "$PORT" "${COOKIES[ann]}" <<- 'PY'
		import base64, os, socket, sys
		port, cookie = sys.argv[1:]
		def shake(fields):
		    s = socket.create_connection(('127.0.0.1', int(port)), 10)
		    key = base64.b64encode(os.urandom(16)).decode()
		    s.sendall((f'GET /ws HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n'
		               f'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {key}\r\n{fields}\r\n').encode())
		    head = b''
		    while b'\r\n\r\n' not in head and (data := s.recv(1)):
		        head += data
		    return s, head
		s, head = shake(f'Cookie: {cookie}\r\n')
		assert head.startswith(b'HTTP/1.1 101'), head
		for text in (b'hello', b'again'):
		    mask = os.urandom(4)
		    s.sendall(bytes([0x81, 0x80 | len(text)]) + mask + bytes(b ^ mask[i % 4] for i, b in enumerate(text)))
		    assert s.recv(2 + len(text), socket.MSG_WAITALL) == bytes([0x81, len(text)]) + text
		s.close()
		s, head = shake('')
		assert head.startswith(b'HTTP/1.1 401'), head
	PY
}

@test "a WebSocket opens for who may, and for nobody else" {
	each a_websocket_opens
}

# Clients that are slow, silent, or gone in the middle, and meanwhile ann, who is served within two seconds.
nobody_is_held_up() {
	/usr/bin/python3 - "$PORT" "${COOKIES[ann]}" <<- 'PY'
		import socket, sys, threading, time, urllib.request
		port, cookie = sys.argv[1:]
		def connect():
		    return socket.create_connection(('127.0.0.1', int(port)), 10)
		def ann():
		    for path in ('/app', '/files/users.txt', '/login'):
		        began = time.monotonic()
		        request = urllib.request.Request(f'http://127.0.0.1:{port}{path}', headers={'Cookie': cookie})
		        with urllib.request.urlopen(request, timeout=10) as answer:
		            assert answer.status == 200
		        took = time.monotonic() - began
		        assert took < 2, f'{path} took {took} s'
		idle = [connect() for _ in range(500)]
		ann()
		slow = [connect() for _ in range(8)]
		for s in slow[4:]:
		    s.sendall(f'POST /app HTTP/1.1\r\nHost: a\r\nCookie: {cookie}\r\nContent-Length: 1000\r\n\r\n'.encode())
		for byte in b'GET /':
		    for s in slow:
		        s.sendall(bytes([byte]))
		    ann()
		    time.sleep(1)
		for path in ('/app', '/late', '/auth/login', '/files/users.txt'):
		    for _ in range(16):
		        s = connect()
		        s.sendall(f'POST {path} HTTP/1.1\r\nHost: a\r\nCookie: {cookie}\r\nContent-Length: 100000\r\n\r\nhalf'.encode())
		        s.close()
		        s = connect()
		        s.sendall(f'GET {path} HTTP/1.1\r\nHost: a\r\nCookie: {cookie}\r\n\r\n'.encode())
		        s.close()
		ann()
	PY
}

@test "who is slow, silent or gone in the middle holds up nobody" {
	each nobody_is_held_up
}

@test "64 clients at a time are all served" {
	many() {
		seq 640 | xargs -P 64 -I{} curl -s -o /dev/null -w '%{http_code}\n' --max-time 10 -b "${COOKIES[ann]}" "$URL/files/users.txt" |
			sort | uniq -c | tr -s ' ' > "$SITE/codes"
		[ "$(cat "$SITE/codes")" = " 640 200" ] || { cat "$SITE/codes" >&2; return 1; }
	}
	each many
}

# Every path of every program's table leads to it, which says what it takes there.
every_path_leads_to_its_program() {
	local program method path rest
	while read -r program method path rest; do
		path=${path//\{id\}/$NOTHING}
		path=${path//\{item_id\}/$NOTHING}
		web OPTIONS "${path/\*/x}" || return 1
		# One for all methods has no list of them.
		[[ $method = '*' && -n "$(header X-Request-Id)" || ", $(header Allow)," == *", $method,"* ]] || { echo "$program $method $path" >&2; return 1; }
	done < "$SITE/rows"
}

@test "every path of every program leads to it" {
	local program
	for program in "$TOP"/cmd/*/; do
		program=$(basename "$program")
		[ "$program" = yett ] || "$BIN/$program" --routes | sed "s/^/$program /"
	done | sort -u -k 3,3 > "$SITE/rows"
	[ "$(wc -l < "$SITE/rows")" -gt 50 ]
	each every_path_leads_to_its_program
	# By bearer token, too, which Apache keeps to itself unless it is told not to.
	known() { get - /users/me -H "Authorization: Bearer ${TOKENS[ann]}" && [ "$STATUS" = 200 ] && [ "$(json .email)" = ann@example.org ]; }
	each known
	served() { web GET /static/yett.css && [ "$STATUS" = 200 ] && [[ "$(header Content-Type)" == text/* ]]; }
	each served
	# What only begins like one of them is the application's.
	not_ours() { get ann "$1" && reached GET "$1" 0; }
	for path in /usersguide /logins /rolesx /apix /accounts /guards /auditor /registered /orgsx /groupsx /staticx /users.html; do
		each not_ours $path
	done
}

@test "nginx may be told to remember for two seconds that somebody may, and nothing else" {
	kill "${PIDS[nginx]}"
	wait "${PIDS[nginx]}" || :
	rm -r "$SITE/etc/nginx"
	PLACE_ALSO="s|#fastcgi_|fastcgi_|; s|/var/cache/nginx/yett|$SITE/tmp/cache|"
	SERVERS=nginx
	start_servers
	URL=http://127.0.0.1:${PORTS[nginx]}
	get ann /app
	reached
	get ann /staff/page
	[ "$STATUS" = 403 ]
	get - /app
	[ "$STATUS" = 401 ]
	kill "$(cat "$SITE/run/guard.pid")"
	get ann /app
	reached
	[ "$(field remote-user)" = ann@example.org ]
	local who
	for who in - sam; do
		get $who /app
		refused
	done
	get ann /app/other
	refused
	get ann /app -H 'Authorization: Bearer x'
	refused
	get ann /app --interface 127.0.0.2
	refused
	ask ann POST /app -d a=b
	refused
	sleep 3
	get ann /app
	refused
}
