/* interrupt.h - lets a command clean up before a signal ends it. */
#ifndef CLI_COMMON_INTERRUPT_H
#define CLI_COMMON_INTERRUPT_H

#include <stdbool.h>

/* From now on SIGINT, SIGTERM and SIGHUP only set a flag, unless they are ignored; the second one
 * of a kind ends the program. */
void interrupt_catch(void);

/* Whether the flag is set. Thread-safe. */
bool interrupt_came(void);

/* Ends the program by the signal that came, if any. */
void interrupt_obey(void);

/* From now on a signal that ends the program removes the file at path first. The path is borrowed
 * until interrupt_keep(). */
void interrupt_remove(const char *path);
void interrupt_keep(const char *path);

/* Removes such files, and ends the program by the signal: for handlers. */
void interrupt_end(int number);

#endif
