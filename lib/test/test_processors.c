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

#define UNIFIED_MOUNT "30 25 0:26 / /sys/fs/cgroup rw,nosuid shared:4 - cgroup2 cgroup2 rw\n"
#define CPU_MOUNT                                                                                  \
	"33 32 0:29 / /sys/fs/cgroup/cpu,cpuacct rw shared:10 - cgroup cgroup rw,cpu,cpuacct\n"

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
	{"no control groups", {{"/proc/self/cgroup", ""}, {"/proc/self/mountinfo", ""}}, 0},
	{"nothing at all", {{NULL, NULL}}, 0},
	{"a container of its own namespace",
	 {{"/proc/self/cgroup", "0::/\n"},
	  {"/proc/self/mountinfo", UNIFIED_MOUNT},
	  {"/sys/fs/cgroup/cpu.max", "150000 100000\n"}},
	 2},
	{"whole processors are not rounded",
	 {{"/proc/self/cgroup", "0::/\n"},
	  {"/proc/self/mountinfo", UNIFIED_MOUNT},
	  {"/sys/fs/cgroup/cpu.max", "300000 100000\n"}},
	 3},
	{"less than one is one",
	 {{"/proc/self/cgroup", "0::/\n"},
	  {"/proc/self/mountinfo", UNIFIED_MOUNT},
	  {"/sys/fs/cgroup/cpu.max", "1000 100000\n"}},
	 1},
	{"max is no quota",
	 {{"/proc/self/cgroup", "0::/\n"},
	  {"/proc/self/mountinfo", UNIFIED_MOUNT},
	  {"/sys/fs/cgroup/cpu.max", "max 100000\n"}},
	 0},
	{"the least on the way up: our own",
	 {{"/proc/self/cgroup", "0::/user.slice/a.scope\n"},
	  {"/proc/self/mountinfo", UNIFIED_MOUNT},
	  {"/sys/fs/cgroup/user.slice/cpu.max", "400000 100000\n"},
	  {"/sys/fs/cgroup/user.slice/a.scope/cpu.max", "200000 100000\n"}},
	 2},
	{"the least on the way up: one in between",
	 {{"/proc/self/cgroup", "0::/user.slice/a.slice/b.scope\n"},
	  {"/proc/self/mountinfo", UNIFIED_MOUNT},
	  {"/sys/fs/cgroup/user.slice/cpu.max", "400000 100000\n"},
	  {"/sys/fs/cgroup/user.slice/a.slice/cpu.max", "300000 100000\n"},
	  {"/sys/fs/cgroup/user.slice/a.slice/b.scope/cpu.max", "max 100000\n"}},
	 3},
	{"groups beside ours do not count",
	 {{"/proc/self/cgroup", "0::/a\n"},
	  {"/proc/self/mountinfo", UNIFIED_MOUNT},
	  {"/sys/fs/cgroup/b/cpu.max", "100000 100000\n"},
	  {"/sys/fs/cgroup/a/cpu.max", "500000 100000\n"}},
	 5},
	{"version 1, from the host's namespace",
	 {{"/proc/self/cgroup", "9:name=systemd:/x\n4:cpuset:/x\n3:cpu,cpuacct:/docker/abc\n"},
	  {"/proc/self/mountinfo",
	   "33 32 0:29 /docker/abc /sys/fs/cgroup/cpu,cpuacct ro - cgroup cgroup rw,cpu,cpuacct\n"},
	  {"/sys/fs/cgroup/cpu,cpuacct/cpu.cfs_quota_us", "250000\n"},
	  {"/sys/fs/cgroup/cpu,cpuacct/cpu.cfs_period_us", "100000\n"}},
	 3},
	{"version 1, a group within the mounted one",
	 {{"/proc/self/cgroup", "3:cpu,cpuacct:/docker/abc/inner\n"},
	  {"/proc/self/mountinfo",
	   "33 32 0:29 /docker/abc /sys/fs/cgroup/cpu,cpuacct ro - cgroup cgroup rw,cpu,cpuacct\n"},
	  {"/sys/fs/cgroup/cpu,cpuacct/inner/cpu.cfs_quota_us", "100000\n"},
	  {"/sys/fs/cgroup/cpu,cpuacct/inner/cpu.cfs_period_us", "50000\n"},
	  {"/sys/fs/cgroup/cpu,cpuacct/cpu.cfs_quota_us", "-1\n"},
	  {"/sys/fs/cgroup/cpu,cpuacct/cpu.cfs_period_us", "100000\n"}},
	 2},
	{"version 1: another controller's quota is not for processors",
	 {{"/proc/self/cgroup", "4:cpuset:/\n"},
	  {"/proc/self/mountinfo",
	   "33 32 0:29 / /sys/fs/cgroup/cpuset rw - cgroup cgroup rw,cpuset\n"},
	  {"/sys/fs/cgroup/cpuset/cpu.cfs_quota_us", "100000\n"},
	  {"/sys/fs/cgroup/cpuset/cpu.cfs_period_us", "100000\n"}},
	 0},
	{"both versions: the lesser one",
	 {{"/proc/self/cgroup", "3:cpu,cpuacct:/\n0::/a\n"},
	  {"/proc/self/mountinfo",
	   "30 25 0:26 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw\n" CPU_MOUNT},
	  {"/sys/fs/cgroup/unified/a/cpu.max", "600000 100000\n"},
	  {"/sys/fs/cgroup/cpu,cpuacct/cpu.cfs_quota_us", "400000\n"},
	  {"/sys/fs/cgroup/cpu,cpuacct/cpu.cfs_period_us", "100000\n"}},
	 4},
	{"a group outside of the namespace: what is mounted",
	 {{"/proc/self/cgroup", "0::/../../a\n"},
	  {"/proc/self/mountinfo", UNIFIED_MOUNT},
	  {"/a/cpu.max", "100000 100000\n"},
	  {"/sys/fs/cgroup/cpu.max", "700000 100000\n"}},
	 7},
	{"blanks in names",
	 {{"/proc/self/cgroup", "0::/a\n"},
	  {"/proc/self/mountinfo",
	   "30 25 0:26 / /my\\040groups rw,nosuid shared:4 master:2 - cgroup2 none rw\n"},
	  {"/my groups/a/cpu.max", "200000 100000\n"}},
	 2},
	{"a colon in a group's name",
	 {{"/proc/self/cgroup", "0::/a:b\n"},
	  {"/proc/self/mountinfo", UNIFIED_MOUNT},
	  {"/sys/fs/cgroup/a:b/cpu.max", "200000 100000\n"}},
	 2},
	{"a period of 0",
	 {{"/proc/self/cgroup", "0::/\n"},
	  {"/proc/self/mountinfo", UNIFIED_MOUNT},
	  {"/sys/fs/cgroup/cpu.max", "100000 0\n"}},
	 0},
	{"more than can be counted",
	 {{"/proc/self/cgroup", "0::/\n"},
	  {"/proc/self/mountinfo", UNIFIED_MOUNT},
	  {"/sys/fs/cgroup/cpu.max", "999999999999999999 1\n"}},
	 0},
	{"no numbers",
	 {{"/proc/self/cgroup", "0::/\n"},
	  {"/proc/self/mountinfo", UNIFIED_MOUNT},
	  {"/sys/fs/cgroup/cpu.max", "many\n"}},
	 0},
	{"lines that are cut short",
	 {{"/proc/self/cgroup", "0\n0:\n0::/\n"},
	  {"/proc/self/mountinfo",
	   "30\n30 25 0:26 /\n- cgroup2\n30 25 0:26 / - cgroup2\n - \n" UNIFIED_MOUNT},
	  {"/sys/fs/cgroup/cpu.max", "200000 100000"}},
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

/* Lines as long as there is room for, a byte more, and several times that, before one that counts.
 */
static void test_long_lines(void **state)
{
	static const size_t lengths[] = {9214, 9215, 9216, 9217, 18430, 18431, 18432, 40000};
	static char text[1 << 16];

	(void)state;
	for (size_t i = 0; i < sizeof(lengths) / sizeof(*lengths); i++) {
		struct processors p;

		memset(text, 'x', lengths[i]);
		snprintf(text + lengths[i], sizeof(text) - lengths[i], "\n%s", UNIFIED_MOUNT);
		make_root();
		write_file("/proc/self/cgroup", "0::/\n");
		write_file("/proc/self/mountinfo", text);
		write_file("/sys/fs/cgroup/cpu.max", "100000 100000\n");
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
