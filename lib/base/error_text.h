/* error_text.h - what an errno value means, in English. */
#ifndef BASE_ERROR_TEXT_H
#define BASE_ERROR_TEXT_H

/* Never NULL; valid forever. Unlike strerror() and its kin, it does not ask the locale, where the C
 * library has a way. */
const char *error_text(int sys_errno);

#endif
