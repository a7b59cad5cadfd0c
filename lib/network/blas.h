/*
 * blas.h - matrix products by the BLAS library.
 *
 * It is kept to one thread, since the callers have their own, and locked if its build is not
 * thread-safe.
 */
#ifndef NETWORK_BLAS_H
#define NETWORK_BLAS_H

#include "../base/error.h"

/* Finds or loads the library; the first call takes some milliseconds. Call it before any other
 * function here except blas_describe(), which calls it itself. EMNIST_ERR_UNSUPPORTED if there is
 * no usable library; later calls fail likewise. */
enum emnist_status blas_open(struct emnist_error *error);

/*
 * c = op(a) op(b) + beta * c, all row-major; op transposes if asked to. c: (m, n), rows ldc apart;
 * op(a): (m, k); op(b): (k, n). The numbers must fit an int, which the limits of model.h guarantee.
 */
void blas_gemm(bool transpose_a, bool transpose_b, size_t m, size_t n, size_t k, const float *a,
	       size_t lda, const float *b, size_t ldb, float beta, float *c, size_t ldc);

/* What the library says of itself. */
struct blas_facts {
	bool is_there;        /* whether there is one; if not, nothing else is known */
	const char *openblas; /* "OpenBLAS 0.3.21 NO_LAPACKE ..."; NULL: another library */
	const char *blis;     /* version of BLIS, "0.9.0"; NULL: another library */
	const char *kernels;  /* processor that its kernels are for, "Haswell"; NULL: unknown */
	int parallel;         /* 0 sequential, 1 pthreads, 2 OpenMP; -1: unknown */
};

/* The strings belong to the library. Another call may rewrite them, with the same content. */
struct blas_facts blas_describe(void);

#endif
