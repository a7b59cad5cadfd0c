/* powers_of_five.h - the first 128 bits of each power of five that doubles need. */
#ifndef BASE_POWERS_OF_FIVE_H
#define BASE_POWERS_OF_FIVE_H

#include <stdint.h>

#define LEAST_POWER_OF_FIVE    (-342)
#define GREATEST_POWER_OF_FIVE 308
#define POWERS_OF_FIVE         (GREATEST_POWER_OF_FIVE - LEAST_POWER_OF_FIVE + 1)

/* [q - LEAST_POWER_OF_FIVE]: the upper and lower half of 5^q, with the first bit of the upper half
 * set. Exact from 0 to 55; rounded up from -27 to -1, else down. */
extern const uint64_t powers_of_five[POWERS_OF_FIVE][2];

#endif
