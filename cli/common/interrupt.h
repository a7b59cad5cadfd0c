/*
 * interrupt.h - a command that has something to put away before a signal ends it.
 */
#ifndef CLI_COMMON_INTERRUPT_H
#define CLI_COMMON_INTERRUPT_H

#include <stdbool.h>

/* From now on SIGINT, SIGTERM and SIGHUP only leave their mark, except those that are ignored; the
 * second of a kind ends the program. */
void interrupt_catch(void);

/* Whether there is a mark. To be asked from any thread. */
bool interrupt_came(void);

/* Ends the program by the signal that came, if one did. */
void interrupt_obey(void);

/* From now on the file at path is removed where one of these signals ends the program at once. The
 * path is borrowed until interrupt_keep(). */
void interrupt_remove(const char *path);
void interrupt_keep(const char *path);

/* Removes such files, and ends the program by the signal: for handlers. */
void interrupt_end(int number);

#endif
