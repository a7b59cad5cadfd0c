/*
 * float_mode.h - the floating-point mode of the library.
 *
 * Subnormal numbers count as zero. Some processors, Intel's among them, take a hundred times longer
 * for a product with one, and no result here needs values below 2^-126. They come from decaying
 * weights, Adam's moments, and exp() of very negative numbers. Rounding is to nearest and nothing
 * traps, whatever the caller has set: the same inputs give the same bits.
 *
 * The mode belongs to the thread. Code that enters it leaves it before any of the caller's code
 * runs, and restores the caller's mode and flags.
 */
#ifndef BASE_FLOAT_MODE_H
#define BASE_FLOAT_MODE_H

#include <stdint.h>

/* Labels and probabilities are the same on every processor, with every compiler. */
#if defined(__FAST_MATH__) || (defined(__FINITE_MATH_ONLY__) && __FINITE_MATH_ONLY__) ||           \
	defined(__ASSOCIATIVE_MATH__) || defined(__RECIPROCAL_MATH__)
#error "-ffast-math and -Ofast would change the answers of emnist; use -O3"
#endif
#if defined(__FLT_EVAL_METHOD__) && __FLT_EVAL_METHOD__ != 0
#error "float must be computed as float: -msse2 -mfpmath=sse on i386, -fexcess-precision=fast on s390x"
#endif

struct float_mode {
	uint64_t control, flags;
};

#if defined(__x86_64__)
/* MXCSR: all exceptions masked (bits 7 to 12), flush to zero (15), denormals are zeros (6). */
#define FLOAT_MODE_CONTROL 0x9fc0

static inline struct float_mode float_mode_enter(void)
{
	const uint32_t control = FLOAT_MODE_CONTROL;
	uint32_t before;

	__asm__ volatile("stmxcsr %0\n\tldmxcsr %1" : "=m"(before) : "m"(control) : "memory");
	return (struct float_mode){.control = before};
}

static inline void float_mode_leave(struct float_mode mode)
{
	const uint32_t control = (uint32_t)mode.control;

	__asm__ volatile("ldmxcsr %0" : : "m"(control) : "memory");
}
#elif defined(__aarch64__)
/* FPCR: FZ, which is both. The flags are in FPSR. */
#define FLOAT_MODE_CONTROL (UINT64_C(1) << 24)

static inline struct float_mode float_mode_enter(void)
{
	struct float_mode mode;

	__asm__ volatile("mrs %0, fpcr\n\tmrs %1, fpsr\n\tmsr fpcr, %2"
			 : "=&r"(mode.control), "=&r"(mode.flags)
			 : "r"(FLOAT_MODE_CONTROL)
			 : "memory");
	return mode;
}

static inline void float_mode_leave(struct float_mode mode)
{
	__asm__ volatile("msr fpcr, %0\n\tmsr fpsr, %1"
			 :
			 : "r"(mode.control), "r"(mode.flags)
			 : "memory");
}
#else
/* Other processors keep their setting: results are right, but may be slow. */
static inline struct float_mode float_mode_enter(void)
{
	return (struct float_mode){0};
}

static inline void float_mode_leave(struct float_mode mode)
{
	(void)mode;
}
#endif

#endif
