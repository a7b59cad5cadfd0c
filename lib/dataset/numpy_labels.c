/* numpy_labels.c - NumPy arrays of labels, and of their meaning. */
#include "numpy_labels.h"

#include "../base/memory.h"
#include "../base/utf8.h"
#include "../labels/class_names.h"
#include "../labels/labels.h"
#include "npyfile.h"

#include <math.h>

/* Elements are read in parts of this size. */
#define PART_VALUES ((size_t)512)

/* The most classes that characters may come to, and the end of their code points. */
#define MAX_CLASSES UINT16_MAX
#define N_CODES     0x110000

/* --------------------------------------------------------------------- labels */

static enum emnist_status take_numbers(struct npyfile *file, uint16_t *values,
				       struct emnist_error *error)
{
	const size_t count = (size_t)file->n_elements;
	enum emnist_status status = EMNIST_OK;
	double part[PART_VALUES];

	for (size_t first = 0, n; !status && first < count; first += n) {
		n = count - first < PART_VALUES ? count - first : PART_VALUES;
		status = npyfile_values(file, part, n, error);
		for (size_t i = 0; !status && i < n; i++) {
			if (!(part[i] >= 0 && part[i] <= UINT16_MAX) || part[i] != floor(part[i]))
				return error_set(error, EMNIST_ERR_CORRUPT,
						 "label %zu: %g is not a class number", first + i,
						 part[i]);
			values[first + i] = (uint16_t)part[i];
		}
	}
	return status;
}

/* The characters that occur, numbered in the order in which they do. */
struct characters {
	uint16_t numbers[N_CODES]; /* from 1 */
	uint32_t codes[MAX_CLASSES];
	size_t n;
};

static enum emnist_status number_characters(struct npyfile *file, struct characters *characters,
					    uint16_t *values, struct emnist_error *error)
{
	for (size_t i = 0; i < file->n_elements; i++) {
		uint8_t bytes[4] = {0};
		const enum emnist_status status = npyfile_read(file, bytes, 1, error);
		const uint32_t code = number_u32(bytes);

		if (status)
			return status;
		if (!labels_is_visible(code))
			return error_set(error, EMNIST_ERR_CORRUPT,
					 "label %zu: U+%04X is not a visible character", i, code);
		if (!characters->numbers[code] && characters->n == MAX_CLASSES)
			return error_set(error, EMNIST_ERR_LIMIT, "more than %d classes",
					 MAX_CLASSES);
		if (!characters->numbers[code]) {
			characters->codes[characters->n++] = code;
			characters->numbers[code] = (uint16_t)characters->n;
		}
		values[i] = (uint16_t)(characters->numbers[code] - 1);
	}
	return EMNIST_OK;
}

/* The value of each character, by the rules for names of classes. value_of: (n). */
static enum emnist_status name_characters(const struct characters *characters,
					  const struct emnist_labels *mapping, uint16_t *value_of,
					  struct emnist_labels **meaning_ret,
					  struct emnist_error *error)
{
	const size_t n = characters->n;
	char(*texts)[UTF8_MAX + 1] = alloc_zeroed(n, sizeof(*texts));
	const char **names = alloc_array(n, sizeof(*names));
	enum emnist_status status = texts && names ? EMNIST_OK : error_memory(error);
	const char *rule;

	for (size_t i = 0; !status && i < n; i++) {
		utf8_encode(characters->codes[i], texts[i]);
		names[i] = texts[i];
	}
	if (!status)
		status = class_names_read(names, n, mapping, value_of, meaning_ret, &rule, error);
	free(texts);
	free(names);
	return status;
}

static enum emnist_status take_characters(struct npyfile *file, const struct emnist_labels *mapping,
					  uint16_t *values, struct emnist_labels **meaning_ret,
					  struct emnist_error *error)
{
	struct characters *characters = alloc_zeroed(1, sizeof(*characters));
	uint16_t *value_of = alloc_array(MAX_CLASSES, sizeof(*value_of));
	enum emnist_status status;

	if (!characters || !value_of)
		status = error_memory(error);
	else if (file->nbytes != file->unit)
		status = error_set(
			error, EMNIST_ERR_UNSUPPORTED,
			"labels of up to %zu characters: only single characters are supported",
			file->nbytes / file->unit);
	else
		status = number_characters(file, characters, values, error);
	if (!status)
		status = name_characters(characters, mapping, value_of, meaning_ret, error);
	for (size_t i = 0; !status && i < file->n_elements; i++)
		values[i] = value_of[values[i]];
	free(characters);
	free(value_of);
	return status;
}

enum emnist_status numpy_read_labels(struct gzip *stream, uint32_t count,
				     const struct emnist_labels *mapping, uint16_t **values_ret,
				     struct emnist_labels **meaning_ret, struct emnist_error *error)
{
	char shape[NPYFILE_SHAPE_NBYTES];
	struct npyfile file;
	enum emnist_status status = npyfile_open(stream, &file, error);
	size_t n_long = 0;

	*values_ret = NULL;
	*meaning_ret = NULL;
	if (status)
		return status;
	for (size_t i = 0; i < file.n_dimensions; i++)
		n_long += file.shape[i] != 1;
	if (n_long > 1 || !file.n_dimensions)
		return error_set(error, EMNIST_ERR_UNSUPPORTED,
				 "an array %s: labels are (n), one for each image",
				 npyfile_shape(&file, shape));
	if (file.n_elements != count)
		return error_set(error, EMNIST_ERR_CORRUPT, "%llu labels, but %u images",
				 (unsigned long long)file.n_elements, count);
	*values_ret = alloc_array(count, sizeof(**values_ret));
	if (!*values_ret)
		return error_memory(error);
	status = file.is_text ? take_characters(&file, mapping, *values_ret, meaning_ret, error)
			      : take_numbers(&file, *values_ret, error);
	return status ? status : npyfile_end(&file, error);
}

/* --------------------------------------------------------------------- classes */

/* A line of a mapping file for each class. */
static enum emnist_status put_classes(struct npyfile *indices, struct npyfile *characters,
				      struct buffer *text, struct emnist_error *error)
{
	uint8_t code[4 * LABELS_MAX_CHARACTERS];
	enum emnist_status status = EMNIST_OK;

	while (!status && indices->n_left) {
		double index;
		bool good;

		status = npyfile_values(indices, &index, 1, error);
		if (!status)
			status = npyfile_read(characters, code, 1, error);
		if (status)
			return status;
		good = buffer_printf(text, "%.0f", index);
		for (size_t i = 0; good && i < characters->nbytes; i += 4)
			if (number_u32(code + i))
				good = buffer_printf(text, " %u", number_u32(code + i));
		if (!good || !buffer_printf(text, "\n"))
			return error_memory(error);
	}
	return status;
}

enum emnist_status numpy_read_classes(struct gzip *indices, struct gzip *characters,
				      struct emnist_labels **labels_ret, struct emnist_error *error)
{
	struct npyfile numbers, texts;
	struct buffer text = {0};
	enum emnist_status status;

	*labels_ret = NULL;
	status = npyfile_open(indices, &numbers, error);
	if (!status)
		status = npyfile_open(characters, &texts, error);
	if (!status &&
	    (numbers.is_text || !texts.is_text || texts.unit != 4 ||
	     numbers.n_elements != texts.n_elements || numbers.n_elements > LABELS_MAX_COUNT))
		status = error_set(error, EMNIST_ERR_UNSUPPORTED,
				   "not a number and a text for each class");
	if (!status)
		status = put_classes(&numbers, &texts, &text, error);
	if (!status)
		status = emnist_labels_parse(text.data, text.nbytes, labels_ret, error);
	buffer_clear(&text);
	return status;
}
