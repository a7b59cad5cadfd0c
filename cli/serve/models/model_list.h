/* model_list.h - reads TensorFlow Serving's configuration file: a list of models. */
#ifndef CLI_SERVE_MODEL_LIST_H
#define CLI_SERVE_MODEL_LIST_H

#include "model_config.h"

/* Reads the text of a model_config_list. Relative base paths are below folder. error is never
 * NULL. */
enum emnist_status model_list_parse(const void *bytes, size_t nbytes, const char *folder,
				    struct model_config *config_ret, struct emnist_error *error);

/* The same of a file; relative base paths are below its folder. */
enum emnist_status model_list_read(const char *path, struct model_config *config_ret,
				   struct emnist_error *error);

#endif
