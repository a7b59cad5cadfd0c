/*
 * origin.c - records what a model's file says about itself.
 *
 * All copies are in growing arrays and in separate strings. The structure owns them; the public
 * pointers point into them.
 */
#include "origin.h"

#include <stdlib.h>
#include <string.h>

#include "../base/memory.h"
#include "../base/sha256.h"

/* No real file has more facts. The rest is dropped, so that finding one stays cheap. */
#define MAX_FACTS 256

/* The public arrays are const; these are the same ones, writable. */
struct tensors {
	struct emnist_tensor_info *items;
	size_t n;
	size_t capacity;
};

struct signature {
	char *name;
	char *method;
	struct tensors sides[2];
};

struct origin {
	struct emnist_origin shown;
	struct emnist_origin_fact *facts;
	size_t facts_capacity;
	struct emnist_origin_file *files;
	size_t files_capacity;
	struct tensors sides[2];
	struct signature *signatures;
	size_t signatures_capacity;
	struct emnist_signature *shown_signatures; /* made by origin_settle() */
	bool failed;
};

struct origin *origin_new(enum emnist_format format)
{
	struct origin *origin = alloc_zeroed(1, sizeof(*origin));

	if (origin)
		origin->shown.format = format;
	return origin;
}

/* ------------------------------------------------------------------- freeing */

/* The strings are this file's own copies, although they are const to callers. */
static void free_text(const char *text)
{
	union {
		const char *constant;
		void *own;
	} pun = {text};

	free(pun.own);
}

static void free_tensor(const struct emnist_tensor_info *tensor)
{
	union {
		const struct emnist_dim *constant;
		void *own;
	} dims = {tensor->dims};

	free_text(tensor->key);
	free_text(tensor->name);
	free_text(tensor->type);
	for (size_t i = 0; tensor->dims && i < tensor->rank; i++)
		free_text(tensor->dims[i].name);
	free(dims.own);
}

static void free_sides(struct tensors *sides)
{
	for (size_t side = 0; side < 2; side++) {
		for (size_t i = 0; i < sides[side].n; i++)
			free_tensor(&sides[side].items[i]);
		free(sides[side].items);
	}
}

void origin_free(struct origin *origin)
{
	if (!origin)
		return;
	for (size_t i = 0; i < origin->shown.n_facts; i++) {
		free_text(origin->facts[i].key);
		free_text(origin->facts[i].text);
	}
	for (size_t i = 0; i < origin->shown.n_files; i++)
		free_text(origin->files[i].name);
	for (size_t i = 0; i < origin->shown.n_signatures; i++) {
		free(origin->signatures[i].name);
		free(origin->signatures[i].method);
		free_sides(origin->signatures[i].sides);
	}
	free_sides(origin->sides);
	free(origin->facts);
	free(origin->files);
	free(origin->signatures);
	free(origin->shown_signatures);
	free(origin);
}

/* ------------------------------------------------------------------- copying */

/* Makes room for one more of n elements. When memory is short: false, from then on. */
static bool grow(struct origin *origin, void **array, size_t *capacity, size_t n, size_t size)
{
	const size_t wanted = n ? 2 * n : 4;
	size_t nbytes;
	void *grown;

	if (origin->failed)
		return false;
	if (n < *capacity)
		return true;
	grown = size_mul_overflows(wanted, size, &nbytes) ? NULL : realloc(*array, nbytes);
	if (!grown) {
		origin->failed = true;
		return false;
	}
	*array = grown;
	*capacity = wanted;
	return true;
}

static char *copy_text(struct origin *origin, const char *text)
{
	char *copy = text ? strdup(text) : NULL;

	origin->failed |= text && !copy;
	return copy;
}

static void add_fact(struct origin *origin, const char *key, const char *text, int64_t number)
{
	void *facts;

	if (!origin || origin->shown.n_facts == MAX_FACTS)
		return;
	facts = origin->facts;
	if (!grow(origin, &facts, &origin->facts_capacity, origin->shown.n_facts,
		  sizeof(*origin->facts)))
		return;
	origin->facts = facts;
	origin->facts[origin->shown.n_facts++] = (struct emnist_origin_fact){
		copy_text(origin, key), copy_text(origin, text), number};
}

void origin_add_text(struct origin *origin, const char *key, const char *text)
{
	if (text && text[0] != '\0')
		add_fact(origin, key, text, 0);
}

void origin_add_number(struct origin *origin, const char *key, int64_t number)
{
	add_fact(origin, key, NULL, number);
}

void origin_add_file(struct origin *origin, const char *name, const void *bytes, size_t nbytes,
		     bool hash)
{
	struct emnist_origin_file *file;
	void *files;

	if (!origin)
		return;
	files = origin->files;
	if (!grow(origin, &files, &origin->files_capacity, origin->shown.n_files, sizeof(*file)))
		return;
	origin->files = files;
	file = &origin->files[origin->shown.n_files++];
	*file = (struct emnist_origin_file){.name = copy_text(origin, name), .nbytes = nbytes};
	if (hash)
		sha256_of(bytes, nbytes, file->sha256);
	file->has_sha256 = hash;
}

static struct emnist_dim *copy_dims(struct origin *origin, const struct emnist_tensor_info *tensor)
{
	struct emnist_dim *dims;

	if (!tensor->dims)
		return NULL;
	dims = alloc_array(tensor->rank, sizeof(*dims));
	if (!dims) {
		origin->failed = true;
		return NULL;
	}
	for (size_t i = 0; i < tensor->rank; i++)
		dims[i] = (struct emnist_dim){tensor->dims[i].size,
					      copy_text(origin, tensor->dims[i].name)};
	return dims;
}

static void add_tensor(struct origin *origin, struct tensors *tensors,
		       const struct emnist_tensor_info *tensor)
{
	void *items = tensors->items;

	if (!grow(origin, &items, &tensors->capacity, tensors->n, sizeof(*tensors->items)))
		return;
	tensors->items = items;
	tensors->items[tensors->n++] = (struct emnist_tensor_info){
		.key = copy_text(origin, tensor->key),
		.name = copy_text(origin, tensor->name),
		.type = copy_text(origin, tensor->type),
		.dims = copy_dims(origin, tensor),
		.rank = tensor->rank,
	};
}

void origin_add_tensor(struct origin *origin, enum origin_side side,
		       const struct emnist_tensor_info *tensor)
{
	if (origin)
		add_tensor(origin, &origin->sides[side], tensor);
}

void origin_add_signature(struct origin *origin, const char *name, const char *method)
{
	void *signatures;

	if (!origin)
		return;
	signatures = origin->signatures;
	if (!grow(origin, &signatures, &origin->signatures_capacity, origin->shown.n_signatures,
		  sizeof(*origin->signatures)))
		return;
	origin->signatures = signatures;
	origin->signatures[origin->shown.n_signatures++] = (struct signature){
		.name = copy_text(origin, name), .method = copy_text(origin, method)};
}

void origin_add_signature_tensor(struct origin *origin, enum origin_side side,
				 const struct emnist_tensor_info *tensor)
{
	if (origin && !origin->failed)
		add_tensor(origin, &origin->signatures[origin->shown.n_signatures - 1].sides[side],
			   tensor);
}

/* ------------------------------------------------------------------ settling */

static int compare_texts(const char *a, const char *b)
{
	return strcmp(a ? a : "", b ? b : "");
}

static int compare_keys(const void *a, const void *b)
{
	const struct emnist_tensor_info *left = a, *right = b;

	return compare_texts(left->key, right->key);
}

static int compare_signatures(const void *a, const void *b)
{
	const struct signature *left = a, *right = b;

	return compare_texts(left->name, right->name);
}

static void sort(void *items, size_t n, size_t size, int (*compare)(const void *, const void *))
{
	if (n > 0)
		qsort(items, n, size, compare);
}

bool origin_settle(struct origin *origin)
{
	struct emnist_origin *shown;

	if (!origin || origin->failed)
		return false;
	shown = &origin->shown;
	origin->shown_signatures =
		alloc_array(shown->n_signatures, sizeof(*origin->shown_signatures));
	if (!origin->shown_signatures)
		return false;
	sort(origin->signatures, shown->n_signatures, sizeof(*origin->signatures),
	     compare_signatures);
	for (size_t i = 0; i < shown->n_signatures; i++) {
		const struct signature *from = &origin->signatures[i];

		for (size_t side = 0; side < 2; side++)
			sort(from->sides[side].items, from->sides[side].n,
			     sizeof(struct emnist_tensor_info), compare_keys);
		origin->shown_signatures[i] = (struct emnist_signature){
			.name = from->name,
			.method = from->method,
			.inputs = from->sides[ORIGIN_INPUT].items,
			.n_inputs = from->sides[ORIGIN_INPUT].n,
			.outputs = from->sides[ORIGIN_OUTPUT].items,
			.n_outputs = from->sides[ORIGIN_OUTPUT].n,
		};
	}
	shown->facts = origin->facts;
	shown->files = origin->files;
	shown->inputs = origin->sides[ORIGIN_INPUT].items;
	shown->n_inputs = origin->sides[ORIGIN_INPUT].n;
	shown->outputs = origin->sides[ORIGIN_OUTPUT].items;
	shown->n_outputs = origin->sides[ORIGIN_OUTPUT].n;
	shown->signatures = origin->shown_signatures;
	return true;
}

const struct emnist_origin *origin_shown(const struct origin *origin)
{
	return origin ? &origin->shown : NULL;
}
