/* zipped_numpy.c - NumPy arrays in a zip archive, such as an .npz file. */
#include "zipped_numpy.h"

#include "numpy.h"
#include "numpy_labels.h"
#include "siblings.h"

#include <stdio.h>
#include <string.h>

static bool is_in_listing(const void *listing, const char *name)
{
	return zipped_find(listing, name, strlen(name)) != NULL;
}

bool zipped_find_labels(const struct zipped_listing *listing, const char *images,
			struct numpy_names *names)
{
	return numpy_find_labels(images, is_in_listing, listing, names);
}

enum emnist_status zipped_check_arrays(const struct zipped_listing *listing,
				       struct emnist_error *error)
{
	char names[128] = "";
	size_t n = 0, n_stem;

	for (size_t i = 0; i < listing->n; i++) {
		const char *base = siblings_base(listing->entries[i].name);

		if (!numpy_is_array(base, &n_stem))
			return EMNIST_OK;
		if (n < sizeof(names))
			n += (size_t)snprintf(names + n, sizeof(names) - n, "%s'%.*s'",
					      i ? ", " : "", (int)n_stem, base);
	}
	if (!listing->n)
		return EMNIST_OK;
	return error_set(error, EMNIST_ERR_FORMAT,
			 "no two of its arrays are named as images and labels, such as x and y or "
			 "x_test and y_test: %s%s",
			 names, n < sizeof(names) ? "" : "...");
}

/* Reads the meaning of the labels' numbers from further arrays; *labels_ret is NULL if there are
 * none. */
static enum emnist_status read_classes(const char *path, const struct zipped_listing *listing,
				       const char *images, struct emnist_labels **labels_ret,
				       struct emnist_error *error)
{
	static const char *const names[] = {"indices.npy", "characters.npy"};
	const int n_folder = (int)(siblings_base(images) - images);
	const struct zipped_entry *entries[2];
	struct gzip *streams[2] = {NULL, NULL};
	enum emnist_status status = EMNIST_OK;

	*labels_ret = NULL;
	for (size_t i = 0; i < 2; i++) {
		char name[MEMBERS_NAME_MAX + 16];
		const int n = snprintf(name, sizeof(name), "%.*s%s", n_folder, images, names[i]);

		entries[i] = zipped_find(listing, name, (size_t)n);
		if (!entries[i])
			return EMNIST_OK;
	}
	for (size_t i = 0; i < 2 && !status; i++)
		status = zipped_open_entry(path, entries[i], &streams[i], error);
	if (!status) {
		status = numpy_read_classes(streams[0], streams[1], labels_ret, error);
		if (status)
			error_prefix(error, status, "'indices' and 'characters'");
	}
	gzip_close(streams[0]);
	gzip_close(streams[1]);
	return status;
}

static enum emnist_status take_array_labels(const struct source_request *request,
					    const struct zipped_listing *listing,
					    const struct zipped_entry *images,
					    struct source *source, struct emnist_error *error)
{
	const struct zipped_entry *labels;
	struct numpy_names names;
	struct gzip *stream;
	enum emnist_status status = EMNIST_OK;

	zipped_find_labels(listing, images->name, &names);
	labels = zipped_find(listing, names.labels, strlen(names.labels));
	if (!request->mapping)
		status = read_classes(request->archive, listing, images->name, &source->labels,
				      error);
	if (source->labels)
		source->orientation = SOURCE_ORIENTATION_KNOWN;
	else if (!status && !request->mapping)
		status = zipped_read_mapping(request->archive, listing, images->name,
					     &source->labels, error);
	if (!status)
		status = zipped_open_entry(request->archive, labels, &stream, error);
	if (!status)
		status = numpy_take_labels(source, stream, labels->name,
					   request->mapping ? request->mapping : source->labels,
					   error);
	return status;
}

enum emnist_status zipped_open_arrays(const struct source_request *request,
				      const struct zipped_listing *listing,
				      const struct zipped_entry *images, struct source **source_ret,
				      struct emnist_error *error)
{
	struct gzip *stream;
	enum emnist_status status;

	status = zipped_open_entry(request->archive, images, &stream, error);
	if (!status)
		status = numpy_open(stream, images->name, source_ret, error);
	if (!status)
		status = take_array_labels(request, listing, images, *source_ret, error);
	if (!status)
		status = source_find_meaning(*source_ret, request, error);
	if (!status && !(*source_ret)->n_classes)
		(*source_ret)->n_classes = siblings_n_classes(siblings_base(images->name));
	if (status) {
		source_close(*source_ret);
		*source_ret = NULL;
	}
	return status;
}
