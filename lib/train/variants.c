/*
 * variants.c - writes what training would show a network, for teachers trained and run elsewhere.
 *
 * The files are uncompressed idx. Their rows are the images of all datasets in order, including
 * those held out, which are undistorted and without weight.
 */
#include "../base/memory.h"
#include "../io/outfile.h"
#include "settings.h"
#include "train_set.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#define IDX_UBYTE   0x08
#define IDX_INT     0x0c
#define IDX_FLOAT   0x0d
#define SIDE        28
#define NAME_NBYTES 64
#define PATH_NBYTES 4096

struct variants {
	struct settings settings;
	struct train_set set;
	const struct emnist_labels *labels; /* the model's */
	const char *folder;
	struct emnist_dataset *const *datasets; /* (set.n_datasets) */
	bool *learned;                          /* (n_images) false for images held out */
};

static unsigned char *put_u32(unsigned char *at, uint32_t value)
{
	for (int shift = 24; shift >= 0; shift -= 8)
		*at++ = (unsigned char)(value >> shift);
	return at;
}

/* Room for a file of dims (n_dims) elements, its header written; data_ret: its first element. */
static unsigned char *make_file(unsigned char type, size_t element_nbytes, const size_t *dims,
				unsigned n_dims, size_t *nbytes_ret, unsigned char **data_ret)
{
	const size_t header_nbytes = 4 + 4 * (size_t)n_dims;
	size_t nbytes = element_nbytes;
	unsigned char *bytes, *at;

	for (unsigned d = 0; d < n_dims; d++)
		if (size_mul_overflows(nbytes, dims[d], &nbytes))
			return NULL;
	bytes = alloc_array(nbytes + header_nbytes, 1);
	if (!bytes)
		return NULL;
	at = put_u32(bytes, (uint32_t)type << 8 | n_dims);
	for (unsigned d = 0; d < n_dims; d++)
		at = put_u32(at, (uint32_t)dims[d]);
	*nbytes_ret = nbytes + header_nbytes;
	*data_ret = at;
	return bytes;
}

/* Writes a file into the folder and frees its bytes. */
static enum emnist_status save(const struct variants *variants, const char *name,
			       unsigned char *bytes, size_t nbytes, struct emnist_error *error)
{
	char path[PATH_NBYTES];
	enum emnist_status status = EMNIST_OK;
	bool reads = false;

	if (snprintf(path, sizeof(path), "%s/%s", variants->folder, name) >= (int)sizeof(path))
		status = error_errno(error, ENAMETOOLONG, NULL);
	for (size_t i = 0; i < variants->set.n_datasets && !status && !reads; i++)
		status = emnist_dataset_reads(variants->datasets[i], path, &reads, error);
	if (reads)
		status = error_set(error, EMNIST_ERR_ARGUMENT, "refusing to overwrite the input");
	if (!status)
		status = outfile_replace(path, bytes, nbytes, error);
	free(bytes);
	return status ? error_prefix(error, status, name) : EMNIST_OK;
}

/* Values in [0,1] to bytes, stored transposed as EMNIST's files are. */
static void store_transposed(const float *vector, unsigned char *bytes)
{
	for (size_t y = 0; y < SIDE; y++)
		for (size_t x = 0; x < SIDE; x++)
			bytes[x * SIDE + y] = (unsigned char)(vector[y * SIDE + x] * 255.0F + 0.5F);
}

static enum emnist_status write_variant(const struct variants *variants, unsigned variant,
					struct emnist_error *error)
{
	const struct train_set *set = &variants->set;
	const size_t dims[] = {set->n_images, SIDE, SIDE};
	const struct distortion distortion = settings_distortion(&variants->settings, variant);
	const bool draws = !distortion_is_none(&variants->settings.distortion);
	uint8_t drawn[EMNIST_VECTOR_LENGTH];
	float vector[EMNIST_VECTOR_LENGTH];
	char name[NAME_NBYTES];
	unsigned char *bytes, *data;
	size_t nbytes;

	bytes = make_file(IDX_UBYTE, 1, dims, 3, &nbytes, &data);
	if (!bytes)
		return error_memory(error);
	for (uint32_t i = 0; i < set->n_images; i++) {
		const uint8_t *pixels = set->pixels + (size_t)i * EMNIST_VECTOR_LENGTH;

		if (variants->learned[i] && draws)
			pixels = train_set_show(set, i, variants->settings.seed, variant, drawn);
		if (variants->learned[i])
			augment_variant(&distortion, variants->settings.seed, variant, i, pixels,
					vector);
		else
			pixels_to_vector(pixels, vector);
		store_transposed(vector, data + (size_t)i * EMNIST_VECTOR_LENGTH);
	}
	snprintf(name, sizeof(name), "variant%u-images-idx3-ubyte", variant);
	return save(variants, name, bytes, nbytes, error);
}

/* Which classes each image may be of. */
static enum emnist_status write_classes(const struct variants *variants, struct emnist_error *error)
{
	const struct train_set *set = &variants->set;
	const size_t dims[] = {set->n_images, emnist_labels_count(variants->labels)};
	unsigned char *bytes, *data;
	size_t nbytes;

	bytes = make_file(IDX_UBYTE, 1, dims, 2, &nbytes, &data);
	if (!bytes)
		return error_memory(error);
	memset(data, 0, dims[0] * dims[1]);
	for (size_t i = 0; i < set->n_images; i++) {
		const struct target *target = &set->targets[set->target[i]];

		for (uint32_t k = 0; k < target->n; k++)
			data[i * dims[1] + target->classes[k]] = 1;
	}
	return save(variants, "classes-idx2-ubyte", bytes, nbytes, error);
}

/* Writes n numbers of four bytes, given by number_of(). */
static enum emnist_status write_numbers(const struct variants *variants, const char *name,
					unsigned char type, size_t n,
					uint32_t (*number_of)(const struct variants *, size_t),
					struct emnist_error *error)
{
	unsigned char *bytes, *data;
	size_t nbytes;

	bytes = make_file(type, sizeof(uint32_t), &n, 1, &nbytes, &data);
	if (!bytes)
		return error_memory(error);
	for (size_t i = 0; i < n; i++)
		data = put_u32(data, number_of(variants, i));
	return save(variants, name, bytes, nbytes, error);
}

/* How much an image counts, as the bits of a float; 0 for those held out. */
static uint32_t weight_of(const struct variants *variants, size_t i)
{
	const struct train_set *set = &variants->set;
	const float weight = variants->learned[i] ? set->targets[set->target[i]].weight : 0;
	uint32_t bits;

	memcpy(&bits, &weight, sizeof(bits));
	return bits;
}

/* How many images a dataset has. */
static uint32_t size_of(const struct variants *variants, size_t d)
{
	return (uint32_t)variants->set.sizes[d];
}

static enum emnist_status load(struct variants *variants, struct emnist_dataset *const *datasets,
			       size_t n_datasets, const struct emnist_train_options *options,
			       struct emnist_error *error)
{
	const struct train_set_options set_options = {
		.labels = variants->labels,
		.leave_out = options->leave_out,
		.validation = variants->settings.validation,
		.class_frequencies = options->class_frequencies,
		.dataset_weights = options->dataset_weights,
		.seed = variants->settings.seed,
	};
	enum emnist_status status =
		train_set_load(&variants->set, datasets, n_datasets, &set_options, error);

	if (status)
		return status;
	variants->learned = alloc_zeroed(variants->set.n_images, sizeof(*variants->learned));
	if (!variants->learned)
		return error_memory(error);
	for (size_t i = 0; i < variants->set.n_training; i++)
		variants->learned[variants->set.training[i]] = true;
	return EMNIST_OK;
}

static enum emnist_status write_all(const struct variants *variants, struct emnist_error *error)
{
	enum emnist_status status;

	if (mkdir(variants->folder, 0777) < 0 && errno != EEXIST)
		return error_errno(error, errno, "cannot make the folder");
	status = write_classes(variants, error);
	if (!status)
		status = write_numbers(variants, "weights-idx1-float", IDX_FLOAT,
				       variants->set.n_images, weight_of, error);
	if (!status)
		status = write_numbers(variants, "sizes-idx1-int", IDX_INT,
				       variants->set.n_datasets, size_of, error);
	for (unsigned v = 0; v < variants->settings.n_variants && !status; v++)
		status = write_variant(variants, v, error);
	return status;
}

enum emnist_status emnist_train_write_variants(struct emnist_dataset *const *datasets,
					       size_t n_datasets,
					       const struct emnist_train_options *options,
					       const char *folder, struct emnist_error *error)
{
	static const struct emnist_train_options defaults = {0};
	struct variants variants = {.folder = folder, .datasets = datasets};
	enum emnist_status status;

	if (!options)
		options = &defaults;
	if (n_datasets == 0)
		return error_set(error, EMNIST_ERR_ARGUMENT, "no dataset");
	status = settings_resolve(&variants.settings, options, error);
	variants.labels = options->labels ? options->labels
			  : options->init ? emnist_model_labels(options->init)
					  : emnist_dataset_labels(datasets[0]);
	if (!status)
		status = load(&variants, datasets, n_datasets, options, error);
	if (!status)
		status = write_all(&variants, error);
	train_set_clear(&variants.set);
	free(variants.learned);
	return status;
}
