/*
 * export_images.c - writes the images of an idx dataset as PNG files, to have many real files to
 * classify.
 *
 *	export_images DATASET DIRECTORY [N]
 *
 * Files are named by their position (000000.png, ...). Standard output gets a CSV list of their
 *paths and labels. N: only the first N images.
 */
#include "../emnist.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CHUNK 1024

static int fail(const char *path, const char *why)
{
	fprintf(stderr, "export_images: '%s': %s\n", path, why);
	return 1;
}

static int write_image(const char *directory, uint64_t n, const uint8_t *pixels, const char *label)
{
	float vector[EMNIST_VECTOR_LENGTH];
	struct emnist_error error;
	char path[4096];
	size_t nbytes;
	void *png;
	FILE *file;
	int failed;

	for (int i = 0; i < EMNIST_VECTOR_LENGTH; i++)
		vector[i] = (float)pixels[i] / 255.0F;
	if (emnist_vector_to_png(vector, &png, &nbytes, &error))
		return fail(directory, error.message);
	snprintf(path, sizeof(path), "%s/%06llu.png", directory, (unsigned long long)n);
	file = fopen(path, "wb");
	failed = !file || fwrite(png, 1, nbytes, file) != nbytes;
	failed |= file && fclose(file) != 0;
	free(png);
	if (failed)
		return fail(path, strerror(errno));
	printf("%s,%s\n", path, label);
	return 0;
}

static int export(struct emnist_dataset *dataset, const char *directory, uint64_t n_wanted)
{
	static uint8_t pixels[CHUNK * EMNIST_VECTOR_LENGTH];
	const struct emnist_labels *labels = emnist_dataset_labels(dataset);
	uint16_t classes[CHUNK];
	struct emnist_error error;
	uint64_t n_done = 0;
	size_t n = CHUNK;

	printf("path,label\n");
	while (n == CHUNK && n_done < n_wanted) {
		if (emnist_dataset_read(dataset, CHUNK, pixels, classes, &n, &error))
			return fail(directory, error.message);
		for (size_t i = 0; i < n && n_done < n_wanted; i++)
			if (write_image(directory, n_done++, pixels + i * EMNIST_VECTOR_LENGTH,
					emnist_labels_text(labels, classes[i])))
				return 1;
	}
	return fflush(stdout) ? fail("standard output", strerror(errno)) : 0;
}

int main(int argc, char **argv)
{
	struct emnist_dataset *dataset;
	struct emnist_error error;
	int status;

	if (argc < 3 || argc > 4) {
		fprintf(stderr, "usage: export_images DATASET DIRECTORY [N]\n");
		return 2;
	}
	if (emnist_dataset_open(argv[1], NULL, &dataset, &error))
		return fail(argv[1], error.message);
	status = export(dataset, argv[2], argc == 4 ? strtoull(argv[3], NULL, 10) : UINT64_MAX);
	emnist_dataset_free(dataset);
	return status;
}
