/*
 * test_chart.c - the scale of charts, and what the groups of bars in them are called.
 */
#include "../draw/chart.h"
#include "../draw/label_groups.h"
#include "../emnist.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static void steps_are_round(void **state)
{
	static const struct {
		uint64_t most;
		double step;
	} cases[] = {
		{0, 1},       {1, 1},
		{5, 1},       {6, 2},
		{10, 2},      {11, 5},
		{25, 5},      {26, 10},
		{50, 10},     {51, 20},
		{2000, 500},  {2501, 1000},
		{5001, 2000}, {UINT64_MAX, 5e18},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_true(chart_step(cases[i].most) == cases[i].step);
}

/* No more than five steps, and no fewer than two where there can be as many. */
static void steps_are_as_many_as_can_be_read(void **state)
{
	(void)state;
	for (uint64_t most = 2; most < 100000; most++) {
		const double n = (double)most / chart_step(most);

		if (n > 5 || n < 2)
			fail_msg("%llu in %.1f steps", (unsigned long long)most, n);
	}
}

static void groups_have_names(void **state)
{
	static const char *const names[N_LABEL_GROUPS] = {"digits", "upper", "lower", "both cases",
							  "other"};

	(void)state;
	for (int i = 0; i < N_LABEL_GROUPS; i++)
		assert_string_equal(label_group_name((enum label_group)i), names[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(steps_are_round),
		cmocka_unit_test(steps_are_as_many_as_can_be_read),
		cmocka_unit_test(groups_have_names),
	};

	return cmocka_run_group_tests_name("chart", tests, NULL, NULL);
}
