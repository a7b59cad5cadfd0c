/* model_report.h - describes a model and its file, as text for people and as JSON. */
#ifndef CLI_MODEL_MODEL_REPORT_H
#define CLI_MODEL_MODEL_REPORT_H

#include "../output/text.h"

#include <emnist.h>

/* path: NULL for the built-in model. */
void model_put_text(struct text *text, const struct emnist_model *model, const char *path);

/* One object on one line. */
void model_put_json(struct text *text, const struct emnist_model *model, const char *path);

#endif
