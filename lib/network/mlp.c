/*
 * mlp.c - running a network: sessions, the forward pass, and the most probable classes.
 *
 * Rows go through the network in blocks whose values a second-level cache holds. A layer is done
 * panel by panel of its columns (kernel.h), and a panel word by word of its inputs, so that a few
 * weights at a time meet all rows. The last word's rows come in small groups: while their sums are
 * in the first cache, the activation is applied and it is noted which of them are not zero, for the
 * next layer's product.
 */
#include <math.h>
#include <string.h>

#include "../base/float_mode.h"
#include "../base/memory.h"
#include "panels.h"

/* Rows of a block: what goes into and comes out of a layer of 512 or 784 is 0.4 MiB. */
#define BLOCK_ROWS 128

/* Rows that are finished at a time. */
#define GROUP_ROWS 8

/* So few rows do not make up for fetching and storing their sums again for each word. */
#define FEW_ROWS      3

#define MAX_ROWS      65536

#define TEXT_OF(x)    #x
#define TEXT_VALUE(x) TEXT_OF(x)

struct emnist_session {
	const struct emnist_model *model;
	size_t max_rows;
	/* Of layers in turn. */
	uint64_t *alive[2]; /* (words of their widest input, rows of a block): what goes in */
	float *sums[2];     /* (rows of a block, columns of their widest): what comes out */
};

/* The rows of a block that go into a layer, and what is to come of them. */
struct passage {
	const struct kernel *kernel;
	const struct layer *layer;
	size_t width; /* columns that the kernel goes over */
	size_t n_rows;
	const float *inputs; /* (n_rows, n_inputs), rows input_stride apart */
	size_t input_stride;
	const uint64_t *alive; /* (words, n_rows) of inputs */
	float *outputs;        /* (n_rows, width) */
	uint64_t *alive_next;  /* (words, n_rows) of outputs, or NULL */
};

static size_t words_of(size_t n)
{
	return (n + KERNEL_WORD - 1) / KERNEL_WORD;
}

static size_t smaller(size_t a, size_t b)
{
	return a < b ? a : b;
}

static size_t larger(size_t a, size_t b)
{
	return a > b ? a : b;
}

/* Room for n words in cache lines of their own: sessions of several threads, made one after the
 * other, must not wait for each other's writes. */
static uint64_t *alloc_lines(size_t n)
{
	enum { WORDS_OF_LINE = 8, FLOATS_OF_LINE = 16 };

	return (void *)alloc_room(n / WORDS_OF_LINE + 1, FLOATS_OF_LINE);
}

static bool allocate(struct emnist_session *session)
{
	const struct emnist_model *model = session->model;
	const size_t n_rows = smaller(session->max_rows, BLOCK_ROWS);
	size_t widths[2] = {0, 0}, n_words[2] = {0, 0};

	for (size_t l = 0; l < model->n_layers; l++) {
		const struct layer *layer = &model->layers[l];

		widths[l % 2] =
			larger(widths[l % 2], panels_width(model->kernel, layer->n_outputs));
		n_words[l % 2] = larger(n_words[l % 2], words_of(layer->n_inputs));
	}
	for (size_t i = 0; i < 2; i++) {
		session->alive[i] = alloc_lines(n_rows * n_words[i]);
		session->sums[i] = alloc_room(n_rows, widths[i]);
		if (!session->alive[i] || !session->sums[i])
			return false;
	}
	return true;
}

enum emnist_status emnist_session_create(const struct emnist_model *model, size_t max_rows,
					 struct emnist_session **session_ret,
					 struct emnist_error *error)
{
	struct emnist_session *session;

	*session_ret = NULL;
	if (max_rows < 1 || max_rows > MAX_ROWS)
		return error_set(error, EMNIST_ERR_ARGUMENT,
				 "max_rows is %zu, not 1 to " TEXT_VALUE(MAX_ROWS), max_rows);
	session = alloc_zeroed(1, sizeof(*session));
	if (!session)
		return error_memory(error);
	session->model = model;
	session->max_rows = max_rows;
	if (!allocate(session)) {
		emnist_session_free(session);
		return error_memory(error);
	}
	*session_ret = session;
	return EMNIST_OK;
}

/* What is left to do when the sums of a panel from column `first` on are complete. */
static void finish_rows(const struct passage *p, size_t first, size_t row, size_t n_rows)
{
	const struct layer *layer = p->layer;
	const size_t n =
		smaller(panels_columns(p->kernel, p->width, first), layer->n_outputs - first);
	float *values = p->outputs + row * p->width + first;

	for (size_t r = 0; r < n_rows && layer->activation != EMNIST_RELU; r++)
		activation_apply(layer->activation, layer->alpha, layer->gamma,
				 values + r * p->width, n);
	if (p->alive_next)
		p->kernel->find_alive(values, p->width, n_rows, first, n, p->alive_next + row,
				      p->n_rows);
}

/* The product of n_words words of inputs and their weights. */
static void multiply(const struct passage *p, size_t first, size_t word, size_t n_words, size_t row,
		     size_t n_rows, bool is_last)
{
	const size_t n_columns = panels_columns(p->kernel, p->width, first);
	const size_t input = word * KERNEL_WORD;
	const struct kernel_task task = {
		.weights = panels_weights(p->layer, first, input),
		.panel_stride = panels_stride(p->layer),
		.inputs = p->inputs + row * p->input_stride + input,
		.input_stride = p->input_stride,
		.alive = p->alive + word * p->n_rows + row,
		.alive_stride = p->n_rows,
		.n_words = n_words,
		.bias = word == 0 ? p->layer->panels + first : NULL,
		.sums = p->outputs + row * p->width + first,
		.sum_stride = p->width,
		.n_rows = n_rows,
		.relu = is_last && p->layer->activation == EMNIST_RELU,
	};

	if (n_columns == p->kernel->n_columns)
		p->kernel->multiply(&task);
	else
		p->kernel->multiply_narrow(&task);
}

static void run_panel(const struct passage *p, size_t first)
{
	const size_t n_words = words_of(p->layer->n_inputs);
	const size_t step = p->n_rows > FEW_ROWS ? p->kernel->n_words : n_words;
	size_t word = 0;

	for (; n_words - word > step; word += step)
		multiply(p, first, word, step, 0, p->n_rows, false);
	for (size_t row = 0; row < p->n_rows; row += GROUP_ROWS) {
		const size_t n = smaller(GROUP_ROWS, p->n_rows - row);

		multiply(p, first, word, n_words - word, row, n, true);
		finish_rows(p, first, row, n);
	}
}

/* Runs a block through layer l and returns its outputs, which lie panels_width() apart. */
static float *run_layer(const struct emnist_session *session, size_t l, const float *inputs,
			size_t input_stride, size_t n_rows)
{
	const struct emnist_model *model = session->model;
	const struct layer *layer = &model->layers[l];
	const struct passage p = {
		.kernel = model->kernel,
		.layer = layer,
		.width = panels_width(model->kernel, layer->n_outputs),
		.n_rows = n_rows,
		.inputs = inputs,
		.input_stride = input_stride,
		.alive = session->alive[l % 2],
		.outputs = session->sums[l % 2],
		.alive_next = l + 1 < model->n_layers ? session->alive[(l + 1) % 2] : NULL,
	};

	if (p.alive_next)
		memset(p.alive_next, 0,
		       words_of(layer->n_outputs) * n_rows * sizeof(*p.alive_next));
	for (size_t first = 0; first < p.width; first += p.kernel->n_columns)
		run_panel(&p, first);
	return p.outputs;
}

static void run_block(const struct emnist_session *session, const float *vectors, size_t n_rows,
		      float *probabilities)
{
	const struct emnist_model *model = session->model;
	const size_t n_outputs = emnist_model_n_outputs(model);
	const float *values = vectors;
	size_t stride = emnist_model_n_inputs(model);

	memset(session->alive[0], 0, words_of(stride) * n_rows * sizeof(*session->alive[0]));
	model->kernel->find_alive(vectors, stride, n_rows, 0, stride, session->alive[0], n_rows);
	for (size_t l = 0; l < model->n_layers; l++) {
		values = run_layer(session, l, values, stride, n_rows);
		stride = panels_width(model->kernel, model->layers[l].n_outputs);
	}
	for (size_t row = 0; row < n_rows; row++)
		memcpy(probabilities + row * n_outputs, values + row * stride,
		       n_outputs * sizeof(*probabilities));
	probabilities_settle(model, probabilities, n_rows);
}

enum emnist_status emnist_session_run(struct emnist_session *session, const float *vectors,
				      size_t n_rows, float *probabilities,
				      struct emnist_error *error)
{
	const size_t n_inputs = emnist_model_n_inputs(session->model);
	const size_t n_outputs = emnist_model_n_outputs(session->model);
	const size_t n_blocks = (n_rows + BLOCK_ROWS - 1) / BLOCK_ROWS;
	struct float_mode mode;
	size_t row = 0;

	if (n_rows > session->max_rows)
		return error_set(error, EMNIST_ERR_ARGUMENT, "%zu rows in a session of at most %zu",
				 n_rows, session->max_rows);
	mode = float_mode_enter();
	/* Blocks of one size, but for a row: none is small. */
	for (size_t block = 0; block < n_blocks; block++) {
		const size_t n = (n_rows - row) / (n_blocks - block);

		run_block(session, vectors + row * n_inputs, n, probabilities + row * n_outputs);
		row += n;
	}
	float_mode_leave(mode);
	return EMNIST_OK;
}

void emnist_session_free(struct emnist_session *session)
{
	if (!session)
		return;
	for (size_t i = 0; i < 2; i++) {
		free(session->alive[i]);
		free(session->sums[i]);
	}
	free(session);
}

/* Whether a comes before b in order of falling value; NaN comes last. */
static bool is_larger(float a, float b)
{
	return a > b || (isnan(b) && !isnan(a));
}

/* Insertion into a list of k: for the few that are asked for this beats any heap. Most values are
 * not above the last of the list, and one comparison tells. */
void emnist_top_k(const float *values, size_t n, size_t k, uint32_t *positions_ret)
{
	float last = NAN;
	size_t n_kept = 0;

	for (size_t i = 0; i < n && k > 0; i++) {
		size_t place = n_kept < k ? n_kept : k - 1;

		if (n_kept == k && (values[i] <= last || !is_larger(values[i], last)))
			continue;
		for (; place > 0 && is_larger(values[i], values[positions_ret[place - 1]]); place--)
			positions_ret[place] = positions_ret[place - 1];
		positions_ret[place] = (uint32_t)i;
		n_kept += n_kept < k;
		last = values[positions_ret[n_kept - 1]];
	}
}
