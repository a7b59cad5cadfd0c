/*
 * choice.c - selects images of a dataset.
 *
 * A sample can be reproduced by other programs, and takes one pass. Image i gets the (i+1)-th
 * number of SplitMix64 with the seed (Steele, Lea, Flood, 2014); the images with the smallest
 * numbers are taken. An image's number depends on nothing else. So a smaller sample is part of a
 * larger one, and --classes of a sample is a sample of the class.
 */
#include "choice.h"
#include "interrupt.h"
#include "progress.h"

#include <stdlib.h>
#include <string.h>

/* Initial capacity for a sample. */
#define LEAST_CAPACITY 512

/* An image of the sample so far. */
struct drawn {
	uint64_t key;
	uint64_t number;
	uint16_t class;
	uint8_t pixels[EMNIST_VECTOR_LENGTH];
};

struct choice {
	const struct choice_settings *settings;
	struct emnist_dataset *dataset;
	const char *path;
	uint64_t first, last;         /* of the range */
	struct emnist_labels *labels; /* NULL: those of the dataset */
	uint16_t *map; /* (classes of the dataset) positions in labels; NULL: the same */
	uint64_t n_seen;
	/* The sample: while drawing, a heap with the largest key first; then in the order of the
	 * dataset. */
	struct drawn *drawn;
	size_t n_drawn, capacity, n_given;
	bool is_drawn;
};

/* ---------------------------------------------------------------------- options */

/* Reads the number at *text and advances *text; *value is unchanged if there is none. False: too
 * large. */
static bool parse_number(const char **text, uint64_t *value)
{
	uint64_t number = 0;

	if (**text < '0' || **text > '9')
		return true;
	for (; **text >= '0' && **text <= '9'; ++*text)
		if (__builtin_mul_overflow(number, 10, &number) ||
		    __builtin_add_overflow(number, (uint64_t)(**text - '0'), &number))
			return false;
	*value = number;
	return true;
}

static bool parse_range(struct choice *choice)
{
	const char *range = choice->settings->range, *at = range;

	choice->first = 0;
	choice->last = UINT64_MAX;
	if (!range)
		return true;
	if (strcmp(range, "..") != 0 && parse_number(&at, &choice->first) &&
	    strncmp(at, "..", 2) == 0) {
		at += 2;
		if (parse_number(&at, &choice->last) && !*at && choice->first <= choice->last)
			return true;
	}
	complain("--range: '%s' is not a range of images, such as 0..99", range);
	return false;
}

static bool parse_set(struct choice *choice)
{
	const struct emnist_labels *labels = emnist_dataset_labels(choice->dataset);
	struct emnist_error error;

	if (!choice->settings->set)
		return true;
	choice->map = calloc(emnist_labels_count(labels), sizeof(*choice->map));
	if (!choice->map) {
		complain("out of memory");
		return false;
	}
	if (!emnist_labels_choose(labels, choice->settings->set, &choice->labels, choice->map,
				  &error))
		return true;
	complain("--classes: %s", error.message);
	return false;
}

struct choice *choice_open(const struct choice_settings *settings, struct emnist_dataset *dataset,
			   const char *path)
{
	struct choice *choice = calloc(1, sizeof(*choice));

	if (!choice) {
		complain("out of memory");
		return NULL;
	}
	choice->settings = settings;
	choice->dataset = dataset;
	choice->path = path;
	if (parse_range(choice) && parse_set(choice))
		return choice;
	choice_free(choice);
	return NULL;
}

/* --------------------------------------------------------------------- filtering */

static bool is_wanted(const struct choice *choice, uint64_t number, uint16_t class)
{
	return number >= choice->first && number <= choice->last &&
	       (!choice->map || choice->map[class] != EMNIST_NO_CLASS);
}

/* Reads on until some are wanted, and moves these to the front; none at the end. */
static bool read_wanted(struct choice *choice, struct choice_batch *batch)
{
	size_t n = CHOICE_BATCH;

	batch->n = 0;
	while (!batch->n && n == CHOICE_BATCH && choice->n_seen <= choice->last &&
	       !interrupt_came()) {
		struct emnist_error error;

		if (emnist_dataset_read(choice->dataset, CHOICE_BATCH, batch->pixels,
					batch->classes, &n, &error)) {
			progress_make_way();
			complain_of(choice->path, &error);
			return false;
		}
		for (size_t i = 0; i < n; i++) {
			const uint64_t number = choice->n_seen++;
			const uint16_t class = batch->classes[i];

			if (!is_wanted(choice, number, class))
				continue;
			memmove(batch->pixels + batch->n * EMNIST_VECTOR_LENGTH,
				batch->pixels + i * EMNIST_VECTOR_LENGTH, EMNIST_VECTOR_LENGTH);
			batch->classes[batch->n] = choice->map ? choice->map[class] : class;
			batch->numbers[batch->n++] = number;
		}
	}
	return true;
}

/* ---------------------------------------------------------------------- sampling */

/* The (i+1)-th number of SplitMix64. */
static uint64_t key_of(uint64_t seed, uint64_t i)
{
	uint64_t x = seed + (i + 1) * UINT64_C(0x9e3779b97f4a7c15);

	x = (x ^ x >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	x = (x ^ x >> 27) * UINT64_C(0x94d049bb133111eb);
	return x ^ x >> 31;
}

static bool above(const struct drawn *a, const struct drawn *b)
{
	return a->key > b->key || (a->key == b->key && a->number > b->number);
}

static void swap(struct drawn *a, struct drawn *b)
{
	const struct drawn c = *a;

	*a = *b;
	*b = c;
}

/* Moves the last one to its place. */
static void sift_up(struct drawn *heap, size_t n)
{
	for (size_t i = n - 1; i > 0 && above(&heap[i], &heap[(i - 1) / 2]); i = (i - 1) / 2)
		swap(&heap[i], &heap[(i - 1) / 2]);
}

/* Moves the first one to its place. */
static void sift_down(struct drawn *heap, size_t n)
{
	for (size_t i = 0;;) {
		size_t largest = i;

		for (size_t child = 2 * i + 1; child <= 2 * i + 2 && child < n; child++)
			if (above(&heap[child], &heap[largest]))
				largest = child;
		if (largest == i)
			return;
		swap(&heap[i], &heap[largest]);
		i = largest;
	}
}

static bool draw(struct choice *choice, const uint8_t *pixels, uint16_t class, uint64_t number)
{
	struct drawn image = {key_of(choice->settings->seed, number), number, class, {0}};

	if (choice->n_drawn == choice->settings->n_sample) {
		if (!above(&choice->drawn[0], &image))
			return true;
		memcpy(image.pixels, pixels, EMNIST_VECTOR_LENGTH);
		choice->drawn[0] = image;
		sift_down(choice->drawn, choice->n_drawn);
		return true;
	}
	if (choice->n_drawn == choice->capacity) {
		const size_t capacity = choice->capacity ? 2 * choice->capacity : LEAST_CAPACITY;
		struct drawn *drawn = realloc(choice->drawn, capacity * sizeof(*drawn));

		if (!drawn) {
			complain("out of memory");
			return false;
		}
		choice->drawn = drawn;
		choice->capacity = capacity;
	}
	memcpy(image.pixels, pixels, EMNIST_VECTOR_LENGTH);
	choice->drawn[choice->n_drawn++] = image;
	sift_up(choice->drawn, choice->n_drawn);
	return true;
}

static int by_number(const void *a, const void *b)
{
	const struct drawn *drawn_a = a, *drawn_b = b;

	return (drawn_a->number > drawn_b->number) - (drawn_a->number < drawn_b->number);
}

static bool draw_batches(struct choice *choice, struct choice_batch *batch)
{
	do {
		if (!read_wanted(choice, batch))
			return false;
		for (size_t i = 0; i < batch->n; i++)
			if (!draw(choice, batch->pixels + i * EMNIST_VECTOR_LENGTH,
				  batch->classes[i], batch->numbers[i]))
				return false;
	} while (batch->n > 0);
	return true;
}

/* batch: room to read in. */
static bool draw_all(struct choice *choice, struct choice_batch *batch)
{
	if (!draw_batches(choice, batch))
		return false;
	choice->is_drawn = true;
	if (choice->n_drawn < choice->settings->n_sample && !interrupt_came()) {
		progress_make_way();
		complain("'%s': --sample: %llu of %zu images", choice->path,
			 (unsigned long long)choice->settings->n_sample, choice->n_drawn);
		return false;
	}
	if (choice->n_drawn)
		qsort(choice->drawn, choice->n_drawn, sizeof(*choice->drawn), by_number);
	return true;
}

struct choice_batch *choice_batch_new(void)
{
	struct choice_batch *batch = malloc(sizeof(*batch));

	if (!batch)
		complain("out of memory");
	return batch;
}

bool choice_read(struct choice *choice, struct choice_batch *batch)
{
	if (!choice->settings->n_sample)
		return read_wanted(choice, batch);
	if (!choice->is_drawn && !draw_all(choice, batch))
		return false;
	batch->n = 0;
	for (; batch->n < CHOICE_BATCH && choice->n_given < choice->n_drawn; batch->n++) {
		const struct drawn *image = &choice->drawn[choice->n_given++];

		memcpy(batch->pixels + batch->n * EMNIST_VECTOR_LENGTH, image->pixels,
		       EMNIST_VECTOR_LENGTH);
		batch->classes[batch->n] = image->class;
		batch->numbers[batch->n] = image->number;
	}
	return true;
}

const struct emnist_labels *choice_labels(const struct choice *choice)
{
	return choice->labels ? choice->labels : emnist_dataset_labels(choice->dataset);
}

uint64_t choice_n_seen(const struct choice *choice)
{
	return choice->n_seen;
}

void choice_free(struct choice *choice)
{
	if (!choice)
		return;
	emnist_labels_free(choice->labels);
	free(choice->map);
	free(choice->drawn);
	free(choice);
}
