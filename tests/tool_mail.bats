#!/usr/bin/env bats
# yett mail, and what yett doctor says of mail.

load helper
load mail

setup() {
	fresh_state
}

teardown() {
	stop_all
}

# actions: of the audit log, that are about mail.
actions() {
	sql "SELECT group_concat(action || ' ' || actor || ' ' || details) FROM (SELECT * FROM audit_log WHERE object_type = 'mail' ORDER BY seq)"
}

@test "mail preview prints subject and text, or the HTML, in the language that is nearest" {
	run -0 yett mail preview test
	[ "${lines[0]}" = "Subject: A test from Yett" ]
	[[ "$output" = *"http://127.0.0.1:8080"* ]]
	run -0 yett mail preview test --lang de-CH
	[ "${lines[0]}" = "Subject: Ein Test von Yett" ]
	run -0 yett mail preview test --lang fr
	[ "${lines[0]}" = "Subject: A test from Yett" ]
	run -0 yett mail preview test --html --lang de
	[[ "$output" = "<!DOCTYPE html>"*"Guten Tag"* ]]
	run -1 yett mail preview none
	[[ "$output" = *'no template "none"'* ]]
	run -1 yett mail preview ../mail/test
	run -100 yett mail preview test --lang ../de
	run -100 yett mail preview test --set x
	run -100 yett mail preview
}

@test "templates of one's own take the place of ours, text and HTML together" {
	export YETT_MAIL_TEMPLATES="$BATS_TEST_TMPDIR/templates"
	mkdir "$YETT_MAIL_TEMPLATES"
	printf 'Hi from {{site_name}}, {{name}}\n\n{{#name}}<{{name}}>{{/name}} {{to}}\n' > "$YETT_MAIL_TEMPLATES/test.de.txt"
	run -0 yett mail preview test --lang de --set 'name=<b>'
	[ "${lines[0]}" = "Subject: Hi from Yett, <b>" ]
	[ "${lines[1]}" = "<<b>> you@example.org" ]
	run -1 yett mail preview test --lang de --html
	[[ "$output" = *"no HTML"* ]]
	printf '<p>{{name}}</p>' > "$YETT_MAIL_TEMPLATES/test.de.html"
	run -0 yett mail preview test --lang de --html --set 'name=<b>'
	[ "$output" = "<p>&lt;b&gt;</p>" ]
	# Ours is still there for others.
	run -0 yett mail preview test
	[ "${lines[0]}" = "Subject: A test from Yett" ]
	run -0 yett mail preview test --lang de --set 'site_name=Evil'
	[[ "${lines[0]}" = "Subject: Hi from Yett, "* ]]
	printf 'no end \377' > "$YETT_MAIL_TEMPLATES/test.de.txt"
	run -1 yett mail preview test --lang de
	[[ "$output" = *"must be UTF-8"* ]]
	{ echo Subject; head -c 65528 /dev/zero | tr '\0' x; } > "$YETT_MAIL_TEMPLATES/test.de.txt"
	run -0 yett mail preview test --lang de
	printf x >> "$YETT_MAIL_TEMPLATES/test.de.txt"
	run -1 yett mail preview test --lang de
	printf '\nno subject' > "$YETT_MAIL_TEMPLATES/test.de.txt"
	run -1 yett mail preview test --lang de
	[[ "$output" = *subject* ]]
}

@test "mail test says what became of it" {
	start_smtp
	start_courier
	run -0 yett mail test ann@example.org
	[[ "$output" = "queued as "*"sent after "*" ms" ]]
	run -1 yett mail test nobody@example.org
	[[ "$output" = *"is dead: 550 5.1.1 nobody of that name"* ]]
	run -1 yett mail test nobody
	[[ "$output" = *"no e-mail address"* || "$output" = *"not an e-mail address"* ]]
	run -1 yett mail test $'ann@example.org\nBcc: eve@example.org'
	run -100 yett mail test ann@example.org --lang 'd e'
	[ "$(sql "SELECT count(*) FROM outbox")" = 2 ]
}

@test "mail list and show tell all but what is secret" {
	queue ann@example.org
	local first=$ID
	queue bob@example.org
	sql "UPDATE outbox SET state = 'dead', next_at = NULL, last_error = '550 no' WHERE id = '$ID'"
	sql "UPDATE outbox SET secret = 1, sealed = 'SEALEDSEALED' WHERE id = '$first'"
	run -0 yett mail list
	[[ "${lines[0]}" = CREATED*KIND*TO*STATE*TRIES*NEXT*ID*ERROR ]]
	[[ "${lines[1]}" = *test*bob@example.org*dead*0*"$ID"*"550 no"* ]]
	[[ "${lines[2]}" = *test*ann@example.org*queued*0*"$first"* ]]
	run -0 yett mail list --state dead --json
	[ "$(jq -c '[.items[] | [.to, .state, .last_error, .next_at, .sent_at]]' <<< "$output")" = \
		'[["bob@example.org","dead","550 no",null,null]]' ]
	run -0 yett mail list --limit 1
	[ "${#lines[@]}" = 2 ]
	run -0 yett mail show "$first"
	[[ "$output" = *"secret      sealed"* && "$output" != *SEALEDSEALED* ]]
	run -0 yett mail show "$first" --json
	[[ "$(jq -c '[.kind, .to, .secret, .attempts, .params]' <<< "$output")" = '["test","ann@example.org",true,0,{}]' ]]
	[[ "$output" != *SEALEDSEALED* ]]
	run -1 yett mail show 01890a5d-ac96-774b-bcce-b302099a8057
	[[ "$output" = *"there is no mail"* ]]
	run -100 yett mail list --state lost
	run -100 yett mail list --limit 0
	run -100 yett mail list --limit 10001
	run -0 yett mail list --limit 10000
}

@test "mail resend has a dead mail, or one that waits, sent at once; not one that is sent, or whose link is gone" {
	start_smtp
	stop_time
	queue ann@example.org
	sql "UPDATE outbox SET state = 'dead', next_at = NULL, attempts = 7, give_up_at = 1, last_error = 'x' WHERE id = '$ID'"
	run -0 yett mail resend "$ID"
	[ "$output" = "test to ann@example.org is due now" ]
	[ "$(column "state || attempts || ' ' || (next_at = created_at) || (give_up_at - next_at)")" = "queued0 1172800000" ]
	sql "UPDATE outbox SET next_at = next_at + 3600000, attempts = 7 WHERE id = '$ID'"
	run -0 yett mail resend "$ID"
	[ "$(column "attempts || ' ' || (next_at = created_at)")" = "7 1" ]
	start_courier
	eventually is sent
	run -1 yett mail resend "$ID"
	[[ "$output" = *"it is sent"* ]]
	stop_courier
	queue bob@example.org
	sql "UPDATE outbox SET state = 'dead', next_at = NULL, secret = 1 WHERE id = '$ID'"
	run -1 yett mail resend "$ID"
	[[ "$output" = *"which is gone"* ]]
	run -1 yett mail resend 01890a5d-ac96-774b-bcce-b302099a8057
	[[ "$output" = *"there is no mail"* ]]
	[ "$(actions)" = 'mail.resent tool {"kind":"test","state":"dead"},mail.resent tool {"kind":"test","state":"queued"}' ]
}

@test "mail delete takes one away, and the audit log says so" {
	queue ann@example.org
	run -0 yett mail delete "$ID"
	[ "$output" = "test to ann@example.org is deleted" ]
	[ "$(sql "SELECT count(*) FROM outbox")" = 0 ]
	run -1 yett mail delete "$ID"
	[ "$(actions)" = 'mail.deleted tool {"kind":"test","state":"queued"}' ]
	# No address there, for the log is kept when the user is gone.
	run -1 grep -c ann@example.org <(sql "SELECT details FROM audit_log")
}

@test "doctor says whether mail goes out" {
	run -0 yett doctor
	[[ "$output" = *"warn  mail: mail.url is not set"* ]]
	start_smtp
	run -0 yett doctor
	[[ "$output" = *"warn  outbox: the courier does not run"* ]]
	start_courier
	queue nobody@example.org
	eventually is dead
	run -0 yett doctor
	[[ "$output" = *"ok    outbox: 0 mails wait, 0 were sent"* ]]
	[[ "$output" = *"warn  outbox: 1 mails could not be sent"* ]]
	stop_smtp
	queue ann@example.org
	eventually tried
	sql "UPDATE outbox SET next_at = next_at - 400000 WHERE id = '$ID'"
	run -0 yett doctor
	[[ "$output" = *"wait, some for more than five minutes"* || "$output" = *"ok    outbox: 1 mails wait"* ]]
	YETT_MAIL_URL=sendmail:/none run -1 yett doctor
	[[ "$output" = *"FAIL  mail: mail.url: /none: No such file"* ]]
	YETT_MAIL_TLS=maybe run -1 yett doctor
	[[ "$output" = *"FAIL  mail: mail.tls must be"* ]]
	YETT_SITE_WWW=/none run -1 yett doctor
	[[ "$output" = *"FAIL  mail: the templates in /none/mail"* ]]
}
