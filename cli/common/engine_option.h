/*
 * engine_option.h - the engine that computes a network's products: --engine of several commands,
 * and the environment that OpenBLAS is loaded in.
 */
#ifndef CLI_COMMON_ENGINE_OPTION_H
#define CLI_COMMON_ENGINE_OPTION_H

#include "options.h"

/* In the order of enum emnist_engine. */
extern const char *const engine_names[];

/* member: int, an index into engine_names. */
#define ENGINE_OPTION(member)                                                                      \
	OPTION_CHOICE(0, "engine", "auto|blas|kernels", member, engine_names,                      \
		      "what computes the network: kernels that skip zeros, or BLAS; default: "     \
		      "auto, kernels on processors with AVX2 or better, otherwise BLAS")

/* Makes the engine ready, before threads start, and resolves auto. Prints an error and returns
 * false if it is not available. */
bool engine_prepare(int *engine);

/* The variable that names OpenBLAS's kernels. */
#define KERNELS_VARIABLE "OPENBLAS_CORETYPE"

/* Has OpenBLAS start no threads of its own. Where the user has not set OPENBLAS_CORETYPE, which
 * names its kernels, and OpenBLAS's own choice is made for less than this processor can do, sets
 * it, and returns what is replaced, "Prescott"; else NULL. To be called before anything loads
 * OpenBLAS, while there is one thread; then again at will. */
const char *kernels_choose(void);

/* Has OpenBLAS start no threads of its own, and nothing else. */
void kernels_alone(void);

#endif
