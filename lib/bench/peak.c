/*
 * peak.c - multiply-adds on registers alone: as many chains as keep a processor's units busy, which
 * take four or five cycles for each step of a chain and start two each cycle.
 *
 * Compiled with -ffp-contract=fast, so that a product and a sum are one instruction.
 */
#include "peak.h"

#include <stddef.h>
#include <time.h>

#define STEPS  2000000
#define CHAINS 12

double now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

#if defined(__clang__)
#define EACH_CHAIN(i) _Pragma("clang loop unroll(full)") for (size_t i = 0; i < CHAINS; i++)
#else
#define EACH_CHAIN(i) _Pragma("GCC unroll 12") for (size_t i = 0; i < CHAINS; i++)
#endif

/* Does STEPS multiply-adds in each lane of each chain; returns the number of lanes. */
#define DEFINE_CHAINS(name, attribute, lanes)                                                      \
	attribute static size_t name(volatile float *result)                                       \
	{                                                                                          \
		typedef float vector __attribute__((vector_size(4 * lanes)));                      \
		const vector half = 0.5f - (vector){0}, one = 1 - (vector){0};                     \
		vector chains[CHAINS], sum = one;                                                  \
                                                                                                   \
		EACH_CHAIN(i)                                                                      \
			chains[i] = one * (float)i;                                                \
		for (size_t step = 0; step < STEPS; step++)                                        \
			EACH_CHAIN(i)                                                              \
				chains[i] = chains[i] * half + one;                                \
		EACH_CHAIN(i)                                                                      \
			sum += chains[i];                                                          \
		*result = sum[0];                                                                  \
		return lanes;                                                                      \
	}

#if defined(__x86_64__)
DEFINE_CHAINS(run_avx512, __attribute__((target("avx512f,fma"))), 16)
DEFINE_CHAINS(run_avx2, __attribute__((target("avx2,fma"))), 8)
#endif
DEFINE_CHAINS(run_plain, , 4)

static size_t run(volatile float *result)
{
#if defined(__x86_64__)
	if (__builtin_cpu_supports("avx512f"))
		return run_avx512(result);
	if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"))
		return run_avx2(result);
#endif
	return run_plain(result);
}

double peak_measure(void)
{
	volatile float result;
	const double start = now();
	const size_t lanes = run(&result);

	return 2e-9 * STEPS * CHAINS * (double)lanes / (now() - start);
}
