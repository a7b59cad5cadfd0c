/*
 * backend.h - which of OpenBLAS's kernels suit a processor.
 */
#ifndef NETWORK_BACKEND_H
#define NETWORK_BACKEND_H

/* Instruction sets that both the processor and the operating system support. */
enum feature {
	FEATURE_AVX = 1 << 0,
	FEATURE_AVX2 = 1 << 1,
	FEATURE_FMA = 1 << 2,
	FEATURE_AVX512F = 1 << 3,
	FEATURE_AVX512DQ = 1 << 4,
	FEATURE_AVX512BW = 1 << 5,
	FEATURE_AVX512VL = 1 << 6,
	FEATURE_AVX512VNNI = 1 << 7,
	FEATURE_AVX512BF16 = 1 << 8,
};

/* Better kernels for a processor with these features than `kernels`, the ones in use (may be NULL),
 * or NULL if there are none. */
const char *backend_better_kernels(const char *kernels, unsigned features);

#endif
