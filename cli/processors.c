/*
 * processors.c - how many processors are ours: those that the scheduler lets us run on, or fewer
 * where a container's quota is less than that.
 */
#include "cli.h"

#include <limits.h>
#include <sched.h>
#include <stdio.h>
#include <unistd.h>

/* Linux cgroup v2: "QUOTA PERIOD" in microseconds, or "max PERIOD". */
#define QUOTA_PATH "/sys/fs/cgroup/cpu.max"

/* The processors that the quota pays for, rounded up; 0 where there is no quota. */
static unsigned quota_count(void)
{
	FILE *file = fopen(QUOTA_PATH, "re");
	unsigned quota, period;
	bool known;

	if (!file)
		return 0;
	known = fscanf(file, "%9u %9u", &quota, &period) == 2 && period > 0;
	fclose(file);
	return known ? quota / period + (quota % period != 0) : 0;
}

unsigned processor_count(void)
{
	unsigned quota = quota_count();
	long online = sysconf(_SC_NPROCESSORS_ONLN);
	unsigned n = online > 0 && online <= INT_MAX ? (unsigned)online : 1;
	cpu_set_t set;

	/* Fails where there are more processors than the set has room for. */
	if (sched_getaffinity(0, sizeof(set), &set) == 0)
		n = (unsigned)CPU_COUNT(&set);
	if (quota > 0 && quota < n)
		n = quota;
	return n > 0 ? n : 1;
}
