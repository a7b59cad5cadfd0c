/* pipeline.h - from names to records: reads, classifies and prints all inputs of a run. */
#ifndef CLI_CLASSIFY_PIPELINE_H
#define CLI_CLASSIFY_PIPELINE_H

#include "../common/outputs.h"
#include "inputs.h"
#include "pipeline_options.h"
#include "resume.h"

struct pipeline_totals {
	struct resume_counts counts;
	uint64_t n_unopened;         /* of these, archives; */
	char *unopened;              /* and the first one's path, to be freed; or NULL */
	uint64_t n_archives;         /* that were opened */
	struct inputs_walked walked; /* to be released */
};

/* totals: {0}, or the counts of a run that is resumed. Returns STATUS_OK, STATUS_INPUT if inputs
 * failed, or STATUS_FATAL after printing an error. sink_close() reports a failure of the sink. */
enum exit_status pipeline_run(const struct pipeline_options *options, struct inputs *inputs,
			      struct sink *sink, struct pipeline_totals *totals);

#endif
