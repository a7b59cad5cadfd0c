/*
 * orientation.c - detects from the images whether they are stored transposed.
 *
 * The built-in model classifies each image both ways, and is less certain of the wrong one. That
 * needs no labels and no particular model; statistics of the ink do not separate b from P. The
 * uncertainty is the entropy of the answer, in nats, where look-alikes (0 O, 1 I l, the cases of a
 * letter) count as one.
 *
 * Measured on the first 40,000 images of part 1 of the training data: the mean entropy is 0.10
 * upright and 0.85 transposed. For no character is it lower transposed by more than 0.02 (S). Of
 * 1000 sets of 20 images of 10 characters, 993 are decided and none wrongly; of 1000 sets of 1000
 * images of any 5 characters, all are. Patches of photographs, not characters, mostly have 1.1 to
 * 1.5 either way.
 */
#include "orientation.h"

#include "../base/memory.h"
#include "../labels/labels.h"

#include <math.h>
#include <string.h>

/* What must be exceeded: nats by which the mean differs, and that difference in its standard
 * errors; what the lower mean must stay below; and the number of images without which the standard
 * error means little. */
#define LEAST_DIFFERENCE 0.05
#define LEAST_ERRORS     3
#define MOST_ENTROPY     0.75
#define LEAST_IMAGES     8

#define BATCH            128

/* Groups of characters that look alike: digits, then letters. */
#define N_GROUPS 36

void orientation_transpose(uint8_t *pixels)
{
	uint8_t stored[EMNIST_VECTOR_LENGTH];

	memcpy(stored, pixels, sizeof(stored));
	for (size_t y = 0; y < EMNIST_SIDE; y++)
		for (size_t x = 0; x < EMNIST_SIDE; x++)
			pixels[y * EMNIST_SIDE + x] = stored[x * EMNIST_SIDE + y];
}

static size_t group_of(uint32_t character)
{
	const uint32_t upper = labels_upper_case(character);

	if (upper == 'O')
		return 0;
	if (upper == 'I' || upper == 'L')
		return 1;
	if (upper >= 'A' && upper <= 'Z')
		return upper - 'A' + 10;
	return upper >= '0' && upper <= '9' ? upper - '0' : 0;
}

struct judge {
	struct emnist_model *model;
	struct emnist_session *session;
	size_t n_outputs;
	size_t *groups;       /* (n_outputs) */
	float *vectors;       /* (BATCH, 784) */
	float *probabilities; /* (BATCH, n_outputs) */
};

static enum emnist_status judge_begin(struct judge *judge, struct emnist_error *error)
{
	enum emnist_status status = emnist_model_default(&judge->model, error);
	size_t n;

	if (status)
		return status;
	judge->n_outputs = emnist_model_n_outputs(judge->model);
	judge->groups = alloc_array(judge->n_outputs, sizeof(*judge->groups));
	judge->vectors = alloc_array(BATCH, EMNIST_VECTOR_LENGTH * sizeof(float));
	judge->probabilities = alloc_array(BATCH, judge->n_outputs * sizeof(float));
	if (!judge->groups || !judge->vectors || !judge->probabilities)
		return error_memory(error);
	for (size_t i = 0; i < judge->n_outputs; i++)
		judge->groups[i] =
			group_of(*labels_characters(emnist_model_labels(judge->model), i, &n));
	/* BLAS would be loaded before its environment is what the caller wants it to be. */
	return emnist_session_create_with(
		judge->model, BATCH,
		&(struct emnist_session_options){.engine = EMNIST_ENGINE_KERNELS}, &judge->session,
		error);
}

static void judge_end(struct judge *judge)
{
	emnist_session_free(judge->session);
	emnist_model_free(judge->model);
	free(judge->groups);
	free(judge->vectors);
	free(judge->probabilities);
}

static double entropy(const struct judge *judge, const float *probabilities)
{
	double groups[N_GROUPS] = {0}, sum = 0;

	for (size_t i = 0; i < judge->n_outputs; i++)
		groups[judge->groups[i]] += (double)probabilities[i];
	for (size_t i = 0; i < N_GROUPS; i++)
		sum -= groups[i] > 0 ? groups[i] * log(groups[i]) : 0;
	return sum;
}

/* n <= BATCH images as they are, or transposed. */
static enum emnist_status judge_run(const struct judge *judge, const uint8_t *pixels, size_t n,
				    bool transposed, double *entropies_ret,
				    struct emnist_error *error)
{
	uint8_t image[EMNIST_VECTOR_LENGTH];
	enum emnist_status status;

	for (size_t i = 0; i < n; i++) {
		memcpy(image, pixels + i * sizeof(image), sizeof(image));
		if (transposed)
			orientation_transpose(image);
		for (size_t k = 0; k < sizeof(image); k++)
			judge->vectors[i * sizeof(image) + k] = (float)image[k] / 255;
	}
	status = emnist_session_run(judge->session, judge->vectors, n, judge->probabilities, error);
	for (size_t i = 0; i < n && !status; i++)
		entropies_ret[i] = entropy(judge, judge->probabilities + i * judge->n_outputs);
	return status;
}

/* Sums over images: of both entropies, and of their difference and its square. */
struct sums {
	double as_is, transposed, difference, square;
};

static enum orientation decide(const struct sums *sums, size_t n)
{
	const double count = (double)n, mean = sums->difference / count;
	const double variance = (sums->square / count - mean * mean) / (count - 1);
	const double least = fmin(sums->as_is, sums->transposed) / count;

	if (fabs(mean) < LEAST_DIFFERENCE || least > MOST_ENTROPY ||
	    mean * mean < LEAST_ERRORS * LEAST_ERRORS * variance)
		return ORIENTATION_UNCLEAR;
	return mean > 0 ? ORIENTATION_UPRIGHT : ORIENTATION_TRANSPOSED;
}

static enum emnist_status measure(struct judge *judge, const uint8_t *pixels, size_t n,
				  struct sums *sums, struct emnist_error *error)
{
	double as_is[BATCH], transposed[BATCH];
	enum emnist_status status = judge_begin(judge, error);

	for (size_t first = 0; first < n && !status; first += BATCH) {
		const uint8_t *images = pixels + first * EMNIST_VECTOR_LENGTH;
		const size_t part = n - first < BATCH ? n - first : BATCH;

		status = judge_run(judge, images, part, false, as_is, error);
		if (!status)
			status = judge_run(judge, images, part, true, transposed, error);
		for (size_t i = 0; i < part && !status; i++) {
			const double difference = transposed[i] - as_is[i];

			sums->as_is += as_is[i];
			sums->transposed += transposed[i];
			sums->difference += difference;
			sums->square += difference * difference;
		}
	}
	return status;
}

enum emnist_status orientation_of(const uint8_t *pixels, size_t n,
				  enum orientation *orientation_ret, struct emnist_error *error)
{
	struct judge judge = {0};
	struct sums sums = {0};
	enum emnist_status status = EMNIST_OK;

	*orientation_ret = ORIENTATION_UNCLEAR;
	if (n < LEAST_IMAGES)
		return EMNIST_OK;
	status = measure(&judge, pixels, n, &sums, error);
	judge_end(&judge);
	if (!status)
		*orientation_ret = decide(&sums, n);
	return status;
}
