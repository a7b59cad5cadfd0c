/*
 * test_train.c - whole training runs on small sets of drawn patterns: what is learned, what
 * options, teachers, calibration and weights of classes do, and what is refused.
 */
#include "../emnist_eval.h"
#include "../train/augment.h"
#include "../train/settings.h"
#include "../train/train_set.h"
#include "../train/validation.h"
#include "training.h"

#include <math.h>

/* Two classes that stand for two characters each. */
static const char sets[] = "0 48 49\n1 50 51\n2 52\n3 53\n4 54\n5 55\n6 56\n7 57\n8 65\n9 66\n";
static const char twelve[] = "0 48\n1 49\n2 50\n3 51\n4 52\n5 53\n6 54\n7 55\n8 56\n9 57\n"
			     "10 65\n11 66\n";

/* ---------------------------------------------------------- what is learned */

static void learns(void **state)
{
	struct emnist_train_options options = small_run();
	struct watch watch = {0};

	(void)state;
	options.n_epochs = 20;
	options.validation = 0.25;
	options.shift = -1; /* the place of the bar is what tells the class */
	options.rotate = 2;
	options.scale = -1;
	options.shear = -1;
	options.progress = on_progress;
	options.context = &watch;
	emnist_model_free(train(&options));
	assert_int_equal(watch.n_epochs_done, 20);
	assert_true(watch.accuracy > 0.97);
	assert_true(watch.last_loss < 0.5);
}

static void same_seed_gives_same_model_on_any_number_of_threads(void **state)
{
	struct emnist_train_options options = small_run();
	struct emnist_model *one = train(&options);

	(void)state;
	options.n_threads = 2;
	{
		struct emnist_model *two = train(&options);

		assert_true(same_weights(one, two));
		emnist_model_free(two);
	}
	options.n_threads = 5;
	assert_same_and_free(one, train(&options));
}

static void other_seed_gives_other_model(void **state)
{
	struct emnist_train_options options = small_run();
	struct emnist_model *one = train(&options), *other;

	(void)state;
	options.seed++;
	other = train(&options);
	assert_false(same_weights(one, other));
	emnist_model_free(one);
	emnist_model_free(other);
}

static struct emnist_labels *labels_of(const char *text)
{
	struct emnist_labels *labels;

	assert_int_equal(emnist_labels_parse(text, strlen(text), &labels, NULL), EMNIST_OK);
	return labels;
}

static void write_mapping(const char *text)
{
	FILE *mapping = fopen(mapping_path, "w");

	assert_non_null(mapping);
	fputs(text, mapping);
	assert_int_equal(fclose(mapping), 0);
}

static void sets_are_learnt_as_any_of_these(void **state)
{
	struct emnist_labels *labels = labels_of(twelve);
	struct emnist_train_options options = small_run();
	struct watch watch = {0};
	struct emnist_model *model;

	(void)state;
	write_mapping(sets);
	options.labels = labels;
	options.n_epochs = 20;
	options.rotate = options.scale = options.shear = options.shift = -1;
	options.progress = on_progress;
	options.context = &watch;
	model = train(&options);
	assert_int_equal(emnist_model_n_outputs(model), 12);
	assert_true(watch.last_loss < 0.5);
	emnist_model_free(model);
	emnist_labels_free(labels);
	write_mapping(digits);
}

/* That each option reaches the arithmetic: the model is another one. */
static void options_change_the_model(void **state)
{
#define OPTION(name) #name, offsetof(struct emnist_train_options, name)
	static const struct {
		const char *name;
		size_t offset;
		double value;
		bool taught;
	} cases[] = {
		{OPTION(teacher_share), 0.5, true},
		{OPTION(temperature), 3, true},
		{OPTION(label_smoothing), 0.1, false},
		{OPTION(freeze_norm), 0.5, false},
		{OPTION(dropout), 0.2, false},
		{OPTION(weight_decay), -1, false},
		{OPTION(ema_decay), -1, false},
		{OPTION(warmup_epochs), -1, false},
		{OPTION(learning_rate), 0.01, false},
		{OPTION(rotate), -1, false},
		{OPTION(scale), -1, false},
		{OPTION(shear), -1, false},
		{OPTION(shift), -1, false},
		{OPTION(elastic), 0.5, false},
		{OPTION(anneal), 0.5, false},
	};
	struct emnist_train_options base = small_run();
	struct emnist_model *plain, *taught, *teacher;

	(void)state;
	base.n_epochs = 1;
	teacher = train(&base);
	base.seed++;
	plain = train(&base);
	base.teachers = (const struct emnist_model *const[]){teacher};
	base.n_teachers = 1;
	taught = train(&base);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct emnist_train_options options = base;
		struct emnist_model *model;

		options.n_teachers = cases[i].taught;
		memcpy((char *)&options + cases[i].offset, &cases[i].value, sizeof(double));
		model = train(&options);
		if (same_weights(model, cases[i].taught ? taught : plain))
			fail_msg("%s changes nothing", cases[i].name);
		emnist_model_free(model);
	}
	emnist_model_free(teacher);
	emnist_model_free(plain);
	emnist_model_free(taught);
}

/* Ten steps an epoch; the last one of four epochs is a 30th of half a cosine before its end. */
static void learning_rate_follows_its_schedule(void **state)
{
	struct emnist_train_options options = small_run();
	struct watch watch = {0};

	(void)state;
	options.progress = on_progress;
	options.context = &watch;
	options.learning_rate = 0.01;
	emnist_model_free(train(&options));
	assert_true(fabs(watch.first_rate - 0.001) < 1e-9);
	assert_true(fabs(watch.last_rate - 0.01 * (1 + cos(3.14159265358979 * 29 / 30)) / 2) <
		    1e-9);
	watch = (struct watch){0};
	options.warmup_epochs = 2.5;
	emnist_model_free(train(&options));
	assert_true(fabs(watch.first_rate - 0.01 / 25) < 1e-9);
	watch = (struct watch){0};
	options.warmup_epochs = -1;
	emnist_model_free(train(&options));
	assert_true(fabs(watch.first_rate - 0.01) < 1e-9);
}

/* Where hardly anything is learned, the mean loss of one step is about that of an epoch. */
static void losses_are_means(void **state)
{
	struct emnist_train_options options = small_run();
	struct watch watch = {0};

	(void)state;
	options.progress = on_progress;
	options.context = &watch;
	options.n_epochs = 1;
	options.learning_rate = 1e-9;
	emnist_model_free(train(&options));
	assert_true(watch.first_loss > 1.5 && watch.first_loss < 4);
	assert_true(fabs(watch.last_loss / watch.first_loss - 1) < 0.3);
}

static void negative_options_are_none(void **state)
{
	const struct emnist_train_options options = {.warmup_epochs = -1,
						     .weight_decay = -1,
						     .ema_decay = -1,
						     .rotate = -1,
						     .scale = -1,
						     .shear = -1,
						     .shift = -1,
						     .elastic = -1};
	struct settings settings;

	(void)state;
	assert_int_equal(settings_resolve(&settings, &options, NULL), EMNIST_OK);
	assert_true(settings.warmup_epochs == 0 && settings.weight_decay == 0 &&
		    settings.ema_decay == 0);
	assert_true(distortion_is_none(&settings.distortion));
}

/* Labels that say nothing, "any of all", and a teacher that knows: the network learns from it; as
 * much as from the mean of the same one twice. */
static void teachers_are_learnt_from(void **state)
{
	struct emnist_labels *labels = labels_of(digits);
	struct emnist_train_options options = small_run();
	struct emnist_model *teacher, *pupil, *other_pupil;
	struct emnist_evaluation evaluation;
	struct emnist_dataset *dataset;
	char anything[1024] = "";

	(void)state;
	options.n_epochs = 20;
	options.labels = labels;
	options.rotate = options.scale = options.shear = options.shift = -1;
	teacher = train(&options);
	for (size_t i = 0, n = 0; i < N_CLASSES; i++)
		n += (size_t)snprintf(anything + n, sizeof(anything) - n,
				      "%zu 48 49 50 51 52 53 54 55 56 57\n", i);
	write_mapping(anything);
	options.teachers = (const struct emnist_model *const[]){teacher, teacher};
	options.n_teachers = 2;
	options.seed++;
	pupil = train(&options);
	options.n_teachers = 1;
	other_pupil = train(&options);
	assert_true(same_weights(pupil, other_pupil));
	write_mapping(digits);
	dataset = open_data();
	assert_int_equal(emnist_evaluate(pupil, dataset, NULL, &evaluation, NULL), EMNIST_OK);
	assert_true((double)evaluation.n_correct > 0.97 * N_IMAGES);
	emnist_evaluation_clear(&evaluation);
	emnist_dataset_free(dataset);
	emnist_model_free(teacher);
	emnist_model_free(pupil);
	emnist_model_free(other_pupil);
	emnist_labels_free(labels);
}

static void foreign_teachers_are_refused(void **state)
{
	struct emnist_train_options options = small_run();
	struct emnist_model *teacher, *model;
	struct emnist_error error;

	(void)state;
	assert_int_equal(emnist_model_default(&teacher, &error), EMNIST_OK);
	options.teachers = (const struct emnist_model *const[]){teacher};
	options.n_teachers = 1;
	assert_int_equal(try_train(&options, &model, &error), EMNIST_ERR_ARGUMENT);
	assert_string_equal(error.message, "teacher 1: its classes differ from the model's");
	emnist_model_free(teacher);
}

/* Where distortions have faded to none, training is what it is without. */
static void annealing_ends_without_distortion(void **state)
{
	struct emnist_train_options options = small_run();
	struct emnist_model *faded, *never;

	(void)state;
	options.n_epochs = 1;
	options.elastic = 1;
	options.anneal = 1;
	faded = train(&options);
	options.anneal = 0;
	options.elastic = 0;
	options.rotate = options.scale = options.shear = options.shift = -1;
	never = train(&options);
	assert_same_and_free(faded, never);
}

/* ------------------------------------------------------------- calibration */

/* Labels drawn from softmax(logits), and a model that says softmax(factor x logits): where that is
 * 2, twice too sure. */
static void check_temperature(double factor)
{
	enum { N = 20000, CLASSES = 3 };
	static float p[N * CLASSES];
	static uint32_t position[N], truth[N];
	static uint16_t classes[CLASSES] = {0, 1, 2};
	struct target targets[CLASSES] = {{1, &classes[0], 1, 1, NULL},
					  {1, &classes[1], 1, 1, NULL},
					  {1, &classes[2], 1, 1, NULL}};
	const struct train_set set = {
		.targets = targets, .target = truth, .n_validation = N, .validation = position};
	const struct validation validation = {&set, CLASSES, p};
	struct random random = random_stream(1, RANDOM_AUGMENT, 0, 0);
	double temperature;

	for (uint32_t i = 0; i < N; i++) {
		double e[CLASSES], sum = 0, powers = 0, draw_;

		for (int c = 0; c < CLASSES; c++) {
			e[c] = exp(random_within(&random, 3));
			sum += e[c];
			powers += pow(e[c], factor);
		}
		draw_ = random_unit(&random) * sum;
		position[i] = i;
		truth[i] = draw_ < e[0] ? 0 : draw_ < e[0] + e[1] ? 1 : 2;
		for (int c = 0; c < CLASSES; c++)
			p[i * CLASSES + (uint32_t)c] = (float)(pow(e[c], factor) / powers);
	}
	temperature = validation_temperature(&validation);
	assert_true(fabs(temperature / factor - 1) < 0.03);
	assert_true(validation_loss(&validation, temperature) < validation_loss(&validation, 1));
}

static void temperature_undoes_overconfidence_and_doubt(void **state)
{
	(void)state;
	check_temperature(2);
	check_temperature(0.5);
}

/* More images than go through the model at once, held out of the first dataset alone. What is said
 * of each is what a session says of it. */
static void images_held_out_are_of_the_first_dataset(void **state)
{
	struct emnist_labels *labels = labels_of(digits);
	const struct train_set_options options = {.labels = labels, .validation = 0.5, .seed = 3};
	struct emnist_dataset *datasets[] = {open_data(), open_data()};
	struct emnist_train_options run = small_run();
	struct emnist_model *model;
	struct emnist_session *session;
	struct validation validation;
	struct train_set set;

	(void)state;
	run.n_epochs = 1;
	model = train(&run);
	assert_int_equal(train_set_load(&set, datasets, 2, &options, NULL), EMNIST_OK);
	assert_int_equal(set.n_validation, N_IMAGES / 2);
	assert_int_equal(set.n_training, 2 * N_IMAGES - N_IMAGES / 2);
	assert_true(set.validation[set.n_validation - 1] < N_IMAGES);
	for (size_t i = 1; i < set.n_training; i++)
		assert_true(set.training[i - 1] < set.training[i]);
	assert_int_equal(validation_run(&validation, &set, model, EMNIST_ENGINE_BLAS, NULL),
			 EMNIST_OK);
	assert_int_equal(emnist_session_create(model, 1, &session, NULL), EMNIST_OK);
	for (size_t i = 0; i < set.n_validation; i++) {
		const uint8_t *pixels = set.pixels + set.validation[i] * EMNIST_VECTOR_LENGTH;
		float vector[EMNIST_VECTOR_LENGTH], p[N_CLASSES];

		pixels_to_vector(pixels, vector);
		assert_int_equal(emnist_session_run(session, vector, 1, p, NULL), EMNIST_OK);
		for (size_t c = 0; c < N_CLASSES; c++)
			assert_true(fabsf(p[c] - validation.probabilities[i * N_CLASSES + c]) <
				    1e-4F);
	}
	validation_clear(&validation);
	emnist_session_free(session);
	train_set_clear(&set);
	emnist_model_free(model);
	emnist_dataset_free(datasets[0]);
	emnist_dataset_free(datasets[1]);
	emnist_labels_free(labels);
}

/* Three images, of which the one that is read wrong counts for half of all. */
static void figures_are_weighted(void **state)
{
	static uint16_t classes[2] = {0, 1};
	struct target targets[2] = {{1, &classes[0], 1, 0.75F, NULL},
				    {1, &classes[1], 1, 1.5F, NULL}};
	uint32_t position[3] = {0, 1, 2}, truth[3] = {0, 0, 1};
	float p[3 * 2] = {0.5F, 0.5F, 0.8F, 0.2F, 0.9F, 0.1F};
	const struct train_set set = {
		.targets = targets, .target = truth, .n_validation = 3, .validation = position};
	const struct validation validation = {&set, 2, p};

	(void)state;
	assert_true(fabs(validation_accuracy(&validation) - 0.5) < 1e-6);
	assert_true(fabs(validation_loss(&validation, 1) -
			 -(0.25 * log(0.5) + 0.25 * log(0.8) + 0.5 * log(0.1))) < 1e-6);
}

/* A session sees the weights as they are, not as they were when they were first packed. */
static void check_packed(struct emnist_model *model)
{
	float vector[EMNIST_VECTOR_LENGTH] = {[300] = 1}, before[N_CLASSES], after[N_CLASSES];
	struct emnist_session *session;

	assert_int_equal(emnist_session_create(model, 1, &session, NULL), EMNIST_OK);
	assert_int_equal(emnist_session_run(session, vector, 1, before, NULL), EMNIST_OK);
	assert_true(model_pack(model, model->kernel));
	assert_int_equal(emnist_session_run(session, vector, 1, after, NULL), EMNIST_OK);
	assert_memory_equal(before, after, sizeof(before));
	emnist_session_free(session);
}

/* Only the last layer is scaled, and only where asked for. */
static void calibration_scales_the_logits(void **state)
{
	struct emnist_train_options options = small_run();
	struct emnist_model *plain, *calibrated;
	float factor;

	(void)state;
	options.validation = 0.25;
	calibrated = train(&options);
	options.calibrate = EMNIST_OFF;
	plain = train(&options);
	assert_false(same_weights(plain, calibrated));
	factor = calibrated->layers[2].bias[0] / plain->layers[2].bias[0];
	assert_true(factor > 0.25F && factor < 4 && fabsf(factor - 1) > 1e-3F);
	for (size_t i = 0; i < 16 * N_CLASSES; i++)
		assert_true(fabsf(calibrated->layers[2].weights[i] -
				  factor * plain->layers[2].weights[i]) < 1e-5F);
	plain->n_layers = calibrated->n_layers = 2;
	assert_true(same_weights(plain, calibrated));
	plain->n_layers = calibrated->n_layers = 3;
	check_packed(calibrated);
	emnist_model_free(plain);
	emnist_model_free(calibrated);
}

/* ------------------------------------------------------- classes and weights */

static void unknown_classes_are_refused(void **state)
{
	struct emnist_labels *labels = labels_of("0 65\n1 66\n");
	struct emnist_train_options options = small_run();
	struct emnist_model *model;
	struct emnist_error error;

	(void)state;
	options.labels = labels;
	assert_int_equal(try_train(&options, &model, &error), EMNIST_ERR_ARGUMENT);
	assert_string_equal(error.message,
			    "dataset 1: images of '1', for which the model has no class");
	emnist_labels_free(labels);
}

/* Weight times images must be in the same proportion as the wanted shares, for each of the
 * dataset's classes, among images to learn from and among those held out. */
static void check_shares(const struct train_set *set, bool held_out, const double *shares)
{
	const uint32_t *images = held_out ? set->validation : set->training;
	const size_t n = held_out ? set->n_validation : set->n_training;
	double mass[N_CLASSES] = {0}, sum = 0;

	for (size_t i = 0; i < n; i++) {
		const struct target *target = &set->targets[set->target[images[i]]];

		mass[set->target[images[i]]] +=
			(double)(held_out ? target->held_out_weight : target->weight);
	}
	for (int c = 0; c < N_CLASSES; c++)
		sum += mass[c];
	assert_true(fabs(sum / (double)n - 1) < 1e-5);
	for (int c = 0; c < N_CLASSES; c++)
		assert_true(fabs(mass[c] / sum - shares[c]) < 1e-5);
}

static void check_weights(const char *mapping, const char *model_classes, const double *frequencies,
			  const double *shares)
{
	struct emnist_labels *labels = labels_of(model_classes);
	const struct train_set_options options = {
		.labels = labels, .validation = 0.1, .class_frequencies = frequencies, .seed = 3};
	struct emnist_dataset *dataset;
	struct train_set set;

	write_mapping(mapping);
	dataset = open_data();
	assert_int_equal(train_set_load(&set, &dataset, 1, &options, NULL), EMNIST_OK);
	assert_int_equal(set.n_validation, N_IMAGES / 10);
	assert_int_equal(set.n_training, N_IMAGES - N_IMAGES / 10);
	check_shares(&set, false, shares);
	check_shares(&set, true, shares);
	train_set_clear(&set);
	emnist_dataset_free(dataset);
	emnist_labels_free(labels);
	write_mapping(digits);
}

static void weights_restore_frequencies(void **state)
{
	(void)state;
	check_weights(digits, digits, (const double[]){50, 10, 10, 10, 5, 5, 0, 0, 5, 5},
		      (const double[]){.5, .1, .1, .1, .05, .05, 0, 0, .05, .05});
	check_weights(sets, twelve, (const double[]){30, 10, 0, 5, 5, 10, 10, 10, 5, 5, 5, 5},
		      (const double[]){.4, .05, .05, .1, .1, .1, .05, .05, .05, .05});
}

static void bad_frequencies_are_refused(void **state)
{
	static const double negative[N_CLASSES] = {1, 1, -1}, huge[N_CLASSES] = {1e19};
	static const double none[N_CLASSES] = {0}, not_one[N_CLASSES] = {1, NAN};
	const struct {
		const double *frequencies;
		const char *message;
	} cases[] = {
		{negative, "frequency -1 of class 2: must be 0 to 1e+18"},
		{huge, "frequency 1e+19 of class 0: must be 0 to 1e+18"},
		{not_one, "frequency nan of class 1: must be 0 to 1e+18"},
		{none, "all class frequencies are zero"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct emnist_train_options options = small_run();
		struct emnist_model *model;
		struct emnist_error error;

		options.class_frequencies = cases[i].frequencies;
		assert_int_equal(try_train(&options, &model, &error), EMNIST_ERR_ARGUMENT);
		assert_string_equal(error.message, cases[i].message);
	}
}

static void bad_options_are_named(void **state)
{
	const struct {
		struct emnist_train_options options;
		const char *message;
	} cases[] = {
		{{.dropout = 1}, "dropout of 1: must be 0 to 0.99"},
		{{.dropout = NAN}, "dropout of nan: must be 0 to 0.99"},
		{{.n_rows = 48}, "48 images per step: must be a multiple of 32"},
		{{.n_rows = 1024}, "640 images to train on: fewer than the 1024 of a step"},
		{{.learning_rate = -1}, "learning rate of -1: must be 1e-09 to 10"},
		{{.batch_norm = (enum emnist_train_switch)7},
		 "batch normalization of 7: must be 0 to 2"},
		{{.teacher_share = -1}, "teachers' share of -1: must be 0.001 to 1"},
		{{.checkpoint_seconds = -5},
		 "seconds between checkpoints of -5: must be 0 to 1e+09"},
		{{.n_hidden = 3}, "3 hidden layers, but no list of their widths"},
		{{.validation = 0.95}, "validation share of 0.95: must be 0 to 0.9"},
		{{.hidden = (const uint32_t[]){8, 0}, .n_hidden = 2},
		 "hidden layer of 0 units: must be 1 to 65536"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct emnist_model *model;
		struct emnist_error error;

		assert_int_equal(try_train(&cases[i].options, &model, &error), EMNIST_ERR_ARGUMENT);
		assert_string_equal(error.message, cases[i].message);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(learns),
		cmocka_unit_test(same_seed_gives_same_model_on_any_number_of_threads),
		cmocka_unit_test(other_seed_gives_other_model),
		cmocka_unit_test(sets_are_learnt_as_any_of_these),
		cmocka_unit_test(options_change_the_model),
		cmocka_unit_test(learning_rate_follows_its_schedule),
		cmocka_unit_test(losses_are_means),
		cmocka_unit_test(negative_options_are_none),
		cmocka_unit_test(teachers_are_learnt_from),
		cmocka_unit_test(foreign_teachers_are_refused),
		cmocka_unit_test(annealing_ends_without_distortion),
		cmocka_unit_test(temperature_undoes_overconfidence_and_doubt),
		cmocka_unit_test(images_held_out_are_of_the_first_dataset),
		cmocka_unit_test(figures_are_weighted),
		cmocka_unit_test(calibration_scales_the_logits),
		cmocka_unit_test(unknown_classes_are_refused),
		cmocka_unit_test(weights_restore_frequencies),
		cmocka_unit_test(bad_frequencies_are_refused),
		cmocka_unit_test(bad_options_are_named),
	};

	return cmocka_run_group_tests_name("train", tests, make_data, remove_data);
}
