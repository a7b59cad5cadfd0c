/*
 * csv.h - fields of comma-separated values (RFC 4180).
 */
#ifndef CLI_CSV_H
#define CLI_CSV_H

#include "text.h"

/* Puts the field, quoted where it must be. */
void csv_put_field(struct text *text, const char *field);

#endif
