/*
 * range.c - the part of their range that an image's samples use, and scaling that part to bytes.
 *
 * Nearly every image uses most of its range, and a few of its rows show that. All rows are read
 * only if these do not.
 */
#include "range.h"

#include "../base/simd.h"

/* A range is short up to this part of all: bytes of 6 bits, samples of 14. */
#define SHORT_PART 4

/* With fewer levels than a byte, a drawing is clean if this share of the border has one value.
 * Noise with a standard deviation of 1 reaches 38 %, or 69 % if half of it is clipped at black. In
 * a small picture, such as scikit-learn's 8x8 digits, the drawing is at the border, too. */
#define CLEAN_SHARE     0.8
#define FEW_PIXELS      400
#define CLEAN_SHARE_FEW 0.5

/* Faint ink is searched in at most this part of the full range: beyond that its contrast is enough.
 * And in at least this many levels: JPEG of quality 20 leaves blocks that differ by 5 on an empty
 * page. */
#define MIN_LEVELS 6
#define FAINT_PART 16

/* Paper: this near to one end of the range, and at least this share of the border. Ink: this near
 * to the other end, and at least that share of the rest. */
#define PAPER_REACH 0.12
#define PAPER_SHARE 0.85
#define INK_REACH   0.3
#define INK_SHARE   0.35

/* At least this many pixels of rows differ by this share of the range from one at a distance of a
 * share of the longer side, as at the edges of strokes. Fading light does not. */
#define MIN_EDGES 8
#define EDGE      0.3
#define EDGE_PART 32

/* Rows examined first. */
#define N_FIRST_ROWS 16

SIMD_CLONES
static uint32_t most_of_deep(const uint16_t *samples, size_t n)
{
	uint16_t most = 0;

	for (size_t i = 0; i < n; i++)
		most = samples[i] > most ? samples[i] : most;
	return most;
}

static uint32_t sample_at(const struct image *image, size_t i)
{
	return image->deep ? image_deep_samples(image)[i] : image->pixels.data[i];
}

/* Of the pixels of row y that are not see-through. */
static uint32_t most_of_row(const struct image *image, size_t y)
{
	const unsigned channels = image->channels, alpha = channels - 1;
	const size_t n = (size_t)image->width * channels, start = y * n;
	uint32_t most = 0;

	if (channels % 2 && image->deep)
		return most_of_deep(image_deep_samples(image) + start, n);
	if (channels % 2)
		return image_most_of(image->pixels.data + start, n);
	for (size_t i = start; i < start + n; i += channels)
		for (unsigned c = 0; c < alpha && sample_at(image, i + alpha); c++) {
			const uint32_t value = sample_at(image, i + c);

			most = value > most ? value : most;
		}
	return most;
}

uint32_t range_full(const struct image *image)
{
	return image->deep ? UINT16_MAX : UINT8_MAX;
}

/* Whether most of the border has one value: that of the first channel, less than 256. */
static bool is_clean(const struct image *image)
{
	const size_t width = image->width, height = image->height;
	size_t counts[UINT8_MAX + 1] = {0}, n = 0, largest = 0;

	for (size_t y = 0; y < height; y++) {
		const size_t step = y == 0 || y == height - 1 || width < 2 ? 1 : width - 1;

		for (size_t x = 0; x < width; x += step, n++) {
			const uint32_t value =
				sample_at(image, (y * width + x) * image->channels) & UINT8_MAX;

			largest = ++counts[value] > largest ? counts[value] : largest;
		}
	}
	return (double)largest >=
	       (width * height <= FEW_PIXELS ? CLEAN_SHARE_FEW : CLEAN_SHARE) * (double)n;
}

uint32_t range_most(const struct image *image)
{
	const uint32_t full = range_full(image), is_short = full / SHORT_PART;
	uint32_t most = image->lossy ? full : 0;

	for (size_t step = image->height / N_FIRST_ROWS + 1;; step = 1) {
		for (size_t y = 0; y < image->height && most <= is_short; y += step) {
			const uint32_t of_row = most_of_row(image, y);

			most = of_row > most ? of_row : most;
		}
		if (step == 1 || most > is_short)
			break;
	}
	if (most == 0 || most > is_short)
		return full;
	return most >= UINT8_MAX || most == 1 || is_clean(image) ? most : UINT8_MAX;
}

static uint32_t grey_at(const struct image *image, size_t i)
{
	return sample_at(image, i * image->channels);
}

/* Whether pixel i has no color, and is not see-through. */
static bool is_grey(const struct image *image, size_t i)
{
	const unsigned channels = image->channels;
	const uint32_t grey = grey_at(image, i);

	i *= channels;
	return (channels < 3 ||
		(sample_at(image, i + 1) == grey && sample_at(image, i + 2) == grey)) &&
	       (channels % 2 || sample_at(image, i + channels - 1) == range_full(image));
}

/* False where the image is not all grey. */
static bool find_range(const struct image *image, struct range *range)
{
	range->least = UINT32_MAX;
	range->most = 0;
	for (size_t i = 0; i < (size_t)image->width * image->height; i++) {
		const uint32_t value = grey_at(image, i);

		if (!is_grey(image, i))
			return false;
		range->least = value < range->least ? value : range->least;
		range->most = value > range->most ? value : range->most;
	}
	return true;
}

/* The position of pixel i between the least, 0, and the most, 1. */
static double share_at(const struct image *image, const struct range *range, size_t i)
{
	return (double)(grey_at(image, i) - range->least) / (double)(range->most - range->least);
}

/* Whether nearly all of the border is paper, at one end of the range, and much of the rest is ink,
 * at the other end. Noise is on both sides of the paper, and light in between. */
static bool is_two_levels(const struct image *image, const struct range *range, bool bright)
{
	const size_t width = image->width, height = image->height;
	size_t n_border = 0, n_border_paper = 0, n_paper = 0, n_ink = 0;

	for (size_t i = 0; i < width * height; i++) {
		const size_t x = i % width, y = i / width;
		const bool at_border = x == 0 || y == 0 || x == width - 1 || y == height - 1;
		const double share = share_at(image, range, i), off = bright ? 1 - share : share;

		n_border += at_border;
		n_border_paper += at_border && off <= PAPER_REACH;
		n_paper += off <= PAPER_REACH;
		n_ink += off >= 1 - INK_REACH;
	}
	return (double)n_border_paper >= PAPER_SHARE * (double)n_border &&
	       (double)n_ink >= INK_SHARE * (double)(width * height - n_paper);
}

static bool has_edges(const struct image *image, const struct range *range)
{
	const size_t width = image->width, height = image->height;
	const size_t step = 1 + (width > height ? width : height) / EDGE_PART;
	const double least = EDGE * (double)(range->most - range->least);
	size_t n = 0;

	for (size_t i = step; i < width * height; i++) {
		const double difference =
			(double)grey_at(image, i) - (double)grey_at(image, i - step);

		n += i % width >= step && (difference >= least || -difference >= least);
	}
	return n >= MIN_EDGES;
}

bool range_is_faint(const struct image *image, struct range *range)
{
	return !image->lossy && find_range(image, range) &&
	       range->most - range->least >= MIN_LEVELS &&
	       range->most - range->least <= range_full(image) / FAINT_PART &&
	       (is_two_levels(image, range, true) || is_two_levels(image, range, false)) &&
	       has_edges(image, range);
}

enum emnist_status range_to_bytes(const struct image *image, const struct range *range,
				  struct image *to, struct emnist_error *error)
{
	const unsigned channels = image->channels;
	const uint32_t full = range_full(image);
	const enum emnist_status status =
		image_resize(to, image->width, image->height, channels, error);

	if (status)
		return status;
	for (size_t i = 0; i < to->pixels.nbytes; i++) {
		const bool is_alpha = channels % 2 == 0 && i % channels == channels - 1;
		const uint32_t black = is_alpha ? 0 : range->least;
		const uint32_t white = (is_alpha ? full : range->most) - black;
		const uint32_t sample = sample_at(image, i);
		const uint32_t value = sample > black ? sample - black : 0;

		to->pixels.data[i] =
			(uint8_t)(value < white ? (value * 255 + white / 2) / white : 255);
	}
	return EMNIST_OK;
}
