/* validation.c - the accuracy and the calibration of a model on the images held out. */
#include "validation.h"

#include "../base/memory.h"
#include "augment.h"

#include <math.h>

/* Images that go through the model at once. */
#define ROWS 256

/* The least probability that a loss is taken of, so that it stays finite. */
#define LEAST_PROBABILITY 1e-30

/* Steps of the golden section: each narrows the temperature's logarithm by 0.618, from ln 16. */
#define SECTION_STEPS 24
#define MAX_FACTOR    4.0

static const struct target *target_of(const struct train_set *set, size_t i)
{
	return &set->targets[set->target[set->validation[i]]];
}

enum emnist_status validation_run(struct validation *validation, const struct train_set *set,
				  const struct emnist_model *model, enum emnist_engine engine,
				  struct emnist_error *error)
{
	const struct emnist_session_options options = {.engine = engine};
	const size_t n_classes = emnist_model_n_outputs(model);
	struct emnist_session *session = NULL;
	float *vectors = alloc_floats(ROWS, EMNIST_VECTOR_LENGTH);
	enum emnist_status status;

	*validation = (struct validation){.set = set, .n_classes = n_classes};
	validation->probabilities = alloc_floats(set->n_validation, n_classes);
	if (!vectors || !validation->probabilities)
		status = error_memory(error);
	else
		status = emnist_session_create_with(model, ROWS, &options, &session, error);
	for (size_t i = 0; !status && i < set->n_validation; i += ROWS) {
		const size_t left = set->n_validation - i, n = left < ROWS ? left : ROWS;

		for (size_t r = 0; r < n; r++)
			pixels_to_vector(set->pixels + (size_t)set->validation[i + r] *
							       EMNIST_VECTOR_LENGTH,
					 vectors + r * EMNIST_VECTOR_LENGTH);
		status = emnist_session_run(session, vectors, n,
					    validation->probabilities + i * n_classes, error);
	}
	emnist_session_free(session);
	free(vectors);
	return status;
}

double validation_accuracy(const struct validation *validation)
{
	const struct train_set *set = validation->set;
	double right = 0;

	for (size_t i = 0; i < set->n_validation; i++) {
		const struct target *target = target_of(set, i);
		uint32_t best;

		emnist_top_k(validation->probabilities + i * validation->n_classes,
			     validation->n_classes, 1, &best);
		for (uint32_t k = 0; k < target->n; k++)
			right += target->classes[k] == best ? (double)target->held_out_weight : 0;
	}
	return right / (double)set->n_validation;
}

/* Probabilities to the power of 1 / temperature are the softmax of logits / temperature, but for
 * their sum. */
double validation_loss(const struct validation *validation, double temperature)
{
	const struct train_set *set = validation->set;
	double loss = 0;

	for (size_t i = 0; i < set->n_validation; i++) {
		const struct target *target = target_of(set, i);
		const float *p = validation->probabilities + i * validation->n_classes;
		double all = 0, right = 0;

		for (size_t c = 0; c < validation->n_classes; c++)
			all += pow(fmax((double)p[c], LEAST_PROBABILITY), 1 / temperature);
		for (uint32_t k = 0; k < target->n; k++)
			right += pow(fmax((double)p[target->classes[k]], LEAST_PROBABILITY),
				     1 / temperature);
		loss -= (double)target->held_out_weight * log(fmax(right / all, LEAST_PROBABILITY));
	}
	return loss / (double)set->n_validation;
}

/* Golden-section search. For images of one class each, the loss is convex in 1 / temperature and
 * has one minimum. For sets of classes it may not be: the result is a minimum, but perhaps not the
 * lowest. */
double validation_temperature(const struct validation *validation)
{
	const double ratio = (sqrt(5) - 1) / 2;
	double low = -log(MAX_FACTOR), high = log(MAX_FACTOR);
	double left = high - ratio * (high - low), right = low + ratio * (high - low);
	double left_loss = validation_loss(validation, exp(left));
	double right_loss = validation_loss(validation, exp(right));

	for (int step = 0; step < SECTION_STEPS; step++) {
		if (left_loss < right_loss) {
			high = right;
			right = left;
			right_loss = left_loss;
			left = high - ratio * (high - low);
			left_loss = validation_loss(validation, exp(left));
		} else {
			low = left;
			left = right;
			left_loss = right_loss;
			right = low + ratio * (high - low);
			right_loss = validation_loss(validation, exp(right));
		}
	}
	return exp((low + high) / 2);
}

void validation_clear(struct validation *validation)
{
	free(validation->probabilities);
	*validation = (struct validation){0};
}
