/*
 * tiff.c - TIFF, through libtiff.
 *
 * Grey, palette and RGB images are read row by row or tile by tile as samples of up to 16 bits
 * (tiff_samples.c). libtiff converts all other color spaces to 8-bit RGB. Its output never exceeds
 * what was allocated from the sizes it reported before.
 */
#include "libtiff.h"
#include "tiff_pages.h"
#include "tiff_samples.h"

#define FORMAT "TIFF"

/* Red, green, blue, alpha, and what programs add for masks and spot colors. */
#define MAX_SAMPLES 16

/* Of a strip or tile: the largest image as one strip, of four samples of 16 bits. */
#define MAX_BLOCK_NBYTES ((uint64_t)1 << 29)

struct tiff_page {
	struct tiff_file file;
	struct tiff_layout layout;
	uint32_t width;
	uint32_t height;
	unsigned orientation;
	unsigned compression;
	bool is_plain; /* grey, palette or RGB */
	/* Of a tile or strip: a strip is as wide as the image. */
	bool is_tiled;
	uint32_t block_width;
	uint32_t block_height;
	uint64_t block_nbytes;
};

/* ----------------------------------------------------------------------- fields */

/* A field of 16 bits, or its default. */
static unsigned u16_field(const struct tiff_file *file, uint32_t tag, unsigned otherwise)
{
	uint16_t value;

	return file->library->TIFFGetFieldDefaulted(file->tiff, tag, &value) ? value : otherwise;
}

static uint32_t u32_field(const struct tiff_file *file, uint32_t tag)
{
	uint32_t value;

	return file->library->TIFFGetFieldDefaulted(file->tiff, tag, &value) ? value : 0;
}

/* Some fax programs omit it; faxes have one meaning. */
static unsigned photometric_of(const struct tiff_page *page)
{
	unsigned otherwise = page->layout.n_samples >= 3 ? PHOTOMETRIC_RGB : PHOTOMETRIC_MINISBLACK;

	if (page->compression >= COMPRESSION_CCITTRLE && page->compression <= COMPRESSION_CCITTFAX4)
		otherwise = PHOTOMETRIC_MINISWHITE;
	return u16_field(&page->file, TIFFTAG_PHOTOMETRIC, otherwise);
}

/* Finds alpha among the extra samples; an undeclared one is not alpha. */
static void read_alpha(struct tiff_page *page)
{
	struct tiff_layout *layout = &page->layout;
	const uint16_t *kinds = NULL;
	uint16_t n = 0;

	page->file.library->TIFFGetFieldDefaulted(page->file.tiff, TIFFTAG_EXTRASAMPLES, &n,
						  &kinds);
	for (unsigned i = 0; i < n && layout->n_colors + i < layout->n_samples; i++) {
		if (kinds[i] != EXTRASAMPLE_ASSOCALPHA && kinds[i] != EXTRASAMPLE_UNASSALPHA)
			continue;
		layout->alpha = layout->n_colors + i;
		layout->is_premultiplied = kinds[i] == EXTRASAMPLE_ASSOCALPHA;
		return;
	}
}

static enum emnist_status read_palette(struct tiff_page *page, struct emnist_error *error)
{
	const uint16_t **palette = page->layout.palette;

	if (page->layout.bits > 8 ||
	    !page->file.library->TIFFGetField(page->file.tiff, TIFFTAG_COLORMAP, &palette[0],
					      &palette[1], &palette[2]))
		return image_corrupt(error, FORMAT, "no color table");
	page->layout.alpha = 0;
	return EMNIST_OK;
}

/* How samples make pixels. */
static enum emnist_status read_layout(struct tiff_page *page, struct emnist_error *error)
{
	struct tiff_layout *layout = &page->layout;
	const unsigned photometric = photometric_of(page);

	layout->is_separate = u16_field(&page->file, TIFFTAG_PLANARCONFIG, PLANARCONFIG_CONTIG) ==
			      PLANARCONFIG_SEPARATE;
	layout->is_inverted = photometric == PHOTOMETRIC_MINISWHITE;
	layout->n_colors = photometric == PHOTOMETRIC_RGB ? 3 : 1;
	page->is_plain = photometric <= PHOTOMETRIC_PALETTE;
	if (layout->n_samples < layout->n_colors)
		return image_corrupt(error, FORMAT, "%u of %u colors", layout->n_samples,
				     layout->n_colors);
	if (layout->n_samples > MAX_SAMPLES)
		return error_set(error, EMNIST_ERR_UNSUPPORTED,
				 "TIFF with %u samples per pixel is not supported",
				 layout->n_samples);
	if (layout->bits == 0 || layout->bits > 16)
		return error_set(error, EMNIST_ERR_UNSUPPORTED,
				 "TIFF with %u bits per sample is not supported", layout->bits);
	read_alpha(page);
	return photometric == PHOTOMETRIC_PALETTE ? read_palette(page, error) : EMNIST_OK;
}

static enum emnist_status read_blocks(struct tiff_page *page, struct emnist_error *error)
{
	const struct tiff_file *file = &page->file;

	page->block_width = u32_field(file, TIFFTAG_TILEWIDTH);
	page->block_height = u32_field(file, TIFFTAG_TILELENGTH);
	page->is_tiled = page->block_width && page->block_height;
	if (!page->is_tiled) {
		page->block_width = page->width;
		page->block_height = u32_field(file, TIFFTAG_ROWSPERSTRIP);
		if (page->block_height > page->height)
			page->block_height = page->height;
	}
	page->block_nbytes = page->is_tiled ? file->library->TIFFTileSize64(file->tiff)
					    : file->library->TIFFStripSize64(file->tiff);
	if (page->block_height == 0 || page->block_nbytes == 0)
		return libtiff_failed(file, error);
	return EMNIST_OK;
}

static enum emnist_status read_fields(struct tiff_page *page, struct emnist_error *error)
{
	const struct tiff_file *file = &page->file;
	const unsigned sample_format = u16_field(file, TIFFTAG_SAMPLEFORMAT, SAMPLEFORMAT_UINT);
	enum emnist_status status;

	page->width = u32_field(file, TIFFTAG_IMAGEWIDTH);
	page->height = u32_field(file, TIFFTAG_IMAGELENGTH);
	page->orientation = u16_field(file, TIFFTAG_ORIENTATION, ORIENTATION_TOPLEFT);
	page->compression = u16_field(file, TIFFTAG_COMPRESSION, COMPRESSION_NONE);
	page->layout.bits = u16_field(file, TIFFTAG_BITSPERSAMPLE, 1);
	page->layout.n_samples = u16_field(file, TIFFTAG_SAMPLESPERPIXEL, 1);
	if (page->width == 0 || page->height == 0)
		return image_corrupt(error, FORMAT, "%s is 0", page->width ? "height" : "width");
	/* The older kind of JPEG in TIFF was given up in 1995, for it cannot be read with
	 * certainty. */
	if (page->compression == COMPRESSION_OJPEG ||
	    !file->library->TIFFIsCODECConfigured((uint16_t)page->compression))
		return error_set(error, EMNIST_ERR_UNSUPPORTED,
				 "TIFF with compression %u is not supported", page->compression);
	if (sample_format != SAMPLEFORMAT_UINT && sample_format != SAMPLEFORMAT_VOID)
		return error_set(error, EMNIST_ERR_UNSUPPORTED,
				 "TIFF with %s samples is not supported",
				 sample_format == SAMPLEFORMAT_INT ? "signed" : "floating-point");
	status = read_layout(page, error);
	return status ? status : read_blocks(page, error);
}

/* To be closed in any case. */
static enum emnist_status open_page(struct tiff_page *page, const uint8_t *bytes, size_t nbytes,
				    struct emnist_error *error)
{
	struct tiff_pages pages;
	uint64_t directory;
	enum emnist_status status = tiff_pages_find(bytes, nbytes, &pages, error);

	*page = (struct tiff_page){.width = 0};
	if (status)
		return status;
	if (pages.n > 1)
		return error_set(error, EMNIST_ERR_PAGES, "a TIFF file of %zu pages, not one image",
				 pages.n);
	directory = tiff_pages_next(&pages, &pages.first);
	if (!tiff_page_is_whole(&pages, directory))
		return image_cut_short(error, FORMAT, nbytes);
	status = libtiff_open(&page->file, bytes, nbytes, directory, error);
	return status ? status : read_fields(page, error);
}

/* ------------------------------------------------------------------------ pixels */

/* The part of the block at (left, top) that is in the image. */
static void put_block(const struct tiff_page *page, const uint8_t *block, unsigned plane,
		      struct image *image, uint32_t left, uint32_t top)
{
	const size_t row_nbytes = (size_t)(page->block_nbytes / page->block_height);
	const uint32_t right = page->width - left, below = page->height - top;
	const uint32_t n = page->block_width < right ? page->block_width : right;

	for (uint32_t y = 0; y < page->block_height && y < below; y++)
		tiff_put_samples(&page->layout, block + y * row_nbytes, plane, n, image, left,
				 top + y);
}

/* The blocks of a plane, which are numbered from `number` on. */
static enum emnist_status read_plane(struct tiff_page *page, uint8_t *block, unsigned plane,
				     uint32_t number, struct image *image,
				     struct emnist_error *error)
{
	const struct tiff_file *file = &page->file;
	__typeof__(TIFFReadEncodedTile) *const read = page->is_tiled
							      ? file->library->TIFFReadEncodedTile
							      : file->library->TIFFReadEncodedStrip;

	for (uint64_t y = 0; y < page->height; y += page->block_height)
		for (uint64_t x = 0; x < page->width; x += page->block_width) {
			if (read(file->tiff, number++, block, (tmsize_t)page->block_nbytes) < 0 ||
			    file->message[0])
				return libtiff_failed(file, error);
			put_block(page, block, plane, image, (uint32_t)x, (uint32_t)y);
		}
	return EMNIST_OK;
}

static enum emnist_status read_planes(struct tiff_page *page, uint8_t *block, struct image *image,
				      struct emnist_error *error)
{
	const struct tiff_layout *layout = &page->layout;
	const uint64_t n_across =
		((uint64_t)page->width + page->block_width - 1) / page->block_width;
	const uint64_t n_down =
		((uint64_t)page->height + page->block_height - 1) / page->block_height;
	const unsigned n_planes = layout->is_separate ? layout->n_samples : 1;
	enum emnist_status status = EMNIST_OK;

	for (unsigned plane = 0; plane < n_planes && !status; plane++)
		if (!layout->is_separate || tiff_plane_is_used(layout, plane))
			status = read_plane(page, block, plane,
					    (uint32_t)(plane * n_across * n_down), image, error);
	return status;
}

static enum emnist_status decode_plain(struct tiff_page *page, struct image *image,
				       struct emnist_error *error)
{
	const bool is_deep = page->layout.bits > 8;
	enum emnist_status status;
	uint8_t *block;

	if (page->block_nbytes > MAX_BLOCK_NBYTES)
		return error_set(error, EMNIST_ERR_LIMIT, "TIFF with %s of %llu bytes",
				 page->is_tiled ? "tiles" : "strips",
				 (unsigned long long)page->block_nbytes);
	status = (is_deep ? image_resize_deep : image_resize)(
		image, page->width, page->height, tiff_n_channels(&page->layout), error);
	if (status)
		return status;
	block = alloc_zeroed((size_t)page->block_nbytes + TIFF_SPARE_NBYTES, 1);
	if (!block)
		return error_memory(error);
	status = read_planes(page, block, image, error);
	free(block);
	if (!status)
		tiff_finish(&page->layout, image);
	return status;
}

/* Color spaces that libtiff turns into RGB, and mostly 8 bits a sample. */
static enum emnist_status decode_other(struct tiff_page *page, struct image *image,
				       struct emnist_error *error)
{
	const struct tiff_file *file = &page->file;
	static const char sorry[] = "Sorry, ";
	char reason[1024] = "";
	enum emnist_status status;
	uint32_t *from;
	uint8_t *to;

	if (!file->library->TIFFRGBAImageOK(file->tiff, reason))
		return error_set(
			error, EMNIST_ERR_UNSUPPORTED, "this kind of TIFF is not supported: %.150s",
			reason + (strncmp(reason, sorry, strlen(sorry)) == 0 ? strlen(sorry) : 0));
	status = image_resize(image, page->width, page->height, sizeof(*from), error);
	if (status)
		return status;
	/* The orientation is seen to later. */
	file->library->TIFFSetField(file->tiff, TIFFTAG_ORIENTATION, ORIENTATION_TOPLEFT);
	from = (uint32_t *)(void *)image->pixels.data;
	if (!file->library->TIFFReadRGBAImageOriented(file->tiff, page->width, page->height, from,
						      ORIENTATION_TOPLEFT, 1) ||
	    file->message[0])
		return libtiff_failed(file, error);
	to = image->pixels.data;
	for (size_t i = 0; i < (size_t)page->width * page->height; i++) {
		const uint32_t pixel = from[i];

		*to++ = (uint8_t)TIFFGetR(pixel);
		*to++ = (uint8_t)TIFFGetG(pixel);
		*to++ = (uint8_t)TIFFGetB(pixel);
	}
	return image_resize(image, page->width, page->height, 3, error);
}

/* ------------------------------------------------------------------------- public */

enum emnist_status tiff_header(const uint8_t *bytes, size_t nbytes, struct image_header *header,
			       struct emnist_error *error)
{
	struct tiff_page page;
	const enum emnist_status status = open_page(&page, bytes, nbytes, error);

	if (!status)
		*header = (struct image_header){page.width, page.height, page.orientation};
	libtiff_close(&page.file);
	return status;
}

enum emnist_status tiff_decode(const uint8_t *bytes, size_t nbytes,
			       const struct image_header *header, struct image *image,
			       struct emnist_error *error)
{
	struct tiff_page page;
	enum emnist_status status = open_page(&page, bytes, nbytes, error);

	(void)header;
	libtiff_begin_pixels(&page.file);
	if (!status)
		status = (page.is_plain ? decode_plain : decode_other)(&page, image, error);
	image->lossy = page.compression == COMPRESSION_JPEG;
	libtiff_close(&page.file);
	return status;
}
