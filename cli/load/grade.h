/* grade.h - reads the answers to requests and compares them with the images' true classes. */
#ifndef CLI_LOAD_GRADE_H
#define CLI_LOAD_GRADE_H

#include "http_response.h"
#include "measurement.h"
#include "requests.h"

struct grader_options {
	const struct protocol *protocol;
	const struct load_images *images;
	const struct emnist_labels
		*labels; /* of the model's classes; NULL: EMNIST's, by their number */
	const struct requests *requests;
	size_t batch; /* images of a request, at most */
	bool repeats; /* requests are sent several times */
};

struct grader;

/* Prints an error and returns NULL on failure. What the options point to must outlive the grader.
 */
struct grader *grader_new(const struct grader_options *options);
void grader_free(struct grader *grader);

/* Reads the answers to request `index`, and counts those to images of known class that are not
 * blank. False: *error says what is wrong with them. */
bool grader_grade(struct grader *grader, size_t index, const struct http_response *response,
		  const char *body, struct measurement *measurement, struct emnist_error *error);

#endif
