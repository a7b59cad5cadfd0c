/* parsers.h - parsers of JSON that wait for the next request. */
#ifndef CLI_SERVE_PARSERS_H
#define CLI_SERVE_PARSERS_H

#include <emnist_serve.h>

struct parsers;

/* NULL when memory is short. */
struct parsers *parsers_new(void);
void parsers_free(struct parsers *parsers);

/* A parser, alone for the caller until it is given back; NULL when memory is short. Thread-safe. */
struct emnist_json *parsers_take(struct parsers *parsers);

/* nbytes: of the document that it parsed. */
void parsers_give(struct parsers *parsers, struct emnist_json *json, size_t nbytes);

#endif
