/*
 * transaction.h - a request and its response, from the request line to the end, whatever the HTTP
 * library.
 *
 * The order of calls: transaction_begin(), transaction_take_head(), transaction_take() for each
 * piece of the body, transaction_answer() when it is complete, transaction_work() on a worker if
 * that is asked for, transaction_answered() when the response is queued. transaction_end() may come
 * at any time.
 */
#ifndef CLI_SERVE_TRANSACTION_H
#define CLI_SERVE_TRANSACTION_H

#include "../../../lib/base/memory.h"
#include "../call/call.h"
#include "../call/workers.h"
#include "deadlines.h"
#include "head.h"

/* What the HTTP library has to do. */
enum transaction_step {
	TRANSACTION_READ,    /* go on reading */
	TRANSACTION_RESPOND, /* queue the response */
	TRANSACTION_DEFER,   /* suspend the connection; transaction_work() runs on a worker */
};

enum transaction_stage {
	STAGE_HEAD,     /* the request line was read */
	STAGE_BODY,     /* the head was read, and is right */
	STAGE_REFUSED,  /* it is not, but the body is read, so that the client sees the answer */
	STAGE_WORKED,   /* the response is complete */
	STAGE_ANSWERED, /* and queued */
};

struct transaction {
	struct call call; /* with the server */
	struct deadlines *deadlines;
	struct deadline *deadline; /* of the connection; NULL: none */
	enum transaction_stage stage;
	double started; /* the end of the head; before that, of its line */
	bool is_in_flight, is_encoded;
	struct buffer body;
	size_t held_nbytes; /* of the memory for all bodies */
	size_t n_headers;   /* of the response, whatever the handler answers */
	struct work work;   /* for whoever defers */
	char target[];
};

/* NULL when memory is short. */
struct transaction *transaction_begin(struct server *server, struct deadlines *deadlines,
				      struct deadline *deadline, const char *target);

/* method: valid until the end. */
enum transaction_step transaction_take_head(struct transaction *t, const char *method,
					    const struct head *head);

void transaction_take(struct transaction *t, const void *bytes, size_t nbytes);

/* Answers a complete request, unless that is for a worker. */
enum transaction_step transaction_answer(struct transaction *t);

/* Answers it on a worker. */
void transaction_work(struct transaction *t);

/* Answers it when there are no workers any more. */
void transaction_give_up(struct transaction *t);

/* nbytes: of the response's body. */
void transaction_answered(struct transaction *t, size_t nbytes);

void transaction_end(struct transaction *t);

#endif
