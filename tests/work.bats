#!/usr/bin/env bats
# Proof of work: when it is asked for, what counts as one, and that it counts once.

load helper

setup() {
	fresh_state
	stop_time
	export YETT_WORK_MODE=always YETT_WORK_BITS=8
}

# sign_up NAME [VARIABLE=VALUE]...: by JSON.
sign_up() {
	local name=$1
	shift
	call register POST /auth/register "$(jq -n --arg e "$name@example.org" --arg p "$PASSWORD" '{email: $e, password: $p}')" "$@"
}

# fill_in NAME SOLUTION [VARIABLE=VALUE]...: by form.
fill_in() {
	local name=$1 solution=$2
	shift 2
	call register POST /auth/register "email=$name%40example.org&password=${PASSWORD// /+}&work=$solution" "$FORM" "$@"
}

# challenge: CHALLENGE and BITS of a new one.
challenge() {
	call session GET /auth/challenge
	expect 200
	CHALLENGE=$(json .challenge)
	BITS=$(json .bits)
}

# zeros TEXT: by how many zero bits the SHA-256 of TEXT begins, 32 at most.
zeros() {
	local hash n=0
	hash=$((16#$(printf %s "$1" | sha256sum | head -c 8)))
	while [ $n -lt 32 ] && [ $((hash >> (31 - n) & 1)) = 0 ]; do
		n=$((n + 1))
	done
	echo $n
}

# solve_as EXPRESSION: SOLUTION, the first nonce i of CHALLENGE whose number of zero bits n fits; by a program of another make.
solve_as() {
	SOLUTION=$CHALLENGE.$(/usr/bin/python3 - "$CHALLENGE" "$1" <<- 'END'
		import hashlib, sys
		i = 0
		while True:
		    h = int.from_bytes(hashlib.sha256(f"{sys.argv[1]}.{i}".encode()).digest(), "big")
		    if eval(sys.argv[2], {"n": 256 - h.bit_length(), "i": i}):
		        break
		    i += 1
		print(i)
	END
	)
}

# work: SOLUTION of a new challenge.
work() {
	challenge
	solve_as "n >= $BITS"
}

users() {
	sql 'SELECT count(*) FROM users'
}

# refused [WORDS]: for want of work, and nothing was made; the problem has another challenge.
refused() {
	expect 428 work-needed
	[[ "$(json .detail)" == *"${1-}"* ]] || {
		json .detail >&2
		return 1
	}
	[ "$(json .work.algorithm)" = SHA-256 ]
	[ "$(json .work.bits)" = "$YETT_WORK_BITS" ]
	[[ "$(json .work.challenge)" =~ ^[A-Za-z0-9_-]{43}$ ]]
	[ "$(users)" = "${USERS-0}" ]
}

@test "work is off unless configured: nothing is asked, and what comes along is not looked at" {
	unset YETT_WORK_MODE
	sign_up ann
	expect 201
	sign_up ben HTTP_YETT_WORK=nonsense
	expect 201
	fill_in cid nonsense
	expect 201
	call session GET /auth/challenge
	[ "$(jq .required <<< "$BODY")" = false ]
	call register GET /register - "$HTML"
	run ! grep -q 'name="work"\|data-work\|JavaScript' <<< "$BODY"
	[ ! -e "$YETT_SITE_STATE/work.map" ]
}

@test "without work nobody registers; the problem has the challenge, whose solution does it" {
	sign_up ann
	refused "there is none"
	[ "$(json .title)" = "Some computing has to be done first" ]
	CHALLENGE=$(json .work.challenge)
	solve_as "n >= 8"
	sign_up ann "HTTP_YETT_WORK=$SOLUTION"
	expect 201
}

@test "GET /auth/challenge says whether work is asked, of what kind, and until when" {
	challenge
	[ "$(json .required)" = true ]
	[ "$(json .algorithm)" = SHA-256 ]
	[ "$BITS" = 8 ]
	[[ "$CHALLENGE" =~ ^[A-Za-z0-9_-]{43}$ ]]
	[ "$(date -d "$(json .expires_at)" +%s%3N)" = $(($(tr -d @ < "$YETT_TEST_CLOCK") + 300000)) ]
	local first=$CHALLENGE
	challenge
	[ "$CHALLENGE" != "$first" ]
	[ "$(header Cache-Control)" = no-store ]
}

@test "the solution may stand in the header field or in the form, and the field goes first" {
	work
	fill_in ann "$SOLUTION"
	expect 201
	work
	fill_in ben nonsense "HTTP_YETT_WORK=$SOLUTION"
	expect 201
	USERS=2
	work
	fill_in cid "$SOLUTION" "HTTP_YETT_WORK=nonsense"
	refused "is not CHALLENGE.NONCE"
	fill_in cid "$SOLUTION&work=$SOLUTION"
	refused "there is none"
	fill_in cid ""
	refused "there is none"
	fill_in cid "$SOLUTION"
	expect 201
}

@test "in JSON there is no member for it" {
	work
	call register POST /auth/register '{"email":"ann@example.org","password":"'"$PASSWORD"'","work":"'"$SOLUTION"'"}' "HTTP_YETT_WORK=$SOLUTION"
	expect 422
	expect_field work
}

@test "exactly so many zero bits are enough, one fewer is not" {
	challenge
	solve_as "n == 7"
	[ "$(zeros "$SOLUTION")" = 7 ]
	sign_up ann "HTTP_YETT_WORK=$SOLUTION"
	refused "does not begin with that many zero bits"
	solve_as "n == 8"
	[ "$(zeros "$SOLUTION")" = 8 ]
	sign_up ann "HTTP_YETT_WORK=$SOLUTION"
	expect 201
}

@test "a challenge of fewer bits than are asked now does not count, one of as many or more does" {
	work
	YETT_WORK_BITS=9 sign_up ann "HTTP_YETT_WORK=$SOLUTION"
	YETT_WORK_BITS=9 refused "fewer bits"
	sign_up ann "HTTP_YETT_WORK=$SOLUTION"
	expect 201
	export YETT_WORK_BITS=9
	work
	export YETT_WORK_BITS=8
	sign_up ben "HTTP_YETT_WORK=$SOLUTION"
	expect 201
	# What is asked now is not enough for a challenge that asks for more.
	export YETT_WORK_BITS=12
	challenge
	export YETT_WORK_BITS=8 USERS=2
	solve_as "8 <= n < 12"
	sign_up cid "HTTP_YETT_WORK=$SOLUTION"
	refused "does not begin"
}

@test "a solution counts until its challenge expires, and not from then on" {
	work
	local last=$SOLUTION
	work
	pass_time 299
	sign_up ann "HTTP_YETT_WORK=$last"
	expect 201
	USERS=1
	pass_time 1
	sign_up ben "HTTP_YETT_WORK=$SOLUTION"
	refused "expired"
}

@test "a solution counts once, in whichever field and with whatever nonce, until its challenge has expired" {
	work
	sign_up ann "HTTP_YETT_WORK=$SOLUTION"
	expect 201
	USERS=1
	sign_up ben "HTTP_YETT_WORK=$SOLUTION"
	refused "used before"
	fill_in ben "$SOLUTION"
	refused "used before"
	solve_as "n >= 8 and i > ${SOLUTION#*.}"
	sign_up ben "HTTP_YETT_WORK=$SOLUTION"
	refused "used before"
	pass_time 299
	sign_up ben "HTTP_YETT_WORK=$SOLUTION"
	refused "used before"
	pass_time 1
	sign_up ben "HTTP_YETT_WORK=$SOLUTION"
	refused "expired"
}

@test "what the handler refuses is paid for all the same" {
	register_one() {
		work
		sign_up "$1" "HTTP_YETT_WORK=$SOLUTION"
	}
	register_one ann
	expect 201
	register_one ann
	expect 409 taken
	USERS=1
	sign_up ben "HTTP_YETT_WORK=$SOLUTION"
	refused "used before"
}

@test "of many at once with one solution a single one passes" {
	local i body pids=()
	work
	for i in 1 2 3 4 5 6; do
		body='{"email":"user'$i'@example.org","password":"'"$PASSWORD"'"}'
		printf %s "$body" 3>&- | env REQUEST_METHOD=POST REQUEST_URI=/auth/register REMOTE_ADDR=192.0.2.7 HTTP_HOST=127.0.0.1:8080 \
			CONTENT_TYPE=application/json CONTENT_LENGTH=${#body} "HTTP_YETT_WORK=$SOLUTION" "$BIN/register" \
			> "$BATS_TEST_TMPDIR/many.$i" 3>&- &
		pids+=($!)
	done
	wait "${pids[@]}"
	[ "$(users)" = 1 ]
	[ "$(grep -l '^Status: 428' "$BATS_TEST_TMPDIR"/many.* | wc -l)" = 5 ]
}

@test "a challenge made up, changed, or made by another master key does not count" {
	local good i
	work
	good=$SOLUTION
	# Each part: the time, the bits, what chance added, the signature. The changed one is solved, too.
	for i in 0 8 12 20 22 42; do
		CHALLENGE=${good:0:i}$([ "${good:i:1}" = A ] && echo Q || echo A)${good:i+1:42-i}
		solve_as "n >= 8"
		sign_up ann "HTTP_YETT_WORK=$SOLUTION"
		refused
	done
	CHALLENGE=$(printf '%043d' 0)
	solve_as "n >= 8"
	sign_up ann "HTTP_YETT_WORK=$SOLUTION"
	refused
	head -c 32 /dev/zero | tr '\0' x > "$YETT_SITE_STATE/other"
	cp "$YETT_SITE_STATE/master.key" "$BATS_TEST_TMPDIR/kept"
	cat "$YETT_SITE_STATE/other" > "$YETT_SITE_STATE/master.key"
	challenge
	solve_as "n >= 8"
	cat "$BATS_TEST_TMPDIR/kept" > "$YETT_SITE_STATE/master.key"
	sign_up ann "HTTP_YETT_WORK=$SOLUTION"
	refused "not made here"
	sign_up ann "HTTP_YETT_WORK=$good"
	expect 201
}

@test "what is cut short, too long or of other characters does not count" {
	local text
	work
	for text in "" . "$CHALLENGE" "$CHALLENGE." ".${SOLUTION#*.}" "${SOLUTION:1}" "x$SOLUTION" "${CHALLENGE%?}.${SOLUTION#*.}" \
		"${CHALLENGE}A.${SOLUTION#*.}" "$SOLUTION." "$SOLUTION " " $SOLUTION" "$SOLUTION=" "$SOLUTION+" "$CHALLENGE=.1" \
		"${CHALLENGE%?}!.1" "$CHALLENGE.$(printf '%033d' 0)" "$(printf '%04000d' 0)" "$CHALLENGE.$(printf '%04000d' 0)"; do
		sign_up ann "HTTP_YETT_WORK=$text"
		refused "is not CHALLENGE.NONCE"
	done
	sign_up ann "HTTP_YETT_WORK=$(printf '%09000d' 0)"
	expect 431
	sign_up ann "HTTP_YETT_WORK=$SOLUTION"
	expect 201
}

@test "a nonce may have 32 characters of base64url" {
	challenge
	local i nonce
	for ((i = 0; ; i++)); do
		nonce=$(printf 'Ab-_%028d' $i)
		[ "$(zeros "$CHALLENGE.$nonce")" -lt 8 ] || break
	done
	sign_up ann "HTTP_YETT_WORK=$CHALLENGE.$nonce"
	expect 201
}

@test "who has forgotten the password, and who wants onto the waitlist, works as well" {
	export YETT_SIGNUP_MODE=waitlist YETT_MAIL_URL="file:$BATS_TEST_TMPDIR/mail"
	local program path kind
	"$BIN/yett" user add ann@example.org <<< "$PASSWORD"
	mails() {
		sql "SELECT count(*) FROM outbox WHERE kind = '$1'"
	}
	USERS=1
	while read -r program path kind; do
		call "$program" POST "$path" '{"email":"ann@example.org"}'
		refused "there is none"
		[ "$(mails "$kind")" = 0 ]
		work
		call "$program" POST "$path" '{"email":"ann@example.org"}' "HTTP_YETT_WORK=$SOLUTION"
		expect 202
		[ "$(mails "$kind")" = 1 ]
		# Nor may one solution ask for mails by the thousand.
		call "$program" POST "$path" '{"email":"ben@example.org"}' "HTTP_YETT_WORK=$SOLUTION"
		refused "used before"
	done <<- END
		password /auth/password/forgot reset
		waitlist /waitlist waitlist-known
	END
	for kind in "password /forgot" "waitlist /waitlist"; do
		# shellcheck disable=SC2086 # two words
		call ${kind% *} GET "${kind#* }" - "$HTML"
		grep -q '<input type="hidden" name="work" value=""' <<< "$BODY"
		grep -q 'Please turn on JavaScript' <<< "$BODY"
		YETT_WORK_MODE=off call ${kind% *} GET "${kind#* }" - "$HTML"
		run ! grep -q 'name="work"\|data-work\|JavaScript' <<< "$BODY"
	done
}

@test "in mode busy so many in a while go without, and more by work" {
	export YETT_WORK_MODE=busy YETT_WORK_FREE_REQUESTS=2 YETT_WORK_FREE_WINDOW_S=60
	call session GET /auth/challenge
	[ "$(jq .required <<< "$BODY")" = false ]
	sign_up ann
	expect 201
	# A solution that does not count is as none, and one that does uses up nothing.
	sign_up ben HTTP_YETT_WORK=nonsense
	expect 201
	call session GET /auth/challenge
	[ "$(jq .required <<< "$BODY")" = true ]
	USERS=2
	sign_up cid
	refused "there is none"
	work
	sign_up cid "HTTP_YETT_WORK=$SOLUTION"
	expect 201
	USERS=3
	pass_time 29
	sign_up dan
	refused
	pass_time 1
	sign_up dan
	expect 201
	USERS=4
	sign_up eve
	refused
}

@test "rate limits are counted before, and a request that wants no work is not asked" {
	"$BIN/yett" limit add few route 1 3600 > /dev/null
	"$BIN/yett" limit assign few --route "POST /auth/register" > /dev/null
	sign_up ann
	refused
	work
	sign_up ann "HTTP_YETT_WORK=$SOLUTION"
	expect 429
	[ "$(users)" = 0 ]
	call register OPTIONS /auth/register
	expect 204
	call register GET /register - "$HTML"
	expect 200
	"$BIN/yett" user add bob@example.org <<< "$PASSWORD"
	sign_in bob@example.org
}

@test "a page is ready for the work, and says without JavaScript that it is needed" {
	call register GET /register - "$HTML"
	grep -q '<input type="hidden" name="work" value=""' <<< "$BODY"
	grep -q 'role="status" data-work' <<< "$BODY"
	grep -q 'Please turn on JavaScript' <<< "$BODY"
	fill_in ann "" "$HTML" "$SAME"
	[ "$STATUS" = 428 ]
	grep -q 'role="status" data-work' <<< "$BODY"
	grep -q 'a solved challenge is needed just now' <<< "$BODY"
	fill_in ann "nonsense" "$HTML" "$SAME"
	run ! grep -q nonsense <<< "$BODY"
	# In mode busy the form is ready, and only when it is so the page says more. Also a page that tells of a mistake.
	export YETT_WORK_MODE=busy YETT_WORK_FREE_REQUESTS=1
	call register GET /register - "$HTML"
	grep -q 'role="status" data-work' <<< "$BODY"
	run ! grep -q 'Please turn on JavaScript' <<< "$BODY"
	call register POST /auth/register "email=x&password=y" "$FORM" "$HTML" "$SAME"
	[ "$STATUS" = 422 ]
	grep -q 'role="status" data-work' <<< "$BODY"
	call register GET /register - "$HTML"
	grep -q 'Please turn on JavaScript' <<< "$BODY"
}

@test "the mode is one of three" {
	local mode
	for mode in off busy always; do
		YETT_WORK_MODE=$mode run -0 "$BIN/yett" config check
	done
	for mode in "" on Always "busy always"; do
		YETT_WORK_MODE=$mode run -1 "$BIN/yett" config check
		[[ "$output" == *"work.mode must be off, busy or always"* ]]
	done
}

@test "scripts of other origins may send the field where CORS allows them" {
	YETT_HTTP_CORS_ORIGINS=https://app.example.org call register OPTIONS /auth/register - HTTP_ORIGIN=https://app.example.org \
		HTTP_ACCESS_CONTROL_REQUEST_METHOD=POST
	expect 204
	[[ "$(header Access-Control-Allow-Headers)" == *"Yett-Work"* ]]
}
