/*
 * kernels.h - the environment that OpenBLAS is loaded in: its kernels and its threads.
 */
#ifndef CLI_COMMON_KERNELS_H
#define CLI_COMMON_KERNELS_H

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
