/*
 * test_backend.c - which of OpenBLAS's kernels suit a processor.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "../emnist.h"
#include "../network/backend.h"

#define AVX       FEATURE_AVX
#define AVX2      (AVX | FEATURE_AVX2 | FEATURE_FMA)
#define SKYLAKE_X (AVX2 | FEATURE_AVX512F | FEATURE_AVX512DQ | FEATURE_AVX512BW | FEATURE_AVX512VL)
#define CASCADE   (SKYLAKE_X | FEATURE_AVX512VNNI)
#define COOPER    (CASCADE | FEATURE_AVX512BF16)

static const struct {
	const char *kernels;
	unsigned features;
	const char *better;
} cases[] = {
	/* Intel's newest under OpenBLAS 0.3.21, with and without what a virtual machine hides. */
	{"Prescott", COOPER, "Cooperlake"},
	{"Prescott", CASCADE, "SkylakeX"},
	{"Prescott", SKYLAKE_X, "SkylakeX"},
	{"Prescott", AVX2, "Haswell"},
	{"Prescott", AVX, "Sandybridge"},
	{"Prescott", 0, NULL},
	/* What the environment may say. */
	{"Haswell", COOPER, "Cooperlake"},
	{"Zen", COOPER, "Cooperlake"},
	{"Excavator", SKYLAKE_X, "SkylakeX"},
	{"Sandybridge", AVX2, "Haswell"},
	{"Barcelona", AVX2, "Haswell"},
	/* Good choices stay, other than ours too: Zen's on AMD; and the products of floats are
	 * the same for all of AVX-512. */
	{"Cooperlake", COOPER, NULL},
	{"SapphireRapids", COOPER, NULL},
	{"SkylakeX", COOPER, NULL},
	{"SkylakeX", SKYLAKE_X, NULL},
	{"Haswell", AVX2, NULL},
	{"Zen", AVX2, NULL},
	{"Excavator", AVX2, NULL},
	{"Sandybridge", AVX, NULL},
	{"Piledriver", AVX | FEATURE_FMA, NULL},
	/* A part of what kernels use is not enough. */
	{"Haswell", COOPER & ~(unsigned)FEATURE_AVX512VL, NULL},
	{"Haswell", COOPER & ~(unsigned)FEATURE_AVX512DQ, NULL},
	{"Haswell", COOPER & ~(unsigned)FEATURE_AVX512BW, NULL},
	{"Haswell", COOPER & ~(unsigned)FEATURE_AVX512F, NULL},
	{"Haswell", COOPER & ~(unsigned)FEATURE_FMA, NULL},
	{"Prescott", COOPER & ~(unsigned)FEATURE_AVX512VNNI, "SkylakeX"},
	{"Prescott", COOPER & ~(unsigned)FEATURE_AVX512VL, "Haswell"},
	{"Prescott", AVX2 & ~(unsigned)FEATURE_FMA, "Sandybridge"},
	{"Prescott", COOPER & ~(unsigned)FEATURE_AVX, NULL},
	/* Kernels that force more than there is are the user's affair. */
	{"SkylakeX", AVX2, NULL},
	/* What is not known is not judged: another library, another processor, a name to come. */
	{NULL, COOPER, NULL},
	{"unknown", COOPER, NULL},
	{"neoversen1", 0, NULL},
	{"prescott", COOPER, NULL},
};

static void better_kernels(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		const char *better = backend_better_kernels(cases[i].kernels, cases[i].features);

		if (!better != !cases[i].better || (better && strcmp(better, cases[i].better) != 0))
			fail_msg("case %zu: %s, not %s", i, better ? better : "none",
				 cases[i].better ? cases[i].better : "none");
	}
}

/* What is said of this processor fits what is better for it. */
static void this_processor(void **state)
{
	struct emnist_backend backend;

	(void)state;
	emnist_backend_describe(&backend);
	assert_non_null(backend.network);
	assert_non_null(backend.blas);
	if (backend.better_kernels)
		assert_string_not_equal(backend.better_kernels, backend.kernels);
#if defined(__x86_64__)
	assert_non_null(backend.instructions);
#endif
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(better_kernels),
		cmocka_unit_test(this_processor),
	};

	return cmocka_run_group_tests_name("backend", tests, NULL, NULL);
}
