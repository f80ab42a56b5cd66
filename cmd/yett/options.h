/* The options of the commands: a list each, that ends with a NULL name. */
#ifndef YETT_OPTIONS_H
#define YETT_OPTIONS_H

#include "tool.h"

extern const struct option json_options[];
extern const struct option user_add_options[];
extern const struct option user_list_options[];
extern const struct option user_export_options[];
extern const struct option user_edit_options[];
extern const struct option user_delete_options[];
extern const struct option role_list_options[];
extern const struct option role_org_options[];
extern const struct option role_add_options[];
extern const struct option role_allow_options[];
extern const struct option role_grant_options[];
extern const struct option role_revoke_options[];
extern const struct option org_grant_options[];
extern const struct option org_add_options[];
extern const struct option org_edit_options[];
extern const struct option org_list_options[];
extern const struct option org_join_options[];
extern const struct option domain_options[];
extern const struct option invitation_add_options[];
extern const struct option invitation_resend_options[];
extern const struct option waitlist_list_options[];
extern const struct option user_invite_options[];
extern const struct option described_options[];
extern const struct option user_invitations_options[];
extern const struct option limit_edit_options[];
extern const struct option limit_target_options[];
extern const struct option limit_count_options[];
extern const struct option guard_add_options[];
extern const struct option guard_explain_options[];
extern const struct option group_list_options[];
extern const struct option group_show_options[];
extern const struct option group_delete_options[];
extern const struct option impersonation_list_options[];
extern const struct option session_list_options[];
extern const struct option session_revoke_options[];
extern const struct option apikey_create_options[];
extern const struct option apikey_rotate_options[];
extern const struct option apikey_list_options[];
extern const struct option apikey_usage_options[];
extern const struct option apikey_verify_options[];
extern const struct option audit_list_options[];
extern const struct option audit_export_options[];
extern const struct option audit_attempts_options[];
extern const struct option audit_verify_options[];
extern const struct option audit_stats_options[];
extern const struct option mail_list_options[];
extern const struct option mail_preview_options[];
extern const struct option mail_test_options[];
extern const struct option webhook_list_options[];
extern const struct option webhook_add_options[];
extern const struct option webhook_edit_options[];
extern const struct option webhook_rotate_options[];
extern const struct option webhook_test_options[];
extern const struct option migrate_options[];

#endif
