#!/usr/bin/env bats
# Permissions that an org's own roles hold on conditions.

load helper
load orgs

setup() {
	fresh_state
	two_orgs
}

# allow_if NAME PERMISSION CONDITION: the coaches of A hold it so.
allow_if() {
	as "$1" POST "/orgs/$A/roles/$A_ROLE/permissions" "$(jq -nc --arg p "$2" --arg c "$3" '{permission: $p, condition: $c}')"
}

# asks NAME ORG MEMBER ATTRIBUTES: may MEMBER move courts in ORG?
asks() {
	call roles POST /authz/check "{\"subject\":\"${ID[$3]}\",\"org\":\"$2\",\"resource\":\"courts\",\"action\":\"move\",\"attributes\":$4}" "$(bearer "${TOKEN[$1]}")"
	expect 200
}

@test "what a role of an org holds on a condition is held in that org by who meets it" {
	local condition=":attributes ->> 'booked_by' = :subject AND :org = '$A'"
	allow_if ann courts:move "$condition"
	expect 200
	[ "$(jq -c '[.permissions, .effective_permissions]' <<< "$BODY")" = '[["courts:book"],["courts:book"]]' ]
	[ "$(jq -c .conditional_permissions <<< "$BODY")" = "$(jq -nc --arg c "$condition" '[{permission: "courts:move", condition: $c}]')" ]
	as ann GET "/orgs/$A/roles/$A_ROLE"
	[ "$(jq -r '.conditional_permissions[0].condition' <<< "$BODY")" = "$condition" ]
	[ "$(sql "SELECT details ->> 'conditional' FROM audit_log WHERE action = 'org_role.allowed' ORDER BY seq DESC LIMIT 1")" = 1 ]
	give ann "$A" amy coach
	expect 200
	asks amy "$A" amy "{\"booked_by\":\"${ID[amy]}\"}"
	[ "$(jq -c '[.allowed, .reason.org, .reason.role, .reason.permission]' <<< "$BODY")" = "[true,\"$A\",\"coach\",\"courts:move\"]" ]
	asks amy "$A" amy "{\"booked_by\":\"${ID[ada]}\"}"
	[ "$(jq -c '[.allowed, .reason.org, .reason.role]' <<< "$BODY")" = "[false,\"$A\",\"coach\"]" ]
	[[ "$(json .reason.missing)" = *"on a condition, which is not met" ]]
	asks amy "$A" amy '{}'
	[ "$(json .allowed)" = false ]
	# Nowhere else, and in no token.
	asks amy "$B" amy "{\"booked_by\":\"${ID[amy]}\"}"
	[ "$(json .allowed)" = false ]
	[[ "$(json .reason.missing)" = "no role"* ]]
	activate amy "$A"
	[ "$(claims "${TOKEN[amy]}" | jq -c .org_permissions)" = '["courts:book","members:read","orgs:read"]' ]
	# Without the condition it is held always; the other way round, too.
	as ann POST "/orgs/$A/roles/$A_ROLE/permissions" '{"permission":"courts:move"}'
	asks amy "$A" amy '{}'
	[ "$(json .allowed)" = true ]
	allow_if ann courts:move ":hour > 24"
	asks amy "$A" amy '{}'
	[ "$(json .allowed)" = false ]
	as ann DELETE "/orgs/$A/roles/$A_ROLE/permissions" '{"permission":"courts:move"}'
	expect 200
	[ "$(jq -c .conditional_permissions <<< "$BODY")" = '[]' ]
}

@test "what the condition says is for who may ask about the members, and of the site's roles for the site" {
	allow_if ann courts:move ":attributes ->> 'free'"
	give ann "$A" amy coach
	asks amy "$A" amy '{"free":true}'
	[ "$(jq -c '[.allowed, .reason.condition]' <<< "$BODY")" = '[true,null]' ]
	asks amy "$A" amy '{}'
	[ "$(jq -c '[.allowed, .reason.condition]' <<< "$BODY")" = '[false,null]' ]
	asks ann "$A" amy '{}'
	[ "$(jq -c '[.allowed, .reason.condition]' <<< "$BODY")" = "[false,\":attributes ->> 'free'\"]" ]
	asks root "$A" amy '{"free":1}'
	[ "$(jq -c '[.allowed, .reason.condition]' <<< "$BODY")" = "[true,\":attributes ->> 'free'\"]" ]
	# A role of the site, given in the org.
	local role
	call roles POST /roles '{"name":"mover"}' "$(bearer "${TOKEN[root]}")"
	role=$(json .id)
	call roles POST "/roles/$role/permissions" '{"permission":"courts:move","condition":":user ->> '"'team'"' = 7"}' "$(bearer "${TOKEN[root]}")"
	expect 200
	give root "$A" ada mover
	expect 200
	asks ann "$A" ada '{}'
	[ "$(jq -c '[.allowed, .reason.role, .reason.condition]' <<< "$BODY")" = '[false,"mover",null]' ]
	asks root "$A" ada '{}'
	[[ "$(json .reason.condition)" = ":user"* ]]
	yett user edit ada@example.org --attributes '{"team":7}'
	asks ann "$A" ada '{}'
	[ "$(jq -c '[.allowed, .reason.role, .reason.condition]' <<< "$BODY")" = '[true,"mover",null]' ]
}

@test "an org's owner does not learn by a condition what the site wrote of a member" {
	allow_if ann courts:move ":user ->> 'pay' > 1000"
	expect 422
	expect_field condition
	[[ "$(json '.errors[0].detail')" = *"no such fact in an organisation"* ]]
	# Not even by one that came into the database in another way.
	allow_if ann courts:move "1"
	expect 200
	give ann "$A" amy coach
	asks amy "$A" amy '{}'
	[ "$(json .allowed)" = true ]
	sql "UPDATE role_permissions SET condition = ':user IS NOT NULL' WHERE condition = '1'"
	as ann PATCH "/orgs/$A/roles/$A_ROLE" '{"description":"so that it is read anew"}'
	asks amy "$A" amy '{}'
	[ "$(json .allowed)" = false ]
}

@test "a condition of an org's role that is none is refused by name, and changes nothing" {
	local condition
	for condition in ")" "(SELECT 1)" "1; SELECT 1" "randomblob(9)" ":nothing = 1" "$(printf '%01001d' 1)"; do
		allow_if ann courts:move "$condition"
		expect 422
		expect_field condition
	done
	as ann GET "/orgs/$A/roles/$A_ROLE"
	[ "$(jq -c '[.permissions, .conditional_permissions]' <<< "$BODY")" = '[["courts:book"],[]]' ]
	allow_if ann courts:move "$(printf '%01000d' 1)"
	expect 200
}

@test "a role of an org holds 32 permissions on conditions, and not one more" {
	local i
	for i in $(seq 32); do
		allow_if ann "courts:p$i" "$i"
		expect 200
	done
	allow_if ann courts:p33 1
	expect 422
	expect_field permission
	[ "$(sql "SELECT count(*) FROM permissions WHERE name = 'courts:p33'")" = 0 ]
	# One of them may change, and what is held always is another matter.
	allow_if ann courts:p1 0
	expect 200
	as ann POST "/orgs/$A/roles/$A_ROLE/permissions" '{"permission":"courts:p33"}'
	expect 200
	as ann POST "/orgs/$A/roles/$A_ROLE/permissions" '{"permission":"courts:p32","condition":null}'
	expect 200
	allow_if ann courts:p33 1
	expect 200
}

@test "who holds a permission on a condition in an org gives it to nobody there" {
	local keeper
	keeper=$(new_role ann "$A" keeper roles:update roles:read members:assign members:read orgs:read)
	allow_if ann courts:move 1
	give ann "$A" amy keeper
	give ann "$A" amy coach
	expect 200
	as amy POST "/orgs/$A/roles/$keeper/permissions" '{"permission":"courts:move"}'
	expect 403
	as amy POST "/orgs/$A/roles/$keeper/permissions" '{"permission":"courts:move","condition":"1"}'
	expect 403
	give amy "$A" ada coach
	expect 403
	# Nor changes who holds it so, or takes it away.
	as amy PATCH "/orgs/$A/roles/$A_ROLE" '{"description":"mine"}'
	expect 403
	as amy DELETE "/orgs/$A/roles/$A_ROLE/permissions" '{"permission":"courts:move"}'
	expect 403
	# With what he holds anyway he does as he likes.
	as amy POST "/orgs/$A/roles/$keeper/permissions" '{"permission":"roles:read","condition":":hour < 12"}'
	expect 200
}

@test "an API key and who acts in a name get nothing out of conditions" {
	allow_if ann courts:move 1
	give ann "$A" amy coach
	call apikeys POST /apikeys "{\"name\":\"k\",\"scopes\":[\"orgs:read\"],\"org_id\":\"$A\"}" "$(bearer "${TOKEN[amy]}")"
	expect 201
	call roles POST /authz/check "{\"org\":\"$A\",\"resource\":\"courts\",\"action\":\"move\"}" "HTTP_X_API_KEY=$(json .key)"
	expect 200
	[ "$(json .allowed)" = false ]
	call groups POST "/users/${ID[amy]}/impersonate" '{"reason":"to see"}' "$(bearer "${TOKEN[root]}")"
	expect 201
	call roles POST /authz/check "{\"org\":\"$A\",\"resource\":\"courts\",\"action\":\"move\"}" "$(bearer "$(json .access_token)")"
	[ "$(json .allowed)" = false ]
	asks amy "$A" amy '{}'
	[ "$(json .allowed)" = true ]
}
