/*
 * engine_option.h - --engine of several commands, and the environment that OpenBLAS is loaded in.
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

/* Keeps OpenBLAS from starting threads. If the user has not set OPENBLAS_CORETYPE, which names its
 * kernels, and OpenBLAS would choose kernels below this processor's abilities, sets it. Returns the
 * replaced choice, "Prescott", or NULL. First call it before OpenBLAS is loaded and before threads
 * start; later calls are harmless. */
const char *kernels_choose(void);

#endif
