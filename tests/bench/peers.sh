# shellcheck shell=sh
# The others, each set up in a folder of its own below $work, started, and put into $work/NAME.pid; how long that took is in
# $work/NAME.start (ms from exec to the first answer). Needs what site.sh needs, and base (the first of our ports).

# shellcheck disable=SC2154 # top, work, base

people=64
password="correct horse battery staple"
www_data=
[ "$(id -u)" != 0 ] || www_data=www-data

# started NAME URL COMMAND...: run COMMAND in the background until URL answers with anything but 5xx.
started() {
	name=$1 url=$2
	shift 2
	since=$(date +%s%N)
	"$@" < /dev/null > "$work/$name.log" 2>&1 &
	echo $! > "$work/$name.pid"
	tries=0
	until curl -s -o "$work/first" -w '%{http_code}' --max-time 5 "$url" | grep -q '^[2-4]'; do
		tries=$((tries + 1))
		if [ $tries -gt 6000 ] || ! kill -0 "$(cat "$work/$name.pid")" 2> "$work/first"; then
			echo "bench: $name does not start:" >&2
			tail -n 20 "$work/$name.log" >&2
			exit 1
		fi
		sleep 0.005
	done
	echo $((($(date +%s%N) - since) / 1000000)) > "$work/$name.start"
}

stopped() {
	[ -r "$work/$1.pid" ] || return 0
	pid=$(cat "$work/$1.pid")
	rm -f "$work/$1.pid"
	kill -TERM "$pid" 2> "$work/first" || return 0
	wait "$pid" || :
}

stop_all() {
	for name in apache apache-guard nginx llng glewlwyd better-auth better-auth-cache oidc-provider; do
		stopped $name
	done
}

# restarted NAME ...: as started, of what has its data already.
restarted() {
	stopped "$1"
	started "$@"
}

node_packages() {
	if [ "$(node -p 'process.versions.node.split(".")[0]')" -lt 20 ]; then
		echo "bench: Better Auth and oidc-provider need Node.js 20 or later, here is $(node --version)" >&2
		exit 1
	fi
	(
		cd "$top/tests/bench/npm" || exit
		[ -n "$(find node_modules/.package-lock.json -newer package-lock.json 2> "$work/first")" ] || npm ci --silent --no-fund --no-audit
	)
}

# Started twice: the first time it makes its people.
start_node() {
	mkdir -p "$work/$1"
	set -- "$1" "http://127.0.0.1:$3/" env "BENCH_CACHE=${4-}" node "$top/tests/bench/npm/$2.mjs" "$work/$1" "$3" $people
	started "$@"
	restarted "$@"
}

# glewlwyd_call METHOD PATH BODY: as its admin.
glewlwyd_call() {
	curl -sf -o "$work/first" -b "$work/glewlwyd/admin" -X "$1" -H 'Content-Type: application/json' -d "$3" "$glewlwyd/api/$2"
}

glewlwyd_sign_in() {
	curl -sf -c "$1" -H 'Content-Type: application/json' -d "{\"username\":\"$2\",\"password\":\"$3\"}" "$glewlwyd/api/auth/"
}

glewlwyd_user() {
	glewlwyd_call POST user/ "{\"username\":\"$1\",\"password\":\"$password\",\"name\":\"$1\",\"email\":\"$1@example.org\",
		\"enabled\":true,\"scope\":[\"g_profile\",\"openid\"]}"
}

# glewlwyd_calibrate PORT: its PBKDF2 with as many rounds as cost the CPU time that Yett's Argon2id does, all processors busy with it:
# from what a sign-in costs with 150,000.
glewlwyd_calibrate() {
	result=$("$out/bench/hash" "$(nproc)" 2)
	ours=$(get cpu_us)
	glewlwyd_user probe
	echo "{\"username\":\"probe\",\"password\":\"$password\"}" > "$work/glewlwyd/probe"
	before=$(cpu_us "$(cat "$work/glewlwyd.pid")")
	load post "$1" /api/auth/ "$work/glewlwyd/probe" "$(nproc)" 2
	all_right || { echo "bench: glewlwyd does not sign in: $result" >&2; exit 1; }
	its=$((($(cpu_us "$(cat "$work/glewlwyd.pid")") - before) / $(get requests)))
	rounds_of_hash=$(calc "150000 * $ours / $its" %.0f)
	stopped glewlwyd
	sqlite3 "$work/glewlwyd/db" "UPDATE g_user_module_instance
		SET gumi_parameters = json_set(gumi_parameters, '\$.\"pbkdf2-iterations\"', $rounds_of_hash)"
	echo "$ours $its $rounds_of_hash" > "$work/glewlwyd/cost"
}

# One who has signed in, let the client in, and taken a refresh token by the authorization code.
glewlwyd_person() {
	jar=$work/glewlwyd/jar
	glewlwyd_user "$1"
	glewlwyd_sign_in "$jar" "$1" "$password"
	printf 'Cookie: %s\t="username":"%s"\n' "$(awk '/GLEWLWYD2/ { print $6 "=" $7 }' "$jar")" "$1" >> "$work/glewlwyd/cookie"
	echo "{\"username\":\"$1\",\"password\":\"$password\"}" >> "$work/glewlwyd/login"
	curl -sf -b "$jar" -X PUT -H 'Content-Type: application/json' -d '{"scope":"openid"}' "$glewlwyd/api/auth/grant/bench"
	code=$(curl -s -o "$work/first" -w '%{redirect_url}' -b "$jar" "$glewlwyd/api/bench/auth?response_type=code&client_id=bench&redirect_uri=$glewlwyd/back&scope=openid&nonce=bench&g_continue" |
		sed -n 's/.*code=\([^&]*\).*/\1/p')
	curl -sf -d "grant_type=authorization_code&client_id=bench&redirect_uri=$glewlwyd/back&code=$code" "$glewlwyd/api/bench/token" |
		jq -re .refresh_token >> "$work/glewlwyd/refresh"
}

# Its database in WAL, which it does not set by itself, and which is faster; keys as Yett's are: ES256.
start_glewlwyd() {
	glewlwyd=http://127.0.0.1:$1
	mkdir "$work/glewlwyd"
	sed -e "s|^port=.*|port=$1|" -e 's|^#bind_address=.*|bind_address="127.0.0.1"|' -e "s|^external_url=.*|external_url=\"$glewlwyd/\"|" \
		-e 's|^log_mode=.*|log_mode="console"|' -e 's|^log_level=.*|log_level="ERROR"|' \
		-e "s|^@include .*|database = { type = \"sqlite3\" path = \"$work/glewlwyd/db\" }|" /etc/glewlwyd/glewlwyd.conf > "$work/glewlwyd/conf"
	sqlite3 -bail "$work/glewlwyd/db" "PRAGMA journal_mode = WAL" \
		".read /usr/share/dbconfig-common/data/glewlwyd/install/sqlite3" > "$work/glewlwyd/made"
	restarted glewlwyd "$glewlwyd/api/auth/scheme/" glewlwyd -c "$work/glewlwyd/conf"
	glewlwyd_sign_in "$work/glewlwyd/admin" admin password
	glewlwyd_calibrate "$1"
	restarted glewlwyd "$glewlwyd/api/auth/scheme/" glewlwyd -c "$work/glewlwyd/conf"
	openssl genpkey -quiet -algorithm EC -pkeyopt ec_paramgen_curve:prime256v1 -out "$work/glewlwyd/key"
	openssl pkey -in "$work/glewlwyd/key" -pubout -out "$work/glewlwyd/public"
	glewlwyd_call POST mod/plugin/ "$(jq -n --rawfile key "$work/glewlwyd/key" --rawfile cert "$work/glewlwyd/public" --arg iss "$glewlwyd/" '
		{module: "oidc", name: "bench", display_name: "bench", enabled: true, parameters: {iss: $iss, key: $key, cert: $cert,
		"jwt-type": "ecdsa", "jwt-key-size": "256", "access-token-duration": 3600, "refresh-token-duration": 1209600,
		"code-duration": 600, "session-cookie-expiration": 2419200, "refresh-token-rolling": false,
		"refresh-token-one-use": "always", "allow-non-oidc": false, "auth-type-code-enabled": true,
		"auth-type-password-enabled": false, "auth-type-refresh-enabled": true, "auth-type-client-enabled": false,
		"auth-type-token-enabled": false, "auth-type-none-enabled": false, "auth-type-device-enabled": false,
		"subject-type": "public", "allowed-scope": ["openid"], scope: [], "pkce-allowed": false}}')"
	glewlwyd_call POST client/ "{\"client_id\":\"bench\",\"name\":\"bench\",\"enabled\":true,\"confidential\":false,
		\"authorization_type\":[\"code\",\"refresh_token\"],\"redirect_uri\":[\"$glewlwyd/back\"],\"scope\":[]}"
	for i in $(seq $people); do
		glewlwyd_person "$(printf 'user%04d' "$i")"
	done
	restarted glewlwyd "$glewlwyd/api/auth/scheme/" glewlwyd -c "$work/glewlwyd/conf"
}

# The handler alone: its configuration and its sessions are files, and whoever is signed in is let in. As root it wants a user.
start_llng() {
	d=$work/llng
	mkdir -p "$d/conf" "$d/sessions/lock" "$d/cache"
	jq -n --arg d "$d" '{cfgNum: 1, cfgDate: "1", cfgVersion: "2.16.1", domain: "127.0.0.1", portal: "http://127.0.0.1/portal",
		cookieName: "lemonldap", securedCookie: 0, key: "of the bench", whatToTrace: "uid", timeout: 72000,
		globalStorage: "Apache::Session::File",
		globalStorageOptions: {Directory: "\($d)/sessions", LockDirectory: "\($d)/sessions/lock",
			generateModule: "Lemonldap::NG::Common::Apache::Session::Generate::SHA256"},
		localSessionStorage: "Cache::FileCache",
		localSessionStorageOptions: {namespace: "sessions", cache_root: "\($d)/cache", cache_depth: 3, default_expires_in: 600,
			directory_umask: "007"},
		locationRules: {"127.0.0.1": {default: "accept"}}, exportedHeaders: {"127.0.0.1": {"Auth-User": "$uid"}}}' \
		> "$d/conf/lmConf-1.json"
	cat > "$d/ini" <<- END
		[all]
		logLevel = error
		checkTime = 10
		[configuration]
		type = File
		dirName = $d/conf
		localStorage = Cache::FileCache
		localStorageOptions = { 'namespace' => 'configuration', 'default_expires_in' => 600, 'directory_umask' => '007', 'cache_root' => '$d/cache', 'cache_depth' => 3 }
		[handler]
		status = 0
	END
	"$top/tests/bench/llng-sessions" "$d/sessions" $people > "$d/cookie"
	head -n 1 "$d/cookie" > "$d/one"
	[ -z "$www_data" ] || chown -R "$www_data" "$d"
	started llng "http://127.0.0.1:$1/llng/file.txt" env LLNG_DEFAULTLOGGER=Lemonldap::NG::Common::Logger::Std \
		"LLNG_DEFAULTCONFFILE=$d/ini" llng-fastcgi-server --foreground ${www_data:+-u "$www_data" -g "$www_data"} -s "$d/socket" -p "$d/pid"
}

# start_nginx SMALL_PORT SMALL_RUN LARGE_PORT LARGE_RUN
start_nginx() {
	mkdir -p "$work/tmp" "$work/cache"
	sed -e "s|@WORK@|$work|g" -e "s|@USER@|$(id -un) $(id -gn)|" "$top/tests/bench/conf/nginx.conf" > "$work/nginx.conf"
	sed -e "s|@WORK@|$work|g" -e "s|@PORT@|$1|g" -e "s|@RUN@|$2|g" "$top/tests/bench/conf/nginx.site.conf" > "$work/nginx.small.conf"
	sed -e "s|@WORK@|$work|g" -e "s|@PORT@|$3|g" -e "s|@RUN@|$4|g" "$top/tests/bench/conf/nginx.site.conf" > "$work/nginx.large.conf"
	started nginx "http://127.0.0.1:$1/open/file.txt" nginx -p "$work" -c "$work/nginx.conf" -e "$work/nginx.log"
}

# start_apache PORT GUARD_PORT: and a guard for it, on the site that is set by site_env.
start_apache() {
	sed -e "s|@WORK@|$work|g" -e "s|@PORT@|$1|g" -e "s|@GUARD@|$2|g" "$top/tests/bench/conf/apache.conf" > "$work/apache.conf"
	spawn-fcgi -n -a 127.0.0.1 -p "$2" -b 1024 -- "$out/bin/guard" < /dev/null > "$work/apache-guard.log" 2>&1 &
	echo $! > "$work/apache-guard.pid"
	started apache "http://127.0.0.1:$1/open/file.txt" apache2 -DFOREGROUND -f "$work/apache.conf"
}
