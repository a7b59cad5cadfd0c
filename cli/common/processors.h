/* processors.h - how many processors this process may use, and why. */
#ifndef CLI_COMMON_PROCESSORS_H
#define CLI_COMMON_PROCESSORS_H

#include <stdint.h>

struct processors {
	unsigned online;  /* that run */
	unsigned allowed; /* those that the affinity mask allows */
	unsigned quota; /* processors that a control group's quota pays for, rounded up; 0: no quota
			 */
	unsigned n;     /* the lowest of these: the useful number of threads */
};

/* root: prefix of the paths of /proc and of the control groups; "" for the system's own. */
struct processors processors_find(const char *root);

/* The number of threads to start if `wanted` are asked for; 0: one per available processor. */
unsigned thread_count(uint64_t wanted);

#endif
