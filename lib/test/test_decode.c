/*
 * test_decode.c - files to pixels: every kind against testdata/images/expected.tsv, every defect
 * against testdata/malformed/expected.tsv (both by testdata/generate_images.py, the first checked
 * with Pillow), valid files that few programs write against testdata/uncommon/expected.tsv (by
 * testdata/generate_uncommon.py, from Pillow and OpenCV), limits, and files that end too soon.
 */
#include <sys/resource.h>
#include <zlib.h>

#include "../preprocess/range.h"
#include "decoding.h"

#define IMAGES    "testdata/images/"
#define UNCOMMON  "testdata/uncommon/"
#define MALFORMED "testdata/malformed/"

/* ------------------------------------------------------------------ pixels */

/* JPEG is lossy: of a drawing at quality 95, the mean of the differences stays below 2.5, but for
 * halved colors, whose edges are off by more. */
static void assert_near(const struct image *image, const char *reference)
{
	struct image near = {0};
	uint64_t sum = 0;

	assert_int_equal(decode_file(IMAGES, reference, &near, NULL), EMNIST_OK);
	assert_int_equal(near.pixels.nbytes, image->pixels.nbytes);
	for (size_t i = 0; i < near.pixels.nbytes; i++)
		sum += (uint64_t)abs(near.pixels.data[i] - image->pixels.data[i]);
	if ((double)sum / (double)near.pixels.nbytes > 2.5)
		fail_msg("differs from %s by %.2f on average", reference,
			 (double)sum / (double)near.pixels.nbytes);
	image_clear(&near);
}

/* Samples of 16 bits become round(sample / 257), of which the table has the checksum. */
static void take_bytes(struct image *image)
{
	struct image bytes = {0};

	if (!image->deep)
		return;
	assert_int_equal(image->pixels.nbytes, 2 * image_n_samples(image));
	assert_int_equal(range_to_bytes(image, &(struct range){0, range_full(image)}, &bytes, NULL),
			 EMNIST_OK);
	bytes.warning = image->warning;
	image_clear(image);
	*image = bytes;
}

/* Size, channels and CRC-32 of the pixels are those of the fields 1 to 4. */
static void assert_pixels(struct image *image, const struct row *row)
{
	char crc[9];

	if (image->width != strtoul(row->fields[1], NULL, 10) ||
	    image->height != strtoul(row->fields[2], NULL, 10) ||
	    image->channels != strtoul(row->fields[3], NULL, 10))
		fail_msg("%s: %u x %u x %u", row->fields[0], image->width, image->height,
			 image->channels);
	take_bytes(image);
	assert_int_equal(image->pixels.nbytes,
			 (size_t)image->width * image->height * image->channels);
	if (strchr(row->fields[4], '.')) {
		assert_near(image, row->fields[4]);
		return;
	}
	snprintf(crc, sizeof(crc), "%08lx",
		 crc32(0, image->pixels.data, (uInt)image->pixels.nbytes));
	if (strcmp(crc, row->fields[4]) != 0)
		fail_msg("%s: other pixels than expected", row->fields[0]);
}

static void check_kind(struct image *image, const struct row *row)
{
	assert_pixels(image, row);
	if (strcmp(image->warning ? image->warning : "", row->n_fields > 6 ? row->fields[6] : ""))
		fail_msg("%s: warning: %s", row->fields[0], image->warning);
}

static void decodes_every_kind(void **state)
{
	(void)state;
	check_folder(IMAGES, 5, 91, check_kind);
}

/* What few programs write, but others read; and what is doubtful about it. */
static void decodes_what_is_uncommon(void **state)
{
	(void)state;
	check_folder(UNCOMMON, 7, 6, check_kind);
}

/* ------------------------------------------------------------------ errors */

static void refuses_every_defect(void **state)
{
	(void)state;
	check_refusals(MALFORMED, 101);
}

static void refuses_cuts_of(const char *folder)
{
	FILE *table = open_expected(folder);
	struct row row;

	while (next_row(table, &row)) {
		size_t n_dispensable = 0;

		if (strcmp(row.fields[0], "grey8-trailing-bytes.png") == 0)
			n_dispensable = strlen("more, which is none of the image");
		if (strstr(row.fields[0], ".bmp"))
			n_dispensable = 3; /* padding of the last row, or the end of runs */
		if (strstr(row.fields[0], ".gif"))
			n_dispensable = 1; /* the trailer */
		if (strstr(row.fields[0], "-extension"))
			n_dispensable = 495 + 26; /* what version 2 of TGA adds */
		if (strcmp(row.fields[0], "animated.gif") == 0 ||
		    strcmp(row.fields[0], "gif-first-frame.gif") == 0)
			continue; /* the second frame may be missing */
		if (strstr(row.fields[0], "-plain.p"))
			n_dispensable = 3; /* the last number is shorter, but a number */
		refuses_every_cut(folder, row.fields[0], n_dispensable);
	}
	fclose(table);
}

static void refuses_what_is_cut_short(void **state)
{
	(void)state;
	refuses_cuts_of(IMAGES);
	refuses_cuts_of(UNCOMMON);
}

/* ------------------------------------------------------------------ limits */

static void huge_headers_cost_no_memory(void **state)
{
	static const char *const names[] = {
		"png-60000x60000.png",
		"png-20000x20000.png",
		"png-8000x8000-in-900-bytes.png",
		"png-2-31-pixels-wide.png",
		"jpeg-60000x60000.jpg",
		"gif-60000x60000.gif",
		"bmp-lying-height.bmp",
		"tga-lying-width.tga",
		"pnm-lying-height.pgm",
	};
	struct rusage before, after;
	struct image image = {0};

	(void)state;
	assert_int_not_equal(decode_file(MALFORMED, "text.png", &image, NULL), 0);
	getrusage(RUSAGE_SELF, &before);
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		assert_int_not_equal(decode_file(MALFORMED, names[i], &image, NULL), 0);
		assert_int_equal(image.pixels.capacity, 0);
	}
	getrusage(RUSAGE_SELF, &after);
	assert_in_range(after.ru_maxrss - before.ru_maxrss, 0, 2048); /* KiB */
	image_clear(&image);
}

static void limits_are_exact(void **state)
{
	/* rgb8.png is 23 x 31, exif-6.jpg is stored as 44 x 60. */
	static const struct {
		const char *name;
		struct emnist_limits limits;
		const char *message; /* NULL: it is read */
	} cases[] = {
		{"rgb8.png", {.width = 23, .height = 31, .n_pixels = 713}, NULL},
		{"rgb8.png", {.width = 22}, "image is 23 pixels wide, the limit is 22"},
		{"rgb8.png", {.height = 30}, "image is 31 pixels high, the limit is 30"},
		{"rgb8.png", {.n_pixels = 712}, "image has 713 pixels, the limit is 712"},
		{"rgb8.png", {.file_nbytes = 90}, "file is larger than the limit of 90 bytes"},
		{"rgb24.bmp", {.width = 22}, "image is 23 pixels wide, the limit is 22"},
		{"rgb24.tga", {.height = 30}, "image is 31 pixels high, the limit is 30"},
		{"rgb8.ppm", {.n_pixels = 712}, "image has 713 pixels, the limit is 712"},
		{"still.gif", {.width = 59}, "image is 60 pixels wide, the limit is 59"},
		{"baseline.jpg", {.width = 60, .height = 44}, NULL},
		{"baseline.jpg", {.height = 43}, "image is 44 pixels high, the limit is 43"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		const struct emnist_limits limits = image_limits(&cases[i].limits);
		struct emnist_error error = {0};
		struct image image = {0};
		const enum emnist_status status =
			decode_within(&limits, IMAGES, cases[i].name, &image, &error);

		assert_int_equal(status, cases[i].message ? EMNIST_ERR_LIMIT : EMNIST_OK);
		assert_string_equal(error.message, cases[i].message ? cases[i].message : "");
		assert_int_equal(error.limit, cases[i].limits.file_nbytes ? EMNIST_LIMIT_FILE_NBYTES
					      : !cases[i].message         ? EMNIST_LIMIT_OTHER
					      : cases[i].limits.width     ? EMNIST_LIMIT_WIDTH
					      : cases[i].limits.height    ? EMNIST_LIMIT_HEIGHT
									  : EMNIST_LIMIT_PIXELS);
		image_clear(&image);
	}
}

static void default_limits_are_documented(void **state)
{
	const struct emnist_limits limits = default_limits();

	(void)state;
	assert_int_equal(limits.file_nbytes, 256u << 20);
	assert_int_equal(limits.width, 32768);
	assert_int_equal(limits.height, 32768);
	assert_int_equal(limits.n_pixels, 1u << 26);
}

/* -------------------------------------------------------------------- EXIF */

static void exif_is_read_within_its_bounds(void **state)
{
	static const struct {
		const char *name;
		const char *bytes;
		size_t nbytes;
		unsigned orientation;
	} cases[] = {
#define TIFF(text) text, sizeof(text) - 1
		{"little-endian", TIFF("II*\0\x08\0\0\0\1\0\x12\1\3\0\1\0\0\0\6\0\0\0"), 6},
		{"big-endian", TIFF("MM\0*\0\0\0\x08\0\1\1\x12\0\3\0\0\0\1\0\6\0\0"), 6},
		{"9", TIFF("II*\0\x08\0\0\0\1\0\x12\1\3\0\1\0\0\0\x09\0\0\0"), 1},
		{"0", TIFF("II*\0\x08\0\0\0\1\0\x12\1\3\0\1\0\0\0\0\0\0\0"), 1},
		{"a long", TIFF("II*\0\x08\0\0\0\1\0\x12\1\4\0\1\0\0\0\6\0\0\0"), 1},
		{"no orientation", TIFF("II*\0\x08\0\0\0\1\0\x13\1\3\0\1\0\0\0\6\0\0\0"), 1},
		{"directory behind the end", TIFF("II*\0\xff\xff\xff\xff\1\0\x12\1\3\0\1\0"), 1},
		{"more entries than there are",
		 TIFF("II*\0\x08\0\0\0\xff\xff\x13\1\3\0\1\0\0\0\6\0\0\0"), 1},
		{"entry cut", TIFF("II*\0\x08\0\0\0\1\0\x12\1\3\0\1\0\0\0\6\0\0"), 1},
		{"other byte order", TIFF("IM*\0\x08\0\0\0\1\0\x12\1\3\0\1\0\0\0\6\0\0\0"), 1},
		{"not 42", TIFF("II+\0\x08\0\0\0\1\0\x12\1\3\0\1\0\0\0\6\0\0\0"), 1},
		{"directory cut", TIFF("II*\0\x09\0\0\0\1\0"), 1},
		{"empty", TIFF(""), 1},
#undef TIFF
	};
	struct guarded guarded;

	(void)state;
	assert_true(guarded_make(&guarded, 64));
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		const uint8_t *tiff =
			guarded_copy(&guarded, (const uint8_t *)cases[i].bytes, cases[i].nbytes);

		if (exif_orientation(tiff, cases[i].nbytes) != cases[i].orientation)
			fail_msg("%s", cases[i].name);
	}
	guarded_free(&guarded);
}

/* --------------------------------------------------------- plain PNG, two ways */

/* Images of one sample a pixel are read by a way of their own, others by libpng alone; an empty
 * comment behind the header keeps an image from the first. */

struct plain {
	uint8_t png[1 << 18];
	size_t nbytes;
	size_t idat; /* where its data begins */
	size_t idat_nbytes;
};

static void add(struct plain *plain, const void *bytes, size_t nbytes)
{
	assert_true(plain->nbytes + nbytes <= sizeof(plain->png));
	memcpy(plain->png + plain->nbytes, bytes, nbytes);
	plain->nbytes += nbytes;
}

static void add_u32(struct plain *plain, uint32_t value)
{
	const uint8_t bytes[] = {(uint8_t)(value >> 24), (uint8_t)(value >> 16),
				 (uint8_t)(value >> 8), (uint8_t)value};

	add(plain, bytes, sizeof(bytes));
}

static void add_chunk(struct plain *plain, const char *name, const void *data, size_t nbytes)
{
	const size_t start = plain->nbytes + 4;

	add_u32(plain, (uint32_t)nbytes);
	add(plain, name, 4);
	add(plain, data, nbytes);
	add_u32(plain, (uint32_t)crc32(0, plain->png + start, (uInt)nbytes + 4));
}

/* What the samples of a plain image are. */
struct form {
	uint8_t depth;
	size_t n_colors;    /* 0: grey; else they are indices */
	size_t idat_nbytes; /* the data are cut into chunks of so many bytes; 0: they are not */
};

static const struct form grey8 = {8, 0, 0};

/* An image of that size with these data. */
static void make_plain(struct plain *plain, const struct form *form, uint32_t width,
		       uint32_t height, bool comment, const void *data, size_t nbytes)
{
	const uint8_t color_type = form->n_colors ? 3 : 0;
	const uint8_t header[] = {0,
				  0,
				  (uint8_t)(width >> 8),
				  (uint8_t)width,
				  0,
				  0,
				  (uint8_t)(height >> 8),
				  (uint8_t)height,
				  form->depth,
				  color_type,
				  0,
				  0,
				  0};
	const size_t most = form->idat_nbytes ? form->idat_nbytes : nbytes;
	uint8_t colors[3 * 257]; /* one too many for any depth */

	for (size_t i = 0; i < sizeof(colors); i++)
		colors[i] = (uint8_t)(i * 7);

	plain->nbytes = 0;
	add(plain, "\x89PNG\r\n\x1a\n", 8);
	add_chunk(plain, "IHDR", header, sizeof(header));
	if (comment)
		add_chunk(plain, "tEXt", "", 0);
	if (form->n_colors)
		add_chunk(plain, "PLTE", colors, 3 * form->n_colors);
	plain->idat = plain->nbytes + 8;
	plain->idat_nbytes = nbytes;
	do {
		const size_t n = nbytes < most ? nbytes : most;

		add_chunk(plain, "IDAT", data, n);
		data = (const uint8_t *)data + n;
		nbytes -= n;
	} while (nbytes > 0);
	add_chunk(plain, "IEND", "", 0);
}

/* Both ways give the same pixels, or fail with the same words. Returns whether they succeed. */
static bool ways_agree_on(const struct form *form, uint32_t width, uint32_t height,
			  const void *data, size_t nbytes, const uint8_t *pixels)
{
	const struct emnist_limits limits = default_limits();
	static struct plain plain;
	struct image images[2] = {{0}, {0}};
	struct emnist_error errors[2];
	enum emnist_status statuses[2];

	for (int comment = 0; comment < 2; comment++) {
		uint8_t *exactly;

		make_plain(&plain, form, width, height, comment, data, nbytes);
		exactly = malloc(plain.nbytes); /* where sanitizers see what is read beyond it */
		assert_non_null(exactly);
		memcpy(exactly, plain.png, plain.nbytes);
		statuses[comment] = image_decode(exactly, plain.nbytes, &limits, &images[comment],
						 &errors[comment]);
		free(exactly);
	}
	assert_int_equal(statuses[0], statuses[1]);
	if (statuses[0])
		assert_string_equal(errors[0].message, errors[1].message);
	for (int comment = 0; comment < 2 && !statuses[0]; comment++) {
		const struct image *image = &images[comment];

		assert_int_equal(image->channels, form->n_colors ? 3 : 1);
		assert_int_equal(image->pixels.nbytes, (size_t)width * height * image->channels);
		assert_memory_equal(images[0].pixels.data, image->pixels.data,
				    image->pixels.nbytes);
		if (pixels)
			assert_memory_equal(image->pixels.data, pixels, image->pixels.nbytes);
	}
	image_clear(&images[0]);
	image_clear(&images[1]);
	return statuses[0] == EMNIST_OK;
}

static bool ways_agree(uint32_t width, uint32_t height, const void *data, size_t nbytes,
		       const uint8_t *pixels)
{
	return ways_agree_on(&grey8, width, height, data, nbytes, pixels);
}

static uint32_t next_random(uint32_t *state)
{
	*state = *state * 1664525 + 1013904223;
	return *state >> 8;
}

/* Deflates rows into out; returns how many bytes that takes. */
static size_t deflate_rows(const uint8_t *rows, size_t n, int level, int window_bits, uint8_t *out,
			   size_t room)
{
	z_stream stream = {0};
	size_t nbytes;

	assert_int_equal(
		deflateInit2(&stream, level, Z_DEFLATED, window_bits, 8, Z_DEFAULT_STRATEGY), Z_OK);
	stream.next_in = (Bytef *)(uintptr_t)rows;
	stream.avail_in = (uInt)n;
	stream.next_out = out;
	stream.avail_out = (uInt)room;
	assert_int_equal(deflate(&stream, Z_FINISH), Z_STREAM_END);
	nbytes = stream.total_out;
	deflateEnd(&stream);
	return nbytes;
}

/* Rows of every filter, any bytes, many sizes, windows and levels; too few and too many of them. */
static void plain_ways_agree(void **state)
{
	static uint8_t rows[6000], data[8000];
	uint32_t random = 1;

	(void)state;
	for (int i = 0; i < 400; i++) {
		const uint32_t width = 1 + next_random(&random) % 70;
		const uint32_t height = 1 + next_random(&random) % 70;
		const bool smooth = next_random(&random) % 2;
		const size_t n = ((size_t)width + 1) * height;
		size_t nbytes;

		for (size_t k = 0; k < n; k++)
			rows[k] = (uint8_t)(smooth ? k / 7 : next_random(&random));
		for (size_t y = 0; y < height; y++)
			rows[y * (width + 1)] = (uint8_t)(next_random(&random) % 5);
		nbytes = deflate_rows(rows, n, (int)(next_random(&random) % 10),
				      9 + (int)(next_random(&random) % 7), data, sizeof(data));
		assert_true(ways_agree(width, height, data, nbytes, NULL));
		ways_agree(width + 1, height, data, nbytes, NULL);
		ways_agree(width, height + 1, data, nbytes, NULL);
		if (height > 1)
			ways_agree(width, height - 1, data, nbytes, NULL);
		memcpy(data + nbytes, "more", 4);
		ways_agree(width, height, data, nbytes + 4, NULL);
		ways_agree(width, height, data, nbytes - 1 - next_random(&random) % nbytes, NULL);
		rows[(width + 1) * (height - 1)] = (uint8_t)(5 + next_random(&random) % 250);
		nbytes = deflate_rows(rows, n, 6, 15, data, sizeof(data));
		assert_false(ways_agree(width, height, data, nbytes, NULL));
	}
}

/* Samples of every depth, and palettes with all the colors that these can ask for, or fewer. */
static void plain_ways_agree_on_depths(void **state)
{
	static const uint8_t depths[] = {1, 2, 4, 8};
	static uint8_t rows[6000], data[8000];
	uint32_t random = 4;
	unsigned n_good = 0, n_beyond = 0;

	(void)state;
	for (int i = 0; i < 400; i++) {
		const uint32_t width = 1 + next_random(&random) % 70;
		const uint32_t height = 1 + next_random(&random) % 70;
		const uint8_t depth = depths[i % 4];
		const size_t row_nbytes = (width * depth + 7) / 8;
		const size_t n = (1 + row_nbytes) * height, n_colors = (size_t)1 << depth;
		size_t nbytes;

		for (size_t k = 0; k < n; k++)
			rows[k] = (uint8_t)next_random(&random);
		for (size_t y = 0; y < height; y++)
			rows[y * (1 + row_nbytes)] = (uint8_t)(next_random(&random) % 5);
		nbytes = deflate_rows(rows, n, 6, 15, data, sizeof(data));
		for (size_t k = 0; k < 5; k++)
			n_good += ways_agree_on(&(struct form){depth,
							       (size_t[]){0, n_colors, n_colors / 2,
									  1, n_colors + 1}[k],
							       0},
						width, height, data, nbytes, NULL);
		n_beyond += !ways_agree_on(&(struct form){depth, n_colors / 2, 0}, width, height,
					   data, nbytes, NULL);
		assert_false(ways_agree_on(&(struct form){depth, n_colors, 0}, width, height + 1,
					   data, nbytes, NULL));
	}
	assert_true(n_good >= 800 && n_beyond > 300);
}

/* Images that need more than a block, in one chunk of data or many; damaged once, and cut. */
static void plain_ways_agree_on_large(void **state)
{
	static const uint8_t depths[] = {1, 2, 4, 8};
	static const size_t lengths[] = {0, 8192, 700};
	static uint8_t rows[300000], data[250000];
	uint32_t random = 5;
	unsigned n_good = 0;

	(void)state;
	for (int i = 0; i < 96; i++) {
		const uint32_t width = 100 + next_random(&random) % 600;
		const uint32_t height = 100 + next_random(&random) % 200;
		const uint8_t depth = depths[i % 4];
		const struct form form = {depth, i % 8 < 4 ? 0 : (size_t)1 << depth,
					  lengths[i % 3]};
		const size_t row_nbytes = (width * depth + 7) / 8;
		const size_t n = (1 + row_nbytes) * height;
		size_t nbytes, at;

		for (size_t k = 0; k < n; k++)
			rows[k] = (uint8_t)(next_random(&random) % 9 ? k / 50 : k * k / 7);
		for (size_t y = 0; y < height; y++)
			rows[y * (1 + row_nbytes)] = (uint8_t)(next_random(&random) % 5);
		nbytes = deflate_rows(rows, n, (int)(next_random(&random) % 10),
				      i % 5 ? 15 : 9 + (int)(next_random(&random) % 7), data,
				      sizeof(data));
		n_good += ways_agree_on(&form, width, height, data, nbytes, NULL);
		ways_agree_on(&form, width, height + 1, data, nbytes, NULL);
		ways_agree_on(&form, width, height - 1, data, nbytes, NULL);
		ways_agree_on(&form, width, height, data, nbytes / 2, NULL);
		at = next_random(&random) % nbytes;
		data[at] ^= (uint8_t)(1 << next_random(&random) % 8);
		ways_agree_on(&form, width, height, data, nbytes, NULL);
	}
	assert_int_equal(n_good, 96);
}

/* The bits of a sample from the highest, and bits behind the last one of a row. */
static void plain_samples_are_spread(void **state)
{
	static const struct {
		struct form form;
		uint8_t row[4];
		uint8_t pixels[5];
	} cases[] = {
		{{1, 0, 0}, {0, 0xb7}, {255, 0, 255, 255, 0}},
		{{2, 0, 0}, {0, 0x1b, 0xbf}, {0, 85, 170, 255, 170}},
		{{4, 0, 0}, {0, 0x0f, 0x12, 0xef}, {0, 255, 17, 34, 238}},
	};

	(void)state;
	for (size_t k = 0; k < 3; k++) {
		const size_t n = 1 + ((size_t)5 * cases[k].form.depth + 7) / 8;
		uint8_t data[100];

		assert_true(ways_agree_on(&cases[k].form, 5, 1, data,
					  deflate_rows(cases[k].row, n, 6, 15, data, sizeof(data)),
					  cases[k].pixels));
	}
}

/* A stream that looks further back than it says that it does. */
static void plain_ways_agree_on_windows(void **state)
{
	static uint8_t rows[29 * 28], data[2000];
	unsigned n_bad = 0;
	uint32_t random = 3;
	size_t nbytes;

	(void)state;
	/* Random, and then once more: 406 bytes back. */
	for (size_t k = 0; k < sizeof(rows); k++)
		rows[k] = k % 29 == 0 ? 0 : k < 406 ? (uint8_t)next_random(&random) : rows[k - 406];
	nbytes = deflate_rows(rows, sizeof(rows), 9, 15, data, sizeof(data));
	for (unsigned window = 0; window < 16; window++) {
		data[0] = (uint8_t)(window << 4 | 8);
		data[1] = (uint8_t)(31 - data[0] * 256 % 31);
		n_bad += !ways_agree(28, 28, data, nbytes, NULL);
	}
	assert_true(n_bad >= 8 && n_bad <= 10);
}

/* Each bit of the deflated rows is wrong once. */
static void plain_ways_agree_on_damage(void **state)
{
	static uint8_t rows[29 * 28], data[2000];
	uint32_t random = 2;
	unsigned n_bad = 0;
	size_t nbytes;

	(void)state;
	for (size_t k = 0; k < sizeof(rows); k++)
		rows[k] = k % 29 == 0 ? (uint8_t)(k / 29 % 5)
				      : (uint8_t)(next_random(&random) % 4 ? 0 : k);
	nbytes = deflate_rows(rows, sizeof(rows), 9, 10, data, sizeof(data));
	assert_true(ways_agree(28, 28, data, nbytes, NULL));
	for (size_t bit = 0; bit < 8 * nbytes; bit++) {
		data[bit / 8] ^= (uint8_t)(1 << bit % 8);
		n_bad += !ways_agree(28, 28, data, nbytes, NULL);
		data[bit / 8] ^= (uint8_t)(1 << bit % 8);
	}
	assert_true(n_bad > 100);
}

/* The filters by the words of the specification: rows that all become the same. */
static void plain_filters_are_undone(void **state)
{
	static const uint8_t rows[5 * 4] = {
		0, 10, 30, 60, /* none */
		1, 10, 20, 30, /* less the left one */
		2, 0,  0,  0,  /* less the one above */
		3, 5,  10, 15, /* less the mean of both: 10 - 5, 30 - 20, 60 - 45 */
		4, 0,  0,  0,  /* less Paeth's choice, which is the one above */
	};
	static const uint8_t pixels[5 * 3] = {10, 30, 60, 10, 30, 60, 10, 30,
					      60, 10, 30, 60, 10, 30, 60};
	uint8_t data[100];

	(void)state;
	assert_true(ways_agree(
		3, 5, data, deflate_rows(rows, sizeof(rows), 6, 15, data, sizeof(data)), pixels));
}

/* EXIF data that say 6: the first row stored is the right side, the first column the top. */
static const char turned[] = "MM\0*\0\0\0\x08\0\1\1\x12\0\3\0\0\0\1\0\6\0\0";

/* A PNG of 3x2 pixels, 1 to 6, with EXIF data in front of its pixels, behind them, or where nothing
 * counts any more. */
static void make_turned(struct plain *plain, int where)
{
	static const uint8_t header[] = {0, 0, 0, 3, 0, 0, 0, 2, 8, 0, 0, 0, 0};
	static const uint8_t rows[] = {0, 1, 2, 3, 0, 4, 5, 6};
	uint8_t data[100];

	plain->nbytes = 0;
	add(plain, "\x89PNG\r\n\x1a\n", 8);
	add_chunk(plain, "IHDR", header, sizeof(header));
	if (where == 0)
		add_chunk(plain, "eXIf", turned, sizeof(turned) - 1);
	add_chunk(plain, "IDAT", data, deflate_rows(rows, sizeof(rows), 6, 15, data, sizeof(data)));
	if (where == 1)
		add_chunk(plain, "eXIf", turned, sizeof(turned) - 1);
	add_chunk(plain, "IEND", "", 0);
	if (where == 2)
		add_chunk(plain, "eXIf", turned, sizeof(turned) - 1);
}

static void png_is_turned(void **state)
{
	static const uint8_t upright[] = {4, 1, 5, 2, 6, 3}, stored[] = {1, 2, 3, 4, 5, 6};
	const struct emnist_limits limits = default_limits();
	static struct plain plain;

	(void)state;
	for (int where = 0; where < 3; where++) {
		struct image image = {0};
		struct emnist_error error;

		make_turned(&plain, where);
		assert_int_equal(image_decode(plain.png, plain.nbytes, &limits, &image, &error),
				 EMNIST_OK);
		assert_int_equal(image.width, where < 2 ? 2 : 3);
		assert_int_equal(image.pixels.nbytes, 6);
		assert_memory_equal(image.pixels.data, where < 2 ? upright : stored, 6);
		image_clear(&image);
	}
}

/* Wherever the file ends, and whatever length the chunk claims, nothing is read beyond. */
static void turned_png_is_cut(void **state)
{
	const struct emnist_limits limits = default_limits();
	static struct plain plain;
	struct guarded guarded;
	struct image image = {0};

	(void)state;
	assert_true(guarded_make(&guarded, sizeof(plain.png)));
	make_turned(&plain, 0);
	for (size_t nbytes = 1; nbytes < plain.nbytes; nbytes++)
		assert_int_not_equal(image_decode(guarded_copy(&guarded, plain.png, nbytes), nbytes,
						  &limits, &image, NULL),
				     EMNIST_OK);
	for (unsigned length = 0; length < 256; length++) {
		plain.png[33] = (uint8_t)(length > 127 ? 0xff : 0);
		plain.png[36] = (uint8_t)length;
		image_decode(guarded_copy(&guarded, plain.png, plain.nbytes), plain.nbytes, &limits,
			     &image, NULL);
	}
	guarded_free(&guarded);
	image_clear(&image);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(plain_ways_agree),
		cmocka_unit_test(plain_ways_agree_on_depths),
		cmocka_unit_test(plain_ways_agree_on_large),
		cmocka_unit_test(plain_samples_are_spread),
		cmocka_unit_test(plain_ways_agree_on_windows),
		cmocka_unit_test(plain_ways_agree_on_damage),
		cmocka_unit_test(plain_filters_are_undone),
		cmocka_unit_test(huge_headers_cost_no_memory), /* first: it looks at the peak */
		cmocka_unit_test(decodes_every_kind),
		cmocka_unit_test(decodes_what_is_uncommon),
		cmocka_unit_test(refuses_every_defect),
		cmocka_unit_test(refuses_what_is_cut_short),
		cmocka_unit_test(limits_are_exact),
		cmocka_unit_test(default_limits_are_documented),
		cmocka_unit_test(exif_is_read_within_its_bounds),
		cmocka_unit_test(png_is_turned),
		cmocka_unit_test(turned_png_is_cut),
	};

	return cmocka_run_group_tests_name("decode", tests, NULL, NULL);
}
