/* load_report.h - the results of runs as text, JSON and CSV. */
#ifndef CLI_LOAD_LOAD_REPORT_H
#define CLI_LOAD_LOAD_REPORT_H

#include "../output/text.h"
#include "load_figures.h"
#include "load_run.h"

struct load_report {
	const struct load_run *runs;
	size_t n_runs;
	const struct load_settings *settings;
	const char *dataset_path; /* NULL: drawn characters */
	const struct load_figures
		*figures; /* of the runs, and of those that they are compared with */
};

void load_report_text(struct text *text, const struct load_report *report);
void load_report_json(struct text *text, const struct load_report *report);
void load_report_csv(struct text *text, const struct load_report *report);

#endif
