/*
 * inference.c - runs a served model on the rows of a request.
 *
 * The answer for an image depends on that image alone, to the bit, so it is that of `emnist
 * classify`, however the rows of a request are divided among threads.
 */
#include "inference.h"
#include "../../common/progress.h"
#include "readers.h"
#include "server.h"
#include "workers.h"

#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

/* Rows that go through the network at once, and images that are read by one thread in a row. */
#define PART_ROWS     64
#define PART_PICTURES 8

/* What may run on the thread of a connection. */
#define QUICK_ROWS     16
#define QUICK_PICTURES 4

static bool defer(struct call *call)
{
	call->deferred = true;
	return false;
}

bool inference_check_number(struct call *call, size_t n)
{
	const uint64_t limit = call->server->limits.n_images;

	if (n <= limit)
		return true;
	call_fail(call, 413, "%zu images in a request; the limit is %llu", n,
		  (unsigned long long)limit);
	return false;
}

static size_t n_parts(size_t n, size_t part)
{
	return (n + part - 1) / part;
}

/* -------------------------------------------------------------------- pictures */

unsigned picture_status(const struct picture *picture)
{
	static const unsigned statuses[] = {
		[EMNIST_OK] = 200,          [EMNIST_ERR_FORMAT] = 415,
		[EMNIST_ERR_CORRUPT] = 400, [EMNIST_ERR_UNSUPPORTED] = 415,
		[EMNIST_ERR_LIMIT] = 413,   [EMNIST_ERR_ARCHIVE] = 415,
		[EMNIST_ERR_PAGES] = 415,
	};
	const size_t code = (size_t)picture->error.code;

	if (emnist_error_is_shortage(&picture->error))
		return 503;
	return code < sizeof(statuses) / sizeof(*statuses) && statuses[code] ? statuses[code] : 400;
}

struct reading {
	struct server *server;
	enum emnist_preprocess preprocess;
	bool is_quick;
	struct picture *pictures;
	size_t n;
	float *vectors;
	atomic_bool is_too_large; /* for the thread of a connection */
};

static void read_picture(const struct reading *reading, struct emnist_reader *reader,
			 struct picture *picture, float *vector)
{
	picture->error.code = EMNIST_OK;
	emnist_read_bytes(reader, picture->bytes, picture->nbytes, vector, &picture->error);
	if (picture->error.code) {
		memset(vector, 0, EMNIST_VECTOR_LENGTH * sizeof(*vector));
		return;
	}
	(void)reading;
	picture->warning = emnist_reader_warning(reader);
	picture->n_characters = emnist_reader_n_characters(reader);
	picture->blank = emnist_vector_is_blank(vector);
}

static void read_part(void *context, size_t part)
{
	struct reading *reading = context;
	const size_t start = part * PART_PICTURES;
	struct readers *readers = reading->server->readers;
	struct emnist_reader *reader =
		readers_take(readers, reading->preprocess, reading->is_quick);

	for (size_t i = start; i < reading->n && i < start + PART_PICTURES; i++) {
		struct picture *picture = &reading->pictures[i];

		if (!reader || atomic_load(&reading->server->ending)) {
			picture->error.code = EMNIST_ERR_MEMORY;
			snprintf(picture->error.message, sizeof(picture->error.message), "%s",
				 reader ? "the server ends" : "out of memory");
			continue;
		}
		read_picture(reading, reader, picture, reading->vectors + i * EMNIST_VECTOR_LENGTH);
		if (picture->error.code == EMNIST_ERR_LIMIT)
			atomic_store(&reading->is_too_large, true);
	}
	readers_give(readers, reading->preprocess, reading->is_quick, reader);
}

bool inference_read(struct call *call, const struct served *served, struct picture *pictures,
		    size_t n, float *vectors)
{
	struct reading reading = {
		.server = call->server,
		.preprocess = served->preprocess,
		.is_quick = call->is_quick,
		.pictures = pictures,
		.n = n,
		.vectors = vectors,
	};

	if (!inference_check_number(call, n))
		return false;
	if (call->is_quick && n > QUICK_PICTURES)
		return defer(call);
	workers_share(call->server->workers, n_parts(n, PART_PICTURES), read_part, &reading);
	if (call->is_quick && atomic_load(&reading.is_too_large))
		return defer(call);
	return true;
}

/* --------------------------------------------------------------------- network */

struct running {
	struct served *served;
	const float *vectors;
	size_t n;
	float *probabilities;
	atomic_int failure; /* enum emnist_status */
};

static void run_part(void *context, size_t part)
{
	struct running *running = context;
	struct served *served = running->served;
	const size_t start = part * PART_ROWS;
	const size_t n = running->n - start < PART_ROWS ? running->n - start : PART_ROWS;
	const size_t max_rows = n > 1 ? PART_ROWS : 1;
	struct emnist_session *session = served_take_session(served, max_rows);
	enum emnist_status status = EMNIST_ERR_MEMORY;

	if (session)
		status = emnist_session_run(
			session, running->vectors + start * EMNIST_VECTOR_LENGTH, n,
			running->probabilities + start * served->n_classes, NULL);
	served_give_session(served, session, max_rows);
	if (status)
		atomic_store(&running->failure, (int)status);
}

/* Looks at all values without a branch, which is what can be done for many at once. */
static bool is_finite(const float *vector)
{
	const uint32_t exponent = 0x7f800000;
	uint32_t bits, n_others = 0;

	for (size_t i = 0; i < EMNIST_VECTOR_LENGTH; i++) {
		memcpy(&bits, vector + i, sizeof(bits));
		n_others += (bits & exponent) == exponent;
	}
	return n_others == 0;
}

static bool check_finite(struct call *call, const float *vectors, size_t n)
{
	for (size_t row = 0; row < n; row++) {
		if (is_finite(vectors + row * EMNIST_VECTOR_LENGTH))
			continue;
		call_fail(call, 400, "row %zu: a value is not finite", row);
		return false;
	}
	return true;
}

bool inference_run(struct call *call, struct served *served, const float *vectors, size_t n,
		   float *probabilities)
{
	struct running running = {
		.served = served,
		.vectors = vectors,
		.n = n,
		.probabilities = probabilities,
	};
	double started;

	if (!inference_check_number(call, n))
		return false;
	if (call->is_quick && n > QUICK_ROWS)
		return defer(call);
	if (!check_finite(call, vectors, n))
		return false;
	started = seconds_now();
	workers_share(call->server->workers, n_parts(n, PART_ROWS), run_part, &running);
	if (atomic_load(&running.failure) == EMNIST_OK) {
		call->account.network_seconds = seconds_now() - started;
		call->account.n_images = n;
		return true;
	}
	call_fail(call, 503, "out of memory");
	return false;
}
