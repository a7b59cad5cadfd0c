/*
 * test_init.c - training that starts from a model: its weights, shape, activation and classes; and
 * which models are refused.
 */
#include "training.h"

#include <math.h>

static struct emnist_train_options from(const struct emnist_model *model)
{
	return (struct emnist_train_options){
		.init = model,
		.n_epochs = 1,
		.n_rows = 64,
		.ema_decay = -1,
		.seed = 7,
	};
}

static void refuses(const struct emnist_train_options *options, const char *message)
{
	struct emnist_model *model;
	struct emnist_error error;

	assert_int_equal(try_train(options, &model, &error), EMNIST_ERR_ARGUMENT);
	assert_string_equal(error.message, message);
	assert_null(model);
}

/* Where no step moves a weight, the model is the same. */
static void starts_from_its_weights(void **state)
{
	struct emnist_train_options options = small_run();
	struct emnist_model *model, *same;

	(void)state;
	options.activation = EMNIST_TANH;
	model = train(&options);
	options = from(model);
	options.learning_rate = 1e-9;
	options.weight_decay = -1;
	same = train(&options);
	assert_int_equal(emnist_model_n_layers(same), 3);
	assert_int_equal(emnist_model_layer(same, 0).activation, EMNIST_TANH);
	for (size_t l = 0; l < same->n_layers; l++) {
		const struct layer *a = &model->layers[l], *b = &same->layers[l];

		assert_int_equal(a->n_inputs, b->n_inputs);
		assert_int_equal(a->n_outputs, b->n_outputs);
		for (size_t i = 0; i < (size_t)a->n_inputs * a->n_outputs; i++)
			assert_true(fabsf(a->weights[i] - b->weights[i]) < 1e-6F);
		for (size_t i = 0; i < a->n_outputs; i++)
			assert_true(fabsf(a->bias[i] - b->bias[i]) < 1e-6F);
	}
	emnist_model_free(model);
	emnist_model_free(same);
}

/* It learns from where the model ended, in one epoch, what takes many from random weights. */
static void goes_on_learning(void **state)
{
	struct emnist_train_options options = small_run();
	struct watch watch = {0};
	struct emnist_model *model, *other;

	(void)state;
	options.n_epochs = 20;
	options.shift = -1;
	model = train(&options);
	options = from(model);
	options.shift = -1;
	options.progress = on_progress;
	options.context = &watch;
	other = train(&options);
	assert_true(watch.first_loss < 0.5);
	assert_false(same_weights(model, other));
	emnist_model_free(model);
	emnist_model_free(other);
}

static void other_shapes_are_refused(void **state)
{
	struct emnist_train_options options = small_run();
	struct emnist_model *model = train(&options), *builtin;

	(void)state;
	options = from(model);
	options.batch_norm = EMNIST_ON;
	refuses(&options, "an initial model is trained without batch normalization");
	options = from(model);
	options.hidden = hidden;
	options.n_hidden = 2;
	refuses(&options, "hidden layers and activation are those of the initial model");
	options = from(model);
	options.activation = EMNIST_TANH;
	refuses(&options, "hidden layers and activation are those of the initial model");
	options.activation = EMNIST_RELU;
	emnist_model_free(train(&options));
	model->layers[1].activation = EMNIST_TANH;
	options = from(model);
	refuses(&options,
		"the initial model's hidden layers must have the same activation, and its "
		"last one a softmax");
	emnist_model_free(model);
	assert_int_equal(emnist_model_default(&builtin, NULL), EMNIST_OK);
	options = from(builtin);
	emnist_model_free(train(&options));
	{
		struct emnist_dataset *dataset = open_data();

		options.labels = emnist_dataset_labels(dataset);
		refuses(&options, "the initial model's classes differ from the model's");
		emnist_dataset_free(dataset);
	}
	emnist_model_free(builtin);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(starts_from_its_weights),
		cmocka_unit_test(goes_on_learning),
		cmocka_unit_test(other_shapes_are_refused),
	};

	return cmocka_run_group_tests_name("init", tests, make_data, remove_data);
}
