/*
 * blas.h - matrix products. The only door to the BLAS library: it is kept to one thread (the
 * threads are ours) and guarded where its build is not safe to call from several.
 */
#ifndef NETWORK_BLAS_H
#define NETWORK_BLAS_H

#include "../base/error.h"

/* Finds the library, or loads it, which takes some milliseconds the first time. To be called before
 * all else here but blas_describe(), which does so itself. EMNIST_ERR_UNSUPPORTED where there is
 * none, or none to be used: a reason that stays. */
enum emnist_status blas_open(struct emnist_error *error);

/*
 * c = op(a) op(b) + beta * c, all row-major, op being the transpose where asked for. c: (m, n) with
 * rows ldc apart; op(a): (m, k); op(b): (k, n). The numbers must fit an int, which the limits of
 * model.h guarantee.
 */
void blas_gemm(bool transpose_a, bool transpose_b, size_t m, size_t n, size_t k, const float *a,
	       size_t lda, const float *b, size_t ldb, float beta, float *c, size_t ldc);

/* What the library says of itself. */
struct blas_facts {
	bool is_there;        /* there is one; nothing else is known where not */
	const char *openblas; /* "OpenBLAS 0.3.21 NO_LAPACKE ..."; NULL: another library */
	const char *blis;     /* the version of BLIS, "0.9.0"; NULL: another library */
	const char
		*kernels; /* "Haswell": the processor that its kernels are for; NULL: not known */
	int parallel;     /* 0 sequential, 1 pthreads, 2 OpenMP; -1: not known */
};

/* The texts are the library's, and may be written anew, the same, by another call. */
struct blas_facts blas_describe(void);

#endif
