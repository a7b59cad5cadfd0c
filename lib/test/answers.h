/*
 * answers.h - models against tables of what other programs said of them, and of why they are
 * refused.
 */
#ifndef TEST_ANSWERS_H
#define TEST_ANSWERS_H

#include <math.h>

#include "../emnist.h"
#include "tables.h"

/* What we promise of other programs' models. */
#define TOLERANCE 1e-5

/* What the model makes of one vector. */
static inline void check_probabilities(const struct emnist_model *model, const char *name,
				       const float *vector, const float *expected)
{
	struct emnist_session *session;
	float probabilities[64];

	assert_in_range(emnist_model_n_outputs(model), 1, 64);
	assert_int_equal(emnist_session_create(model, 1, &session, NULL), EMNIST_OK);
	assert_int_equal(emnist_session_run(session, vector, 1, probabilities, NULL), EMNIST_OK);
	for (size_t i = 0; i < emnist_model_n_outputs(model); i++)
		if (!(fabs((double)probabilities[i] - (double)expected[i]) <= TOLERANCE))
			fail_msg("%s: output %zu is %.9g, not %.9g", name, i,
				 (double)probabilities[i], (double)expected[i]);
	emnist_session_free(session);
}

/* The same of a vector and probabilities as a table has them. */
static inline void check_answer(const struct emnist_model *model, const char *name,
				const char *inputs, const char *outputs)
{
	float vector[16], expected[64];

	assert_int_equal(scan_numbers(inputs, vector, 16), emnist_model_n_inputs(model));
	assert_int_equal(scan_numbers(outputs, expected, 64), emnist_model_n_outputs(model));
	check_probabilities(model, name, vector, expected);
}

/* Each file of the table in that folder, behind whose names this ending is left out, is refused
 * with the status and the message that it has there; n_least or more. */
static inline void check_refused(const char *folder, const char *table_name, const char *ending,
				 size_t n_least)
{
	char line[1024], path[256], *fields[3];
	size_t n = 0;
	FILE *table;

	snprintf(path, sizeof(path), "%s%s", folder, table_name);
	table = open_table(path);
	for (; next_line(table, line, sizeof(line), fields, 3); n++) {
		struct emnist_error error = {.message = "none"};
		struct emnist_model *model;
		enum emnist_status status;
		struct buffer file;

		snprintf(path, sizeof(path), "%s%s%s", folder, fields[0], ending);
		file = read_bytes(path);
		status = emnist_model_parse(file.data, file.nbytes, NULL, &model, &error);
		if (strcmp(error.message, fields[2]) != 0)
			fail_msg("%s: '%s', not '%s'", fields[0], error.message, fields[2]);
		assert_string_equal(name_of_status(status), fields[1]);
		assert_null(model);
		buffer_clear(&file);
	}
	assert_true(n >= n_least);
	fclose(table);
}

#endif
