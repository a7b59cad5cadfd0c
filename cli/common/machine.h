/* machine.h - CPU kernels and BLAS in use, to explain this program's speed. */
#ifndef CLI_COMMON_MACHINE_H
#define CLI_COMMON_MACHINE_H

#include "../output/text.h"
#include "processors.h"

#include <emnist.h>

struct machine {
	enum emnist_engine wanted;
	enum emnist_engine engine; /* that is meant by it */
	bool has_blas;             /* that can be used */
	struct emnist_backend backend;
	const char *replaced; /* OpenBLAS's own choice of kernels, or NULL: see kernels_choose() */
	struct processors processors;
	char processor[128]; /* its model; "" if unknown */
	char system[192];    /* kernel and release */
};

/* As kernels_choose(), and loads OpenBLAS. wanted: the engine asked for. */
void machine_find(struct machine *machine, enum emnist_engine wanted);

/* Lines "NAME  VALUE", with values from column 14 on, and a line "warning" for each known cause of
 * slowness. */
void machine_put_text(struct text *text, const struct machine *machine);

/* Those of the lines that matter for training speed. */
void machine_put_training(struct text *text, const struct machine *machine);

/* All of it as one JSON object. */
void machine_put_json(struct text *text, const struct machine *machine);

#endif
