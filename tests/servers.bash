# The sites of etc/ for real: each web server with its ready file, the programs by etc/spawn, an application, and files.
# Another server is its name in SERVERS and one function more, configure_NAME.

SERVERS="lighttpd nginx apache caddy"
NOTHING=01890a5d-ac96-774b-bcce-b302099a8057

# sites: programs, application and all servers. Everything of theirs is below $SITE, which their own user may enter.
sites() {
	fresh_state
	SITE=$(mktemp -d "${TMPDIR:-/tmp}/yett-sites.XXXXXX")
	chmod 711 "$SITE"
	mkdir "$SITE/etc" "$SITE/tmp" "$SITE/www" "$SITE/www/files" "$SITE/www/files/staff"
	chmod 777 "$SITE/tmp"
	echo "the file for users" > "$SITE/www/files/users.txt"
	echo "the file for staff" > "$SITE/www/files/staff/secret.txt"
	rules
	people
	export YETT_BIN=$BIN YETT_RUN=$SITE/run YETT_LOG=$SITE/yett.log YETT_USER='' YETT_WEB=www-data
	GUARD_PORT=$(free_port)
	export YETT_TCP=127.0.0.1:$GUARD_PORT
	"$TOP/etc/spawn" start 3>&-
	APP_PORT=$(free_port)
	"$TOP/tests/echo-server" "$APP_PORT" 3>&- &
	APP_PID=$!
	start_servers
}

# Who may see what of them.
rules() {
	export YETT_CONF=$SITE/etc/yett.conf
	cat "$TOP/etc/yett.conf" - > "$YETT_CONF" <<- 'E'

		[guard]
		rule = public.example.org/ guest
		rule = /public guest
		rule = /staff role:staff
		rule = /files/staff role:staff
		rule = / user
	E
}

# ann, who is signed in, and sam, who is of the staff, too; and eve, whose address may be another's: COOKIES[NAME], TOKENS[NAME].
people() {
	local name
	declare -gA COOKIES TOKENS
	"$BIN/yett" role add staff > /dev/null
	for name in ann sam eve; do
		register $name@example.org
		[ $name = eve ] || "$BIN/yett" user edit $name@example.org --email-confirmed true > /dev/null
		sign_in_cookie $name@example.org
		TOKENS[$name]=$ACCESS
		COOKIES[$name]=$COOKIE
	done
	"$BIN/yett" role grant sam@example.org staff > /dev/null
}

# place FILE TARGET: copy it, with this test's folders and ports for those that it has.
place() {
	sed -e "s|/run/yett/|$SITE/run/|" -e "s|/usr/local/share/yett/|$TOP/|" -e "s|/srv/www|$SITE/www|" \
		-e "s|127\.0\.0\.1:8080\b|127.0.0.1:$PORT|" -e "s|http://:8080\b|http://:$PORT|" -e "s|127\.0\.0\.1:3000\b|127.0.0.1:$APP_PORT|" \
		-e "s|\"port\" => 3000|\"port\" => $APP_PORT|" -e "s|127\.0\.0\.1:9460\b|127.0.0.1:$GUARD_PORT|" \
		-e "s|/etc/lighttpd/|$SITE/etc/lighttpd/|" -e "${PLACE_ALSO-}" "$1" > "$2"
}

# as_root TEXT: what a server is only told when root starts it.
as_root() {
	[ "$(id -u)" != 0 ] || echo "$1"
}

configure_lighttpd() {
	local file dir=$SITE/etc/lighttpd
	mkdir "$dir"
	for file in "$TOP"/etc/lighttpd/* "$TOP/etc/lighttpd-guard.conf"; do
		place "$file" "$dir/${file##*/}"
	done
	# What is before it on Debian.
	cat > "$dir/lighttpd.conf" <<- E
		server.modules = ("mod_access", "mod_alias")
		server.bind = "127.0.0.1"
		server.port = $PORT
		server.document-root = "$SITE/tmp"
		server.errorlog = "$SITE/tmp/lighttpd.log"
		server.upload-dirs = ("$SITE/tmp")
		$(as_root 'server.username = "www-data"')
		mimetype.assign = (".txt" => "text/plain", ".css" => "text/css")
		$(sed -n '/^server.http-parseopts/,/^)/p' /etc/lighttpd/lighttpd.conf)
		include "lighttpd-guard.conf"
	E
	COMMAND=(lighttpd -D -f "$dir/lighttpd.conf")
}

configure_nginx() {
	local file dir=$SITE/etc/nginx
	mkdir "$dir"
	cp /etc/nginx/fastcgi_params "$dir"
	for file in "$TOP"/etc/nginx/* "$TOP/etc/nginx.conf"; do
		place "$file" "$dir/${file##*/}"
	done
	mv "$dir/nginx.conf" "$dir/site.conf"
	cat > "$dir/nginx.conf" <<- E
		$(as_root 'user www-data;')
		daemon off; worker_processes 1; pid $SITE/nginx.pid; error_log $SITE/tmp/nginx.log;
		events { worker_connections 768; }
		http {
			access_log off; default_type text/plain; fastcgi_temp_path $SITE/tmp/f; uwsgi_temp_path $SITE/tmp/u;
			client_body_temp_path $SITE/tmp/b; proxy_temp_path $SITE/tmp/p; scgi_temp_path $SITE/tmp/s;
			include site.conf;
		}
	E
	COMMAND=(nginx -p "$dir" -c "$dir/nginx.conf")
}

configure_apache() {
	local file module dir=$SITE/etc/apache
	mkdir "$dir"
	for file in "$TOP"/etc/apache/* "$TOP/etc/apache.conf"; do
		place "$file" "$dir/${file##*/}"
	done
	{
		echo "ServerRoot $dir"
		echo "ServerName localhost"
		echo "DefaultRuntimeDir $SITE/tmp"
		echo "PidFile $SITE/apache.pid"
		echo "ErrorLog $SITE/tmp/apache.log"
		echo "TypesConfig /etc/mime.types"
		as_root "User www-data"
		as_root "Group www-data"
		# Those that Debian has on, and those that the file says.
		for module in mpm_event authn_core authz_core authz_user alias env mime reqtimeout setenvif \
			$(sed -n 's/^# Modules: a2enmod //p' "$TOP/etc/apache.conf"); do
			grep -h '^LoadModule' "/etc/apache2/mods-available/$module.load"
			[ ! -e "/etc/apache2/mods-available/$module.conf" ] || [ $module = alias ] ||
				echo "Include /etc/apache2/mods-available/$module.conf"
		done | awk '!seen[$0]++'
		echo "Include apache.conf"
	} > "$dir/apache2.conf"
	COMMAND=(apache2 -f "$dir/apache2.conf" -DFOREGROUND)
}

configure_caddy() {
	local dir=$SITE/etc/caddy
	mkdir "$dir"
	place "$TOP/etc/caddy/yett.caddy" "$dir/yett.caddy"
	place "$TOP/etc/Caddyfile" "$dir/site"
	{
		printf '{\n\tadmin off\n\tauto_https off\n}\n'
		cat "$dir/site"
	} > "$dir/Caddyfile"
	COMMAND=(env "XDG_DATA_HOME=$SITE/tmp" "XDG_CONFIG_HOME=$SITE/tmp" caddy run --adapter caddyfile --config "$dir/Caddyfile")
}

start_servers() {
	local server i
	declare -gA PORTS PIDS
	for server in $SERVERS; do
		PORT=$(free_port)
		PORTS[$server]=$PORT
		configure_$server
		"${COMMAND[@]}" > "$SITE/$server.out" 2>&1 3>&- &
		PIDS[$server]=$!
	done
	for server in $SERVERS; do
		for i in $(seq 100); do
			curl -sf -o /dev/null "http://127.0.0.1:${PORTS[$server]}/login" && continue 2
			sleep 0.1
		done
		echo "$server did not start" >&2
		cat "$SITE/$server.out" "$SITE/tmp/$server.log" >&2
		return 1
	done
}

stop_sites() {
	[ -n "${SITE-}" ] || return 0
	[ -z "${APP_PID-}" ] || kill "$APP_PID"
	[ -z "${PIDS[*]-}" ] || kill "${PIDS[@]}" 2> /dev/null
	wait "${PIDS[@]}" "${APP_PID-}" 2> /dev/null || :
	"$TOP/etc/spawn" stop
	rm -rf "$SITE"
}

# each PROMISE [ARGUMENT]...: it holds behind each of the servers.
each() {
	local server
	for server in $SERVERS; do
		PORT=${PORTS[$server]}
		URL=http://127.0.0.1:$PORT
		SERVER=$server
		"$@" || {
			echo "behind $server: $* failed: $STATUS $HEAD ${BODY:0:300}" >&2
			return 1
		}
	done
}

# get NAME PATH [CURL OPTION]...: by ann or sam, with her or his cookie; "-" is a stranger.
get() {
	ask "$1" GET "${@:2}"
}

# ask NAME METHOD PATH [CURL OPTION]...
ask() {
	local who=$1
	shift
	# What failed on the way has no answer, rather than that of the one before.
	STATUS='' HEAD='' BODY=''
	[ "$who" = - ] || set -- "$@" -b "${COOKIES[$who]}"
	web "$@"
}

# reached [METHOD PATH LENGTH]: did the last request reach the application, as this?
reached() {
	[ "$STATUS" = 200 ] && [ "$(json .app)" = echo ] || return 1
	[ $# = 0 ] || [ "$(json '"\(.method) \(.path) \(.body)"')" = "$*" ]
}

# field NAME: its values as the application got it, '_' and all else that some programs read as '-' taken for that. NAME is
# a regular expression.
field() {
	jq -r --arg name "$1" '.fields[] | select(.[0] | gsub("[^a-z0-9]"; "-") | test("^" + $name + "$")) | .[1]' <<< "$BODY"
}

# refused: no page, and nothing of the application.
refused() {
	[[ $STATUS =~ ^[345] ]] && [[ $BODY != *'"app"'* && $BODY != *"the file for"* ]]
}
