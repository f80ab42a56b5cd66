/* The gate: of all mail that is being sent one at a time is where nobody could say whether it
 * arrived, so that whoever kills the courier has one mail repeated, not one a worker. */
#ifndef COURIER_GATE_H
#define COURIER_GATE_H

/**
 * gate_enter(), gate_leave():
 * Before the last byte is handed over, and once what became of the mail is written. Who has been
 * between the two for a second is not waited for any longer: a slow server holds up no other mail.
 * The second may be called without the first.
 */
void gate_enter(void);
void gate_leave(void);

#endif
