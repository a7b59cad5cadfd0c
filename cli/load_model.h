/*
 * load_model.h - the model that a command works with.
 */
#ifndef CLI_LOAD_MODEL_H
#define CLI_LOAD_MODEL_H

#include <emnist.h>

/* The activations that a hidden layer may have, as --activation takes them: those of enum
 * emnist_activation from EMNIST_RELU on. */
extern const char *const activation_choices[];

/* The options that say which model, for the tables of commands that work with one: where the
 * settings have its path, NULL being the built-in one; that of its labels; and the choice below. */
#define MODEL_OPTIONS(path, labels, activation)                                                    \
	OPTION_INPUT('m', "model", "FILE", path, "model; default: the built-in one"),              \
		OPTION_INPUT(0, "labels", "FILE", labels,                                          \
			     "mapping file that says what the model's classes mean, in EMNIST's "  \
			     "format"),                                                            \
		ACTIVATION_OPTION(activation)

/* --activation, whose choice is -1 where it is not given; and what that is to
 * emnist_model_options. */
#define ACTIVATION_OPTION(member)                                                                  \
	OPTION_CHOICE(0, "activation", "NAME", member, activation_choices,                         \
		      "of the hidden layers of a safetensors file that does not say it: "          \
		      "relu, elu, leaky_relu, selu, sigmoid or tanh; default: relu")
enum emnist_activation activation_chosen(int choice);

/* Tells on stderr that the activation of the model at path was assumed, where it was. */
void load_model_warn(const struct emnist_model *model, const char *path);

/* Loads the model at path, the built-in one where that is NULL, with the labels at labels_path in
 * place of its own where that is not NULL; activation as in struct emnist_model_options. Complains
 * and returns NULL on failure, and where the model does not take 28x28 pixels. Free with
 * emnist_model_free(). */
struct emnist_model *load_model(const char *path, const char *labels_path,
				enum emnist_activation activation);

#endif
