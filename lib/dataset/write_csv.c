/*
 * write_csv.c - writes a dataset as CSV, like EMNIST's on Kaggle: one image per line, no header;
 * the label, then 784 values, transposed as EMNIST's images are.
 */
#include "../labels/labels.h"
#include "writer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ",255" */
#define VALUE_NBYTES 4

struct csv_writer {
	struct emnist_writer writer;
	struct outfile *file, *mapping;
	struct {
		char text[VALUE_NBYTES + 1];
		uint8_t nbytes;
	} values[256]; /* as in the file */
};

static enum emnist_status csv_create(struct emnist_writer *writer, const char *path,
				     const struct emnist_writer_options *options,
				     struct emnist_error *error)
{
	struct csv_writer *w = (struct csv_writer *)writer;
	const size_t nbytes = strlen(path);
	const size_t stem =
		nbytes > 4 && strcmp(path + nbytes - 4, ".csv") == 0 ? nbytes - 4 : nbytes;
	enum emnist_status status;

	(void)options;
	for (unsigned i = 0; i < 256; i++)
		w->values[i].nbytes =
			(uint8_t)snprintf(w->values[i].text, sizeof(w->values[i].text), ",%u", i);
	status = writer_open(writer, path, nbytes, "", &w->file, error);
	return status ? status : writer_mapping(writer, path, stem, &w->mapping, error);
}

static enum emnist_status csv_add(struct emnist_writer *writer, const struct writer_batch *batch,
				  struct emnist_error *error)
{
	struct csv_writer *w = (struct csv_writer *)writer;
	enum emnist_status status = EMNIST_OK;

	for (size_t i = 0; i < batch->n && !status; i++) {
		char line[16 + VALUE_NBYTES * EMNIST_VECTOR_LENGTH + VALUE_NBYTES];
		uint8_t transposed[EMNIST_VECTOR_LENGTH];
		size_t n = (size_t)sprintf(line, "%u",
					   labels_index(writer->labels, batch->classes[i]));

		writer_transpose(batch->pixels + i * EMNIST_VECTOR_LENGTH, transposed);
		for (size_t k = 0; k < EMNIST_VECTOR_LENGTH; k++) {
			memcpy(line + n, w->values[transposed[k]].text, VALUE_NBYTES);
			n += w->values[transposed[k]].nbytes;
		}
		line[n++] = '\n';
		status = outfile_write(w->file, line, n, error);
	}
	return status;
}

static enum emnist_status csv_finish(struct emnist_writer *writer, struct emnist_error *error)
{
	const struct csv_writer *w = (struct csv_writer *)writer;
	struct outfile *const files[] = {w->mapping, w->file};

	return outfile_commit_all(files, 2, error);
}

static void csv_free(struct emnist_writer *writer)
{
	struct csv_writer *w = (struct csv_writer *)writer;

	outfile_free(w->file);
	outfile_free(w->mapping);
}

const struct writer_form writer_csv = {csv_create, csv_add, csv_finish, csv_free,
				       sizeof(struct csv_writer)};
