/*
 * test_processors.c - quotas of control groups, from trees of files made here, as Docker, systemd
 * and Kubernetes make them; and the affinity mask.
 */
#include "../../cli/common/processors.h"

#include <limits.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>

#define MAX_FILES 8

/* A tree, and the quota that it comes to. */
struct tree {
	const char *name;
	struct {
		const char *path;
		const char *content;
	} files[MAX_FILES];
	unsigned quota;
};

static const struct tree trees[] = {
	{"no control groups", {{"/proc/self/cgroup", ""}}, 0},
	{"nothing at all", {{NULL, NULL}}, 0},
	{"a container of its own namespace",
	 {{"/proc/self/cgroup", "0::/\n"}, {"/sys/fs/cgroup/cpu.max", "150000 100000\n"}},
	 2},
	{"whole processors are not rounded",
	 {{"/proc/self/cgroup", "0::/\n"}, {"/sys/fs/cgroup/cpu.max", "300000 100000\n"}},
	 3},
	{"less than one is one",
	 {{"/proc/self/cgroup", "0::/\n"}, {"/sys/fs/cgroup/cpu.max", "1000 100000\n"}},
	 1},
	{"max is no quota",
	 {{"/proc/self/cgroup", "0::/\n"}, {"/sys/fs/cgroup/cpu.max", "max 100000\n"}},
	 0},
	{"the least on the way up: our own",
	 {{"/proc/self/cgroup", "0::/user.slice/a.scope\n"},
	  {"/sys/fs/cgroup/user.slice/cpu.max", "400000 100000\n"},
	  {"/sys/fs/cgroup/user.slice/a.scope/cpu.max", "200000 100000\n"}},
	 2},
	{"the least on the way up: one in between",
	 {{"/proc/self/cgroup", "0::/user.slice/a.slice/b.scope\n"},
	  {"/sys/fs/cgroup/user.slice/cpu.max", "400000 100000\n"},
	  {"/sys/fs/cgroup/user.slice/a.slice/cpu.max", "300000 100000\n"},
	  {"/sys/fs/cgroup/user.slice/a.slice/b.scope/cpu.max", "max 100000\n"}},
	 3},
	{"groups beside ours do not count",
	 {{"/proc/self/cgroup", "0::/a\n"},
	  {"/sys/fs/cgroup/b/cpu.max", "100000 100000\n"},
	  {"/sys/fs/cgroup/a/cpu.max", "500000 100000\n"}},
	 5},
	{"version 1, a container that is told the host's path",
	 {{"/proc/self/cgroup", "9:name=systemd:/x\n4:cpuset:/x\n3:cpu,cpuacct:/docker/abc\n"},
	  {"/sys/fs/cgroup/cpu/cpu.cfs_quota_us", "250000\n"},
	  {"/sys/fs/cgroup/cpu/cpu.cfs_period_us", "100000\n"}},
	 3},
	{"version 1, a group in one without a quota",
	 {{"/proc/self/cgroup", "3:cpu,cpuacct:/docker/abc\n"},
	  {"/sys/fs/cgroup/cpu/docker/abc/cpu.cfs_quota_us", "100000\n"},
	  {"/sys/fs/cgroup/cpu/docker/abc/cpu.cfs_period_us", "50000\n"},
	  {"/sys/fs/cgroup/cpu/cpu.cfs_quota_us", "-1\n"},
	  {"/sys/fs/cgroup/cpu/cpu.cfs_period_us", "100000\n"}},
	 2},
	{"version 1: another controller's group is not for processors",
	 {{"/proc/self/cgroup", "4:cpuset:/a\n"},
	  {"/sys/fs/cgroup/cpu/a/cpu.cfs_quota_us", "100000\n"},
	  {"/sys/fs/cgroup/cpu/a/cpu.cfs_period_us", "100000\n"}},
	 0},
	{"both versions: the lesser one",
	 {{"/proc/self/cgroup", "3:cpu,cpuacct:/\n0::/a\n"},
	  {"/sys/fs/cgroup/a/cpu.max", "600000 100000\n"},
	  {"/sys/fs/cgroup/cpu/cpu.cfs_quota_us", "400000\n"},
	  {"/sys/fs/cgroup/cpu/cpu.cfs_period_us", "100000\n"}},
	 4},
	{"a group outside of the namespace: the top",
	 {{"/proc/self/cgroup", "0::/../../a\n"},
	  {"/a/cpu.max", "100000 100000\n"},
	  {"/sys/fs/cgroup/cpu.max", "700000 100000\n"}},
	 7},
	{"blanks in names",
	 {{"/proc/self/cgroup", "0::/my groups\n"},
	  {"/sys/fs/cgroup/my groups/cpu.max", "200000 100000\n"}},
	 2},
	{"a colon in a group's name",
	 {{"/proc/self/cgroup", "0::/a:b\n"}, {"/sys/fs/cgroup/a:b/cpu.max", "200000 100000\n"}},
	 2},
	{"a period of 0",
	 {{"/proc/self/cgroup", "0::/\n"}, {"/sys/fs/cgroup/cpu.max", "100000 0\n"}},
	 0},
	{"more than can be counted",
	 {{"/proc/self/cgroup", "0::/\n"}, {"/sys/fs/cgroup/cpu.max", "999999999999999999 1\n"}},
	 0},
	{"no numbers", {{"/proc/self/cgroup", "0::/\n"}, {"/sys/fs/cgroup/cpu.max", "many\n"}}, 0},
	{"lines that are cut short",
	 {{"/proc/self/cgroup", "0\n0:\n0::/\n"}, {"/sys/fs/cgroup/cpu.max", "200000 100000"}},
	 2},
};

static char root[PATH_MAX];

static void write_file(const char *path, const char *content)
{
	char whole[2 * PATH_MAX];
	FILE *file;

	snprintf(whole, sizeof(whole), "%s%s", root, path);
	for (char *p = strchr(whole + strlen(root) + 1, '/'); p; p = strchr(p + 1, '/')) {
		*p = '\0';
		mkdir(whole, 0777);
		*p = '/';
	}
	file = fopen(whole, "we");
	assert_non_null(file);
	assert_int_equal(fputs(content, file) < 0, 0);
	assert_int_equal(fclose(file), 0);
}

static void make_root(void)
{
	snprintf(root, sizeof(root), "%s/emnist-test-XXXXXX",
		 getenv("TMPDIR") ? getenv("TMPDIR") : "/tmp");
	assert_non_null(mkdtemp(root));
}

static void remove_root(void)
{
	char command[PATH_MAX + 16];

	snprintf(command, sizeof(command), "rm -rf '%s'", root);
	assert_int_equal(system(command), 0);
}

static void test_quotas(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(trees) / sizeof(*trees); i++) {
		struct processors p;

		make_root();
		for (size_t j = 0; j < MAX_FILES && trees[i].files[j].path; j++)
			write_file(trees[i].files[j].path, trees[i].files[j].content);
		p = processors_find(root);
		remove_root();
		if (p.quota != trees[i].quota)
			fail_msg("%s: quota %u, wanted %u", trees[i].name, p.quota, trees[i].quota);
		assert_true(p.n >= 1 && p.n <= p.allowed);
		assert_true(trees[i].quota == 0 ? p.n == p.allowed : p.n <= p.quota);
	}
}

/* A line that is longer than any group's path, and one with a path that is too long, before one
 * that counts. */
static void test_long_lines(void **state)
{
	static const char *const begins[] = {"", "0::/"};
	static char text[1 << 16];

	(void)state;
	for (size_t i = 0; i < sizeof(begins) / sizeof(*begins); i++) {
		struct processors p;

		memset(text, 'x', 40000);
		memcpy(text, begins[i], strlen(begins[i]));
		strcpy(text + 40000, "\n0::/a\n");
		make_root();
		write_file("/proc/self/cgroup", text);
		write_file("/sys/fs/cgroup/a/cpu.max", "100000 100000\n");
		p = processors_find(root);
		remove_root();
		assert_int_equal(p.quota, 1);
		assert_int_equal(p.n, 1);
	}
}

static void test_affinity(void **state)
{
	cpu_set_t all, one;
	size_t first = 0;

	(void)state;
	if (sched_getaffinity(0, sizeof(all), &all) != 0)
		skip();
	while (!CPU_ISSET(first, &all))
		first++;
	CPU_ZERO(&one);
	CPU_SET(first, &one);
	make_root();
	assert_int_equal(processors_find(root).allowed, CPU_COUNT(&all));
	assert_int_equal(sched_setaffinity(0, sizeof(one), &one), 0);
	assert_int_equal(processors_find(root).allowed, 1);
	assert_int_equal(processors_find(root).n, 1);
	assert_int_equal(sched_setaffinity(0, sizeof(all), &all), 0);
	remove_root();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_quotas),
		cmocka_unit_test(test_long_lines),
		cmocka_unit_test(test_affinity),
	};

	return cmocka_run_group_tests_name("processors", tests, NULL, NULL);
}
