/*
 * test_weights.c - weights of datasets: how much their images count, with class frequencies and
 * without, and in the model.
 */
#include "../train/train_set.h"
#include "training.h"

#include <math.h>

/* Images of class c of dataset d, and their weights. */
struct shares {
	double n[2][N_CLASSES], mass[2][N_CLASSES];
	double sum;
};

static struct shares load(const double *weights, const double *frequencies, double validation)
{
	struct emnist_dataset *datasets[] = {open_data(), open_data()};
	const struct train_set_options options = {
		.labels = emnist_dataset_labels(datasets[0]),
		.validation = validation,
		.class_frequencies = frequencies,
		.dataset_weights = weights,
		.seed = 3,
	};
	struct shares shares = {.sum = 0};
	struct emnist_error error;
	struct train_set set;

	if (train_set_load(&set, datasets, 2, &options, &error))
		fail_msg("%s", error.message);
	for (size_t i = 0; i < set.n_training; i++) {
		const uint32_t target = set.target[set.training[i]];
		const double weight = (double)set.targets[target].weight;

		shares.n[target / N_CLASSES][target % N_CLASSES]++;
		shares.mass[target / N_CLASSES][target % N_CLASSES] += weight;
		shares.sum += weight / (double)set.n_training;
	}
	for (size_t i = 0; i < set.n_validation && !frequencies; i++)
		assert_true(set.targets[set.target[set.validation[i]]].held_out_weight == 1.0F);
	train_set_clear(&set);
	emnist_dataset_free(datasets[0]);
	emnist_dataset_free(datasets[1]);
	return shares;
}

/* An image of the first dataset counts `ratio` times as much as one of the second, in each class;
 * and all together 1 on average. */
static void check_ratio(const struct shares *shares, double ratio)
{
	assert_true(fabs(shares->sum - 1) < 1e-5);
	for (int c = 0; c < N_CLASSES; c++) {
		const double first = shares->mass[0][c] / shares->n[0][c];
		const double second = shares->mass[1][c] / shares->n[1][c];

		assert_true(fabs(first / second - ratio) < 1e-5);
	}
}

static void datasets_count_by_their_weights(void **state)
{
	const struct shares equal = load((const double[]){1, 1}, NULL, 0);
	const struct shares unequal = load((const double[]){2, 0.5}, NULL, 0.25);

	(void)state;
	check_ratio(&equal, 1);
	check_ratio(&unequal, 4);
	/* 480 and 640 images; without frequencies, all classes of a dataset count the same. */
	assert_true(fabs(unequal.mass[1][3] / unequal.n[1][3] -
			 0.5 * (480 + 640) / (2 * 480 + 0.5 * 640)) < 1e-5);
}

/* With weights, too, classes count as their frequencies say. */
static void classes_keep_their_frequencies(void **state)
{
	static const double frequencies[N_CLASSES] = {50, 10, 10, 10, 5, 5, 1, 2, 3, 4};
	const struct shares shares = load((const double[]){0.3, 3}, frequencies, 0.5);
	double sum = 0;

	(void)state;
	check_ratio(&shares, 0.1);
	for (int c = 0; c < N_CLASSES; c++)
		sum += shares.mass[0][c] + shares.mass[1][c];
	for (int c = 0; c < N_CLASSES; c++)
		assert_true(fabs((shares.mass[0][c] + shares.mass[1][c]) / sum -
				 frequencies[c] / 100) < 1e-5);
}

static struct emnist_model *train_on_two(const double *weights)
{
	struct emnist_dataset *datasets[] = {open_data(), open_data()};
	struct emnist_train_options options = small_run();
	struct emnist_model *model;
	struct emnist_error error;

	options.n_epochs = 1;
	options.dataset_weights = weights;
	if (emnist_train(datasets, 2, &options, &model, &error))
		fail_msg("%s", error.message);
	emnist_dataset_free(datasets[0]);
	emnist_dataset_free(datasets[1]);
	return model;
}

static void only_their_ratio_matters(void **state)
{
	struct emnist_model *without = train_on_two(NULL);
	struct emnist_model *other = train_on_two((const double[]){1, 0.25});

	(void)state;
	assert_false(same_weights(without, other));
	assert_same_and_free(without, train_on_two((const double[]){8, 8}));
	assert_same_and_free(other, train_on_two((const double[]){4, 1}));
}

static void bad_weights_are_refused(void **state)
{
	const struct {
		double weights[2];
		const char *message;
	} cases[] = {
		{{0, 1}, "weight 0 of dataset 1: must be 0.001 to 1000"},
		{{1, 1001}, "weight 1001 of dataset 2: must be 0.001 to 1000"},
		{{1, NAN}, "weight nan of dataset 2: must be 0.001 to 1000"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct emnist_dataset *datasets[] = {open_data(), open_data()};
		struct emnist_train_options options = small_run();
		struct emnist_model *model;
		struct emnist_error error;

		options.dataset_weights = cases[i].weights;
		assert_int_equal(emnist_train(datasets, 2, &options, &model, &error),
				 EMNIST_ERR_ARGUMENT);
		assert_string_equal(error.message, cases[i].message);
		emnist_dataset_free(datasets[0]);
		emnist_dataset_free(datasets[1]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(datasets_count_by_their_weights),
		cmocka_unit_test(classes_keep_their_frequencies),
		cmocka_unit_test(only_their_ratio_matters),
		cmocka_unit_test(bad_weights_are_refused),
	};

	return cmocka_run_group_tests_name("weights", tests, make_data, remove_data);
}
