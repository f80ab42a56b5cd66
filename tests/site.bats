#!/usr/bin/env bats
# The whole site behind real web servers: what "make run" gives, and nginx with connections kept open.

load helper

setup() {
	fresh_state
}

teardown() {
	stop_site
	[ -z "${NGINX_PID-}" ] || { kill "$NGINX_PID"; wait "$NGINX_PID"; } 2> /dev/null || :
	[ -z "${SPAWNED-}" ] || kill $SPAWNED 2> /dev/null || :
}

@test "register, sign in, stay, leave over HTTP" {
	start_site
	web POST /auth/register --json '{"email":"ann@example.org","password":"'"$PASSWORD"'"}'
	expect 201
	web POST /auth/login --json '{"email":"ann@example.org","password":"'"$PASSWORD"'"}'
	expect 200
	take_tokens
	web GET /users/me -H "Authorization: Bearer $ACCESS"
	expect 200
	[ "$(json .email)" = ann@example.org ]
	web POST /auth/refresh --json "{\"refresh_token\":\"$REFRESH\"}"
	expect 200
	take_tokens
	web GET /auth/sessions -H "Authorization: Bearer $ACCESS"
	[ "$(json '.items | length')" = 2 ]
	[ "$(json '.items[0].ip_address')" = 127.0.0.1 ]
	web POST /auth/logout --json "{\"refresh_token\":\"$REFRESH\"}"
	expect 204
	web GET /users/me -H "Authorization: Bearer $ACCESS"
	expect 401
	web GET /.well-known/jwks.json
	expect 200
	web GET /api/workspaces
	expect 403
	[ "$BODY" = '{"detail":"Not authenticated"}' ]
}

@test "the first minute in README.md goes as it says" {
	start_site
	sed -n '/^## The first minute/,/^## /{/^```sh/,/^```$/{/^```/!p}}' "$TOP/README.md" |
		sed -e "s|http://127.0.0.1:8080|$URL|g" -e 's/^sleep 1;/sleep 4;/' \
			-e "s|state/|$YETT_SITE_STATE/|g" -e 's/what you chose/four quite unlikely words/' > "$BATS_TEST_TMPDIR/minute"
	sed -i 's/^\(.*user add .*\)$/echo four quite unlikely words | env \1/' "$BATS_TEST_TMPDIR/minute"
	run -0 bash -eu "$BATS_TEST_TMPDIR/minute"
	grep -x 204 <<< "$output"
	# One of the access tokens is of a sign-in by mail.
	grep -F '"amr":["otp"]' <(/usr/bin/python3 -c 'import base64, re, sys
for part in re.findall(r"\"access_token\":\"[^.]*\.([^.]*)\.", sys.stdin.read()):
    print(base64.urlsafe_b64decode(part + "===").decode())' <<< "$output")
	[ "${lines[-1]}" = "$(sed -n 's/^The last answers `\(.*\)`\.$/\1/p' "$TOP/README.md")" ]
	run ! grep '"status":4' <<< "$output"
}

@test "what one program revokes another refuses at the very next request" {
	start_site
	local i
	web POST /auth/register --json '{"email":"ann@example.org","password":"'"$PASSWORD"'"}'
	expect 201
	for i in $(seq 10); do
		web POST /api/users/session --json '{"username":"ann@example.org","password":"'"$PASSWORD"'"}'
		TOKEN=$(json .token)
		web GET /users/me -H "Authorization: Bearer $TOKEN"
		expect 200
		web GET /users/me -H "Authorization: Bearer $TOKEN"
		expect 200
		# The login program revokes; the session program has it in its memory.
		web DELETE /api/users/session --json '{"user":{"username":"ann@example.org","password":"'"$PASSWORD"'"}}'
		expect 200
		web GET /users/me -H "Authorization: Bearer $TOKEN"
		expect 401
	done
	sign_in_over_http
	yett user lock ann@example.org
	web GET /users/me -H "Authorization: Bearer $ACCESS"
	expect 401
	yett user unlock ann@example.org
	sign_in_over_http
	yett key rotate
	web GET /.well-known/jwks.json
	[ "$(json '.keys | length')" = 2 ]
	sign_in_over_http
	web GET /users/me -H "Authorization: Bearer $ACCESS"
	expect 200
}

sign_in_over_http() {
	web POST /auth/login --json '{"email":"ann@example.org","password":"'"$PASSWORD"'"}'
	expect 200
	take_tokens
	web GET /users/me -H "Authorization: Bearer $ACCESS"
	expect 200
}

@test "the cookie works in a jar: form, page, sign out" {
	start_site
	web POST /auth/register --json '{"email":"ann@example.org","password":"'"$PASSWORD"'"}'
	expect 201
	JAR=$BATS_TEST_TMPDIR/jar
	web POST /auth/login -c "$JAR" -H 'Accept: text/html' -H "Origin: $URL" --data-urlencode email=ann@example.org --data-urlencode "password=$PASSWORD"
	expect 303
	web GET /account -b "$JAR" -H 'Accept: text/html'
	expect 200
	grep -q ann@example.org <<< "$BODY"
	web POST /auth/logout -b "$JAR" -c "$JAR" -H 'Accept: text/html' -H "Origin: $URL" -d ''
	expect 303
	web GET /account -b "$JAR" -H 'Accept: text/html'
	expect 303
}

@test "pages and files come with their headers, and nothing else of the folder is served" {
	start_site
	local path
	for path in / /login /register /static/yett.css /static/yett.js; do
		web GET $path
		expect 200
		[[ "$(header Content-Security-Policy)" == "default-src 'none'"* ]]
		[ "$(header X-Content-Type-Options)" = nosniff ]
		[ -z "$(header Server)" ]
	done
	for path in /pages/login.html /static/../pages/login.html /yett.conf /../etc/yett.conf /static/%2e%2e/pages/login.html; do
		web GET $path
		[[ "$STATUS" = 404 || "$STATUS" = 403 || "$STATUS" = 400 ]]
	done
}

@test "bad input over HTTP is answered, and the same process answers on" {
	start_site
	local before
	before=$(pgrep -P "$(cat "$YETT_SITE_STATE/run/lighttpd.pid")" | sort)
	web POST /auth/login --json '{"email":'
	expect 400
	web POST /auth/login -H 'Content-Type: text/plain' -d x
	expect 415
	web POST /auth/login --json "{\"a\":\"$(printf 'x%.0s' $(seq 20000))\"}"
	expect 413
	head -c 2000000 /dev/zero | tr '\0' x > "$BATS_TEST_TMPDIR/big"
	web POST /auth/login -H 'Content-Type: application/json' --data-binary "@$BATS_TEST_TMPDIR/big"
	expect 413
	web PUT /auth/login --json '{}'
	expect 405
	[[ "$(header Allow)" == *POST* ]]
	web GET /users/me -H "X-Fill: $(printf 'x%.0s' $(seq 8300))"
	[ "$STATUS" = 431 ]
	web GET /users/me -H "Cookie: $(printf 'a=b; %.0s' $(seq 1000))"
	[[ "$STATUS" = 431 || "$STATUS" = 400 ]]
	web GET /users/%6de
	[ "$STATUS" = 400 ]
	web POST /auth/login -H 'Transfer-Encoding: chunked' --json '{"email":"nobody@example.org","password":"wrong"}'
	[[ "$STATUS" = 401 || "$STATUS" = 411 ]]
	printf 'POST /auth/login HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{' > "$BATS_TEST_TMPDIR/cut"
	timeout 2 bash -c "cat '$BATS_TEST_TMPDIR/cut' > /dev/tcp/127.0.0.1/$PORT"
	web GET /.well-known/jwks.json
	expect 200
	[ "$(pgrep -P "$(cat "$YETT_SITE_STATE/run/lighttpd.pid")" | sort)" = "$before" ]
}

# runs PID: is there such a process that has not ended? One that has, and that nobody asked about yet, is no more than a row.
runs() {
	[ -e "/proc/$1" ] && ! grep -q '^State:[[:space:]]*Z' "/proc/$1/status"
}

# programs: how many lighttpd starts.
programs() {
	grep -c '"bin-path"' "$TOP/etc/lighttpd.conf"
}

# gone PID: wait until it does not run, 20 s at most.
gone() {
	local i
	for i in $(seq 200); do
		runs "$1" || return 0
		sleep 0.1
	done
	return 1
}

@test "stopping the site leaves no process and no lock, and it starts again" {
	start_site
	local pids
	pids="$(pgrep -P "$(cat "$YETT_SITE_STATE/run/lighttpd.pid")") $(cat "$YETT_SITE_STATE/run/lighttpd.pid")"
	[ "$(wc -w <<< "$pids")" = $(($(programs) + 1)) ]
	stop_site
	local pid
	for pid in $pids; do
		run ! runs "$pid"
	done
	start_site
	web GET /.well-known/jwks.json
	expect 200
}

@test "programs end with the lighttpd that started them, even by kill -9" {
	start_site
	local lighttpd pids pid
	lighttpd=$(cat "$YETT_SITE_STATE/run/lighttpd.pid")
	pids=$(pgrep -P "$lighttpd")
	[ "$(wc -w <<< "$pids")" = "$(programs)" ]
	kill -9 "$lighttpd"
	for pid in $pids; do
		gone "$pid"
	done
}

@test "a program that is killed is started again, and nothing acknowledged is lost" {
	start_site
	web POST /auth/register --json '{"email":"ann@example.org","password":"'"$PASSWORD"'"}'
	expect 201
	take_tokens
	pkill -9 -P "$(cat "$YETT_SITE_STATE/run/lighttpd.pid")" -f bin/session
	local i
	for i in $(seq 30); do
		web GET /users/me -H "Authorization: Bearer $ACCESS"
		[ "$STATUS" = 200 ] && break
		sleep 0.2
	done
	expect 200
}

# rests PID: has it one thread beside the main one, and of the database open only what it looks at to see that it is still there?
rests() {
	[ "$(ls "/proc/$1/task" | wc -l)" = 2 ] && [ "$(readlink "/proc/$1/fd/"* | grep -c '/yett\.db')" = 1 ]
}

@test "a program of which nothing is asked closes the database and keeps one thread, and answers when something is" {
	start_site
	local session i
	session=$(pgrep -P "$(cat "$YETT_SITE_STATE/run/lighttpd.pid")" -x session)
	web POST /auth/register --json '{"email":"ann@example.org","password":"'"$PASSWORD"'"}'
	expect 201
	take_tokens
	# One that is refreshed has to be written.
	for i in 1 2; do
		web POST /auth/refresh --json "{\"refresh_token\":\"$REFRESH\"}"
		expect 200
		take_tokens
		run ! rests "$session"
		local rested=
		for _ in $(seq 300); do
			! rests "$session" || { rested=yes; break; }
			sleep 0.1
		done
		[ "$rested" = yes ]
	done
	seq 200 | xargs -P 32 -I{} curl -s -o /dev/null -w '%{http_code}\n' -H "Authorization: Bearer $ACCESS" "$URL/users/me" > "$BATS_TEST_TMPDIR/codes"
	[ "$(sort "$BATS_TEST_TMPDIR/codes" | uniq -c | tr -s ' ')" = " 200 200" ]
}

@test "a taken port is said" {
	start_site
	run -1 "$TOP/tools/run" "$OUT" "$BATS_TEST_TMPDIR/other" "$PORT"
	[[ "$output" == *"PORT="* ]]
}

# nginx in front of the programs under spawn-fcgi, with connections kept open to them; or, with ROUTES=readme, as README.md
# has it, which includes etc/nginx/yett.conf.
start_nginx() {
	local dir=$BATS_TEST_TMPDIR/nginx program routes
	mkdir -p "$dir"
	SPAWNED=
	for program in register login session password passwordless users roles groups orgs apikeys limits waitlist guard audit webhooks; do
		spawn-fcgi -s "$dir/$program.sock" -P "$dir/$program.pid" -- "$BIN/$program" > /dev/null 2>> "$dir/log" 3>&-
		SPAWNED="$SPAWNED $(cat "$dir/$program.pid")"
	done
	PORT=$(free_port)
	URL=http://127.0.0.1:$PORT
	routes="location /auth/login { fastcgi_pass login; }
		location /auth/register { fastcgi_pass register; }
		location / { fastcgi_pass session; }
		location /raw { fastcgi_pass login; fastcgi_request_buffering off; }"
	[ -z "${ROUTES-}" ] || routes=$(sed -n '/^```nginx/,/^```$/{/^```/!p}' "$TOP/README.md")
	sed -e "s|/run/yett/|$dir/|" -e "s|/usr/local/share/yett/|$TOP/|" "$TOP/etc/nginx/yett.conf" > "$dir/yett.conf"
	cp /etc/nginx/fastcgi_params "$dir"
	cat > "$dir/nginx.conf" <<- E
		$([ "$(id -u)" != 0 ] || echo 'user root;') daemon off; worker_processes 1; pid $dir/nginx.pid; error_log $dir/error.log;
		events { worker_connections 512; }
		http {
			access_log off; client_body_temp_path $dir/b; proxy_temp_path $dir/p; fastcgi_temp_path $dir/f; uwsgi_temp_path $dir/u; scgi_temp_path $dir/s;
			upstream login { server unix:$dir/login.sock; keepalive 1; }
			upstream register { server unix:$dir/register.sock; keepalive 1; }
			upstream session { server unix:$dir/session.sock; keepalive ${KEEPALIVE-1}; }
			fastcgi_keep_conn on;
			include /etc/nginx/fastcgi_params;
			server {
				listen 127.0.0.1:$PORT;
				$routes
			}
		}
	E
	nginx -p "$dir" -c "$dir/nginx.conf" 3>&- &
	NGINX_PID=$!
	local i
	for i in $(seq 50); do
		curl -sf -o /dev/null "$URL/.well-known/jwks.json" && return 0
		sleep 0.1
	done
	cat "$dir/error.log" "$dir/log" >&2
	return 1
}

@test "the routes for nginx in README.md lead each path to its program" {
	ROUTES=readme start_nginx
	local line
	while read -r line; do
		set -- $line
		web "$1" "$2"
		expect "$3"
		[ -z "${4-}" ] || [ "$(header Allow)" = "${4//_/ }" ] || {
			echo "$2: Allow is $(header Allow)" >&2
			return 1
		}
	done <<- E
		GET /register 200
		GET /auth/register 405 OPTIONS,_POST
		GET /login 200
		GET /auth/login 405 OPTIONS,_POST
		GET /api 403
		GET /api/users/session 405 OPTIONS,_POST,_DELETE
		GET /auth/password/change 405 OPTIONS,_POST
		GET /auth/email/verify 405 OPTIONS,_POST
		GET /auth/email/change 405 OPTIONS,_POST
		GET /verify 200
		GET /forgot 200
		GET /reset 200
		GET /unlock 200
		GET /end-session 200
		GET /auth/unlock 405 OPTIONS,_POST
		GET /auth/end-session 405 OPTIONS,_POST
		GET /auth/refresh 405 OPTIONS,_POST
		GET /auth/sessions 401
		GET /users/me 401
		GET /account 303
		GET /roles 401
		GET /roles/01890a5d-ac96-774b-bcce-b302099a8057 401
		GET /users/01890a5d-ac96-774b-bcce-b302099a8057/roles 401
		GET /users 401
		GET /users/01890a5d-ac96-774b-bcce-b302099a8057 401
		GET /users/by-email?value=a 401
		GET /users/invitations 401
		DELETE /users/invitations/01890a5d-ac96-774b-bcce-b302099a8057 401
		POST /users/01890a5d-ac96-774b-bcce-b302099a8057/lock 401
		GET /authz/check 405 OPTIONS,_POST
		GET /orgs 401
		GET /orgs/01890a5d-ac96-774b-bcce-b302099a8057/domains 401
		GET /users/me/orgs 401
		GET /users/me/phone 405 OPTIONS,_POST,_DELETE
		GET /users/me/phone/verify 405 OPTIONS,_POST
		GET /invitation 200
		GET /sign-in 200
		GET /auth/magic-link 405 OPTIONS,_POST
		GET /auth/magic-link/verify 405 OPTIONS,_POST
		GET /auth/otp 405 OPTIONS,_POST
		GET /auth/otp/verify 405 OPTIONS,_POST
		GET /invitations/accept 405 OPTIONS,_POST
		GET /apikeys 401
		GET /apikeys/01890a5d-ac96-774b-bcce-b302099a8057/usage 401
		GET /apikeys/verify 405 OPTIONS,_POST
		GET /rate-limits 401
		GET /webhooks 401
		GET /rate-limits/01890a5d-ac96-774b-bcce-b302099a8057/counters 401
		GET /waitlist 401
		GET /waitlist/confirm 404
		GET /waitlist/invite 405 OPTIONS,_POST
		GET /guard/rules 401
		GET /guard/rules/01890a5d-ac96-774b-bcce-b302099a8057 401
		GET /audit 401
		GET /audit/export 401
		GET /audit/01890a5d-ac96-774b-bcce-b302099a8057 401
		GET /login-attempts 401
		GET /groups 401
		GET /groups/01890a5d-ac96-774b-bcce-b302099a8057/members 401
		GET /users/01890a5d-ac96-774b-bcce-b302099a8057/groups 401
		GET /users/01890a5d-ac96-774b-bcce-b302099a8057/impersonate 405 OPTIONS,_POST,_DELETE
		GET /impersonations 401
		GET /.well-known/jwks.json 200
		GET /static/yett.css 200
		GET / 302
		GET /nowhere 404
	E
}

@test "a body of FastCGI records over a kept connection never becomes a request" {
	start_nginx
	web POST /auth/register --json '{"email":"ann@example.org","password":"'"$PASSWORD"'"}'
	expect 201
	# A whole FastCGI request that would register an account, after enough filling to outlast any buffer.
	/usr/bin/python3 - "$BATS_TEST_TMPDIR/forged" "$PASSWORD" <<- 'PY'
		import json, struct, sys
		def record(kind, body, rid=1):
		    return struct.pack('>BBHHBB', 1, kind, rid, len(body), 0, 0) + body
		def pairs(items):
		    out = b''
		    for k, v in items.items():
		        k, v = k.encode(), v.encode()
		        out += (struct.pack('B', len(k)) if len(k) < 128 else struct.pack('>I', len(k) | 1 << 31))
		        out += (struct.pack('B', len(v)) if len(v) < 128 else struct.pack('>I', len(v) | 1 << 31)) + k + v
		    return out
		body = json.dumps({'email': 'forged@example.org', 'password': sys.argv[2]}).encode()
		env = {'REQUEST_METHOD': 'POST', 'REQUEST_URI': '/auth/register', 'CONTENT_TYPE': 'application/json', 'CONTENT_LENGTH': str(len(body)), 'REMOTE_USER': 'admin'}
		forged = record(1, struct.pack('>HB5x', 1, 1)) + record(4, pairs(env)) + record(4, b'') + record(5, body) + record(5, b'')
		# The same at several places, so that one falls wherever a reader may have stopped.
		with open(sys.argv[1], 'wb') as f:
		    for fill in (0, 8184, 8192, 16384 - len(forged), 32768, 65536):
		        f.write(b'x' * fill + forged * 50)
	PY
	local i path
	for i in 1 2 3 4 5; do
		for path in /auth/register /auth/login /users/me /nowhere /raw; do
			web POST $path -H 'Content-Type: application/json' --data-binary "@$BATS_TEST_TMPDIR/forged"
			[[ "$STATUS" =~ ^4 ]]
			web POST $path -H 'Content-Type: text/plain' -H 'Transfer-Encoding: chunked' --data-binary "@$BATS_TEST_TMPDIR/forged"
			[[ "$STATUS" =~ ^4 ]]
			# The next request over the same connection is its own.
			web GET /.well-known/jwks.json
			expect 200
			web POST /auth/login --json '{"email":"ann@example.org","password":"'"$PASSWORD"'"}'
			expect 200
		done
	done
	[ "$(sql 'SELECT group_concat(email) FROM users')" = ann@example.org ]
}

@test "many kept connections do not starve anybody" {
	KEEPALIVE=64 start_nginx
	# 64 clients, far more than threads, each over a connection of its own, again and again.
	seq 640 | xargs -P 64 -I{} curl -s -o /dev/null -w '%{http_code}\n' --max-time 10 "$URL/.well-known/jwks.json" > "$BATS_TEST_TMPDIR/codes"
	[ "$(sort "$BATS_TEST_TMPDIR/codes" | uniq -c | tr -s ' ')" = " 640 200" ]
}

@test "a peer that connects and says nothing is dropped after the timeout, and holds up nobody meanwhile" {
	YETT_HTTP_TIMEOUT_S=2 YETT_HTTP_THREADS=2 start_nginx
	/usr/bin/python3 - "$BATS_TEST_TMPDIR/nginx/session.sock" <<- 'PY'
		import socket, sys
		peers = []
		for _ in range(2):
		    s = socket.socket(socket.AF_UNIX)
		    s.connect(sys.argv[1])
		    s.sendall(b'\x01\x01\x00\x01\x00\x08\x00\x00')  # the head of a record, and then nothing
		    s.settimeout(60)
		    peers.append(s)
		for s in peers:
		    assert s.recv(1) == b''
	PY
	web GET /.well-known/jwks.json
	expect 200
}

@test "while threads are stuck others are started, as many as there may be, and they end when they are not needed" {
	YETT_HTTP_TIMEOUT_S=15 YETT_HTTP_THREADS=8 start_nginx
	/usr/bin/python3 - "$BATS_TEST_TMPDIR/nginx/session.sock" "$(cat "$BATS_TEST_TMPDIR/nginx/session.pid")" "$URL" <<- 'PY'
		import os, socket, subprocess, sys, time
		peers = []
		def threads():
		    return len(os.listdir(f"/proc/{sys.argv[2]}/task")) - 1
		def ask(seconds):
		    return subprocess.run(["curl", "-s", "-o", "/dev/null", "-w", "%{http_code}", "--max-time", str(seconds),
		                           sys.argv[3] + "/.well-known/jwks.json"], capture_output=True, text=True).stdout
		def say_nothing(count):
		    for _ in range(count):
		        s = socket.socket(socket.AF_UNIX)
		        s.connect(sys.argv[1])
		        s.sendall(b'\x01\x01\x00\x01\x00\x08\x00\x00')  # the head of a record, and then nothing
		        peers.append(s)
		def become(count):
		    for _ in range(300):
		        now = threads()
		        if now == count:
		            return
		        time.sleep(0.1)
		    raise AssertionError(f"{now} threads instead of {count}")
		say_nothing(7)
		become(8)
		assert ask(5) == '200', 'seven of eight are stuck'
		say_nothing(1)
		time.sleep(0.3)
		assert ask(1) == '000', 'all eight are'
		assert threads() == 8, threads()
		for s in peers:
		    s.settimeout(60)
		    assert s.recv(1) == b''
		assert ask(5) == '200', 'they are free again'
		become(1)
	PY
}

@test "a body that trickles in has to arrive in the time of one request" {
	YETT_HTTP_TIMEOUT_S=2 YETT_HTTP_THREADS=1 start_nginx
	# A page that is not there, so that the body is only read away; half a record each 0.5 s, without end.
	/usr/bin/python3 - "$BATS_TEST_TMPDIR/nginx/session.sock" <<- 'PY'
		import socket, struct, sys, time
		def record(kind, data):
		    return struct.pack('>BBHHBB', 1, kind, 1, len(data), 0, 0) + data
		def pair(name, value):
		    return bytes([len(name), len(value)]) + name + value
		env = b''.join(pair(*p) for p in [(b'REQUEST_METHOD', b'POST'), (b'REQUEST_URI', b'/nothing'),
		                                  (b'CONTENT_LENGTH', b'3000000')])
		s = socket.socket(socket.AF_UNIX)
		s.connect(sys.argv[1])
		s.sendall(record(1, struct.pack('>HB5x', 1, 0)) + record(4, env) + record(4, b''))
		s.settimeout(0.5)
		for _ in range(60):
		    try:
		        s.sendall(record(5, b'x' * 5000))
		        if s.recv(65536) == b'':
		            break
		    except socket.timeout:
		        pass
		    except OSError:
		        break
		else:
		    sys.exit('after 30 s it was read on')
	PY
	web GET /.well-known/jwks.json
	expect 200
}

@test "bytes that are no FastCGI are dropped, and the program lives on" {
	start_nginx
	local pid
	pid=$(cat "$BATS_TEST_TMPDIR/nginx/session.pid")
	/usr/bin/python3 - "$BATS_TEST_TMPDIR/nginx/session.sock" <<- 'PY'
		import os, socket, sys
		for data in (b'GET / HTTP/1.1\r\n\r\n', b'\x01\x0b\x00\x00\xff\xff\x00\x00' + b'A' * 65535, os.urandom(5000), b'\x01\x01\x00\x01\x00\x08\x00\x00\x00\x07\x00\x00\x00\x00\x00\x00',
		             b'\x01\x01\x00\x01\x00\x08\x00\x00\x00\x01\x00\x00\x00\x00\x00\x00\x01\x04\x00\x01\x00\x08\x00\x00\xff\xff\xff\xff\xff\xff\xff\xff'):
		    s = socket.socket(socket.AF_UNIX)
		    s.connect(sys.argv[1])
		    try:
		        s.sendall(data)
		        s.shutdown(socket.SHUT_WR)
		        s.settimeout(5)
		        while s.recv(4096):
		            pass
		    except (BrokenPipeError, ConnectionResetError):
		        pass
	PY
	kill -0 "$pid"
	web GET /.well-known/jwks.json
	expect 200
}
