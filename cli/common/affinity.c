/* affinity.c - Linux's affinity masks. */
#include "affinity.h"

#include <sched.h>
#include <stddef.h>

#ifdef __linux__
/* The mask needs room for all that the kernel may know, a number that it does not report. */
unsigned affinity_count(void)
{
	unsigned n = 0;

	for (size_t room = CPU_SETSIZE; n == 0 && room <= MAX_PROCESSORS; room *= 2) {
		const size_t nbytes = CPU_ALLOC_SIZE(room);
		cpu_set_t *set = CPU_ALLOC(room);

		if (!set)
			return 0;
		if (sched_getaffinity(0, nbytes, set) == 0)
			n = (unsigned)CPU_COUNT_S(nbytes, set);
		CPU_FREE(set);
	}
	return n;
}
#else
unsigned affinity_count(void)
{
	return 0;
}
#endif
