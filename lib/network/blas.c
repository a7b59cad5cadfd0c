/*
 * blas.c - the only file that includes CBLAS.
 *
 * Starting OpenBLAS, threads and all, takes longer than classifying an image. So it is loaded on
 * first use, unless the program has a CBLAS already.
 *
 * The hard part is threads. The callers are threads themselves, so OpenBLAS must not start its own.
 * How to prevent that depends on the build:
 *
 * - pthreads: one call, for the whole process
 * - OpenMP: the calling thread's OpenMP setting, restored afterwards
 * - sequential: starts no threads, but is unsafe to call from two threads at once
 * - BLIS: a setting per thread or per process, depending on the version; set before each call
 *
 * Any other CBLAS is used as it is: it lacks these functions, and the pointers are null.
 *
 * OpenBLAS maps buffers when it is loaded and on a thread's first product. It reports no failure
 * and retries forever if it cannot get them. So it is not used in a process with a limit on its
 * address space: the kernels do the same work.
 */
#include "blas.h"

#include "../base/library.h"

#include <cblas.h>
#include <dlfcn.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/resource.h>

/* In the order tried. Debian's name for the BLAS chosen by its alternatives comes last. */
#define OPENBLAS "libopenblas.so.0"
#define ANY_BLAS "libblas.so.3"
static const char *const libraries[] = {OPENBLAS, ANY_BLAS};

LIBRARY_NOTE("blas", "matrix products by BLAS", "recommended",
	     LIBRARY_NAME(OPENBLAS) "," LIBRARY_NAME(ANY_BLAS));

/* What openblas_get_parallel() returns. */
enum build {
	BUILD_SEQUENTIAL = 0,
	BUILD_PTHREADS = 1,
	BUILD_OPENMP = 2,
};

static pthread_once_t once = PTHREAD_ONCE_INIT;
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static bool is_sequential;
static bool is_limited;
static char obstacle[128]; /* why an installed library cannot be loaded; "": none installed */
static void *library = RTLD_DEFAULT;

/* The functions called, or null. */
static void (*multiply)(enum CBLAS_ORDER order, enum CBLAS_TRANSPOSE transpose_a,
			enum CBLAS_TRANSPOSE transpose_b, int m, int n, int k, float alpha,
			const float *a, int lda, const float *b, int ldb, float beta, float *c,
			int ldc);
static void (*set_openblas_threads)(int n_threads);
static int (*get_openblas_parallel)(void);
static char *(*get_openblas_config)(void);
static char *(*get_openblas_corename)(void);
static int (*get_omp_threads)(void);
static void (*set_omp_threads)(int n_threads);
static void (*set_blis_threads)(int64_t n_threads);
static const char *(*get_blis_version)(void);

/* Whether the process's address space is limited. */
static bool has_limit(void)
{
	struct rlimit space, data;

	return (getrlimit(RLIMIT_AS, &space) == 0 && space.rlim_cur != RLIM_INFINITY) ||
	       (getrlimit(RLIMIT_DATA, &data) == 0 && data.rlim_cur != RLIM_INFINITY);
}

/* ISO C cannot convert dlsym()'s object pointer to a function pointer; POSIX says that they have
 * the same representation. */
static void find_function(const char *name, void *function_ret)
{
	*(void **)function_ret = dlsym(library, name);
}

static void note_obstacle(const char *reason)
{
	if (!reason || !library_is_absent(reason))
		snprintf(obstacle, sizeof(obstacle), "%s", reason ? reason : "out of memory");
}

static void find_library(void)
{
	const size_t n = sizeof(libraries) / sizeof(*libraries);

	is_limited = has_limit();
	if (!is_limited)
		find_function("cblas_sgemm", &multiply);
	for (size_t i = 0; i < n && !multiply && !is_limited; i++) {
		library = dlopen(libraries[i], RTLD_NOW | RTLD_LOCAL);
		if (library)
			find_function("cblas_sgemm", &multiply);
		else
			note_obstacle(dlerror());
	}
}

static void set_up(void)
{
	enum build build = BUILD_PTHREADS;

	find_library();
	if (!multiply)
		return;
	find_function("openblas_set_num_threads", &set_openblas_threads);
	find_function("openblas_get_parallel", &get_openblas_parallel);
	find_function("openblas_get_config", &get_openblas_config);
	find_function("openblas_get_corename", &get_openblas_corename);
	find_function("bli_thread_set_num_threads", &set_blis_threads);
	find_function("bli_info_get_version_str", &get_blis_version);
	if (get_openblas_parallel)
		build = (enum build)get_openblas_parallel();
	is_sequential = build == BUILD_SEQUENTIAL;
	if (build == BUILD_OPENMP) {
		find_function("omp_get_max_threads", &get_omp_threads);
		find_function("omp_set_num_threads", &set_omp_threads);
	} else if (set_openblas_threads) {
		set_openblas_threads(1);
	}
}

enum emnist_status blas_open(struct emnist_error *error)
{
	pthread_once(&once, set_up);
	if (multiply)
		return EMNIST_OK;
	if (is_limited)
		return error_set(error, EMNIST_ERR_UNSUPPORTED,
				 "OpenBLAS is not used under a limit on address space (ulimit -v, "
				 "ulimit -d): it would wait forever if it ran short");
	if (*obstacle)
		return error_set(error, EMNIST_ERR_MEMORY, "cannot load OpenBLAS: %s", obstacle);
	return error_set(error, EMNIST_ERR_UNSUPPORTED, "OpenBLAS is not installed: no %s",
			 libraries[0]);
}

void blas_gemm(bool transpose_a, bool transpose_b, size_t m, size_t n, size_t k, const float *a,
	       size_t lda, const float *b, size_t ldb, float beta, float *c, size_t ldc)
{
	int n_omp_threads = 0;

	if (is_sequential)
		pthread_mutex_lock(&mutex);
	if (get_omp_threads && set_omp_threads) {
		n_omp_threads = get_omp_threads();
		set_omp_threads(1);
	}
	if (set_blis_threads)
		set_blis_threads(1);
	multiply(CblasRowMajor, transpose_a ? CblasTrans : CblasNoTrans,
		 transpose_b ? CblasTrans : CblasNoTrans, (int)m, (int)n, (int)k, 1, a, (int)lda, b,
		 (int)ldb, beta, c, (int)ldc);
	if (n_omp_threads > 0)
		set_omp_threads(n_omp_threads);
	if (is_sequential)
		pthread_mutex_unlock(&mutex);
}

struct blas_facts blas_describe(void)
{
	pthread_once(&once, set_up);
	return (struct blas_facts){
		.is_there = multiply != NULL,
		.openblas = get_openblas_config ? get_openblas_config() : NULL,
		.blis = get_blis_version ? get_blis_version() : NULL,
		.kernels = get_openblas_corename ? get_openblas_corename() : NULL,
		.parallel = get_openblas_parallel ? get_openblas_parallel() : -1,
	};
}
