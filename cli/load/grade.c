/*
 * grade.c - reads the answers to requests and compares them with the images' true classes.
 *
 * An answer is right if its class and the true one have a character in common, as for `emnist
 * eval`, which also leaves out images without ink.
 */
#include "grade.h"

#include "../../lib/base/error.h"
#include "../../lib/base/utf8.h"
#include "../common/messages.h"

#include <stdlib.h>
#include <string.h>

struct grader {
	const struct protocol *protocol;
	const struct load_images *images;
	const struct emnist_labels *given;
	struct answers answers;
	/* For answers by number: which classes have a character in common. */
	uint32_t n_classes; /* that matches is for; 0: none yet */
	bool *matches;      /* (classes of the images, n_classes) */
};

struct grader *grader_new(const struct protocol *protocol, const struct load_images *images,
			  const struct emnist_labels *labels, size_t batch)
{
	struct grader *grader = calloc(1, sizeof(*grader));
	struct emnist_error error;

	error_memory(&error);
	if (grader) {
		grader->protocol = protocol;
		grader->images = images;
		grader->given = labels;
		grader->answers.items = calloc(batch, sizeof(*grader->answers.items));
		if (grader->answers.items && !emnist_json_create(&grader->answers.json, &error))
			return grader;
	}
	complain("%s", error.message);
	grader_free(grader);
	return NULL;
}

void grader_free(struct grader *grader)
{
	if (!grader)
		return;
	emnist_json_free(grader->answers.json);
	buffer_clear(&grader->answers.floats);
	free(grader->answers.items);
	free(grader->matches);
	free(grader);
}

/* -------------------------------------------------------------------- by number */

static enum emnist_status compare_classes(struct grader *grader, const struct emnist_labels *labels,
					  struct emnist_error *error)
{
	const struct emnist_labels *truth = grader->images->labels;
	const size_t n = emnist_labels_count(labels);

	free(grader->matches);
	grader->n_classes = 0;
	grader->matches = calloc(emnist_labels_count(truth) * n, sizeof(*grader->matches));
	if (!grader->matches)
		return error_memory(error);
	for (size_t i = 0; i < emnist_labels_count(truth); i++)
		for (size_t j = 0; j < n; j++)
			grader->matches[i * n + j] =
				emnist_labels_match(truth, i, labels, j, false);
	grader->n_classes = (uint32_t)n;
	return EMNIST_OK;
}

/* Prepares for answers by number. */
static enum emnist_status expect_classes(struct grader *grader, uint32_t n_classes,
					 struct emnist_error *error)
{
	struct emnist_labels *labels = NULL;
	enum emnist_status status;

	if (grader->n_classes == n_classes)
		return EMNIST_OK;
	if (grader->given && emnist_labels_count(grader->given) != n_classes)
		return error_set(error, EMNIST_ERR_CORRUPT, "%u values per image, but %zu labels",
				 n_classes, emnist_labels_count(grader->given));
	if (grader->given)
		return compare_classes(grader, grader->given, error);
	if (emnist_labels_default(n_classes, &labels, error))
		return error_set(error, EMNIST_ERR_CORRUPT,
				 "%u values per image: --labels must name the classes", n_classes);
	status = compare_classes(grader, labels, error);
	emnist_labels_free(labels);
	return status;
}

/* ----------------------------------------------------------------- by characters */

/* Whether a label has a character of a class. */
static bool shares_character(const char *class, const char *label, size_t label_nbytes)
{
	for (size_t i = 0, n; i < label_nbytes; i += n) {
		n = utf8_length(label + i, label_nbytes - i);
		if (n == 0)
			return false;
		if (memmem(class, strlen(class), label + i, n))
			return true;
	}
	return false;
}

/* ---------------------------------------------------------------------- grading */

static bool is_blank(const uint8_t *pixels)
{
	return pixels[0] == 0 && memcmp(pixels, pixels + 1, EMNIST_VECTOR_LENGTH - 1) == 0;
}

static enum emnist_status is_right(struct grader *grader, uint16_t class,
				   const struct answer *answer, bool *right_ret,
				   struct emnist_error *error)
{
	enum emnist_status status = EMNIST_OK;

	*right_ret = false;
	if (answer->label) {
		*right_ret = shares_character(emnist_labels_text(grader->images->labels, class),
					      answer->label, answer->label_nbytes);
	} else if (answer->n_classes) {
		status = expect_classes(grader, answer->n_classes, error);
		*right_ret = !status &&
			     grader->matches[class * (size_t)answer->n_classes + answer->class];
	}
	return status;
}

bool grader_grade(struct grader *grader, const struct batch *batch,
		  const struct http_response *response, const char *body,
		  struct measurement *measurement, struct emnist_error *error)
{
	const struct response_body received = {body, response->body_nbytes,
					       response->has_json_nbytes, response->json_nbytes};
	uint64_t n_graded = 0, n_correct = 0;
	bool right;

	grader->answers.n = batch->n;
	if (grader->protocol->read(&grader->answers, &received, error))
		return false;
	for (size_t i = 0; grader->images->classes && i < batch->n; i++) {
		if (is_blank(batch_pixels(batch, i)))
			continue;
		if (is_right(grader, grader->images->classes[batch->first + i],
			     &grader->answers.items[i], &right, error))
			return false;
		n_graded++;
		n_correct += right;
	}
	measurement->n_graded += n_graded;
	measurement->n_correct += n_correct;
	return true;
}
