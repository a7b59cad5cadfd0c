/*
 * classifier.h - what each worker of the pipeline has: a reader, a session, and room for a batch.
 */
#ifndef CLI_CLASSIFY_CLASSIFIER_H
#define CLI_CLASSIFY_CLASSIFIER_H

#include "batch.h"
#include "pipeline.h"

struct classifier;

/* NULL where memory is short; *error may say so. The options must outlive it. */
struct classifier *classifier_new(const struct pipeline_options *options,
				  struct emnist_error *error);

void classifier_free(struct classifier *classifier);

/* Reads the batch's items, runs the network and formats the records. Items that stand for several
 * images are marked, and have none. inputs: where the batch comes from. */
void classifier_run(struct classifier *classifier, struct inputs *inputs, struct batch *batch);

#endif
