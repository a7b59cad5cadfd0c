/*
 * pnm.c - PBM, PGM and PPM, binary and plain (P1 to P6).
 *
 * An image with a maximum above 255 is deep.
 */
#include "image.h"

#define FORMAT      "PNM"

#define MAX_MAXIMUM 65535

struct pnm {
	struct cursor in; /* behind the header */
	unsigned channels;
	bool plain;  /* numbers in ASCII */
	bool bitmap; /* one bit a pixel, 1 is black */
	uint32_t width;
	uint32_t height;
	uint32_t maximum;
};

static bool is_space(unsigned c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

static bool is_digit(unsigned c)
{
	return c >= '0' && c <= '9';
}

/* Steps over white space and comments. */
static void skip_space(struct cursor *in)
{
	bool comment = false;

	for (; cursor_left(in); in->offset++) {
		const unsigned c = in->bytes[in->offset];

		if (c == '#')
			comment = true;
		else if (c == '\n' || c == '\r')
			comment = false;
		else if (!comment && !is_space(c))
			return;
	}
}

/* The next number. Fails the cursor if there is none, or it is above limit. */
static uint32_t take_number(struct cursor *in, uint32_t limit)
{
	uint64_t value = 0;

	skip_space(in);
	if (!cursor_left(in) || !is_digit(in->bytes[in->offset]))
		in->failed = true;
	while (!in->failed && cursor_left(in) && is_digit(in->bytes[in->offset])) {
		value = value * 10 + (in->bytes[in->offset++] - '0');
		if (value > limit)
			in->failed = true;
	}
	return in->failed ? 0 : (uint32_t)value;
}

static enum emnist_status read_header(struct pnm *pnm, const uint8_t *bytes, size_t nbytes,
				      struct emnist_error *error)
{
	const unsigned kind = bytes[1] - '0';
	const unsigned char *space;

	pnm->in = cursor_over(bytes, nbytes);
	pnm->plain = kind <= 3;
	pnm->bitmap = kind == 1 || kind == 4;
	pnm->channels = kind == 3 || kind == 6 ? 3 : 1;
	cursor_take(&pnm->in, 2);
	pnm->width = take_number(&pnm->in, UINT32_MAX);
	pnm->height = take_number(&pnm->in, UINT32_MAX);
	pnm->maximum = pnm->bitmap ? 1 : take_number(&pnm->in, MAX_MAXIMUM);
	if (pnm->in.failed && !cursor_left(&pnm->in))
		return image_cut_short(error, FORMAT, nbytes);
	if (pnm->in.failed)
		return error_at(error, EMNIST_ERR_CORRUPT, pnm->in.offset,
				"not a valid " FORMAT ": a number in the header is not valid");
	if (pnm->width == 0 || pnm->height == 0 || pnm->maximum == 0)
		return image_corrupt(error, FORMAT, "%s is 0",
				     !pnm->width    ? "width"
				     : !pnm->height ? "height"
						    : "the maximum");
	space = cursor_take(&pnm->in, 1);
	if (!space)
		return image_cut_short(error, FORMAT, nbytes);
	if (!is_space(*space))
		return image_corrupt(error, FORMAT, "no white space after the header");
	return EMNIST_OK;
}

/* The bytes of a binary row. */
static uint64_t row_nbytes(const struct pnm *pnm)
{
	if (pnm->bitmap)
		return ((uint64_t)pnm->width + 7) / 8;
	return (uint64_t)pnm->width * pnm->channels * (pnm->maximum > 255 ? 2 : 1);
}

/* Skips the samples of a plain file; fails if there are too few. */
static void skip_samples(struct pnm *pnm)
{
	const uint64_t n = (uint64_t)pnm->width * pnm->height * pnm->channels;
	struct cursor *in = &pnm->in;

	for (uint64_t i = 0; i < n && !in->failed; i++) {
		skip_space(in);
		if (!pnm->bitmap)
			take_number(in, pnm->maximum);
		else
			cursor_take(in, 1);
	}
}

size_t pnm_nbytes(const uint8_t *bytes, size_t nbytes)
{
	struct pnm pnm;
	uint64_t room;

	if (read_header(&pnm, bytes, nbytes, NULL))
		return 0;
	if (pnm.plain) {
		skip_samples(&pnm);
		/* The end of the last line. */
		while (!pnm.in.failed && cursor_left(&pnm.in) && is_space(bytes[pnm.in.offset]))
			pnm.in.offset++;
		return pnm.in.failed ? 0 : pnm.in.offset;
	}
	room = cursor_left(&pnm.in) / row_nbytes(&pnm);
	return room < pnm.height ? 0 : pnm.in.offset + (size_t)(row_nbytes(&pnm) * pnm.height);
}

/* Whether all pixels may be there: certain for binary ones, for plain ones a lower bound. */
static bool is_long_enough(const struct pnm *pnm)
{
	const uint64_t left = cursor_left(&pnm->in);
	const uint64_t row = pnm->plain ? (uint64_t)pnm->width * pnm->channels : row_nbytes(pnm);

	return row <= left && pnm->height <= left / row;
}

enum emnist_status pnm_header(const uint8_t *bytes, size_t nbytes, struct image_header *header,
			      struct emnist_error *error)
{
	struct pnm pnm;
	enum emnist_status status = read_header(&pnm, bytes, nbytes, error);

	if (status)
		return status;
	if (!is_long_enough(&pnm))
		return image_cut_short(error, FORMAT, nbytes);
	header->width = pnm.width;
	header->height = pnm.height;
	return EMNIST_OK;
}

/* round(sample / maximum * 255). A sample above the maximum is white. */
static uint8_t scale(uint32_t sample, uint32_t maximum)
{
	if (sample >= maximum)
		return 255;
	return (uint8_t)((sample * 255 + maximum / 2) / maximum);
}

/* The same for 65535. */
static uint16_t scale_deep(uint32_t sample, uint32_t maximum)
{
	if (sample >= maximum)
		return UINT16_MAX;
	return (uint16_t)(((uint64_t)sample * UINT16_MAX + maximum / 2) / maximum);
}

static bool is_deep(const struct pnm *pnm)
{
	return pnm->maximum > 255;
}

static enum emnist_status read_plain(struct pnm *pnm, struct image *image,
				     struct emnist_error *error)
{
	const size_t n = image_n_samples(image);

	for (size_t i = 0; i < n; i++) {
		uint32_t sample;

		skip_space(&pnm->in);
		if (!cursor_left(&pnm->in))
			return image_cut_short(error, FORMAT, pnm->in.nbytes);
		if (pnm->bitmap) {
			/* Bits need no space between them. */
			const unsigned c = *cursor_take(&pnm->in, 1);

			pnm->in.failed = c != '0' && c != '1';
			sample = c == '0';
		} else {
			sample = take_number(&pnm->in, pnm->maximum);
		}
		if (pnm->in.failed)
			return error_at(error, EMNIST_ERR_CORRUPT, pnm->in.offset,
					"not a valid " FORMAT ": a pixel is not a valid number");
		if (is_deep(pnm))
			image_deep_samples(image)[i] = scale_deep(sample, pnm->maximum);
		else
			image->pixels.data[i] = scale(sample, pnm->maximum);
	}
	return EMNIST_OK;
}

static void read_bits(const uint8_t *from, uint8_t *to, size_t width)
{
	for (size_t x = 0; x < width; x++)
		to[x] = from[x / 8] >> (7 - x % 8) & 1 ? 0 : 255;
}

static void read_samples(const uint8_t *from, uint8_t *to, size_t n, uint32_t maximum)
{
	if (maximum == 255)
		memcpy(to, from, n);
	else
		for (size_t i = 0; i < n; i++)
			to[i] = scale(from[i], maximum);
}

static void read_deep_samples(const uint8_t *from, uint16_t *to, size_t n, uint32_t maximum)
{
	for (size_t i = 0; i < n; i++)
		to[i] = scale_deep((uint32_t)from[2 * i] << 8 | from[2 * i + 1], maximum);
}

/* Reads a row of n samples. */
static void read_row(struct pnm *pnm, struct image *image, size_t y, size_t n)
{
	const uint8_t *from = cursor_take(&pnm->in, row_nbytes(pnm));

	if (pnm->bitmap)
		read_bits(from, image->pixels.data + y * n, n);
	else if (is_deep(pnm))
		read_deep_samples(from, image_deep_samples(image) + y * n, n, pnm->maximum);
	else
		read_samples(from, image->pixels.data + y * n, n, pnm->maximum);
}

enum emnist_status pnm_decode(const uint8_t *bytes, size_t nbytes,
			      const struct image_header *header, struct image *image,
			      struct emnist_error *error)
{
	struct pnm pnm;
	enum emnist_status status = read_header(&pnm, bytes, nbytes, error);

	if (status)
		return status;
	status = (is_deep(&pnm) ? image_resize_deep : image_resize)(
		image, header->width, header->height, pnm.channels, error);
	if (status)
		return status;
	if (pnm.plain)
		return read_plain(&pnm, image, error);
	for (size_t y = 0; y < pnm.height; y++)
		read_row(&pnm, image, y, (size_t)pnm.width * pnm.channels);
	return EMNIST_OK;
}
