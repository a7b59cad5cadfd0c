/* process_figures.c - what this process uses, from the kernel. */
#include "process_figures.h"

#include <dirent.h>
#include <stdio.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

static double count_fds(void)
{
	DIR *directory = opendir("/proc/self/fd");
	double n = 0;

	if (!directory)
		return -1;
	while (readdir(directory))
		n++;
	closedir(directory);
	return n - 3; /* ".", "..", and the directory itself */
}

static void find_memory(struct process_figures *figures)
{
	const double page_nbytes = (double)sysconf(_SC_PAGESIZE);
	FILE *file = fopen("/proc/self/statm", "re");
	unsigned long whole, resident;

	if (!file)
		return;
	if (fscanf(file, "%lu %lu", &whole, &resident) == 2) {
		figures->virtual_nbytes = (double)whole * page_nbytes;
		figures->resident_nbytes = (double)resident * page_nbytes;
	}
	fclose(file);
}

struct process_figures process_figures_find(void)
{
	struct process_figures figures = {.resident_nbytes = -1, .virtual_nbytes = -1};
	struct rlimit limit;
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	figures.cpu_seconds = (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
	figures.n_fds = count_fds();
	figures.max_fds = getrlimit(RLIMIT_NOFILE, &limit) == 0 ? (double)limit.rlim_cur : -1;
	find_memory(&figures);
	return figures;
}
