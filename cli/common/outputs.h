/*
 * outputs.h - what a run writes: none of it may be what it reads, or written twice.
 *
 * Outputs are noted when the command line is read, and whatever is opened for reading is held
 * against them, by what it is and not by its name.
 */
#ifndef CLI_COMMON_OUTPUTS_H
#define CLI_COMMON_OUTPUTS_H

#include "messages.h"

#include <emnist_dataset.h>

/* Notes that `name`, such as "--output" or "DEST", is to be written to path; NULL and "-" are no
 * files. Complains and returns false where path is another output, or what was noted as read. Says
 * so where the file cannot be replaced. */
bool outputs_add(const char *name, const char *path);

/* Finds out, before long work, that the file at path can be written. Complains and returns false
 * where it cannot. */
bool outputs_can_write(const char *path);

/* Notes that the file at path is to be read; NULL and "-" are no files. Complains and returns false
 * where it is an output. */
bool outputs_spare(const char *path);

/* The same for all files of a model, whose file or directory is at path, and for those of a dataset
 * or of labels that were counted. */
bool outputs_spare_model(const struct emnist_model *model, const char *path);
bool outputs_spare_dataset(struct emnist_dataset *dataset);
bool outputs_spare_statistics(struct emnist_statistics *statistics);

/* Whether the file at path is an output. Says nothing; from any thread. */
bool outputs_have(const char *path);

/* The complaint, of an input that is one. */
void outputs_complain(const char *path);

#endif
