/* oip_bodies.h - requests of the Open Inference Protocol, for tests. */
#ifndef TEST_OIP_BODIES_H
#define TEST_OIP_BODIES_H

#include "../emnist_serve.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define N_CLASSES 10
#define ROW       EMNIST_VECTOR_LENGTH

static struct emnist_json *json;
static struct emnist_oip *oip;
static struct emnist_labels *labels;
static struct emnist_serve_model model = {
	.name = "m",
	.version = "7",
	.input = "images",
	.output = "scores",
	.max_rows = 2000,
};

/* A body under construction. */
static struct {
	char bytes[4 << 20];
	size_t n;
} body;

static inline int set_up(void **state)
{
	(void)state;
	model.labels = NULL;
	if (emnist_labels_default(N_CLASSES, &labels, NULL) || emnist_json_create(&json, NULL) ||
	    emnist_oip_create(json, &oip, NULL))
		return -1;
	model.labels = labels;
	return 0;
}

static inline int tear_down(void **state)
{
	(void)state;
	emnist_oip_free(oip);
	emnist_json_free(json);
	emnist_labels_free(labels);
	return 0;
}

static inline void add(const void *bytes, size_t n)
{
	assert_in_range(n, 0, sizeof(body.bytes) - body.n);
	memcpy(body.bytes + body.n, bytes, n);
	body.n += n;
}

/* Value i of the rows in requests. */
static inline float value_at(size_t i)
{
	return (float)(i % 251) / 250;
}

/* Sets the body; a '@' becomes 784 numbers, which go on from one to the next, a '#' such bytes. */
static inline void write_body(const char *text)
{
	size_t n = 0;
	char number[32];

	body.n = 0;
	for (; *text; text++) {
		if (*text != '@' && *text != '#') {
			add(text, 1);
			continue;
		}
		for (size_t i = 0; i < ROW; i++, n++) {
			const int length =
				snprintf(number, sizeof(number), "%s%.9g", i ? "," : "",
					 *text == '#' ? (double)(n % 256) : (double)value_at(n));
			add(number, (size_t)length);
		}
	}
}

static inline enum emnist_status parse(size_t head_nbytes, struct emnist_oip_request *request,
				       struct emnist_error *error)
{
	/* Of exactly this size, so that a read beyond shows. */
	static char *copy;
	enum emnist_status status;

	free(copy);
	copy = malloc(body.n ? body.n : 1);
	assert_non_null(copy);
	memcpy(copy, body.bytes, body.n);
	status = emnist_oip_parse(oip, &model, copy, body.n, head_nbytes, request, error);
	return status;
}

static inline struct emnist_oip_request parse_well(size_t head_nbytes)
{
	struct emnist_oip_request request;
	struct emnist_error error;

	if (parse(head_nbytes, &request, &error))
		fail_msg("%.300s: %s", body.bytes, error.message);
	return request;
}

#define INPUT(shape, datatype, rest)                                                               \
	"{\"inputs\":[{\"name\":\"images\",\"shape\":" shape ",\"datatype\":\"" datatype           \
	"\"," rest "}]}"

#define OUTPUTS(outputs)                                                                           \
	"{\"outputs\":" outputs ",\"inputs\":[{\"name\":\"images\",\"shape\":[1,784],"             \
	"\"datatype\":\"FP32\",\"data\":[@]}]}"
#define ONE_OUTPUT(rest) OUTPUTS("[{\"name\":\"scores\"" rest "}]")

#endif
