/*
 * load_model.h - the model that a command works with.
 */
#ifndef CLI_LOAD_MODEL_H
#define CLI_LOAD_MODEL_H

#include <emnist.h>

/* Loads the model at path, the built-in one where that is NULL, with the labels at labels_path in
 * place of its own where that is not NULL. Complains and returns NULL on failure, and where the
 * model does not take 28x28 pixels. Free with emnist_model_free(). */
struct emnist_model *load_model(const char *path, const char *labels_path);

#endif
