/* write.c - writes datasets: selects the format. */
#include "writer.h"

#include "../base/memory.h"
#include "../labels/labels.h"

static const struct writer_form *const forms[] = {
	[EMNIST_WRITE_IDX] = &writer_idx,         [EMNIST_WRITE_CSV] = &writer_csv,
	[EMNIST_WRITE_NPY] = &writer_npy,         [EMNIST_WRITE_NPZ] = &writer_npz,
	[EMNIST_WRITE_FOLDERS] = &writer_folders, [EMNIST_WRITE_FLAT] = &writer_flat,
	[EMNIST_WRITE_TAR] = &writer_shards,
};
#define N_FORMS (sizeof(forms) / sizeof(forms[0]))

enum emnist_status emnist_writer_create(const char *path, const struct emnist_labels *labels,
					const struct emnist_writer_options *options,
					struct emnist_writer **writer_ret,
					struct emnist_error *error)
{
	static const struct emnist_writer_options defaults;
	struct emnist_writer *writer;
	enum emnist_status status;

	*writer_ret = NULL;
	if (!options)
		options = &defaults;
	if ((size_t)options->form >= N_FORMS)
		return error_set(error, EMNIST_ERR_ARGUMENT, "unknown format: %d",
				 (int)options->form);
	if (!*path)
		return error_set(error, EMNIST_ERR_ARGUMENT, "no name to write to");
	writer = alloc_zeroed(1, forms[options->form]->nbytes);
	if (!writer)
		return error_memory(error);
	writer->form = forms[options->form];
	writer->inputs = options->inputs;
	writer->n_inputs = options->n_inputs;
	writer->labels = labels_copy(labels);
	status = writer->labels ? writer->form->open(writer, path, options, error)
				: error_memory(error);
	if (status)
		emnist_writer_free(writer);
	else
		*writer_ret = writer;
	return status;
}

enum emnist_status emnist_writer_add(struct emnist_writer *writer, size_t n, const uint8_t *pixels,
				     const uint16_t *classes, const uint64_t *numbers,
				     struct emnist_error *error)
{
	const struct writer_batch batch = {n, pixels, classes, numbers};
	enum emnist_status status;

	if (writer->failed)
		return error_set(error, EMNIST_ERR_ARGUMENT, "writing has failed before");
	for (size_t i = 0; i < n; i++)
		if (classes[i] >= emnist_labels_count(writer->labels))
			return error_set(error, EMNIST_ERR_ARGUMENT, "no class %u", classes[i]);
	status = n ? writer->form->add(writer, &batch, error) : EMNIST_OK;
	writer->failed = status != EMNIST_OK;
	return status;
}

enum emnist_status emnist_writer_finish(struct emnist_writer *writer, struct emnist_error *error)
{
	enum emnist_status status;

	if (writer->failed)
		return error_set(error, EMNIST_ERR_ARGUMENT, "writing has failed before");
	status = writer->form->finish(writer, error);
	writer->failed = true;
	return status;
}

void emnist_writer_free(struct emnist_writer *writer)
{
	if (!writer)
		return;
	writer->form->free(writer);
	emnist_labels_free(writer->labels);
	free(writer);
}
