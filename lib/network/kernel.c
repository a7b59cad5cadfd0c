/*
 * kernel.c - one kernel per kind of processor.
 *
 * The kernel is written once, in the vector extensions that gcc and clang offer for every
 * processor. This file is compiled with -ffp-contract=fast: multiply-adds are fused where the
 * processor can, so that all such processors can give the same bits.
 */
#include "kernel.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

/* Vectors of sums per row; narrow passes use half as many. */
#define FULL_VECTORS 8

/* Bytes of weights used again and again: a first-level cache has 32 KiB or more. */
#define CACHED_NBYTES  32768

#define COLUMNS(lanes) (FULL_VECTORS * (lanes))
/* A panel taken in parts fills as many cache sets as a whole one. */
#define TAKEN(lanes) (COLUMNS(lanes) > PANEL_COLUMNS ? COLUMNS(lanes) : PANEL_COLUMNS)
#define WORDS(lanes) (CACHED_NBYTES / (KERNEL_WORD * TAKEN(lanes) * sizeof(float)))

/* An unrolled loop over a row's vectors, so that each gets its own register. */
#if defined(__clang__)
#define FOR_EACH(i, n) _Pragma("clang loop unroll(full)") for (size_t i = 0; i < (n); i++)
#else
#define FOR_EACH(i, n) _Pragma("GCC unroll 8") for (size_t i = 0; i < (n); i++)
#endif

#if defined(__x86_64__)
#define LANES      16
#define TARGET     __attribute__((target("avx512f,fma,bmi")))
#define NAME(x)    x##_avx512
#define NONZERO(x) _mm512_cmp_ps_mask(_mm512_loadu_ps(x), _mm512_setzero_ps(), _CMP_NEQ_UQ)
#include "kernel_rows.h"
#undef LANES
#undef TARGET
#undef NAME
#undef NONZERO

#define LANES   8
#define TARGET  __attribute__((target("avx2,fma,bmi")))
#define NAME(x) x##_avx2
#define NONZERO(x)                                                                                 \
	(unsigned)_mm256_movemask_ps(                                                              \
		_mm256_cmp_ps(_mm256_loadu_ps(x), _mm256_setzero_ps(), _CMP_NEQ_UQ))
#include "kernel_rows.h"
#undef LANES
#undef TARGET
#undef NAME
#undef NONZERO
#endif

#define LANES 4
#define TARGET
#define NAME(x) x##_plain
#include "kernel_rows.h"

#define KERNEL(text, lanes, kind)                                                                  \
	{                                                                                          \
		text, (lanes) >= 8, COLUMNS(lanes), WORDS(lanes), multiply_##kind,                 \
			multiply_narrow_##kind, multiply_transposed_##kind,                        \
			multiply_transposed_narrow_##kind, find_nonzero_##kind                     \
	}

static const struct kernel kernels[] = {
#if defined(__x86_64__)
	KERNEL("AVX-512", 16, avx512),
	KERNEL("AVX2", 8, avx2),
#endif
	KERNEL("portable", 4, plain),
};

#define N_KERNELS (sizeof(kernels) / sizeof(*kernels))

/* How many of the kernels, counted from the last, this processor can run. */
static size_t n_that_run(void)
{
#if defined(__x86_64__)
	const bool has_avx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") &&
			      __builtin_cpu_supports("bmi");

	if (has_avx2)
		return __builtin_cpu_supports("avx512f") ? N_KERNELS : N_KERNELS - 1;
	return N_KERNELS - 2;
#else
	return N_KERNELS;
#endif
}

const struct kernel *kernel_at(size_t i)
{
	const size_t n = n_that_run();

	return i < n ? &kernels[N_KERNELS - n + i] : NULL;
}
