# Several sites, of several domains, on one Yett: each host routes the same paths to the same programs.
load helper

setup() {
	fresh_state
	export YETT_SITE_URL=https://id.example.org
	register kim@example.org
}

# A browser that says by Origin alone where a form comes from, as old ones do.
at() {
	echo "HTTP_HOST=$1"
}

from() {
	echo "HTTP_ORIGIN=https://$1"
}

# sign_in_at HOST [VARIABLE=VALUE]...: by the form of the page there.
sign_in_at() {
	local host=$1
	shift
	call login POST /auth/login "email=kim@example.org&password=${PASSWORD// /+}&return_to=/wiki/Start" "$FORM" "$HTML" \
	    "$(at "$host")" "$@"
}

@test "the form signs in on every host of the site, each with a cookie of its own, and leads back there" {
	local host
	for host in id.example.org wiki.example.net shop.example.com:8443; do
		for field in "$(from "$host")" "$SAME"; do
			sign_in_at "$host" "$field"
			expect 303
			[ "$(header Location)" = /wiki/Start ]
			[[ $(header Set-Cookie) = "__Host-yett="*"; Path=/; "*"; Secure" ]]
			[[ $(header Set-Cookie) != *Domain=* ]]
			COOKIE=$(header Set-Cookie)
			COOKIE=${COOKIE%%;*}
			me "$(at "$host")" HTTP_COOKIE="$COOKIE"
			expect 200
			call session POST /auth/logout '' "$FORM" "$HTML" "$(at "$host")" "$field" HTTP_COOKIE="$COOKIE"
			expect 303
			me "$(at "$host")" HTTP_COOKIE="$COOKIE"
			expect 401
		done
	done
	call login GET /login - "$(at wiki.example.net)" "$HTML"
	expect 200
	[[ $BODY != *id.example.org* ]]
}

@test "a form of one host counts as another site's on the next, though both are ours" {
	sign_in_at id.example.org "$(from wiki.example.net)"
	expect 403
	sign_in_at id.example.org HTTP_SEC_FETCH_SITE=same-site "$(from wiki.example.net)"
	expect 403
	sign_in_at wiki.example.net "$(from evil.example)"
	expect 403
	# By plain http, where the site has TLS.
	sign_in_at wiki.example.net HTTP_ORIGIN=http://wiki.example.net
	expect 403
	sign_in_at wiki.example.net "$(from wiki.example.net.evil.example)"
	expect 403
}

@test "tokens are the same on every host: site.url made them, and one set of keys proves them" {
	call login POST /auth/login "{\"email\":\"kim@example.org\",\"password\":\"$PASSWORD\"}" "$(at wiki.example.net)"
	expect 200
	take_tokens
	[ "$(cut -d. -f2 <<< "$ACCESS" | tr _- /+ | base64 -di 2> /dev/null | jq -r .iss)" = https://id.example.org ]
	me "$(at shop.example.com)" "$(bearer "$ACCESS")"
	expect 200
	call session GET /.well-known/jwks.json - "$(at id.example.org)"
	keys=$BODY
	call session GET /.well-known/jwks.json - "$(at wiki.example.net)"
	[ "$BODY" = "$keys" ]
}
