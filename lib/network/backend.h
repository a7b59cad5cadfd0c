/*
 * backend.h - which of OpenBLAS's kernels suit a processor.
 */
#ifndef NETWORK_BACKEND_H
#define NETWORK_BACKEND_H

/* What a processor can do, as far as the system lets programs use it. */
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

/* The kernels for a processor of these features, where those that are in use, which may be NULL,
 * make do with less; else NULL. */
const char *backend_better_kernels(const char *kernels, unsigned features);

#endif
