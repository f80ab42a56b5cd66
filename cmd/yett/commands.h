/* The commands, each in the file of its noun. All return the exit status and have said what there
 * is to say. */
#ifndef YETT_COMMANDS_H
#define YETT_COMMANDS_H

#include "tool.h"

int cmd_init(struct tool *t);

int cmd_user_add(struct tool *t);
int cmd_user_list(struct tool *t);
int cmd_user_show(struct tool *t);
int cmd_user_passwd(struct tool *t);
int cmd_user_lock(struct tool *t);
int cmd_user_unlock(struct tool *t);
int cmd_user_delete(struct tool *t);
int cmd_user_edit(struct tool *t);
int cmd_user_enable(struct tool *t);
int cmd_user_disable(struct tool *t);
int cmd_user_logout(struct tool *t);
int cmd_user_require_password_update(struct tool *t);
int cmd_user_clear_password(struct tool *t);
int cmd_user_import(struct tool *t);
int cmd_user_invite(struct tool *t);
int cmd_user_invitations(struct tool *t);
int cmd_user_uninvite(struct tool *t);
int cmd_user_export(struct tool *t);

int cmd_role_list(struct tool *t);
int cmd_role_add(struct tool *t);
int cmd_role_delete(struct tool *t);
int cmd_role_allow(struct tool *t);
int cmd_role_forbid(struct tool *t);
int cmd_role_inherit(struct tool *t);
int cmd_role_disinherit(struct tool *t);
int cmd_role_grant(struct tool *t);
int cmd_role_revoke(struct tool *t);

int cmd_org_list(struct tool *t);
int cmd_org_add(struct tool *t);
int cmd_org_show(struct tool *t);
int cmd_org_edit(struct tool *t);
int cmd_org_delete(struct tool *t);
int cmd_org_members(struct tool *t);
int cmd_org_join(struct tool *t);
int cmd_org_leave(struct tool *t);
int cmd_org_grant(struct tool *t);
int cmd_org_revoke(struct tool *t);

int cmd_domain_list(struct tool *t);
int cmd_domain_add(struct tool *t);
int cmd_domain_verify(struct tool *t);
int cmd_domain_set(struct tool *t);
int cmd_domain_delete(struct tool *t);

int cmd_invitation_list(struct tool *t);
int cmd_invitation_add(struct tool *t);
int cmd_invitation_resend(struct tool *t);
int cmd_invitation_revoke(struct tool *t);

int cmd_waitlist_list(struct tool *t);
int cmd_waitlist_invite(struct tool *t);
int cmd_waitlist_approve(struct tool *t);
int cmd_waitlist_refuse(struct tool *t);
int cmd_waitlist_delete(struct tool *t);

int cmd_limit_list(struct tool *t);
int cmd_limit_show(struct tool *t);
int cmd_limit_add(struct tool *t);
int cmd_limit_edit(struct tool *t);
int cmd_limit_delete(struct tool *t);
int cmd_limit_assign(struct tool *t);
int cmd_limit_unassign(struct tool *t);
int cmd_limit_count(struct tool *t);
int cmd_limit_reset(struct tool *t);

int cmd_guard_list(struct tool *t);
int cmd_guard_show(struct tool *t);
int cmd_guard_add(struct tool *t);
int cmd_guard_set(struct tool *t);
int cmd_guard_move(struct tool *t);
int cmd_guard_delete(struct tool *t);
int cmd_guard_explain(struct tool *t);

int cmd_group_list(struct tool *t);
int cmd_group_add(struct tool *t);
int cmd_group_show(struct tool *t);
int cmd_group_delete(struct tool *t);
int cmd_group_join(struct tool *t);
int cmd_group_leave(struct tool *t);
int cmd_group_grant(struct tool *t);
int cmd_group_revoke(struct tool *t);

int cmd_impersonation_list(struct tool *t);
int cmd_impersonation_end(struct tool *t);

int cmd_session_list(struct tool *t);
int cmd_session_revoke(struct tool *t);

int cmd_apikey_create(struct tool *t);
int cmd_apikey_import(struct tool *t);
int cmd_apikey_rotate(struct tool *t);
int cmd_apikey_revoke(struct tool *t);
int cmd_apikey_grant(struct tool *t);
int cmd_apikey_withdraw(struct tool *t);
int cmd_apikey_list(struct tool *t);
int cmd_apikey_show(struct tool *t);
int cmd_apikey_usage(struct tool *t);
int cmd_apikey_verify(struct tool *t);

int cmd_key_list(struct tool *t);
int cmd_key_rotate(struct tool *t);

int cmd_audit_list(struct tool *t);
int cmd_audit_export(struct tool *t);
int cmd_audit_attempts(struct tool *t);
int cmd_audit_verify(struct tool *t);
int cmd_audit_head(struct tool *t);
int cmd_audit_stats(struct tool *t);
int cmd_audit_retention(struct tool *t);
int cmd_audit_cut(struct tool *t);

int cmd_mail_list(struct tool *t);
int cmd_mail_show(struct tool *t);
int cmd_mail_resend(struct tool *t);
int cmd_mail_delete(struct tool *t);
int cmd_mail_preview(struct tool *t);
int cmd_mail_test(struct tool *t);

int cmd_webhook_list(struct tool *t);
int cmd_webhook_add(struct tool *t);
int cmd_webhook_show(struct tool *t);
int cmd_webhook_edit(struct tool *t);
int cmd_webhook_rotate(struct tool *t);
int cmd_webhook_test(struct tool *t);
int cmd_webhook_deliveries(struct tool *t);
int cmd_webhook_resend(struct tool *t);
int cmd_webhook_delete(struct tool *t);

int cmd_migrate(struct tool *t);
int cmd_backup(struct tool *t);
int cmd_restore(struct tool *t);

int cmd_doctor(struct tool *t);

int cmd_config_check(struct tool *t);
int cmd_config_show(struct tool *t);

int cmd_breach_build(struct tool *t);
int cmd_breach_check(struct tool *t);

#endif
