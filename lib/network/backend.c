/*
 * backend.c - which BLAS and which kernels are in use, and whether they are the fastest available.
 *
 * OpenBLAS picks its kernels by processor model. A processor newer than the library gets kernels
 * for an older one; so does any processor if the environment asks for it. With half the vector
 * width they run at half the speed. So kernels are ranked by the instructions that they use, and
 * compared with the processor's own rank.
 */
#include "backend.h"

#include "../base/simd.h"
#include "blas.h"
#include "kernel.h"

#include "../emnist.h"

#include <pthread.h>
#include <stdio.h>
#include <string.h>

/* By the width of vectors. */
enum rank {
	RANK_UNKNOWN = 0,
	RANK_SSE,
	RANK_AVX,
	RANK_AVX2, /* with fused multiply-adds */
	RANK_AVX512,
};

#define FEATURES_AVX2   (FEATURE_AVX | FEATURE_AVX2 | FEATURE_FMA)
#define FEATURES_AVX512 (FEATURE_AVX512F | FEATURE_AVX512DQ | FEATURE_AVX512BW | FEATURE_AVX512VL)

static const char *const rank_names[] = {NULL, "SSE", "AVX", "AVX2", "AVX-512"};

/* Kernel names of OpenBLAS 0.3.21 to 0.3.28 on x86 (driver/others/dynamic.c). Unlisted names are
 * not judged. */
static const struct {
	const char *kernels;
	enum rank rank;
} kernel_ranks[] = {
	{"Katmai", RANK_SSE},        {"Coppermine", RANK_SSE},
	{"Northwood", RANK_SSE},     {"Prescott", RANK_SSE},
	{"Banias", RANK_SSE},        {"Atom", RANK_SSE},
	{"Core2", RANK_SSE},         {"Penryn", RANK_SSE},
	{"Dunnington", RANK_SSE},    {"Nehalem", RANK_SSE},
	{"Athlon", RANK_SSE},        {"Opteron", RANK_SSE},
	{"Opteron_SSE3", RANK_SSE},  {"Barcelona", RANK_SSE},
	{"Bobcat", RANK_SSE},        {"Nano", RANK_SSE},
	{"Sandybridge", RANK_AVX},   {"Bulldozer", RANK_AVX},
	{"Piledriver", RANK_AVX},    {"Steamroller", RANK_AVX},
	{"Excavator", RANK_AVX2},    {"Haswell", RANK_AVX2},
	{"Zen", RANK_AVX2},          {"SkylakeX", RANK_AVX512},
	{"Cooperlake", RANK_AVX512}, {"SapphireRapids", RANK_AVX512},
};

static enum rank rank_of_kernels(const char *name)
{
	for (size_t i = 0; i < sizeof(kernel_ranks) / sizeof(*kernel_ranks); i++)
		if (strcmp(kernel_ranks[i].kernels, name) == 0)
			return kernel_ranks[i].rank;
	return RANK_UNKNOWN;
}

static unsigned features_of_processor(void)
{
	unsigned features = 0;

#if defined(__x86_64__) && defined(__GNUC__)
	__builtin_cpu_init();
	features |= __builtin_cpu_supports("avx") ? FEATURE_AVX : 0;
	features |= __builtin_cpu_supports("avx2") ? FEATURE_AVX2 : 0;
	features |= __builtin_cpu_supports("fma") ? FEATURE_FMA : 0;
	features |= __builtin_cpu_supports("avx512f") ? FEATURE_AVX512F : 0;
	features |= __builtin_cpu_supports("avx512dq") ? FEATURE_AVX512DQ : 0;
	features |= __builtin_cpu_supports("avx512bw") ? FEATURE_AVX512BW : 0;
	features |= __builtin_cpu_supports("avx512vl") ? FEATURE_AVX512VL : 0;
	features |= __builtin_cpu_supports("avx512vnni") ? FEATURE_AVX512VNNI : 0;
	features |= __builtin_cpu_supports("avx512bf16") ? FEATURE_AVX512BF16 : 0;
#endif
	return features;
}

/* The kernels in every OpenBLAS build for many processors, best first, and the instructions that
 * they use. Cooperlake's sgemm is SkylakeX's. A build that does not know a name (0.3.21 and
 * Cooperlake) goes by processor features, with the same result. */
static const struct {
	const char *kernels;
	unsigned features;
	enum rank rank;
} choices[] = {
	{"Cooperlake", FEATURES_AVX2 | FEATURES_AVX512 | FEATURE_AVX512VNNI | FEATURE_AVX512BF16,
	 RANK_AVX512},
	{"SkylakeX", FEATURES_AVX2 | FEATURES_AVX512, RANK_AVX512},
	{"Haswell", FEATURES_AVX2, RANK_AVX2},
	{"Sandybridge", FEATURE_AVX, RANK_AVX},
	{NULL, 0, RANK_SSE},
};

/* Index of the first entry that the processor has the features for. */
static size_t choice_for(unsigned features)
{
	size_t i = 0;

	while ((choices[i].features & features) != choices[i].features)
		i++;
	return i;
}

static enum rank rank_of_processor(void)
{
#if defined(__x86_64__) && defined(__GNUC__)
	return choices[choice_for(features_of_processor())].rank;
#else
	return RANK_UNKNOWN;
#endif
}

const char *backend_better_kernels(const char *kernels, unsigned features)
{
	const enum rank used = kernels ? rank_of_kernels(kernels) : RANK_UNKNOWN;
	const size_t i = choice_for(features);

	return used != RANK_UNKNOWN && used < choices[i].rank ? choices[i].kernels : NULL;
}

/* The version that the compiler chose for SIMD_CLONES. */
static enum rank rank_of_loops(void)
{
#if SIMD_HAS_CLONES
	if (__builtin_cpu_supports("avx512f"))
		return RANK_AVX512;
	if (__builtin_cpu_supports("avx2"))
		return RANK_AVX2;
#endif
	return rank_of_processor() == RANK_UNKNOWN ? RANK_UNKNOWN : RANK_SSE;
}

static pthread_once_t once = PTHREAD_ONCE_INIT;
static struct emnist_backend backend;

static void describe(void)
{
	static const char *const parallel_names[] = {"sequential", "pthreads", "OpenMP"};
	static char blas[64], kernels[64];
	char version[41];
	const struct blas_facts facts = blas_describe();

	backend.network = kernel_at(0)->name;
	backend.blas = facts.is_there ? "unknown BLAS" : "none";
	/* "OpenBLAS 0.3.21 ...": the name, the version, and build options. */
	if (facts.openblas && sscanf(facts.openblas, "OpenBLAS %40s", version) == 1) {
		snprintf(blas, sizeof(blas), "OpenBLAS %s", version);
		backend.blas = blas;
	} else if (facts.blis) {
		snprintf(blas, sizeof(blas), "BLIS %.40s", facts.blis);
		backend.blas = blas;
	}
	if (facts.kernels) {
		snprintf(kernels, sizeof(kernels), "%s", facts.kernels);
		backend.kernels = kernels;
	}
	backend.better_kernels = backend_better_kernels(backend.kernels, features_of_processor());
	if (facts.parallel >= 0 && facts.parallel < 3)
		backend.parallel = parallel_names[facts.parallel];
	backend.instructions = rank_names[rank_of_processor()];
	backend.loops = rank_names[rank_of_loops()];
}

void emnist_backend_describe(struct emnist_backend *backend_ret)
{
	pthread_once(&once, describe);
	*backend_ret = backend;
}
