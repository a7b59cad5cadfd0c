/*
 * processors.c - how many processors are ours: those that the scheduler lets us run on, or fewer
 * where a quota is less than that, as containers have.
 *
 * A quota belongs to a control group and holds for all groups within it, so that the least one from
 * our group up to the top counts. Which group is ours stands in /proc/self/cgroup; where groups
 * are files, in /proc/self/mountinfo. Containers see only a part of the tree: what is mounted is
 * then the group that mountinfo names, and paths are cut to what lies below it.
 */
#include "processors.h"
#include "cli.h"

#include <limits.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* Room for a line of mountinfo with two paths; longer lines are passed over. */
#define MAX_LINE (2 * PATH_MAX + 1024)

/* Control groups as they are mounted somewhere. */
struct hierarchy {
	bool unified;      /* version 2: all controllers in one tree */
	const char *group; /* what is mounted */
	const char *point; /* where */
};

/* The next line, without its end, in line[size]; false at the end of the file. Of a line that is
 * too long nothing is returned but "". */
static bool next_line(FILE *file, char *line, size_t size)
{
	size_t length;
	int c = 0;

	if (!fgets(line, (int)size, file))
		return false;
	length = strcspn(line, "\n");
	if (length == size - 1) {
		while (c != '\n' && c != EOF)
			c = getc(file);
		length = 0;
	}
	line[length] = '\0';
	return true;
}

static FILE *open_file(const char *folder, const char *name)
{
	char path[PATH_MAX];
	int length = snprintf(path, sizeof(path), "%s/%s", folder, name);

	return length > 0 && (size_t)length < sizeof(path) ? fopen(path, "re") : NULL;
}

/* -------------------------------------------------------------------- quotas */

/* Processors that quota microseconds in each period pay for; 0 where it is no limit. */
static unsigned processors_of(uint64_t quota, uint64_t period)
{
	uint64_t n = period > 0 ? quota / period + (quota % period != 0) : 0;

	return n <= UINT_MAX ? (unsigned)n : 0;
}

/* Version 2: "QUOTA PERIOD" in microseconds, or "max PERIOD". */
static unsigned quota_of_unified(const char *folder)
{
	FILE *file = open_file(folder, "cpu.max");
	unsigned long quota = 0, period = 0;
	bool known;

	if (!file)
		return 0;
	known = fscanf(file, "%18lu %18lu", &quota, &period) == 2;
	fclose(file);
	return known ? processors_of(quota, period) : 0;
}

static long number_in(const char *folder, const char *name)
{
	FILE *file = open_file(folder, name);
	long value = 0;

	if (!file)
		return 0;
	if (fscanf(file, "%18ld", &value) != 1)
		value = 0;
	fclose(file);
	return value;
}

/* Version 1: two files; a quota of -1 is none. */
static unsigned quota_of_cpu(const char *folder)
{
	long quota = number_in(folder, "cpu.cfs_quota_us");
	long period = number_in(folder, "cpu.cfs_period_us");

	return quota > 0 && period > 0 ? processors_of((uint64_t)quota, (uint64_t)period) : 0;
}

/* The lesser of two numbers, of which 0 is none. */
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

/* Our group's path in the hierarchy, from the lines "ID:CONTROLLERS:PATH" of /proc/self/cgroup:
 * version 2 has the ID 0 and no controllers. */
static bool find_group(const char *root, bool unified, char *group, size_t size)
{
	FILE *file = open_file(root, "proc/self/cgroup");
	bool found = false;
	char line[MAX_LINE];

	while (file && !found && next_line(file, line, sizeof(line))) {
		char *controllers = strchr(line, ':');
		char *path = controllers ? strchr(controllers + 1, ':') : NULL;

		if (!path)
			continue;
		*controllers++ = '\0';
		*path++ = '\0';
		found = unified ? strcmp(line, "0") == 0 && !*controllers
				: has_item(controllers, "cpu");
		if (found)
			found = (size_t)snprintf(group, size, "%s", path) < size;
	}
	if (file)
		fclose(file);
	return found;
}

/* What of the group's path lies below the group that is mounted: "" or "/...". */
static const char *below(const struct hierarchy *hierarchy, const char *group)
{
	size_t length = strlen(hierarchy->group);

	if (strcmp(hierarchy->group, "/") == 0)
		length = 0;
	/* A group outside of what is mounted, or of the namespace, cannot be seen from here. */
	if (strncmp(group, hierarchy->group, length) != 0 || strstr(group, "/.."))
		return "";
	group += length;
	return group[0] == '/' && group[1] ? group : "";
}

/* The least quota of our group and of those around it. */
static unsigned quota_in(const char *root, const struct hierarchy *hierarchy)
{
	char group[PATH_MAX], folder[PATH_MAX];
	unsigned least = 0;
	char *top, *slash;
	int length;

	if (!find_group(root, hierarchy->unified, group, sizeof(group)))
		return 0;
	length = snprintf(folder, sizeof(folder), "%s%s%s", root, hierarchy->point,
			  below(hierarchy, group));
	if (length < 0 || (size_t)length >= sizeof(folder))
		return 0;
	top = folder + strlen(root) + strlen(hierarchy->point);
	do {
		least = lesser(least, hierarchy->unified ? quota_of_unified(folder)
							 : quota_of_cpu(folder));
		slash = strrchr(top, '/');
		if (slash)
			*slash = '\0';
	} while (slash);
	return least;
}

/* ---------------------------------------------------------------------- mounts */

/* Blanks, tabs, line ends and backslashes are written as \ooo there. */
static void unescape(char *text)
{
	char *out = text;

	for (; *text; text++) {
		unsigned value;

		if (*text == '\\' && sscanf(text + 1, "%3o", &value) == 1 && strlen(text) > 3 &&
		    value > 0 && value < 256) {
			*out++ = (char)value;
			text += 3;
		} else {
			*out++ = *text;
		}
	}
	*out = '\0';
}

/* A line of mountinfo: "ID PARENT MAJOR:MINOR ROOT POINT OPTIONS [OPTIONAL]... - TYPE SOURCE
 * OPTIONS". False where nothing that counts for us is mounted there. */
static bool parse_mount(char *line, struct hierarchy *hierarchy)
{
	char *separator = strstr(line, " - ");
	char *fields[5], *tail[3], *rest = NULL;

	if (!separator)
		return false;
	*separator = '\0';
	for (int i = 0; i < 5; i++)
		if (!(fields[i] = strtok_r(i ? NULL : line, " ", &rest)))
			return false;
	for (int i = 0; i < 3; i++)
		if (!(tail[i] = strtok_r(i ? NULL : separator + 3, " ", &rest)))
			return false;
	unescape(fields[3]);
	unescape(fields[4]);
	hierarchy->unified = strcmp(tail[0], "cgroup2") == 0;
	hierarchy->group = fields[3];
	hierarchy->point = fields[4];
	return hierarchy->unified || (strcmp(tail[0], "cgroup") == 0 && has_item(tail[2], "cpu"));
}

/* The least quota of all hierarchies: where there are both versions, each may have one. */
static unsigned find_quota(const char *root)
{
	FILE *file = open_file(root, "proc/self/mountinfo");
	unsigned least = 0;
	char line[MAX_LINE];

	while (file && next_line(file, line, sizeof(line))) {
		struct hierarchy hierarchy;

		if (parse_mount(line, &hierarchy))
			least = lesser(least, quota_in(root, &hierarchy));
	}
	if (file)
		fclose(file);
	return least;
}

/* ------------------------------------------------------------------- processors */

/* More than any kernel is built for (CONFIG_NR_CPUS is 8192 at the most). */
#define MAX_PROCESSORS 65536

/* The processors in our affinity mask; 0 where it is not known. A mask has to have room for all
 * that the kernel may know, whose number it does not tell. */
static unsigned count_allowed(void)
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

struct processors processors_find(const char *root)
{
	long online = sysconf(_SC_NPROCESSORS_ONLN);
	struct processors p = {
		.online = online > 0 && online <= MAX_PROCESSORS ? (unsigned)online : 1,
		.allowed = count_allowed(),
		.quota = find_quota(root),
	};

	if (p.allowed == 0)
		p.allowed = p.online;
	p.n = lesser(p.allowed, p.quota);
	return p;
}

unsigned processor_count(void)
{
	return processors_find("").n;
}
