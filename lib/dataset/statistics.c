/*
 * statistics.c - statistics of one or several datasets: counts, pixels, and duplicate images.
 *
 * Sums over pixels are integers, so that results do not depend on the order of images.
 */
#include "../base/memory.h"
#include "../base/simd.h"
#include "../io/gzip.h"
#include "../labels/labels.h"
#include "duplicates.h"
#include "idx.h"
#include "siblings.h"

#include <math.h>
#include <string.h>
#include <sys/stat.h>

/* Images read at once: as many as fit a second-level cache. */
#define BATCH 512

/* A pixel that is nearer to 255 than to 0. */
#define INK_LEAST 128

struct part {
	struct emnist_labels *labels;
	uint64_t *counts; /* (count of labels) */
	uint64_t n_images;
	bool has_pixels;
	uint64_t sum, sum_of_squares, n_not_zero, n_ink; /* of pixels */
	uint64_t n_repeated, n_repeated_conflicting;
};

struct emnist_statistics {
	struct part *parts;
	size_t n_parts;
	struct duplicates *duplicates;
	struct file_ids files; /* files of labels and mappings */
	bool failed;
};

bool emnist_is_labels_file(const char *path)
{
	static const uint8_t magic[] = {0, 0, 8, 1};
	uint8_t found[sizeof(magic)];
	struct gzip *gzip;
	struct stat st;
	bool same;
	size_t n;

	/* Reading a pipe would take its bytes from the next reader. */
	if (stat(path, &st) < 0 || !S_ISREG(st.st_mode))
		return false;
	if (gzip_open(path, &gzip, NULL))
		return false;
	same = !gzip_read(gzip, found, sizeof(found), &n, NULL) && n == sizeof(found) &&
	       memcmp(found, magic, sizeof(magic)) == 0;
	gzip_close(gzip);
	return same;
}

enum emnist_status emnist_statistics_create(struct emnist_statistics **statistics_ret,
					    struct emnist_error *error)
{
	struct emnist_statistics *statistics = alloc_zeroed(1, sizeof(*statistics));

	*statistics_ret = NULL;
	if (!statistics)
		return error_memory(error);
	statistics->duplicates = duplicates_new();
	if (!statistics->duplicates) {
		emnist_statistics_free(statistics);
		return error_memory(error);
	}
	*statistics_ret = statistics;
	return EMNIST_OK;
}

/* ------------------------------------------------------------------ counting */

/* Puts a part at the end, for these labels, which then belong to it also after a failure. */
static enum emnist_status begin_part(struct emnist_statistics *statistics,
				     struct emnist_labels *labels, struct part **part_ret,
				     struct emnist_error *error)
{
	struct part *parts = NULL, *part;

	if (labels && !statistics->failed)
		parts = realloc(statistics->parts, (statistics->n_parts + 1) * sizeof(*parts));
	if (!parts) {
		emnist_labels_free(labels);
		return statistics->failed
			       ? error_set(error, EMNIST_ERR_ARGUMENT, "counting has failed before")
			       : error_memory(error);
	}
	statistics->parts = parts;
	part = &parts[statistics->n_parts++];
	*part = (struct part){.labels = labels};
	part->counts = alloc_zeroed(emnist_labels_count(labels), sizeof(*part->counts));
	*part_ret = part;
	return part->counts ? EMNIST_OK : error_memory(error);
}

SIMD_CLONES
static void add_pixels(struct part *part, const uint8_t *pixels)
{
	uint32_t sum = 0, sum_of_squares = 0, n_not_zero = 0, n_ink = 0;

	for (size_t i = 0; i < EMNIST_VECTOR_LENGTH; i++) {
		const uint32_t pixel = pixels[i];

		sum += pixel;
		sum_of_squares += pixel * pixel;
		n_not_zero += pixel > 0;
		n_ink += pixel >= INK_LEAST;
	}
	part->sum += sum;
	part->sum_of_squares += sum_of_squares;
	part->n_not_zero += n_not_zero;
	part->n_ink += n_ink;
}

static bool add_image(struct emnist_statistics *statistics, struct part *part,
		      const uint8_t *pixels, uint16_t class)
{
	struct duplicates_sight sight;

	part->n_images++;
	part->counts[class]++;
	add_pixels(part, pixels);
	if (!duplicates_add(statistics->duplicates, (uint32_t)(part - statistics->parts), class,
			    pixels, &sight))
		return false;
	part->n_repeated += sight.in_part;
	part->n_repeated_conflicting +=
		sight.in_part &&
		!emnist_labels_match(part->labels, class, part->labels, sight.class, false);
	return true;
}

static enum emnist_status add_images(struct emnist_statistics *statistics, struct part *part,
				     struct emnist_dataset *dataset, struct emnist_error *error)
{
	uint8_t *pixels = alloc_array(BATCH, EMNIST_VECTOR_LENGTH);
	uint16_t classes[BATCH];
	enum emnist_status status = pixels ? EMNIST_OK : error_memory(error);
	size_t n = BATCH;

	part->has_pixels = true;
	while (!status && n == BATCH) {
		status = emnist_dataset_read(dataset, BATCH, pixels, classes, &n, error);
		for (size_t i = 0; i < n && !status; i++)
			if (!add_image(statistics, part, pixels + i * EMNIST_VECTOR_LENGTH,
				       classes[i]))
				status = error_memory(error);
	}
	free(pixels);
	return status;
}

enum emnist_status emnist_statistics_add(struct emnist_statistics *statistics,
					 struct emnist_dataset *dataset, struct emnist_error *error)
{
	struct emnist_labels *labels = labels_copy(emnist_dataset_labels(dataset));
	struct part *part = NULL;
	enum emnist_status status = begin_part(statistics, labels, &part, error);

	if (!status)
		status = add_images(statistics, part, dataset, error);
	statistics->failed |= status != EMNIST_OK;
	return status;
}

static enum emnist_status count_labels(struct part *part, const uint8_t *values, uint32_t n,
				       struct emnist_error *error)
{
	for (uint32_t i = 0; i < n; i++) {
		const size_t class = emnist_labels_find(part->labels, values[i]);

		if (class == SIZE_MAX)
			return error_set(error, EMNIST_ERR_CORRUPT,
					 "label %u of image %u is not one of the %zu classes",
					 values[i], i, emnist_labels_count(part->labels));
		part->counts[class]++;
	}
	part->n_images = n;
	return EMNIST_OK;
}

enum emnist_status emnist_statistics_add_labels(struct emnist_statistics *statistics,
						const char *labels_path, const char *mapping_path,
						struct emnist_error *error)
{
	struct emnist_labels *labels = NULL;
	struct siblings siblings = {0};
	uint8_t *values = NULL;
	enum emnist_status status;
	struct part *part = NULL;
	uint32_t n;

	status = idx_read_labels(labels_path, &values, &n, error);
	if (!status)
		status = siblings_of_labels(labels_path, mapping_path, &siblings, error);
	if (!status)
		status = siblings_meaning(&siblings, values, n, &labels, error);
	if (!status)
		status = begin_part(statistics, labels, &part, error);
	if (!status)
		status = count_labels(part, values, n, error);
	if (!status && (!file_ids_add(&statistics->files, labels_path) ||
			(siblings.mapping && !file_ids_add(&statistics->files, siblings.mapping))))
		status = error_memory(error);
	statistics->failed |= status != EMNIST_OK;
	siblings_clear(&siblings);
	free(values);
	return status;
}

bool emnist_statistics_reads(struct emnist_statistics *statistics, const char *path)
{
	return file_ids_have(&statistics->files, path);
}

/* ------------------------------------------------------------------- figures */

size_t emnist_statistics_n_parts(const struct emnist_statistics *statistics)
{
	return statistics->n_parts;
}

struct emnist_part emnist_statistics_part(const struct emnist_statistics *statistics, size_t i)
{
	const struct part *part = &statistics->parts[i];
	struct emnist_part figures = {
		.n_images = part->n_images,
		.labels = part->labels,
		.counts = part->counts,
		.has_pixels = part->has_pixels,
		.n_repeated = part->n_repeated,
		.n_repeated_conflicting = part->n_repeated_conflicting,
	};
	const double n = (double)part->n_images * EMNIST_VECTOR_LENGTH;
	double mean, variance;

	if (!part->has_pixels || !part->n_images)
		return figures;
	mean = (double)part->sum / n;
	variance = (double)part->sum_of_squares / n - mean * mean;
	figures.mean = mean / 255;
	figures.deviation = variance > 0 ? sqrt(variance) / 255 : 0;
	figures.not_zero = (double)part->n_not_zero / n;
	figures.ink = (double)part->n_ink / n;
	return figures;
}

struct both_labels {
	const struct emnist_labels *first, *second;
};

static bool differ(const void *context, uint16_t a, uint16_t b)
{
	const struct both_labels *labels = context;

	return !emnist_labels_match(labels->first, a, labels->second, b, false);
}

struct emnist_common emnist_statistics_common(const struct emnist_statistics *statistics,
					      size_t first, size_t second)
{
	const struct both_labels labels = {statistics->parts[first].labels,
					   statistics->parts[second].labels};
	const struct duplicates_common common = duplicates_compare(
		statistics->duplicates, (uint32_t)first, (uint32_t)second, differ, &labels);

	return (struct emnist_common){common.n_distinct, common.n_first, common.n_second,
				      common.n_conflicting};
}

void emnist_statistics_free(struct emnist_statistics *statistics)
{
	if (!statistics)
		return;
	for (size_t i = 0; i < statistics->n_parts; i++) {
		emnist_labels_free(statistics->parts[i].labels);
		free(statistics->parts[i].counts);
	}
	free(statistics->parts);
	duplicates_free(statistics->duplicates);
	file_ids_clear(&statistics->files);
	free(statistics);
}
