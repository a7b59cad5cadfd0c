/*
 * machine.c - CPU kernels and BLAS in use, environment variables that affect them, and known
 * slowdowns.
 *
 * OpenBLAS and the dynamic linker read the variables; here they are only reported.
 */
#include "machine.h"
#include "../output/escape.h"
#include "../output/json.h"
#include "engine_option.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>

/* The column of a line's value. */
#define COLUMN 13

static const struct {
	const char *name;
	const char *effect;
} variables[] = {
	{KERNELS_VARIABLE, "selects the kernels of another processor"},
	{"OPENBLAS_L2_SIZE", "overrides the size of the L2 cache in KiB"},
	{"OPENBLAS_BLOCK_FACTOR", "changes the block size of OpenBLAS"},
	{"OMP_NUM_THREADS", "number of OpenMP threads, which are not used"},
	{"LD_PRELOAD", "libraries loaded first"},
	{"LD_LIBRARY_PATH", "folders searched first for libraries"},
};

#define N_VARIABLES (sizeof(variables) / sizeof(*variables))

/* ------------------------------------------------------------------------ facts */

static void find_processor(char *model, size_t size)
{
	FILE *file = fopen("/proc/cpuinfo", "re");
	char line[512];

	*model = '\0';
	while (file && !*model && fgets(line, sizeof(line), file)) {
		const char *value = strchr(line, ':');

		if (value && strncmp(line, "model name", strlen("model name")) == 0)
			snprintf(model, size, "%.*s", (int)strcspn(value + 2, "\n"), value + 2);
	}
	if (file)
		fclose(file);
}

void machine_find(struct machine *machine, enum emnist_engine wanted)
{
	struct utsname names;
	enum emnist_engine blas;

	*machine = (struct machine){
		.wanted = wanted,
		.processors = processors_find(""),
		.replaced = kernels_choose(),
	};
	emnist_backend_describe(&machine->backend);
	machine->has_blas = !emnist_engine_find(EMNIST_ENGINE_BLAS, &blas, NULL);
	if (emnist_engine_find(wanted, &machine->engine, NULL))
		machine->engine = EMNIST_ENGINE_KERNELS;
	find_processor(machine->processor, sizeof(machine->processor));
	if (uname(&names) == 0)
		snprintf(machine->system, sizeof(machine->system), "%.60s %.60s %.60s",
			 names.sysname, names.release, names.machine);
}

/* ------------------------------------------------------------------------ texts */

static bool is_there(const struct emnist_backend *backend)
{
	return strcmp(backend->blas, "none") != 0;
}

static bool is_known(const struct emnist_backend *backend)
{
	return is_there(backend) && strcmp(backend->blas, "unknown BLAS") != 0;
}

/* What slows this machine down, number 0, 1...; false when there is no more. */
static bool find_warning(const struct machine *machine, unsigned number, char *line, size_t size)
{
	const struct emnist_backend *backend = &machine->backend;

	if (backend->better_kernels && number-- == 0) {
		const int n =
			snprintf(line, size, "training could be faster: this processor supports %s",
				 backend->instructions);

		if (machine->replaced)
			snprintf(line + n, size - (size_t)n,
				 ", but this OpenBLAS has no kernels for it");
		else if (getenv(KERNELS_VARIABLE))
			snprintf(line + n, size - (size_t)n, "; unset " KERNELS_VARIABLE);
		else
			snprintf(line + n, size - (size_t)n,
				 ", but OpenBLAS does not know it; try " KERNELS_VARIABLE "=%s",
				 backend->better_kernels);
		return true;
	}
	if (backend->parallel && strcmp(backend->parallel, "sequential") == 0 && number-- == 0) {
		snprintf(line, size,
			 "this OpenBLAS is built without threads, and its products run one after "
			 "the other; one built with pthreads is faster");
		return true;
	}
	if (!is_there(backend) && number-- == 0) {
		snprintf(line, size, "training could be faster: there is no OpenBLAS to use");
		return true;
	}
	if (is_there(backend) && !is_known(backend) && number == 0) {
		snprintf(line, size,
			 "not OpenBLAS: other libraries may be much slower, or use more threads "
			 "than requested");
		return true;
	}
	return false;
}

static void put_name(struct text *text, const char *name)
{
	text_printf(text, "%-*s", COLUMN, name);
}

static void put_blas(struct text *text, const struct machine *machine)
{
	const struct emnist_backend *backend = &machine->backend;

	put_name(text, "blas");
	text_puts(text, backend->blas);
	if (backend->kernels)
		text_printf(text, ", kernels for %s", backend->kernels);
	if (machine->replaced && !backend->better_kernels)
		text_printf(text, " (its own choice: %s)", machine->replaced);
	if (backend->parallel)
		text_printf(text, ", built %s%s",
			    strcmp(backend->parallel, "sequential") ? "with " : "",
			    backend->parallel);
	if (is_known(backend))
		text_puts(text, ", one thread for each of ours");
	text_puts(text, "\n");
}

static void put_threads(struct text *text, const struct processors *p)
{
	text_printf(text, "%u (processors: %u, of which this process may use %u; quota: ", p->n,
		    p->online, p->allowed);
	if (p->quota)
		text_printf(text, "%u)\n", p->quota);
	else
		text_puts(text, "none)\n");
}

/* The value of a variable that the user has set, or NULL. */
static const char *value_of(const struct machine *machine, size_t variable)
{
	const char *name = variables[variable].name;

	return machine->replaced && strcmp(name, KERNELS_VARIABLE) == 0 ? NULL : getenv(name);
}

static void put_variables(struct text *text, const struct machine *machine)
{
	for (size_t i = 0; i < N_VARIABLES; i++) {
		const char *value = value_of(machine, i);

		if (!value)
			continue;
		put_name(text, "environment");
		text_printf(text, "%s=", variables[i].name);
		escape_put(text, value);
		text_printf(text, " (%s)\n", variables[i].effect);
	}
}

/* What may make it slow. */
static void put_causes(struct text *text, const struct machine *machine)
{
	char warning[256];

	put_variables(text, machine);
	for (unsigned i = 0; find_warning(machine, i, warning, sizeof(warning)); i++) {
		put_name(text, "warning");
		text_printf(text, "%s\n", warning);
	}
}

static void put_engine(struct text *text, const struct machine *machine)
{
	const bool is_auto = machine->wanted == EMNIST_ENGINE_AUTO;

	put_name(text, "engine");
	text_printf(text, "%s%s", is_auto ? "auto: " : "", engine_names[machine->engine]);
	if (is_auto && machine->engine == EMNIST_ENGINE_KERNELS && machine->has_blas)
		text_puts(text, "; in training blas too");
	text_puts(text, "\n");
}

void machine_put_text(struct text *text, const struct machine *machine)
{
	const struct emnist_backend *backend = &machine->backend;

	put_engine(text, machine);
	put_name(text, "network");
	text_printf(text, "kernels of our own, %s; other loops: %s\n", backend->network,
		    backend->loops ? backend->loops : "as compiled");
	put_blas(text, machine);
	put_name(text, "processor");
	text_printf(text, "%s, %s\n", *machine->processor ? machine->processor : "unknown",
		    backend->instructions ? backend->instructions : "unknown instructions");
	put_name(text, "threads");
	put_threads(text, &machine->processors);
	put_name(text, "system");
	text_printf(text, "%s\n", machine->system);
	put_causes(text, machine);
}

void machine_put_training(struct text *text, const struct machine *machine)
{
	put_engine(text, machine);
	put_blas(text, machine);
	put_causes(text, machine);
}

/* ------------------------------------------------------------------------- json */

static void put_environment(struct text *text, const struct machine *machine)
{
	json_put_key(text, "environment");
	text_putc(text, '{');
	for (size_t i = 0; i < N_VARIABLES; i++) {
		const char *value = value_of(machine, i);

		if (value)
			json_put_text(text, variables[i].name, value);
	}
	text_putc(text, '}');
}

void machine_put_json(struct text *text, const struct machine *machine)
{
	const struct emnist_backend *backend = &machine->backend;
	const struct processors *p = &machine->processors;
	char warning[256];

	json_begin_object(text);
	json_put_text(text, "engine", engine_names[machine->engine]);
	json_put_text(text, "network", backend->network);
	json_put_text(text, "blas", backend->blas);
	json_put_text(text, "kernels", backend->kernels);
	json_put_text(text, "replaced_kernels", machine->replaced);
	json_put_text(text, "better_kernels", backend->better_kernels);
	json_put_text(text, "parallel", backend->parallel);
	json_put_text(text, "processor", *machine->processor ? machine->processor : NULL);
	json_put_text(text, "instructions", backend->instructions);
	json_put_text(text, "loops", backend->loops);
	json_put_text(text, "system", *machine->system ? machine->system : NULL);
	json_put_count(text, "processors", p->online);
	json_put_count(text, "allowed", p->allowed);
	if (p->quota)
		json_put_count(text, "quota", p->quota);
	else
		json_put_text(text, "quota", NULL);
	put_environment(text, machine);
	json_begin_array(text, "warnings");
	for (unsigned i = 0; find_warning(machine, i, warning, sizeof(warning)); i++) {
		json_put_comma(text);
		json_put_string(text, warning);
	}
	text_puts(text, "]}");
}
