/* affinity.h - the processors that the scheduler gives us. */
#ifndef CLI_COMMON_AFFINITY_H
#define CLI_COMMON_AFFINITY_H

/* More than any kernel supports (Linux's CONFIG_NR_CPUS is at most 8192). */
#define MAX_PROCESSORS 65536

/* The processors in our affinity mask; 0 if unknown. */
unsigned affinity_count(void);

#endif
