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

/* Of all answers that are kept. */
#define MAX_KEPT_NBYTES ((size_t)64 << 20)

struct grades {
	uint64_t n_graded, n_correct;
};

/* The last answer to a request, and what it is worth. */
struct kept {
	char *body; /* NULL: none */
	size_t nbytes;
	uint64_t json_nbytes;
	struct grades grades;
};

struct grader {
	struct grader_options options;
	struct answers answers;
	struct kept *kept; /* (requests); NULL: none are */
	size_t kept_nbytes;
	/* For answers by number: which classes have a character in common. */
	uint32_t n_classes; /* that matches is for; 0: none yet */
	bool *matches;      /* (classes of the images, n_classes) */
};

static enum emnist_status prepare(struct grader *grader, struct emnist_error *error)
{
	const struct grader_options *options = &grader->options;

	grader->answers.items = calloc(options->batch, sizeof(*grader->answers.items));
	if (options->repeats)
		grader->kept = calloc(requests_count(options->requests), sizeof(*grader->kept));
	if (!grader->answers.items || (options->repeats && !grader->kept))
		return error_memory(error);
	return emnist_json_create(&grader->answers.json, error);
}

struct grader *grader_new(const struct grader_options *options)
{
	struct grader *grader = calloc(1, sizeof(*grader));
	struct emnist_error error;

	error_memory(&error);
	if (grader) {
		grader->options = *options;
		if (!prepare(grader, &error))
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
	for (size_t i = 0; grader->kept && i < requests_count(grader->options.requests); i++)
		free(grader->kept[i].body);
	free(grader->kept);
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
	const struct emnist_labels *truth = grader->options.images->labels;
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
	if (grader->options.labels && emnist_labels_count(grader->options.labels) != n_classes)
		return error_set(error, EMNIST_ERR_CORRUPT, "%u values per image, but %zu labels",
				 n_classes, emnist_labels_count(grader->options.labels));
	if (grader->options.labels)
		return compare_classes(grader, grader->options.labels, error);
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
		*right_ret =
			shares_character(emnist_labels_text(grader->options.images->labels, class),
					 answer->label, answer->label_nbytes);
	} else if (answer->n_classes) {
		status = expect_classes(grader, answer->n_classes, error);
		*right_ret = !status &&
			     grader->matches[class * (size_t)answer->n_classes + answer->class];
	}
	return status;
}

static enum emnist_status grade(struct grader *grader, const struct batch *batch,
				const struct response_body *body, struct grades *grades_ret,
				struct emnist_error *error)
{
	const struct load_images *images = batch->images;
	enum emnist_status status;
	bool right;

	grader->answers.n = batch->n;
	*grades_ret = (struct grades){0};
	status = grader->options.protocol->read(&grader->answers, body, error);
	for (size_t i = 0; images->classes && i < batch->n && !status; i++) {
		if (is_blank(batch_pixels(batch, i)))
			continue;
		status = is_right(grader, images->classes[batch->first + i],
				  &grader->answers.items[i], &right, error);
		grades_ret->n_graded++;
		grades_ret->n_correct += right;
	}
	return status;
}

/* ---------------------------------------------------------------------- keeping */

static bool is_kept(const struct kept *kept, const struct response_body *body)
{
	return kept->body && kept->nbytes == body->nbytes &&
	       kept->json_nbytes == body->json_nbytes &&
	       memcmp(kept->body, body->bytes, body->nbytes) == 0;
}

/* Instead of the one before, which was another. */
static void keep(struct grader *grader, struct kept *kept, const struct response_body *body,
		 const struct grades *grades)
{
	grader->kept_nbytes -= kept->body ? kept->nbytes : 0;
	free(kept->body);
	kept->body = grader->kept_nbytes + body->nbytes <= MAX_KEPT_NBYTES
			     ? malloc(body->nbytes ? body->nbytes : 1)
			     : NULL;
	if (!kept->body)
		return;
	memcpy(kept->body, body->bytes, body->nbytes);
	kept->nbytes = body->nbytes;
	kept->json_nbytes = body->json_nbytes;
	kept->grades = *grades;
	grader->kept_nbytes += kept->nbytes;
}

bool grader_grade(struct grader *grader, size_t index, const struct http_response *response,
		  const char *body, struct measurement *measurement, struct emnist_error *error)
{
	const struct response_body received = {body, response->body_nbytes,
					       response->has_json_nbytes, response->json_nbytes};
	const struct batch batch = requests_batch(grader->options.requests, index);
	struct kept *kept = grader->kept ? &grader->kept[index] : NULL;
	struct grades grades;

	if (kept && is_kept(kept, &received)) {
		grades = kept->grades;
	} else {
		if (grade(grader, &batch, &received, &grades, error))
			return false;
		if (kept)
			keep(grader, kept, &received, &grades);
	}
	measurement->n_graded += grades.n_graded;
	measurement->n_correct += grades.n_correct;
	return true;
}
