/* shortest.h - the shortest text that reads back as the same double. */
#ifndef BASE_SHORTEST_H
#define BASE_SHORTEST_H

#include "digits.h"

/* Writes a finite number as JavaScript and RapidJSON do, but always with a point or an exponent:
 * 0.0, 12.5, 1e30, 1.5e-7. Returns the number of bytes; no zero is added. For messages: slow. */
size_t shortest_text(double number, char text[DIGITS_ROOM]);

#endif
