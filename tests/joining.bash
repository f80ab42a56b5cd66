# What the tests of joining an org share: two orgs and their people.

ORG_A=01890a5d-ac96-774b-bcce-b302099a8057
ORG_B=01890a5d-ac96-774b-bcce-b302099a8058
NOBODY=01890a5d-ac96-774b-bcce-b302099a8059

# two_orgs: root is the site's admin; ann owns A, carl is a member there; dora owns B. Tokens in ROOT, ANN, CARL, DORA.
two_orgs() {
	echo "$PASSWORD" | "$BIN/yett" user add root@example.org --role admin
	sign_in root@example.org
	ROOT=$ACCESS
	sql "INSERT INTO orgs (id, name, slug, created_at, updated_at)
		VALUES ('$ORG_A', 'Club A', 'a', 0, 0), ('$ORG_B', 'Club B', 'b', 0, 0)"
	register ann@example.org
	ANN=$ACCESS ANN_ID=$USER_ID
	member "$ORG_A" "$ANN_ID" org-owner
	register carl@example.org
	CARL=$ACCESS CARL_ID=$USER_ID
	member "$ORG_A" "$CARL_ID" org-member
	register dora@example.org
	DORA=$ACCESS DORA_ID=$USER_ID
	member "$ORG_B" "$DORA_ID" org-owner
}

# member ORG USER_ID ROLE
member() {
	sql "INSERT INTO user_orgs (user_id, org_id, joined_at) VALUES ('$2', '$1', 0) ON CONFLICT DO NOTHING;
		INSERT INTO user_org_roles (user_id, org_id, role_id, assigned_at)
		SELECT '$2', '$1', id, 0 FROM roles WHERE name = '$3' AND org_id IS NULL"
}

# as TOKEN METHOD PATH [BODY]
as() {
	call orgs "$2" "$3" "${4--}" "$(bearer "$1")"
}

# is_member ORG USER_ID: how many rows say so.
is_member() {
	sql "SELECT count(*) FROM user_orgs WHERE org_id = '$1' AND user_id = '$2'"
}
