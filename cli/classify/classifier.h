/*
 * classifier.h - what each worker of the pipeline owns: a reader, a session, and memory for a
 * batch.
 */
#ifndef CLI_CLASSIFY_CLASSIFIER_H
#define CLI_CLASSIFY_CLASSIFIER_H

#include "batch.h"
#include "inputs.h"
#include "pipeline_options.h"

struct classifier;

/* NULL when memory is short; *error may say why. The options must outlive it. */
struct classifier *classifier_new(const struct pipeline_options *options,
				  struct emnist_error *error);

void classifier_free(struct classifier *classifier);

/* Reads the batch's items, runs the network and formats the records. Items that hold several images
 * are marked and get none. inputs: the source of the batch. */
void classifier_run(struct classifier *classifier, struct inputs *inputs, struct batch *batch);

#endif
