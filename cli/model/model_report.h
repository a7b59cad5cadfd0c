/*
 * model_report.h - what a model is and what its file says of itself, for people and as JSON.
 */
#ifndef CLI_MODEL_MODEL_REPORT_H
#define CLI_MODEL_MODEL_REPORT_H

#include "../output/text.h"

#include <emnist.h>

/* path: NULL for the built-in model. */
void model_put_text(struct text *text, const struct emnist_model *model, const char *path);

/* One object on one line. */
void model_put_json(struct text *text, const struct emnist_model *model, const char *path);

#endif
