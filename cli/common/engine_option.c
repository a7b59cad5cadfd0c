/*
 * engine_option.c - the engine that computes a network's products.
 */
#include "engine_option.h"
#include "kernels.h"
#include "messages.h"

const char *const engine_names[] = {"auto", "blas", "kernels", NULL};

bool engine_prepare(int *engine)
{
	enum emnist_engine found;
	struct emnist_error error;

	/* Which takes longer than an image. Auto seldom comes to BLAS. */
	if (*engine == EMNIST_ENGINE_BLAS)
		kernels_choose();
	else
		kernels_alone();
	if (emnist_engine_find((enum emnist_engine) * engine, &found, &error)) {
		complain("--engine %s: %s", engine_names[*engine], error.message);
		return false;
	}
	*engine = (int)found;
	return true;
}
