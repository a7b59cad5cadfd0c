/*
 * model_commands.h - the subcommands of emnist model, and what they share.
 */
#ifndef CLI_MODEL_MODEL_COMMANDS_H
#define CLI_MODEL_MODEL_COMMANDS_H

#include "../common/load_model.h"
#include "../common/options.h"
#include "../output/text.h"

enum exit_status model_show(int argc, char **argv);
enum exit_status model_convert(int argc, char **argv);

/* How much a layer, or all of them, holds and does. */
struct model_size {
	uint64_t n_weights;
	uint64_t n_biases;
	/* Floating-point operations for an image: a product and a sum for each weight; the bias is
	 * what a sum begins with. */
	uint64_t flops;
};

struct model_size model_size_of_layer(const struct emnist_model *model, size_t i);
struct model_size model_size_of_all(const struct emnist_model *model);

/* "auto", "raw" or "normalize". */
const char *model_preprocess_name(const struct emnist_model *model);

/* The digest in hexadecimal. */
#define MODEL_DIGEST_NBYTES 65
void model_digest(const struct emnist_origin_file *file, char text[static MODEL_DIGEST_NBYTES]);

/* path: NULL for the built-in model. */
void model_put_text(struct text *text, const struct emnist_model *model, const char *path);

/* One object on one line. */
void model_put_json(struct text *text, const struct emnist_model *model, const char *path);

#endif
