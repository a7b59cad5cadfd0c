/*
 * train_set.c - reads whole datasets, maps their classes to the model's, holds out images for
 * validation, and weights the rest to given class frequencies.
 */
#include "train_set.h"

#include "../base/memory.h"

#include <stdio.h>
#include <string.h>
#include <zlib.h>

/* Images read at a time: memory grows with the data that is there. */
#define CHUNK 4096

/* The most images; positions are 32 bits. */
#define MAX_IMAGES ((size_t)UINT32_MAX)

/* The largest frequency of a class: more than any count, and so much less than a float's range that
 * no weight leaves it. */
#define MAX_FREQUENCY 1e18

/* The limits of a dataset's weight. */
#define LEAST_WEIGHT 1e-3
#define MOST_WEIGHT  1e3

/* ------------------------------------------------------------ what to learn */

/* The model's classes that entry i of theirs may be. */
static enum emnist_status target_init(struct target *target, const struct emnist_labels *ours,
				      const struct emnist_labels *theirs, size_t i,
				      struct emnist_error *error)
{
	const size_t n_classes = emnist_labels_count(ours);
	uint32_t n = 0;

	for (size_t c = 0; c < n_classes; c++)
		n += emnist_labels_match(ours, c, theirs, i, false);
	target->weight = target->held_out_weight = 1;
	target->classes = alloc_array(n, sizeof(*target->classes));
	if (!target->classes)
		return error_memory(error);
	for (size_t c = 0; c < n_classes; c++)
		if (emnist_labels_match(ours, c, theirs, i, false))
			target->classes[target->n++] = (uint16_t)c;
	return EMNIST_OK;
}

/* Appends the targets of one dataset's classes, which have its weight. */
static enum emnist_status add_targets(struct train_set *set, const struct emnist_labels *ours,
				      const struct emnist_dataset *dataset, double weight,
				      struct emnist_error *error)
{
	const struct emnist_labels *theirs = emnist_dataset_labels(dataset);
	const size_t n = emnist_labels_count(theirs);
	struct target *targets = realloc(set->targets, (set->n_targets + n) * sizeof(*targets));

	if (!targets)
		return error_memory(error);
	memset(targets + set->n_targets, 0, n * sizeof(*targets));
	set->targets = targets;
	for (size_t i = 0; i < n; i++) {
		struct target *target = &set->targets[set->n_targets++];
		enum emnist_status status = target_init(target, ours, theirs, i, error);

		if (status)
			return status;
		target->weight = (float)weight;
		if (emnist_dataset_is_drawn(dataset))
			target->drawn = dataset;
	}
	return EMNIST_OK;
}

/* ------------------------------------------------------------------ reading */

static bool reserve(struct train_set *set, size_t n_images, size_t *capacity)
{
	size_t n = *capacity + *capacity / 2;
	uint32_t *target, *numbers;
	uint8_t *pixels;

	if (n_images <= *capacity)
		return true;
	if (n < n_images)
		n = n_images;
	pixels = resize_array(set->pixels, n, EMNIST_VECTOR_LENGTH);
	if (pixels)
		set->pixels = pixels;
	target = realloc(set->target, n * sizeof(*target));
	if (target)
		set->target = target;
	numbers = realloc(set->numbers, n * sizeof(*numbers));
	if (numbers)
		set->numbers = numbers;
	if (!pixels || !target || !numbers)
		return false;
	*capacity = n;
	return true;
}

/* Takes n images from behind those of the set, which are those after n_read of the dataset; their
 * targets begin at first_target. */
static enum emnist_status take_images(struct train_set *set, const struct emnist_labels *labels,
				      const uint16_t *classes, uint64_t n_read, size_t n,
				      size_t first_target, bool leave_out,
				      struct emnist_error *error)
{
	const uint8_t *from = set->pixels + set->n_images * EMNIST_VECTOR_LENGTH;

	for (size_t i = 0; i < n; i++, from += EMNIST_VECTOR_LENGTH) {
		const size_t target = first_target + classes[i];
		uint8_t *to = set->pixels + set->n_images * EMNIST_VECTOR_LENGTH;

		if (set->targets[target].n == 0 && leave_out)
			continue;
		if (set->targets[target].n == 0)
			return error_set(error, EMNIST_ERR_ARGUMENT,
					 "images of '%s', for which the model has no class",
					 emnist_labels_text(labels, classes[i]));
		if (to != from)
			memcpy(to, from, EMNIST_VECTOR_LENGTH);
		set->numbers[set->n_images] = (uint32_t)(n_read + i);
		set->target[set->n_images++] = (uint32_t)target;
	}
	return EMNIST_OK;
}

/* Appends one dataset's images; their targets begin at first_target. */
static enum emnist_status add_images(struct train_set *set, struct emnist_dataset *dataset,
				     size_t first_target, bool leave_out, size_t *capacity,
				     struct emnist_error *error)
{
	uint16_t classes[CHUNK];
	const size_t first_image = set->n_images;
	uint64_t n_read = 0;
	size_t n = CHUNK;

	for (; n == CHUNK; n_read += n) {
		enum emnist_status status;

		if (set->n_images > MAX_IMAGES - CHUNK)
			return error_set(error, EMNIST_ERR_LIMIT, "more than %zu images",
					 MAX_IMAGES);
		if (!reserve(set, set->n_images + CHUNK, capacity))
			return error_memory(error);
		status = emnist_dataset_read(dataset, CHUNK,
					     set->pixels + set->n_images * EMNIST_VECTOR_LENGTH,
					     classes, &n, error);
		if (!status)
			status = take_images(set, emnist_dataset_labels(dataset), classes, n_read,
					     n, first_target, leave_out, error);
		if (status)
			return status;
	}
	/* What was read before is not among them. */
	for (size_t i = first_image; i < set->n_images; i++)
		set->numbers[i] += (uint32_t)(emnist_dataset_count(dataset) - n_read);
	return EMNIST_OK;
}

static enum emnist_status read_all(struct train_set *set, struct emnist_dataset *const *datasets,
				   size_t n_datasets, const struct train_set_options *options,
				   struct emnist_error *error)
{
	size_t capacity = 0;

	set->sizes = alloc_zeroed(n_datasets, sizeof(*set->sizes));
	if (!set->sizes)
		return error_memory(error);
	set->n_datasets = n_datasets;
	for (size_t d = 0; d < n_datasets; d++) {
		const size_t first_target = set->n_targets, first_image = set->n_images;
		const double weight = options->dataset_weights ? options->dataset_weights[d] : 1;
		char prefix[32];
		enum emnist_status status =
			add_targets(set, options->labels, datasets[d], weight, error);

		if (!status)
			status = add_images(set, datasets[d], first_target, options->leave_out,
					    &capacity, error);
		snprintf(prefix, sizeof(prefix), "dataset %zu", d + 1);
		if (status)
			return error_prefix(error, status, prefix);
		set->sizes[d] = set->n_images - first_image;
	}
	return EMNIST_OK;
}

/* ----------------------------------------------------------------- splitting */

/* Marks n of the first dataset's images, each choice as likely as any other (Knuth's algorithm S,
 * TAOCP 3.4.2), and lists them apart from the rest. */
static enum emnist_status split(struct train_set *set, const struct train_set_options *options,
				struct emnist_error *error)
{
	struct random random = random_stream(options->seed, RANDOM_SPLIT, 0, 0);
	const size_t n_first = set->sizes[0];
	const size_t n_wanted = (size_t)((double)n_first * options->validation);

	set->training = alloc_array(set->n_images, sizeof(*set->training));
	set->validation = alloc_array(n_wanted, sizeof(*set->validation));
	if (!set->training || !set->validation)
		return error_memory(error);
	for (size_t i = 0; i < set->n_images; i++) {
		const size_t n_missing = n_wanted - set->n_validation;

		if (i < n_first && random_below(&random, n_first - i) < n_missing)
			set->validation[set->n_validation++] = (uint32_t)i;
		else
			set->training[set->n_training++] = (uint32_t)i;
	}
	return EMNIST_OK;
}

/* ----------------------------------------------------------------- weighting */

/*
 * An image counts by the weight of its dataset. One of a known class counts fully for it, one of
 * several possible classes for each in proportion to their frequencies. This gives the number n[c]
 * of images of class c, and the factor N f[c] / n[c] that brings class c to its frequency f[c]. An
 * image of several classes gets the mean of their factors, in the same proportion. The mean weight
 * is 1 over the training images, and separately over those held out.
 */
struct weighting {
	size_t n_classes;
	const double *frequencies; /* (n_classes); NULL: whatever the images have */
	const uint32_t *images;    /* (n_images) positions of those to weigh */
	size_t n_images;
	double *n_of_class;  /* (n_classes) images */
	double *weights;     /* (n_classes) */
	double *n_of_target; /* (n_targets) images, by the weights of their datasets */
	float *of_target;    /* (n_targets) the resulting weights */
};

/* Target's share of class i of its classes. */
static double target_share(const struct weighting *weighting, const struct target *target,
			   uint32_t i)
{
	double sum = 0;

	for (uint32_t k = 0; k < target->n; k++)
		sum += weighting->frequencies[target->classes[k]];
	return sum > 0 ? weighting->frequencies[target->classes[i]] / sum : 1.0 / target->n;
}

static void weigh_classes(struct weighting *weighting, const struct train_set *set)
{
	for (size_t t = 0; t < set->n_targets; t++)
		for (uint32_t i = 0; i < set->targets[t].n; i++)
			weighting->n_of_class[set->targets[t].classes[i]] +=
				weighting->n_of_target[t] *
				target_share(weighting, &set->targets[t], i);
	for (size_t c = 0; c < weighting->n_classes; c++)
		weighting->weights[c] =
			weighting->n_of_class[c] > 0
				? weighting->frequencies[c] / weighting->n_of_class[c]
				: 0;
}

/* The factor of a target: 1 without frequencies. */
static double target_factor(const struct weighting *weighting, const struct target *target)
{
	double factor = 0;

	if (!weighting->frequencies)
		return 1;
	for (uint32_t i = 0; i < target->n; i++)
		factor +=
			target_share(weighting, target, i) * weighting->weights[target->classes[i]];
	return factor * (double)weighting->n_images;
}

/* If no image has a class with a frequency, all count the same. */
static void weigh_targets(struct weighting *weighting, const struct train_set *set)
{
	const double n_images = (double)weighting->n_images;
	double sum = 0;

	for (size_t t = 0; t < set->n_targets; t++) {
		const float factor = (float)target_factor(weighting, &set->targets[t]);

		weighting->of_target[t] = factor * set->targets[t].weight;
		sum += (double)factor * weighting->n_of_target[t];
	}
	for (size_t t = 0; t < set->n_targets; t++)
		weighting->of_target[t] =
			sum > 0 ? weighting->of_target[t] * (float)(n_images / sum) : 1;
}

/* All images of a target are of one dataset. Images held out are of the first one: its weight,
 * which is in the sums and in the results, does not matter. */
static void count_targets(struct weighting *weighting, const struct train_set *set)
{
	for (size_t i = 0; i < weighting->n_images; i++) {
		const uint32_t target = set->target[weighting->images[i]];

		weighting->n_of_target[target] += (double)set->targets[target].weight;
	}
}

static enum emnist_status weigh(struct train_set *set, const struct train_set_options *options,
				bool held_out, struct emnist_error *error)
{
	struct weighting weighting = {.n_classes = emnist_labels_count(options->labels),
				      .frequencies = options->class_frequencies,
				      .images = held_out ? set->validation : set->training,
				      .n_images = held_out ? set->n_validation : set->n_training};
	enum emnist_status status = EMNIST_OK;

	weighting.n_of_class = alloc_zeroed(weighting.n_classes, sizeof(double));
	weighting.weights = alloc_zeroed(weighting.n_classes, sizeof(double));
	weighting.n_of_target = alloc_zeroed(set->n_targets, sizeof(double));
	weighting.of_target = alloc_zeroed(set->n_targets, sizeof(float));
	if (weighting.n_of_class && weighting.weights && weighting.n_of_target &&
	    weighting.of_target) {
		count_targets(&weighting, set);
		if (weighting.frequencies)
			weigh_classes(&weighting, set);
		weigh_targets(&weighting, set);
		for (size_t t = 0; t < set->n_targets; t++)
			*(held_out ? &set->targets[t].held_out_weight : &set->targets[t].weight) =
				weighting.of_target[t];
	} else {
		status = error_memory(error);
	}
	free(weighting.n_of_class);
	free(weighting.weights);
	free(weighting.n_of_target);
	free(weighting.of_target);
	return status;
}

/* Before any image is read: a slip there must not cost the reading of all. */
static enum emnist_status check_frequencies(const struct train_set_options *options,
					    struct emnist_error *error)
{
	const double *frequencies = options->class_frequencies;
	double sum = 0;

	for (size_t c = 0; frequencies && c < emnist_labels_count(options->labels); c++) {
		if (!(frequencies[c] >= 0 && frequencies[c] <= MAX_FREQUENCY))
			return error_set(error, EMNIST_ERR_ARGUMENT,
					 "frequency %g of class %zu: must be 0 to %g",
					 frequencies[c], c, MAX_FREQUENCY);
		sum += frequencies[c];
	}
	if (frequencies && !(sum > 0))
		return error_set(error, EMNIST_ERR_ARGUMENT, "all class frequencies are zero");
	return EMNIST_OK;
}

static enum emnist_status check_weights(const struct train_set_options *options, size_t n_datasets,
					struct emnist_error *error)
{
	const double *weights = options->dataset_weights;

	for (size_t d = 0; weights && d < n_datasets; d++)
		if (!(weights[d] >= LEAST_WEIGHT && weights[d] <= MOST_WEIGHT))
			return error_set(error, EMNIST_ERR_ARGUMENT,
					 "weight %g of dataset %zu: must be %g to %g", weights[d],
					 d + 1, LEAST_WEIGHT, MOST_WEIGHT);
	return EMNIST_OK;
}

/* CRC-32 of the pixels, and of the targets: enough to notice other data. */
static uint64_t fingerprint(const struct train_set *set)
{
	const uLong pixels =
		crc32_z(crc32_z(0, NULL, 0), set->pixels, set->n_images * EMNIST_VECTOR_LENGTH);
	const uLong targets = crc32_z(crc32_z(0, NULL, 0), (const Bytef *)set->target,
				      set->n_images * sizeof(*set->target));

	return (uint64_t)pixels << 32 | (targets & 0xffffffff);
}

enum emnist_status train_set_load(struct train_set *set, struct emnist_dataset *const *datasets,
				  size_t n_datasets, const struct train_set_options *options,
				  struct emnist_error *error)
{
	enum emnist_status status;

	*set = (struct train_set){0};
	status = check_frequencies(options, error);
	if (!status)
		status = check_weights(options, n_datasets, error);
	if (!status)
		status = read_all(set, datasets, n_datasets, options, error);
	if (!status)
		status = split(set, options, error);
	/* Training images last: the weights of datasets, which targets have until then, are in
	 * both. */
	if (!status && (options->class_frequencies || options->dataset_weights))
		status = weigh(set, options, true, error);
	if (!status && (options->class_frequencies || options->dataset_weights))
		status = weigh(set, options, false, error);
	if (!status)
		set->fingerprint = fingerprint(set);
	return status;
}

const uint8_t *train_set_show(const struct train_set *set, size_t image, uint64_t seed,
			      uint64_t variant, uint8_t *drawn)
{
	const struct emnist_dataset *dataset = set->targets[set->target[image]].drawn;
	struct random random;

	if (!dataset)
		return set->pixels + image * EMNIST_VECTOR_LENGTH;
	random = random_stream(seed, RANDOM_DRAWING, variant, image);
	emnist_dataset_draw(dataset, set->numbers[image], random_next(&random) | 1, drawn);
	return drawn;
}

void train_set_clear(struct train_set *set)
{
	for (size_t t = 0; t < set->n_targets; t++)
		free(set->targets[t].classes);
	free(set->targets);
	free(set->sizes);
	free(set->pixels);
	free(set->target);
	free(set->numbers);
	free(set->training);
	free(set->validation);
	*set = (struct train_set){0};
}
