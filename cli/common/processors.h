/*
 * processors.h - how many processors are ours, and what says so.
 */
#ifndef CLI_COMMON_PROCESSORS_H
#define CLI_COMMON_PROCESSORS_H

#include <stdint.h>

struct processors {
	unsigned online;  /* that run */
	unsigned allowed; /* those of them that the affinity mask lets this process run on */
	unsigned quota; /* as many as the quota of a control group pays for, rounded up; 0: none */
	unsigned n;     /* the least of them: as many threads are worth having */
};

/* root: what stands before the paths of /proc and of the control groups; "" for the system's own.
 */
struct processors processors_find(const char *root);

/* How many threads to start where `wanted` are asked for: 0 is one for each processor of ours. */
unsigned thread_count(uint64_t wanted);

#endif
