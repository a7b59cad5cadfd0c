/*
 * blas.c - the only file that knows CBLAS.
 *
 * Its hard part is threads. The callers are threads already, so OpenBLAS must not start its own,
 * and each of its builds wants to be told differently: the pthreads build once for all; the OpenMP
 * build by the calling thread's own OpenMP setting, which is put back afterwards; the sequential
 * build starts none, but is not safe to enter from two threads at once. BLIS has a setting of the
 * calling thread's or of all, depending on its version, so it is told each time. Any other CBLAS is
 * taken as it is: functions of these names are not there, and the weak references are null.
 */
#include "blas.h"

#include <cblas.h>
#include <dlfcn.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>
#include <sys/mman.h>

/* BUFFER_SIZE in OpenBLAS 0.3.21's common_x86_64.h. */
#define BUFFER_NBYTES ((size_t)32 << 22)

/* Between asking and taking, malloc() may take as much for a thread's heap (glibc's HEAP_MAX_SIZE,
 * twice for the sake of alignment). */
#define ROOM_NBYTES (2 * BUFFER_NBYTES)

extern void openblas_set_num_threads(int n_threads) __attribute__((weak));
extern int openblas_get_parallel(void) __attribute__((weak));
extern char *openblas_get_config(void) __attribute__((weak));
extern char *openblas_get_corename(void) __attribute__((weak));

/* What openblas_get_parallel() returns. */
enum build {
	BUILD_SEQUENTIAL = 0,
	BUILD_PTHREADS = 1,
	BUILD_OPENMP = 2,
};

static pthread_once_t once = PTHREAD_ONCE_INIT;
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static bool is_sequential;
static int (*get_omp_threads)(void);
static void (*set_omp_threads)(int n_threads);
static void (*set_blis_threads)(int64_t n_threads);
static const char *(*get_blis_version)(void);

/* ISO C has no conversion from the object pointer that dlsym() returns to one to a function; POSIX
 * says that their representations agree. */
static void find_function(const char *name, void *function_ret)
{
	*(void **)function_ret = dlsym(RTLD_DEFAULT, name);
}

static void set_up(void)
{
	enum build build = BUILD_PTHREADS;

	find_function("bli_thread_set_num_threads", &set_blis_threads);
	find_function("bli_info_get_version_str", &get_blis_version);
	if (openblas_get_parallel)
		build = (enum build)openblas_get_parallel();
	is_sequential = build == BUILD_SEQUENTIAL;
	if (build == BUILD_OPENMP) {
		find_function("omp_get_max_threads", &get_omp_threads);
		find_function("omp_set_num_threads", &set_omp_threads);
	} else if (openblas_set_num_threads) {
		openblas_set_num_threads(1);
	}
}

bool blas_has_room(size_t n_threads)
{
	static atomic_size_t n_proven;
	size_t n = atomic_load(&n_proven);
	void *room;

	if (!openblas_get_parallel || n_threads <= n)
		return true;
	if (n_threads > SIZE_MAX / ROOM_NBYTES)
		return false;
	/* Writable, since that is what a system that does not overcommit counts; never touched. */
	room = mmap(NULL, n_threads * ROOM_NBYTES, PROT_READ | PROT_WRITE,
		    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (room == MAP_FAILED)
		return false;
	munmap(room, n_threads * ROOM_NBYTES);
	while (n < n_threads && !atomic_compare_exchange_weak(&n_proven, &n, n_threads))
		continue;
	return true;
}

static atomic_size_t n_inside;

bool blas_enter(void)
{
	if (blas_has_room(atomic_fetch_add(&n_inside, 1) + 1))
		return true;
	blas_leave();
	return false;
}

void blas_leave(void)
{
	atomic_fetch_sub(&n_inside, 1);
}

void blas_gemm(bool transpose_a, bool transpose_b, size_t m, size_t n, size_t k, float alpha,
	       const float *a, size_t lda, const float *b, size_t ldb, float beta, float *c,
	       size_t ldc)
{
	int n_omp_threads = 0;

	pthread_once(&once, set_up);
	if (is_sequential)
		pthread_mutex_lock(&mutex);
	if (get_omp_threads && set_omp_threads) {
		n_omp_threads = get_omp_threads();
		set_omp_threads(1);
	}
	if (set_blis_threads)
		set_blis_threads(1);
	cblas_sgemm(CblasRowMajor, transpose_a ? CblasTrans : CblasNoTrans,
		    transpose_b ? CblasTrans : CblasNoTrans, (int)m, (int)n, (int)k, alpha, a,
		    (int)lda, b, (int)ldb, beta, c, (int)ldc);
	if (n_omp_threads > 0)
		set_omp_threads(n_omp_threads);
	if (is_sequential)
		pthread_mutex_unlock(&mutex);
}

struct blas_facts blas_describe(void)
{
	pthread_once(&once, set_up);
	return (struct blas_facts){
		.openblas = openblas_get_config ? openblas_get_config() : NULL,
		.blis = get_blis_version ? get_blis_version() : NULL,
		.kernels = openblas_get_corename ? openblas_get_corename() : NULL,
		.parallel = openblas_get_parallel ? openblas_get_parallel() : -1,
	};
}
