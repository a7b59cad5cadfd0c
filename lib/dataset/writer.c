/* writer.c - what all writers of datasets share. */
#include "writer.h"

#include "../image/image.h"

#include "../base/memory.h"
#include "../labels/labels.h"
#include "siblings.h"

#include <stdio.h>
#include <string.h>

char *writer_name(const char *stem, size_t stem_nbytes, const char *ending)
{
	const size_t ending_nbytes = strlen(ending) + 1;
	char *name = malloc(stem_nbytes + ending_nbytes);

	if (!name)
		return NULL;
	memcpy(name, stem, stem_nbytes);
	memcpy(name + stem_nbytes, ending, ending_nbytes);
	return name;
}

enum emnist_status writer_spare(const struct emnist_writer *writer, const char *path,
				struct emnist_error *error)
{
	for (size_t i = 0; i < writer->n_inputs; i++) {
		bool reads;
		enum emnist_status status =
			emnist_dataset_reads(writer->inputs[i], path, &reads, error);

		if (status)
			return status;
		if (reads)
			return error_set(error, EMNIST_ERR_ARGUMENT,
					 "refusing to overwrite the input");
	}
	return EMNIST_OK;
}

enum emnist_status writer_open(const struct emnist_writer *writer, const char *stem,
			       size_t stem_nbytes, const char *ending, struct outfile **file_ret,
			       struct emnist_error *error)
{
	char *path = writer_name(stem, stem_nbytes, ending);
	enum emnist_status status;

	if (!path)
		return error_memory(error);
	status = writer_spare(writer, path, error);
	if (!status)
		status = outfile_open(path, file_ret, error);
	if (status && *ending)
		status = siblings_about(status, path, error);
	free(path);
	return status;
}

enum emnist_status writer_mapping(const struct emnist_writer *writer, const char *stem,
				  size_t stem_nbytes, struct outfile **file_ret,
				  struct emnist_error *error)
{
	enum emnist_status status;
	size_t nbytes;
	char *text;

	if (!labels_format(writer->labels, &text, &nbytes))
		return error_memory(error);
	status = writer_open(writer, stem, stem_nbytes, "-mapping.txt", file_ret, error);
	if (!status)
		status = outfile_write(*file_ret, text, nbytes, error);
	free(text);
	return status;
}

static void draw_row(void *context, uint32_t y, uint8_t *row)
{
	const uint8_t *pixels = context;

	memcpy(row, pixels + (size_t)y * EMNIST_SIDE, EMNIST_SIDE);
}

enum emnist_status writer_png(const uint8_t *pixels, void **png_ret, size_t *nbytes_ret,
			      struct emnist_error *error)
{
	const struct image_rows rows = {
		.width = EMNIST_SIDE,
		.height = EMNIST_SIDE,
		.channels = 1,
		.draw = draw_row,
		.context = (void *)(uintptr_t)pixels,
	};

	return pngfile_encode(&rows, png_ret, nbytes_ret, error);
}

void writer_transpose(const uint8_t *pixels, uint8_t *transposed)
{
	for (size_t y = 0; y < EMNIST_SIDE; y++)
		for (size_t x = 0; x < EMNIST_SIDE; x++)
			transposed[x * EMNIST_SIDE + y] = pixels[y * EMNIST_SIDE + x];
}

static bool is_letter(uint32_t c)
{
	return labels_lower_case(c) >= 'a' && labels_lower_case(c) <= 'z';
}

bool writer_folder_name(const struct emnist_labels *labels, size_t i,
			char name[static WRITER_FOLDER_MAX])
{
	size_t n, nbytes = 0;
	const uint32_t *characters = labels_characters(labels, i, &n);
	const uint32_t first = characters[0];

	if (n == 1 && first >= '0' && first <= '9') {
		snprintf(name, WRITER_FOLDER_MAX, "%c", (int)first);
		return true;
	}
	if (n == 1 && is_letter(first)) {
		snprintf(name, WRITER_FOLDER_MAX, "%c_%s", (int)first,
			 labels_lower_case(first) == first ? "small" : "caps");
		return true;
	}
	if (n == 2 && is_letter(first) && first != characters[1] &&
	    labels_lower_case(first) == labels_lower_case(characters[1])) {
		snprintf(name, WRITER_FOLDER_MAX, "%c_both", (int)labels_upper_case(first));
		return true;
	}
	for (size_t k = 0; k < n && nbytes < WRITER_FOLDER_MAX; k++)
		nbytes += (size_t)snprintf(name + nbytes, WRITER_FOLDER_MAX - nbytes, "%sU+%04X",
					   k ? "_" : "", characters[k]);
	return nbytes < WRITER_FOLDER_MAX;
}
