/*
 * digits.c - whole numbers for people.
 */
#include "digits.h"

const char *with_commas(uint64_t value, char text[static DIGITS_NBYTES])
{
	char *p = text + DIGITS_NBYTES - 1;
	int n_digits = 0;

	*p = '\0';
	do {
		if (n_digits > 0 && n_digits % 3 == 0)
			*--p = ',';
		*--p = (char)('0' + value % 10);
		value /= 10;
		n_digits++;
	} while (value > 0);
	return p;
}
