/*
 * kernel.c - the kinds of processors that there are kernels for.
 *
 * The kernel is written once, in the vectors that gcc and clang have for every processor. Products
 * are added in one step where the processor can (this file is compiled with -ffp-contract=fast),
 * and so all that can give the same bits.
 */
#include "kernel.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

/* Vectors of sums of a row, or half of them. */
#define FULL_VECTORS 8

/* Bytes of weights that are gone over again and again: a first cache has 32 KiB or more. */
#define CACHED_NBYTES  32768

#define COLUMNS(lanes) (FULL_VECTORS * (lanes))
/* Of a panel that is taken in parts, a part is no fewer lines of the cache's sets. */
#define TAKEN(lanes) (COLUMNS(lanes) > PANEL_COLUMNS ? COLUMNS(lanes) : PANEL_COLUMNS)
#define WORDS(lanes) (CACHED_NBYTES / (KERNEL_WORD * TAKEN(lanes) * sizeof(float)))

/* A loop over the vectors of a row, written out, so that each of them has its own register. */
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

/* Of the kernels the last ones, how many. */
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
