/*
 * png.c - reads and writes PNG, through libpng.
 *
 * Two things are hard. libpng reports errors by longjmp(): everything that must survive one is in
 * struct png_job, outside of the frame that calls setjmp(). And a PNG may be hostile: all of
 * libpng's memory counts against a budget that follows from the checked size, and pixels are
 * allocated only if the file is long enough to hold them. Most of that memory comes from an arena
 * on the stack, since allocation would be much of a small image's cost.
 *
 * Ordinary images with one sample per pixel are decoded without libpng, in plain_png.c.
 *
 * Pixels stay as the file has them. Chunks about gamma or color are skipped, like all others that
 * do not change a pixel.
 */
#include "palette.h"
#include "plain_png.h"

#include <png.h>
#include <setjmp.h>
#include <stdio.h>

/* What libpng and zlib need besides rows: about 50 KiB for their state and the window. */
#define FIXED_NBYTES ((size_t)1 << 20)

/* Two rows of up to 8 bytes a pixel, with what interlacing and expanding add to them. */
#define ROW_NBYTES_PER_PIXEL 64

/* Deflate makes no more than this of one byte: 258 bytes out of two bits, see RFC 1951. */
#define DEFLATE_MAX_RATIO 1032

#define SIGNATURE_NBYTES  8

/* The frame around a chunk's data. */
#define CHUNK_NBYTES 12

/* Room for libpng's state (2 KiB) and input (8 KiB), zlib's state (7 KiB) and largest window (32
 * KiB), and two rows. */
#define ARENA_NBYTES ((size_t)56 << 10)

/* The state of one use of libpng, shared with its callbacks and freed after it. */
struct png_job {
	jmp_buf escape;
	png_structp png;
	png_infop info;
	struct cursor in;   /* reading: the file */
	struct buffer out;  /* writing: the file so far */
	size_t budget;      /* bytes that libpng may still ask for */
	bool cut_short;     /* the file ended too soon */
	bool out_of_memory; /* malloc() failed */
	char warning[96];   /* the last one: an error may refer to it */
	char failure[96];
	size_t arena_used;
	_Alignas(max_align_t) unsigned char arena[ARENA_NBYTES];
};

static void job_init(struct png_job *job, size_t budget)
{
	job->png = NULL;
	job->info = NULL;
	job->in = cursor_over(NULL, 0);
	job->out = (struct buffer){0};
	job->budget = budget;
	job->cut_short = false;
	job->out_of_memory = false;
	job->warning[0] = '\0';
	job->failure[0] = '\0';
	job->arena_used = 0;
}

static void on_error(png_structp png, png_const_charp message)
{
	struct png_job *job = png_get_error_ptr(png);

	snprintf(job->failure, sizeof(job->failure), "%s", message);
	longjmp(job->escape, 1);
}

static void on_warning(png_structp png, png_const_charp message)
{
	struct png_job *job = png_get_error_ptr(png);

	snprintf(job->warning, sizeof(job->warning), "%s", message);
}

/* Memory is charged and never given back: no image needs twice what its rows take. */
static void *on_malloc(png_structp png, png_alloc_size_t nbytes)
{
	struct png_job *job = png_get_mem_ptr(png);
	const size_t unit = _Alignof(max_align_t);
	void *memory;

	if (nbytes > job->budget)
		return NULL;
	job->budget -= nbytes;
	if (nbytes <= ARENA_NBYTES - job->arena_used) {
		memory = job->arena + job->arena_used;
		job->arena_used += (nbytes + unit - 1) / unit * unit;
		return memory;
	}
	memory = malloc(nbytes);
	if (!memory)
		job->out_of_memory = true;
	return memory;
}

static void on_free(png_structp png, void *memory)
{
	const struct png_job *job = png_get_mem_ptr(png);
	const uintptr_t start = (uintptr_t)job->arena, at = (uintptr_t)memory;

	if (at < start || at >= start + ARENA_NBYTES)
		free(memory);
}

static void on_read(png_structp png, png_bytep to, size_t nbytes)
{
	struct png_job *job = png_get_io_ptr(png);
	const unsigned char *from = cursor_take(&job->in, nbytes);

	if (!from) {
		job->cut_short = true;
		png_error(png, "cut short");
	}
	memcpy(to, from, nbytes);
}

/* libpng's messages about a chunk, and better wording around the chunk's name. */
static const struct chunk_fault {
	const char *text;
	const char *before;
	const char *after;
} chunk_faults[] = {
	{"out of place", "", " is out of place"},
	{"invalid", "invalid ", ""},
	{"unhandled critical chunk", "unknown critical chunk ", ""},
	{"Missing PLTE before IDAT", "no PLTE before ", ""},
};

/* text: "IDAT: CRC error" becomes "CRC error in IDAT". */
static enum emnist_status report_chunk(char *text, struct emnist_error *error)
{
	char *fault = text + 6;

	for (size_t i = 0; i < sizeof(chunk_faults) / sizeof(*chunk_faults); i++)
		if (strcmp(fault, chunk_faults[i].text) == 0)
			return image_corrupt(error, "PNG", "%s%.4s%s", chunk_faults[i].before, text,
					     chunk_faults[i].after);
	image_begin_small(fault);
	return image_corrupt(error, "PNG", "%s in %.4s", fault, text);
}

static enum emnist_status report(struct png_job *job, struct emnist_error *error)
{
	char *text = job->failure;

	if (job->cut_short)
		return image_cut_short(error, "PNG", job->in.nbytes);
	if (job->out_of_memory)
		return error_memory(error);
	if (strcmp(text, "Invalid IHDR data") == 0 && job->warning[0])
		text = job->warning; /* that says what is invalid */
	if (strlen(text) > 6 && text[4] == ':' && text[5] == ' ')
		return report_chunk(text, error);
	if (strstr(text, "invalid chunk type"))
		return image_corrupt(error, "PNG", "a chunk type is not four letters");
	if (strcmp(text, "PNG unsigned integer out of range") == 0)
		return image_corrupt(error, "PNG", "the length of a chunk is out of range");
	image_begin_small(text);
	return image_corrupt(error, "PNG", "%s", text);
}

static const uint8_t signature[SIGNATURE_NBYTES] = {0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'};

/* The data of the first chunk with that name before one named `end`; NULL: none. libpng checks all
 * chunks later. */
static const uint8_t *find_chunk(const uint8_t *bytes, size_t nbytes, const char *name,
				 const char *end, size_t *nbytes_ret)
{
	struct cursor in = cursor_over(bytes, nbytes);

	cursor_take(&in, SIGNATURE_NBYTES);
	while (cursor_left(&in) >= CHUNK_NBYTES) {
		const uint32_t length = cursor_u32_be(&in);
		const unsigned char *const type = cursor_take(&in, 4);
		const unsigned char *const data = cursor_take(&in, length);

		if (!data || memcmp(type, end, 4) == 0)
			break;
		if (memcmp(type, name, 4) == 0) {
			*nbytes_ret = length;
			return data;
		}
		cursor_take(&in, 4);
	}
	*nbytes_ret = 0;
	return NULL;
}

enum emnist_status pngfile_header(const uint8_t *bytes, size_t nbytes, struct image_header *header,
				  struct emnist_error *error)
{
	struct cursor in = cursor_over(bytes, nbytes);
	const unsigned char *type, *exif;
	size_t exif_nbytes;
	uint32_t length;

	if (nbytes < SIGNATURE_NBYTES)
		return image_cut_short(error, "PNG", nbytes);
	if (memcmp(cursor_take(&in, SIGNATURE_NBYTES), signature, SIGNATURE_NBYTES) != 0)
		return image_corrupt(error, "PNG",
				     "damaged signature (was it transferred as text?)");
	length = cursor_u32_be(&in);
	type = cursor_take(&in, 4);
	header->width = cursor_u32_be(&in);
	header->height = cursor_u32_be(&in);
	if (type && memcmp(type, "CgBI", 4) == 0)
		return error_set(error, EMNIST_ERR_UNSUPPORTED,
				 "PNG in Apple's private CgBI form is not supported (to convert "
				 "it: pngcrush -revert-iphone-optimizations)");
	if (in.failed)
		return image_cut_short(error, "PNG", nbytes);
	if (memcmp(type, "IHDR", 4) != 0 || length != 13)
		return image_corrupt(error, "PNG", "IHDR is not the first chunk");
	if (header->width == 0 || header->height == 0)
		return image_corrupt(error, "PNG", "%s is 0", header->width ? "height" : "width");
	exif = find_chunk(bytes, nbytes, "eXIf", "IEND", &exif_nbytes);
	header->orientation = exif ? exif_orientation(exif, exif_nbytes) : 1;
	return EMNIST_OK;
}

bool pngfile_is_whole(const void *bytes, size_t nbytes)
{
	static const uint8_t end[12] = {0, 0, 0, 0, 'I', 'E', 'N', 'D', 0xae, 0x42, 0x60, 0x82};
	const uint8_t *const file = bytes;

	return nbytes >= SIGNATURE_NBYTES + sizeof(end) &&
	       memcmp(file, signature, SIGNATURE_NBYTES) == 0 &&
	       memcmp(file + nbytes - sizeof(end), end, sizeof(end)) == 0;
}

/* PNG's samples are big-endian. */
static bool must_swap(void)
{
	const uint16_t one = 1;

	return *(const unsigned char *)&one == 1;
}

/* Has libpng turn whatever the file holds into grey or RGB of 8 or 16 bits, with or without alpha,
 * but for palettes: libpng would show an index that is too large as black. */
static void set_transformations(png_structp png, png_infop info)
{
	const int color_type = png_get_color_type(png, info);
	const int bit_depth = png_get_bit_depth(png, info);

	if (color_type == PNG_COLOR_TYPE_PALETTE) {
		png_set_packing(png); /* an index a byte */
		return;
	}
	if (color_type == PNG_COLOR_TYPE_GRAY && bit_depth < 8)
		png_set_expand_gray_1_2_4_to_8(png);
	if (png_get_valid(png, info, PNG_INFO_tRNS))
		png_set_tRNS_to_alpha(png);
	if (bit_depth == 16 && must_swap())
		png_set_swap(png);
}

/* Whether the file is long enough for rows of its size, however well they are compressed. */
static bool can_hold(png_structp png, png_infop info, size_t nbytes)
{
	const uint64_t n_bits = (uint64_t)png_get_image_width(png, info) *
				png_get_image_height(png, info) * png_get_bit_depth(png, info);

	return n_bits / 8 / DEFLATE_MAX_RATIO <= nbytes;
}

/* libpng refuses a tRNS chunk longer than the palette; the excess has no meaning. */
static struct palette get_palette(const struct png_job *job)
{
	struct palette palette = {0};
	png_colorp colors = NULL;
	int n_colors = 0;

	png_get_PLTE(job->png, job->info, &colors, &n_colors);
	palette.colors = (const uint8_t *)colors;
	palette.n_colors = (size_t)n_colors;
	palette.alphas =
		find_chunk(job->in.bytes, job->in.nbytes, "tRNS", "IDAT", &palette.n_alphas);
	return palette;
}

static enum emnist_status read_rows(const struct png_job *job, struct image *image,
				    struct emnist_error *error)
{
	png_structp png = job->png;
	png_infop info = job->info;
	const int n_passes = png_set_interlace_handling(png);
	const bool indexed = png_get_color_type(png, info) == PNG_COLOR_TYPE_PALETTE;
	struct palette palette = {0};
	enum emnist_status status;
	size_t row_nbytes;
	unsigned channels;

	png_read_update_info(png, info);
	channels = png_get_channels(png, info);
	row_nbytes = png_get_rowbytes(png, info);
	if (indexed) {
		palette = get_palette(job);
		channels = palette_channels(&palette, image, png_get_image_width(png, info),
					    png_get_image_height(png, info));
	}
	status = (png_get_bit_depth(png, info) == 16 ? image_resize_deep : image_resize)(
		image, png_get_image_width(png, info), png_get_image_height(png, info), channels,
		error);
	if (status)
		return status;
	for (int pass = 0; pass < n_passes; pass++)
		for (uint32_t y = 0; y < image->height; y++)
			png_read_row(png, image->pixels.data + y * row_nbytes, NULL);
	png_read_end(png, NULL);
	return indexed ? palette_expand(&palette, "PNG", image, error) : EMNIST_OK;
}

/* The part of reading that libpng may leave by longjmp(). */
static enum emnist_status read_png(struct png_job *job, struct image *image,
				   struct emnist_error *error)
{
	if (setjmp(job->escape))
		return report(job, error);
	job->png = png_create_read_struct_2(PNG_LIBPNG_VER_STRING, job, on_error, on_warning, job,
					    on_malloc, on_free);
	job->info = job->png ? png_create_info_struct(job->png) : NULL;
	if (!job->info)
		return error_memory(error);
	png_set_read_fn(job->png, job, on_read);
	png_set_crc_action(job->png, PNG_CRC_ERROR_QUIT, PNG_CRC_ERROR_QUIT);
	/* The size is checked already, by limits that the caller chose. */
	png_set_user_limits(job->png, PNG_UINT_31_MAX, PNG_UINT_31_MAX);
	/* -1: every chunk that is not needed, known to libpng or not. */
	png_set_keep_unknown_chunks(job->png, PNG_HANDLE_CHUNK_NEVER, NULL, -1);
	png_read_info(job->png, job->info);
	if (!can_hold(job->png, job->info, job->in.nbytes))
		return image_cut_short(error, "PNG", job->in.nbytes);
	set_transformations(job->png, job->info);
	return read_rows(job, image, error);
}

enum emnist_status pngfile_decode(const uint8_t *bytes, size_t nbytes,
				  const struct image_header *header, struct image *image,
				  struct emnist_error *error)
{
	struct png_job job;
	enum emnist_status status;

	if (plain_png_decode(bytes, nbytes, header, image))
		return EMNIST_OK;
	job_init(&job, FIXED_NBYTES + (size_t)header->width * ROW_NBYTES_PER_PIXEL);
	job.in = cursor_over(bytes, nbytes);
	status = read_png(&job, image, error);
	png_destroy_read_struct(&job.png, &job.info, NULL);
	return status;
}

static void on_write(png_structp png, png_bytep from, size_t nbytes)
{
	struct png_job *job = png_get_io_ptr(png);
	struct buffer *out = &job->out;

	if (!buffer_reserve(out, out->nbytes + nbytes)) {
		job->out_of_memory = true;
		png_error(png, "out of memory");
	}
	memcpy(out->data + out->nbytes, from, nbytes);
	out->nbytes += nbytes;
}

static void on_flush(png_structp png)
{
	(void)png;
}

/* The part of writing that libpng may leave by longjmp(). row: room for one. */
static enum emnist_status write_png(struct png_job *job, const struct image_rows *rows,
				    uint8_t *row, struct emnist_error *error)
{
	if (setjmp(job->escape))
		return report(job, error);
	job->png = png_create_write_struct_2(PNG_LIBPNG_VER_STRING, job, on_error, on_warning, job,
					     on_malloc, on_free);
	job->info = job->png ? png_create_info_struct(job->png) : NULL;
	if (!job->info)
		return error_memory(error);
	png_set_write_fn(job->png, job, on_write, on_flush);
	png_set_IHDR(job->png, job->info, rows->width, rows->height, 8,
		     rows->channels == 3 ? PNG_COLOR_TYPE_RGB : PNG_COLOR_TYPE_GRAY,
		     PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
	png_write_info(job->png, job->info);
	for (uint32_t y = 0; y < rows->height; y++) {
		rows->draw(rows->context, y, row);
		png_write_row(job->png, row);
	}
	png_write_end(job->png, NULL);
	return EMNIST_OK;
}

enum emnist_status pngfile_encode(const struct image_rows *rows, void **png_ret, size_t *nbytes_ret,
				  struct emnist_error *error)
{
	uint8_t *row = alloc_array(rows->width, rows->channels);
	struct png_job job;
	enum emnist_status status;

	*png_ret = NULL;
	*nbytes_ret = 0;
	if (!row)
		return error_memory(error);
	job_init(&job, FIXED_NBYTES + (size_t)rows->width * ROW_NBYTES_PER_PIXEL);
	status = write_png(&job, rows, row, error);
	png_destroy_write_struct(&job.png, &job.info);
	free(row);
	if (status) {
		buffer_clear(&job.out);
		return status;
	}
	*png_ret = job.out.data;
	*nbytes_ret = job.out.nbytes;
	return EMNIST_OK;
}

/* NaN becomes 0. */
static uint8_t byte_of(float value)
{
	if (!(value > 0))
		return 0;
	return value < 1 ? (uint8_t)(value * 255 + 0.5f) : 255;
}

static void draw_vector_row(void *context, uint32_t y, uint8_t *row)
{
	const float *vector = context;

	for (size_t x = 0; x < EMNIST_SIDE; x++)
		row[x] = byte_of(vector[y * EMNIST_SIDE + x]);
}

enum emnist_status emnist_vector_to_png(const float *vector, void **png_ret, size_t *nbytes_ret,
					struct emnist_error *error)
{
	float copy[EMNIST_VECTOR_LENGTH];
	const struct image_rows rows = {EMNIST_SIDE, EMNIST_SIDE, 1, draw_vector_row, copy};

	memcpy(copy, vector, sizeof(copy));
	return pngfile_encode(&rows, png_ret, nbytes_ret, error);
}
