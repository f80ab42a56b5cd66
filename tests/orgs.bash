# What the tests of orgs share: two orgs, and people of every kind.

NOBODY=01890a5d-ac96-774b-bcce-b302099a8057
OWNER_ROLE=00000000-0000-7000-8000-000000000011

# two_orgs: A has the owner ann, the admin ada and the member amy; B the owner bob and the member ben; sam belongs to none, and
# root may do everything on the site. Each has a token in TOKEN[name] and an id in ID[name]; the orgs' ids are in A and B, a
# role of each in A_ROLE and B_ROLE.
two_orgs() {
	local name
	declare -gA TOKEN ID
	echo "$PASSWORD" | "$BIN/yett" user add root@example.org --role admin > /dev/null
	sign_in root@example.org
	TOKEN[root]=$ACCESS
	ID[root]=$(sql "SELECT id FROM users")
	for name in ann ada amy bob ben sam; do
		register "$name@example.org"
		TOKEN[$name]=$ACCESS
		ID[$name]=$USER_ID
	done
	sql "UPDATE users SET can_create_orgs = 1 WHERE email IN ('ann@example.org', 'bob@example.org')"
	A=$(new_org ann "Tennis & Chess Club")
	B=$(new_org bob "Chess only")
	join "$A" ada org-admin
	join "$A" amy org-member
	join "$B" ben org-member
	A_ROLE=$(new_role ann "$A" coach courts:book)
	B_ROLE=$(new_role bob "$B" referee games:end)
}

# as NAME METHOD PATH [BODY] [VARIABLE=VALUE]...: "guest" proves nothing.
as() {
	local who=$1 method=$2 path=$3 body=${4--}
	shift 3
	[ $# = 0 ] || shift
	[ "$who" = guest ] || set -- "$(bearer "${TOKEN[$who]}")" "$@"
	call orgs "$method" "$path" "$body" "$@"
}

# new_org NAME TITLE: prints its id.
new_org() {
	as "$1" POST /orgs "{\"name\":\"$2\"}"
	expect 201 >&2
	json .id
}

# join ORG NAME ROLE
join() {
	as root POST "/orgs/$1/members" "{\"user\":\"${ID[$2]}\",\"role\":\"$3\"}"
	expect 201 >&2
}

# new_role NAME ORG ROLE [PERMISSION]...: prints its id.
new_role() {
	local who=$1 org=$2 id permission
	as "$who" POST "/orgs/$org/roles" "{\"name\":\"$3\"}"
	expect 201 >&2
	id=$(json .id)
	shift 3
	for permission; do
		as "$who" POST "/orgs/$org/roles/$id/permissions" "{\"permission\":\"$permission\"}"
		expect 200 >&2
	done
	echo "$id"
}

# give NAME ORG MEMBER ROLE: NAME gives it.
give() {
	as "$1" POST "/orgs/$2/members/${ID[$3]}/roles" "{\"role\":\"$4\"}"
}

# activate NAME ORG: from now on NAME acts there.
activate() {
	as "$1" POST "/orgs/$2/activate"
	expect 200 >&2
	TOKEN[$1]=$(json .access_token)
}

# claims TOKEN: what a token says.
claims() {
	local payload
	payload=$(cut -d. -f2 <<< "$1" | tr '_-' '/+')
	while [ $((${#payload} % 4)) != 0 ]; do payload+="="; done
	base64 -d <<< "$payload"
}
