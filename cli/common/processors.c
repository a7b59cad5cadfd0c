/*
 * processors.c - how many processors this process may use: those that the scheduler allows, or
 * fewer if a quota is lower, as in containers.
 *
 * A quota belongs to a control group and limits all groups below it. So the lowest one from our
 * group up to the top counts. /proc/self/cgroup names our group. But a container may see its group
 * at the top, and not at that path: missing folders are skipped, and the top is always checked.
 */
#include "processors.h"
#include "affinity.h"

#include <inttypes.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Where control groups are mounted: version 2, with all controllers in one tree, and version 1's
 * cpu controller. */
#define UNIFIED_TOP "/sys/fs/cgroup"
#define CPU_TOP     "/sys/fs/cgroup/cpu"

static FILE *open_file(const char *folder, const char *name)
{
	char path[PATH_MAX];
	int length = snprintf(path, sizeof(path), "%s/%s", folder, name);

	return length > 0 && (size_t)length < sizeof(path) ? fopen(path, "re") : NULL;
}

/* -------------------------------------------------------------------- quotas */

/* Processors that quota microseconds per period pay for; 0 if that is no limit. */
static unsigned processors_of(uint64_t quota, uint64_t period)
{
	uint64_t n = period > 0 ? quota / period + (quota % period != 0) : 0;

	return n <= UINT_MAX ? (unsigned)n : 0;
}

/* Version 2: "QUOTA PERIOD" in microseconds, or "max PERIOD". */
static unsigned quota_of_unified(const char *folder)
{
	FILE *file = open_file(folder, "cpu.max");
	uint64_t quota = 0, period = 0;
	bool known;

	if (!file)
		return 0;
	known = fscanf(file, "%18" SCNu64 " %18" SCNu64, &quota, &period) == 2;
	fclose(file);
	return known ? processors_of(quota, period) : 0;
}

static int64_t number_in(const char *folder, const char *name)
{
	FILE *file = open_file(folder, name);
	int64_t value = 0;

	if (!file)
		return 0;
	if (fscanf(file, "%18" SCNd64, &value) != 1)
		value = 0;
	fclose(file);
	return value;
}

/* Version 1: two files; a quota of -1 means none. */
static unsigned quota_of_cpu(const char *folder)
{
	int64_t quota = number_in(folder, "cpu.cfs_quota_us");
	int64_t period = number_in(folder, "cpu.cfs_period_us");

	return quota > 0 && period > 0 ? processors_of((uint64_t)quota, (uint64_t)period) : 0;
}

/* The smaller of two numbers; 0 means none. */
static unsigned lesser(unsigned a, unsigned b)
{
	if (a == 0 || b == 0)
		return a | b;
	return a < b ? a : b;
}

/* ---------------------------------------------------------------------- groups */

/* Whether item is one of the items between commas. */
static bool has_item(const char *list, const char *item)
{
	const size_t length = strlen(item);

	while (*list) {
		size_t n = strcspn(list, ",");

		if (n == length && memcmp(list, item, n) == 0)
			return true;
		list += n + (list[n] == ',');
	}
	return false;
}

/* Our group's path, from the lines "ID:CONTROLLERS:PATH" of /proc/self/cgroup; version 2 has the ID
 * 0 and no controllers. "": not given, or not visible from here. */
static void find_group(const char *root, bool unified, char group[static PATH_MAX])
{
	FILE *file = open_file(root, "proc/self/cgroup");
	char *line = NULL;
	size_t capacity = 0;

	*group = '\0';
	while (file && !*group && getline(&line, &capacity, file) > 0) {
		char *controllers = strchr(line, ':');
		char *path = controllers ? strchr(controllers + 1, ':') : NULL;

		if (!path)
			continue;
		*controllers++ = '\0';
		*path++ = '\0';
		path[strcspn(path, "\n")] = '\0';
		if (strlen(path) < PATH_MAX && !strstr(path, "/..") &&
		    (unified ? strcmp(line, "0") == 0 && !*controllers
			     : has_item(controllers, "cpu")))
			strcpy(group, path);
	}
	free(line);
	if (file)
		fclose(file);
}

/* The least quota of our group and of those around it. */
static unsigned find_quota(const char *root, bool unified)
{
	char group[PATH_MAX], folder[2 * PATH_MAX];
	size_t top;
	unsigned least = 0;
	char *slash;
	int length;

	find_group(root, unified, group);
	length = snprintf(folder, sizeof(folder), "%s%s%s", root, unified ? UNIFIED_TOP : CPU_TOP,
			  group);
	if (length < 0 || (size_t)length >= sizeof(folder))
		return 0;
	top = (size_t)length - strlen(group);
	do {
		least = lesser(least, unified ? quota_of_unified(folder) : quota_of_cpu(folder));
		slash = strrchr(folder + top, '/');
		if (slash)
			*slash = '\0';
	} while (slash);
	return least;
}

/* ------------------------------------------------------------------- processors */

struct processors processors_find(const char *root)
{
	long online = sysconf(_SC_NPROCESSORS_ONLN);
	struct processors p = {
		.online = online > 0 && online <= MAX_PROCESSORS ? (unsigned)online : 1,
		.allowed = affinity_count(),
		.quota = lesser(find_quota(root, true), find_quota(root, false)),
	};

	if (p.allowed == 0)
		p.allowed = p.online;
	p.n = lesser(p.allowed, p.quota);
	return p;
}

unsigned thread_count(uint64_t wanted)
{
	return wanted ? (unsigned)wanted : processors_find("").n;
}
