/*
 * eval_files.h - what an evaluation writes to files of their own, each whole or not at all.
 */
#ifndef CLI_EVAL_EVAL_FILES_H
#define CLI_EVAL_EVAL_FILES_H

#include "../../lib/draw/montage.h"
#include "eval_report.h"

#include <emnist_dataset.h>

/* Paths; NULL: not asked for. */
struct eval_files {
	const char *report;
	const char *confusion; /* .png and .svg: a heat map; else CSV */
	const char *errors;
	const char *montage;
};

/* False after a complaint: a path is "-", or its ending is that of other content. */
bool eval_files_check(const struct eval_files *files);

/* Writes them all, or complains and returns STATUS_FATAL. dataset: what was evaluated, to its end.
 */
enum exit_status eval_files_write(const struct eval_files *files, const struct eval_report *report,
				  struct emnist_dataset *dataset);

#endif
