/* engine.c - selects the engine. */
#include "engine.h"

#include "blas.h"

static enum emnist_status find_blas(const struct engine **engine_ret, struct emnist_error *error)
{
	*engine_ret = &engine_blas;
	return blas_open(error);
}

enum emnist_status engine_find_dense(enum emnist_engine wanted, const struct engine **engine_ret,
				     struct emnist_error *error)
{
	struct emnist_error why;
	enum emnist_status status;

	if (wanted != EMNIST_ENGINE_AUTO)
		return engine_find(wanted, NULL, engine_ret, error);
	status = find_blas(engine_ret, &why);
	if (status == EMNIST_ERR_UNSUPPORTED) {
		*engine_ret = &engine_kernels;
		return EMNIST_OK;
	}
	if (status && error)
		*error = why;
	return status;
}

enum emnist_status engine_find(enum emnist_engine wanted, const struct kernel *kernel,
			       const struct engine **engine_ret, struct emnist_error *error)
{
	*engine_ret = &engine_kernels;
	switch (wanted) {
	case EMNIST_ENGINE_AUTO:
		return kernel->is_wide ? EMNIST_OK : engine_find_dense(wanted, engine_ret, error);
	case EMNIST_ENGINE_KERNELS:
		return EMNIST_OK;
	case EMNIST_ENGINE_BLAS:
		return find_blas(engine_ret, error);
	}
	return error_set(error, EMNIST_ERR_ARGUMENT, "engine %d: must be 0 to %d", (int)wanted,
			 (int)EMNIST_ENGINE_KERNELS);
}

enum emnist_status emnist_engine_find(enum emnist_engine wanted, enum emnist_engine *engine_ret,
				      struct emnist_error *error)
{
	const struct engine *engine;
	const enum emnist_status status = engine_find(wanted, kernel_at(0), &engine, error);

	if (!status)
		*engine_ret = engine->id;
	return status;
}
