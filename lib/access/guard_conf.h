/* The rules of the guard that stand in yett.conf. */
#ifndef ACCESS_GUARD_CONF_H
#define ACCESS_GUARD_CONF_H

#include "access/guard_rule.h"
#include "base/conf.h"

/**
 * guard_conf_each(conf, a, each, arg, ret_message):
 * Call ${each} for every rule of [guard], in their order, with the rule and the text that
 * guard_rule_print() gives of it; both are owned by ${a}. Errors: ERR_CONF when one of them is no
 * rule, or they are more than 500: then ${ret_message} says which and why, for a person, and
 * ${each} was called for those before it. ERR_NOMEM.
 */
MUST_USE enum err guard_conf_each(const struct conf *conf, struct arena *a,
    void (*each)(void *arg, const struct guard_rule *rule, const char *text), void *arg,
    char ret_message[static CONF_MESSAGE_SIZE]);

/**
 * guard_conf_check(conf, ret_message):
 * Are they all rules? Errors: as guard_conf_each().
 */
MUST_USE enum err
guard_conf_check(const struct conf *conf, char ret_message[static CONF_MESSAGE_SIZE]);

#endif
