/*
 * rival.h - ONNX Runtime, taken from its shared library while the program runs, so that nothing of
 * it is needed to build.
 */
#ifndef BENCH_RIVAL_H
#define BENCH_RIVAL_H

#include <stddef.h>

struct rival;

/* The library at path; NULL, after a message on stderr, where it cannot be used. */
struct rival *rival_open(const char *path);

/* Its version. */
const char *rival_version(const struct rival *rival);

/* A session for the ONNX model at path, which starts n_threads threads of its own. NULL after a
 * message. Sessions are never freed: the program ends. */
void *rival_session(const struct rival *rival, const char *path, int n_threads);

/* A batch of rows, to be run again and again. NULL after a message. */
struct rival_batch;
struct rival_batch *rival_batch(const struct rival *rival, float *vectors, size_t n_inputs,
				float *probabilities, size_t n_outputs, size_t n_rows);

/* 0, or not, after a message. */
int rival_run(const struct rival *rival, void *session, const struct rival_batch *batch);

#endif
