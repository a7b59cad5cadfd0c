/*
 * unfilter.c - undoes PNG's filters, for pixels of one byte.
 *
 * Each row begins with the number of its filter, which says what the encoder subtracted from each
 * byte: nothing, the byte to the left, the one above, their mean, or Paeth's choice of those two
 * and the one above left (PNG specification, section 9). Bytes outside of the image count as 0.
 */
#include "unfilter.h"

#include <stdlib.h>
#include <string.h>

/* The neighbor nearest to left + above - above_left; ties prefer left, then above. */
static int paeth(int left, int above, int above_left)
{
	const int to_left = abs(above - above_left);
	const int to_above = abs(left - above_left);
	const int to_above_left = abs(left + above - 2 * above_left);

	int nearest = left, least = to_left;

	/* Without branches, which would be unpredictable. */
	nearest = to_above < least ? above : nearest;
	least = to_above < least ? to_above : least;
	return to_above_left < least ? above_left : nearest;
}

/* Converts between eight bytes and a number whose lowest byte is the first. */
static inline uint64_t first_lowest(uint64_t word)
{
	return __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__ ? __builtin_bswap64(word) : word;
}

/* Eight bytes at a time, in pairs whose sums have 16 bits each: multiplying by ones adds the
 * preceding pairs to each pair. */
static void undo_sub(const uint8_t *in, size_t n, uint8_t *row)
{
	const uint64_t low = UINT64_C(0x00ff00ff00ff00ff), ones = UINT64_C(0x0001000100010001);
	uint8_t left = 0;
	size_t i = 0;

	for (; i + 8 <= n; i += 8) {
		uint64_t word, odd, pairs;

		memcpy(&word, in + i, sizeof(word));
		word = first_lowest(word);
		odd = word >> 8 & low;
		pairs = ((word & low) + odd + left) * ones;
		word = ((pairs - odd) & low) | (pairs & low) << 8;
		left = (uint8_t)(word >> 56);
		word = first_lowest(word);
		memcpy(row + i, &word, sizeof(word));
	}
	for (; i < n; i++)
		row[i] = left = (uint8_t)(in[i] + left);
}

static void undo_up(const uint8_t *in, const uint8_t *above, size_t n, uint8_t *row)
{
	for (size_t i = 0; i < n; i++)
		row[i] = (uint8_t)(in[i] + above[i]);
}

static void undo_average(const uint8_t *in, const uint8_t *above, size_t n, uint8_t *row)
{
	uint8_t left = 0;

	for (size_t i = 0; i < n; i++)
		row[i] = left = (uint8_t)(in[i] + (left + above[i]) / 2);
}

static void undo_paeth(const uint8_t *in, const uint8_t *above, size_t n, uint8_t *row)
{
	uint8_t left = 0, above_left = 0;

	for (size_t i = 0; i < n; i++) {
		row[i] = left = (uint8_t)(in[i] + paeth(left, above[i], above_left));
		above_left = above[i];
	}
}

bool unfilter_rows(const uint8_t *filtered, size_t width, size_t height, const uint8_t *above,
		   uint8_t *pixels)
{
	static const uint8_t nothing[UNFILTER_MAX_WIDTH];

	above = above ? above : nothing;
	for (size_t y = 0; y < height; y++) {
		const uint8_t filter = *filtered++;

		switch (filter) {
		case 0:
			memcpy(pixels, filtered, width);
			break;
		case 1:
			undo_sub(filtered, width, pixels);
			break;
		case 2:
			undo_up(filtered, above, width, pixels);
			break;
		case 3:
			undo_average(filtered, above, width, pixels);
			break;
		case 4:
			undo_paeth(filtered, above, width, pixels);
			break;
		default:
			return false;
		}
		above = pixels;
		pixels += width;
		filtered += width;
	}
	return true;
}
