/*
 * backend.c - what does the arithmetic, and whether that is the best there is.
 *
 * OpenBLAS chooses its kernels by the processor's model. One that is newer than it runs kernels of
 * an older processor, as does any where the environment says so, and with half the vector's width
 * they have half the speed. So kernels are ranked by the instructions that they use, and the rank
 * is held against that of the processor itself.
 */
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

static const char *const rank_names[] = {NULL, "SSE", "AVX", "AVX2", "AVX-512"};

/* The names that OpenBLAS 0.3.21 to 0.3.28 give to their kernels for x86 (driver/others/dynamic.c);
 * what is not here is not judged. */
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

/* The processor's, as far as the system lets programs use it. */
static enum rank rank_of_processor(void)
{
#if defined(__x86_64__) && defined(__GNUC__)
	__builtin_cpu_init();
	/* What OpenBLAS asks of a processor before it takes its kernels for SkylakeX. */
	if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
	    __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl"))
		return RANK_AVX512;
	if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"))
		return RANK_AVX2;
	return __builtin_cpu_supports("avx") ? RANK_AVX : RANK_SSE;
#else
	return RANK_UNKNOWN;
#endif
}

/* The compiler's choice among SIMD_CLONES. */
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

/* The kernels of a rank that any build of OpenBLAS for many processors has. */
static const char *kernels_of(enum rank rank)
{
	static const char *const names[] = {NULL, NULL, "Sandybridge", "Haswell", "SkylakeX"};

	return names[rank];
}

static pthread_once_t once = PTHREAD_ONCE_INIT;
static struct emnist_backend backend;

static void describe(void)
{
	static const char *const parallel_names[] = {"sequential", "pthreads", "OpenMP"};
	static char blas[64], kernels[64];
	char version[41];
	const struct blas_facts facts = blas_describe();
	const enum rank processor = rank_of_processor();
	enum rank used = RANK_UNKNOWN;

	backend.network = kernel_at(0)->name;
	backend.blas = facts.is_there ? "unknown BLAS" : "none";
	/* "OpenBLAS 0.3.21 ": the name, the version, and how it is built. */
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
		used = rank_of_kernels(kernels);
	}
	if (used != RANK_UNKNOWN && used < processor)
		backend.better_kernels = kernels_of(processor);
	if (facts.parallel >= 0 && facts.parallel < 3)
		backend.parallel = parallel_names[facts.parallel];
	backend.instructions = rank_names[processor];
	backend.loops = rank_names[rank_of_loops()];
}

void emnist_backend_describe(struct emnist_backend *backend_ret)
{
	pthread_once(&once, describe);
	*backend_ret = backend;
}
