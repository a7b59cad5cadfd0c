/*
 * simd.h - compiles several versions of a hot loop and picks the best when the program starts,
 * since the build targets the oldest processor of its architecture.
 *
 * All versions compute the same bits: ISO C mode fuses no multiply-adds, and no reduction is
 * reordered.
 */
#ifndef BASE_SIMD_H
#define BASE_SIMD_H

#include <stdint.h>

/* The function that selects one is run by the loader, by glibc's alone; sanitizers, who instrument
 * it, are not ready then. */
#if defined(__x86_64__) && defined(__GLIBC__) && !defined(__clang__) &&                            \
	!defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
#define SIMD_CLONES     __attribute__((target_clones("avx512f", "avx2", "default")))
#define SIMD_HAS_CLONES 1
#else
#define SIMD_CLONES
#define SIMD_HAS_CLONES 0
#endif

#endif
