/*
 * pictures.h - files, tables, guarded memory and drawn pictures for the tests of images.
 */
#ifndef TEST_PICTURES_H
#define TEST_PICTURES_H

#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "../emnist.h"

/* The bytes of a file, NULL where it cannot be read; freed with free(). */
static inline uint8_t *read_whole(const char *path, size_t *nbytes_ret)
{
	FILE *file = fopen(path, "rb");
	uint8_t *bytes = NULL;
	long nbytes = -1;

	*nbytes_ret = 0;
	if (!file)
		return NULL;
	if (fseek(file, 0, SEEK_END) == 0)
		nbytes = ftell(file);
	rewind(file);
	if (nbytes >= 0)
		bytes = malloc((size_t)nbytes + 1);
	if (bytes && fread(bytes, 1, (size_t)nbytes, file) != (size_t)nbytes) {
		free(bytes);
		bytes = NULL;
	}
	fclose(file);
	*nbytes_ret = (size_t)nbytes;
	return bytes;
}

/* A line of a table of tab-separated fields; "#" begins a comment line. */
#define MAX_FIELDS 8
struct row {
	char line[512];
	char *fields[MAX_FIELDS];
	size_t n_fields;
};

/* The next row; false at the end. */
static inline bool next_row(FILE *table, struct row *row)
{
	char *rest = row->line;

	do {
		if (!fgets(row->line, sizeof(row->line), table))
			return false;
	} while (row->line[0] == '#');
	row->line[strcspn(row->line, "\n")] = '\0';
	row->n_fields = 0;
	while (rest && row->n_fields < MAX_FIELDS)
		row->fields[row->n_fields++] = strsep(&rest, "\t");
	return true;
}

/* The status as tables have it. */
static inline const char *status_name(enum emnist_status status)
{
	static const char *const names[] = {
		[EMNIST_OK] = "EMNIST_OK",
		[EMNIST_ERR_ARGUMENT] = "EMNIST_ERR_ARGUMENT",
		[EMNIST_ERR_MEMORY] = "EMNIST_ERR_MEMORY",
		[EMNIST_ERR_IO] = "EMNIST_ERR_IO",
		[EMNIST_ERR_FORMAT] = "EMNIST_ERR_FORMAT",
		[EMNIST_ERR_CORRUPT] = "EMNIST_ERR_CORRUPT",
		[EMNIST_ERR_UNSUPPORTED] = "EMNIST_ERR_UNSUPPORTED",
		[EMNIST_ERR_LIMIT] = "EMNIST_ERR_LIMIT",
		[EMNIST_ERR_STOPPED] = "EMNIST_ERR_STOPPED",
		[EMNIST_ERR_ARCHIVE] = "EMNIST_ERR_ARCHIVE",
		[EMNIST_ERR_PAGES] = "EMNIST_ERR_PAGES",
	};

	return names[status];
}

/* Memory that ends where a page begins that may not be touched. */
struct guarded {
	uint8_t *pages;
	size_t nbytes; /* of the pages that may be touched */
};

static inline bool guarded_make(struct guarded *guarded, size_t nbytes)
{
	const size_t page = (size_t)sysconf(_SC_PAGESIZE);
	void *pages;

	guarded->nbytes = (nbytes / page + 1) * page;
	pages = mmap(NULL, guarded->nbytes + page, PROT_READ | PROT_WRITE,
		     MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	guarded->pages = pages;
	return pages != MAP_FAILED &&
	       mprotect(guarded->pages + guarded->nbytes, page, PROT_NONE) == 0;
}

/* A copy of the bytes that ends at the guard. */
static inline uint8_t *guarded_copy(const struct guarded *guarded, const uint8_t *bytes,
				    size_t nbytes)
{
	uint8_t *copy = guarded->pages + guarded->nbytes - nbytes;

	memcpy(copy, bytes, nbytes);
	return copy;
}

static inline void guarded_free(struct guarded *guarded)
{
	munmap(guarded->pages, guarded->nbytes + (size_t)sysconf(_SC_PAGESIZE));
}

/* A point of a drawing; a line leads to it from the one before unless it begins a stroke. */
struct point {
	float x, y; /* 0..1 */
	bool begins;
};

/* The distance of (x, y) from the line a-b. */
static inline float distance(float x, float y, float ax, float ay, float bx, float by)
{
	const float dx = bx - ax, dy = by - ay;
	const float length = dx * dx + dy * dy;
	float t = length > 0 ? ((x - ax) * dx + (y - ay) * dy) / length : 0;

	t = t < 0 ? 0 : t > 1 ? 1 : t;
	return hypotf(x - ax - t * dx, y - ay - t * dy);
}

/* Strokes of width `pen` into a box of `size` at (left, top) of a picture; dark ink on paper, with
 * antialiased edges. */
static inline void draw_strokes(uint8_t *grey, size_t width, size_t height,
				const struct point *points, size_t n_points, float left, float top,
				float size, float pen, uint8_t paper, uint8_t ink)
{
	for (size_t y = 0; y < height; y++)
		for (size_t x = 0; x < width; x++) {
			float nearest = 1e9f, cover;

			for (size_t i = 0; i < n_points; i++) {
				const struct point *b = &points[i];
				const struct point *a = b->begins ? b : b - 1;
				const float d = distance((float)x + 0.5f, (float)y + 0.5f,
							 left + a->x * size, top + a->y * size,
							 left + b->x * size, top + b->y * size);

				nearest = d < nearest ? d : nearest;
			}
			cover = pen / 2 - nearest + 0.5f;
			cover = cover < 0 ? 0 : cover > 1 ? 1 : cover;
			grey[y * width + x] = (uint8_t)((float)paper +
							cover * ((float)ink - (float)paper) + 0.5f);
		}
}

#endif
