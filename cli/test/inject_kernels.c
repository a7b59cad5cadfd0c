/*
 * inject_kernels.c - to be loaded in place of OpenBLAS: takes every processor for a Prescott, as
 * OpenBLAS 0.3.21 takes Intel's newest, unless OPENBLAS_CORETYPE names another when it is loaded.
 */
#include <stdio.h>
#include <stdlib.h>

static char kernels[32] = "Prescott";

__attribute__((constructor)) static void set_up(void)
{
	const char *name = getenv("OPENBLAS_CORETYPE");

	if (name)
		snprintf(kernels, sizeof(kernels), "%s", name);
}

char *openblas_get_corename(void);
char *openblas_get_config(void);
int openblas_get_parallel(void);
void openblas_set_num_threads(int n);
void cblas_sgemm(int order, int transpose_a, int transpose_b, int m, int n, int k, float alpha,
		 const float *a, int lda, const float *b, int ldb, float beta, float *c, int ldc);

char *openblas_get_corename(void)
{
	return kernels;
}

char *openblas_get_config(void)
{
	static char config[] = "OpenBLAS 0.0.0 DYNAMIC_ARCH";

	return config;
}

int openblas_get_parallel(void)
{
	return 1;
}

void openblas_set_num_threads(int n)
{
	(void)n;
}

/* Only row-major order is used; 112 is CblasTrans. */
void cblas_sgemm(int order, int transpose_a, int transpose_b, int m, int n, int k, float alpha,
		 const float *a, int lda, const float *b, int ldb, float beta, float *c, int ldc)
{
	(void)order;
	for (int i = 0; i < m; i++)
		for (int j = 0; j < n; j++) {
			float sum = beta != 0 ? beta * c[i * ldc + j] : 0;

			for (int l = 0; l < k; l++)
				sum += alpha * a[transpose_a == 112 ? l * lda + i : i * lda + l] *
				       b[transpose_b == 112 ? j * ldb + l : l * ldb + j];
			c[i * ldc + j] = sum;
		}
}
