/* trim.h - gives memory that is free back to the system, where the C library would keep it. */
#ifndef CLI_COMMON_TRIM_H
#define CLI_COMMON_TRIM_H

#include <stdlib.h>
#ifdef __GLIBC__
#include <malloc.h>
#endif

static inline void trim_memory(void)
{
#ifdef __GLIBC__
	malloc_trim(0);
#endif
}

#endif
