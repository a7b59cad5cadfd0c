/*
 * test_checkpoint.c - training that is stopped or killed and goes on: to the model that it would
 * have ended at, or not at all where the checkpoint is damaged or of another run.
 */
#include "../io/file.h"
#include "../train/checkpoint.h"
#include "../train/settings.h"
#include "training.h"

#include <signal.h>
#include <sys/wait.h>
#include <time.h>
#include <zlib.h>

static char checkpoint_path[64];

static int make_folder(void **state)
{
	if (make_data(state))
		return -1;
	snprintf(checkpoint_path, sizeof(checkpoint_path), "%s/checkpoint", folder);
	return 0;
}

static int remove_folder(void **state)
{
	unlink(checkpoint_path);
	return remove_data(state);
}

/* Of a run that begins anew. */
static void keep_checkpoint(struct emnist_train_options *options)
{
	unlink(checkpoint_path);
	options->checkpoint_path = checkpoint_path;
}

static void stopped_run_goes_on_to_the_same_model(void **state)
{
	struct emnist_train_options options = small_run();
	struct watch watch = {0}, whole_watch = {0};
	struct emnist_model *whole, *model = NULL;
	struct emnist_error error;

	(void)state;
	options.progress = on_progress;
	options.context = &whole_watch;
	whole = train(&options);
	keep_checkpoint(&options);
	options.context = &watch;
	/* In an epoch, at its end, and just before the last step. */
	for (int i = 0; i < 3; i++) {
		watch.stop_at = (uint64_t[]){13, 20, 39}[i];
		assert_int_equal(try_train(&options, &model, &error), EMNIST_ERR_STOPPED);
		assert_null(model);
	}
	assert_string_equal(error.message, "stopped at step 39 of 40");
	watch.stop_at = 0;
	assert_same_and_free(whole, train(&options));
	assert_true(watch.last_loss == whole_watch.last_loss);
	/* Once more: it is at its end already. */
	whole = train(&options);
	assert_same_and_free(whole, train(&options));
}

static void killed_run_goes_on_to_the_same_model(void **state)
{
	struct emnist_train_options options = small_run();
	const struct timespec while_it_runs = {.tv_nsec = 20000000};
	struct emnist_model *whole;
	int n_killed = 0;

	(void)state;
	options.n_epochs = 30;
	options.n_threads = 2;
	whole = train(&options);
	keep_checkpoint(&options);
	options.checkpoint_seconds = 1e-9;
	for (int i = 0; i < 3; i++) {
		int status;
		pid_t child = fork();

		if (child == 0) {
			struct emnist_model *model;

			_exit(try_train(&options, &model, NULL) != EMNIST_OK);
		}
		nanosleep(&while_it_runs, NULL);
		kill(child, SIGKILL);
		waitpid(child, &status, 0);
		n_killed += WIFSIGNALED(status);
	}
	assert_true(n_killed > 0);
	assert_same_and_free(whole, train(&options));
}

static const char foreign_checkpoint[] = "the checkpoint was made with other options or data";

/* The message is of the checkpoint, under the path that was given. */
static void assert_message(const struct emnist_error *error, const char *why)
{
	char message[sizeof(error->message)];

	snprintf(message, sizeof(message), "'%s': %s", checkpoint_path, why);
	assert_string_equal(error->message, message);
}

static void foreign_checkpoints_are_refused(void **state)
{
	struct emnist_train_options options = small_run();
	struct emnist_model *model;
	struct emnist_error error;

	(void)state;
	keep_checkpoint(&options);
	emnist_model_free(train(&options));
	options.learning_rate = 0.001;
	assert_int_equal(try_train(&options, &model, &error), EMNIST_ERR_ARGUMENT);
	assert_message(&error, foreign_checkpoint);
	options = small_run();
	options.checkpoint_path = checkpoint_path;
	options.hidden = (const uint32_t[]){23, 16};
	assert_int_equal(try_train(&options, &model, &error), EMNIST_ERR_ARGUMENT);
}

/* The data with another image of the last one's class in its place, so that only pixels tell. */
static struct emnist_dataset *open_other_data(void)
{
	static uint8_t pixels[N_IMAGES * EMNIST_VECTOR_LENGTH];
	static uint32_t indices[N_IMAGES];
	const struct emnist_dataset_options options = {
		.transpose = EMNIST_TRANSPOSE_NO, .indices = indices, .n_indices = N_IMAGES};
	struct emnist_dataset *dataset = open_data();
	uint16_t classes[N_IMAGES];
	size_t n;

	assert_int_equal(emnist_dataset_read(dataset, N_IMAGES, pixels, classes, &n, NULL),
			 EMNIST_OK);
	emnist_dataset_free(dataset);
	for (uint32_t i = 0; i < N_IMAGES - 1; i++) {
		indices[i] = i;
		if (classes[i] == classes[N_IMAGES - 1])
			indices[N_IMAGES - 1] = i;
	}
	assert_int_equal(classes[indices[N_IMAGES - 1]], classes[N_IMAGES - 1]);
	assert_int_equal(emnist_dataset_open(images_path, &options, &dataset, NULL), EMNIST_OK);
	return dataset;
}

static void checkpoints_of_other_data_are_refused(void **state)
{
	struct emnist_train_options options = small_run();
	struct emnist_dataset *dataset;
	struct emnist_model *model;
	struct emnist_error error;

	(void)state;
	keep_checkpoint(&options);
	options.n_epochs = 1;
	emnist_model_free(train(&options));
	dataset = open_other_data();
	assert_int_equal(emnist_train(&dataset, 1, &options, &model, &error), EMNIST_ERR_ARGUMENT);
	assert_message(&error, foreign_checkpoint);
	emnist_dataset_free(dataset);
}

/* A teacher of the same weights that computes something else with them. */
static void checkpoints_of_other_teachers_are_refused(void **state)
{
	struct emnist_train_options options = small_run();
	struct emnist_model *teacher, *model;
	struct emnist_error error;

	(void)state;
	options.n_epochs = 1;
	teacher = train(&options);
	options.teachers = (const struct emnist_model *const[]){teacher};
	options.n_teachers = 1;
	keep_checkpoint(&options);
	emnist_model_free(train(&options));
	assert_int_equal(try_train(&options, &model, &error), EMNIST_OK);
	emnist_model_free(model);
	activation_set(&teacher->layers[0], EMNIST_TANH);
	assert_int_equal(try_train(&options, &model, &error), EMNIST_ERR_ARGUMENT);
	assert_message(&error, foreign_checkpoint);
	emnist_model_free(teacher);
}

/* Another number of steps in a checkpoint's header (checkpoint.c), with the checksum that belongs
 * to it. */
static void write_step(const char *path, uint64_t step)
{
	struct buffer buffer = {0};
	uint32_t crc;
	FILE *file;

	assert_int_equal(file_read(path, 1 << 24, &buffer, NULL), EMNIST_OK);
	memcpy(buffer.data + 32, &step, sizeof(step));
	crc = (uint32_t)crc32_z(crc32_z(0, NULL, 0), buffer.data, buffer.nbytes - sizeof(crc));
	memcpy(buffer.data + buffer.nbytes - sizeof(crc), &crc, sizeof(crc));
	file = fopen(path, "wb");
	assert_non_null(file);
	assert_int_equal(fwrite(buffer.data, 1, buffer.nbytes, file), buffer.nbytes);
	assert_int_equal(fclose(file), 0);
	buffer_clear(&buffer);
}

static void steps_beyond_the_last_are_refused(void **state)
{
	struct emnist_train_options options = small_run();
	struct emnist_model *model;
	struct emnist_error error;

	(void)state;
	keep_checkpoint(&options);
	emnist_model_free(train(&options));
	write_step(checkpoint_path, 40);
	emnist_model_free(train(&options));
	write_step(checkpoint_path, 41);
	assert_int_equal(try_train(&options, &model, &error), EMNIST_ERR_CORRUPT);
	assert_message(&error, "not a usable checkpoint: it is beyond the last step");
}

/* A step takes 100 times each weight away. What the checkpoint holds is of the time before. */
static void divergence_ends_training(void **state)
{
	struct emnist_train_options options = small_run();
	struct emnist_model *model = NULL;
	struct emnist_error error, again;

	(void)state;
	keep_checkpoint(&options);
	options.checkpoint_seconds = 1e-9;
	options.batch_norm = EMNIST_OFF;
	options.learning_rate = options.weight_decay = 10;
	options.warmup_epochs = -1;
	assert_int_equal(try_train(&options, &model, &error), EMNIST_ERR_ARGUMENT);
	assert_non_null(strstr(error.message, "training diverges: after step "));
	assert_null(model);
	assert_int_equal(try_train(&options, &model, &again), EMNIST_ERR_ARGUMENT);
	assert_string_equal(again.message, error.message);
}

/* Each option that changes the model, and each that does not. */
static void fingerprints_tell_options_apart(void **state)
{
	const struct emnist_train_options base = {.validation = 0.1};
	struct emnist_train_options changed[] = {
		{.activation = EMNIST_TANH},
		{.batch_norm = EMNIST_OFF},
		{.dropout = 0.1},
		{.n_epochs = 31},
		{.n_rows = 512},
		{.learning_rate = 0.001},
		{.warmup_epochs = 2},
		{.weight_decay = 0.02},
		{.ema_decay = 0.9},
		{.freeze_norm = 0.1},
		{.label_smoothing = 0.1},
		{.rotate = 10},
		{.scale = 0.1},
		{.shear = 0.1},
		{.shift = 0.1},
		{.elastic = 1},
		{.anneal = 0.5},
		{.n_variants = 7},
		{.teacher_share = 0.5},
		{.temperature = 3},
		{.seed = 1},
		{.seed = UINT64_C(1) << 32},
		{.hidden = hidden, .n_hidden = 2},
		{.hidden = hidden, .n_hidden = 1},
		{.validation = 0.2},
		{.n_threads = 3},
		{.checkpoint_seconds = 1},
		{.calibrate = EMNIST_OFF},
	};
	const size_t n = sizeof(changed) / sizeof(changed[0]), n_same = 3;
	uint64_t fingerprints[1 + sizeof(changed) / sizeof(changed[0])];
	struct settings settings;

	(void)state;
	assert_int_equal(settings_resolve(&settings, &base, NULL), EMNIST_OK);
	fingerprints[n] = settings_fingerprint(&settings);
	for (size_t i = 0; i < n; i++) {
		if (changed[i].validation == 0)
			changed[i].validation = base.validation;
		assert_int_equal(settings_resolve(&settings, &changed[i], NULL), EMNIST_OK);
		fingerprints[i] = settings_fingerprint(&settings);
		if (i >= n - n_same)
			assert_true(fingerprints[i] == fingerprints[n]);
		for (size_t k = 0; k < i && i < n - n_same; k++)
			assert_true(fingerprints[i] != fingerprints[k] &&
				    fingerprints[i] != fingerprints[n]);
	}
}

static void damaged_checkpoints_are_refused(void **state)
{
	const struct net_shape shape = {
		.n_inputs = 3, .hidden = hidden, .n_hidden = 1, .n_outputs = 2, .batch_norm = true};
	struct net net, other;
	struct checkpoint checkpoint = {.fingerprint = 77, .step = 9, .loss_sum = 0.5, .net = &net};
	struct checkpoint read = {.fingerprint = 77, .net = &other};
	struct emnist_error error;
	unsigned char *bytes;
	void *encoded;
	size_t nbytes;

	(void)state;
	assert_int_equal(net_init(&net, &shape, 1, NULL), EMNIST_OK);
	assert_int_equal(net_init(&other, &shape, 2, NULL), EMNIST_OK);
	assert_int_equal(checkpoint_encode(&checkpoint, &encoded, &nbytes, NULL), EMNIST_OK);
	bytes = encoded;
	for (size_t n = 0; n < nbytes; n++)
		assert_int_equal(checkpoint_decode(&read, bytes, n, &error), EMNIST_ERR_CORRUPT);
	for (size_t i = 0; i < nbytes; i++) {
		bytes[i] ^= 0x10;
		assert_int_not_equal(checkpoint_decode(&read, bytes, nbytes, &error), EMNIST_OK);
		bytes[i] ^= 0x10;
	}
	assert_int_equal(checkpoint_decode(&read, bytes, nbytes, &error), EMNIST_OK);
	assert_int_equal(read.step, 9);
	assert_memory_equal(other.average, net.average, net.n_parameters * sizeof(float));
	read.fingerprint = 78;
	assert_int_equal(checkpoint_decode(&read, bytes, nbytes, &error), EMNIST_ERR_ARGUMENT);
	free(encoded);
	net_clear(&net);
	net_clear(&other);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(stopped_run_goes_on_to_the_same_model),
		cmocka_unit_test(killed_run_goes_on_to_the_same_model),
		cmocka_unit_test(foreign_checkpoints_are_refused),
		cmocka_unit_test(checkpoints_of_other_data_are_refused),
		cmocka_unit_test(checkpoints_of_other_teachers_are_refused),
		cmocka_unit_test(fingerprints_tell_options_apart),
		cmocka_unit_test(steps_beyond_the_last_are_refused),
		cmocka_unit_test(divergence_ends_training),
		cmocka_unit_test(damaged_checkpoints_are_refused),
	};

	return cmocka_run_group_tests_name("checkpoint", tests, make_folder, remove_folder);
}
