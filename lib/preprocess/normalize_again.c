/*
 * normalize_again.c - remembers what was removed from a picture, for another pass over a part of
 * it.
 *
 * The part shows less of such a frame, which would not be recognized again.
 */
#include "normalize_pieces.h"

/* The pixel and its neighbors, for soft edges. */
static void drop_around(struct normalizer *normalizer, const struct frame *frame, size_t x,
			size_t y)
{
	for (size_t row = y - (y > 0); row <= y + 1 && row < frame->height; row++)
		for (size_t column = x - (x > 0); column <= x + 1 && column < frame->width;
		     column++)
			normalizer->dropped[row * frame->width + column] = 1;
}

static void drop_in(struct normalizer *normalizer, const struct frame *frame)
{
	normalizer->dropped_region = frame->region;
	normalizer->dropped_width = frame->width;
	normalizer->dropped_height = frame->height;
}

void pieces_take_out(struct normalizer *normalizer, const struct frame *frame,
		     const struct pieces *pieces)
{
	bool any = false;

	for (size_t k = 0; k < pieces->n; k++)
		any |= pieces->pieces[k].dropped;
	if (!any)
		return;
	if (normalizer->dropped_width == 0)
		memset(normalizer->dropped, 0, frame->width * frame->height);
	drop_in(normalizer, frame);
	for (size_t i = 0; i < pieces->n_spots; i++) {
		const struct spot *spot = &pieces->spots[i];

		if (!pieces->pieces[spot->piece].dropped)
			continue;
		normalizer->keep[spot->y * frame->width + spot->x] = 0;
		drop_around(normalizer, frame, spot->x, spot->y);
	}
	for (size_t i = 0; i < frame->width * frame->height; i++)
		normalizer->dropped[i] &= !normalizer->keep[i];
}

/* places[i] = position of pixel i of n, in one part of the picture, among the n_before pixels of
 * another part, or SIZE_MAX. */
static void find_places(size_t start, size_t length, size_t n, size_t start_before,
			size_t length_before, size_t n_before, size_t places[WORK_SIDE])
{
	for (size_t i = 0; i < n; i++) {
		const double at = (double)start + ((double)i + 0.5) * (double)length / (double)n -
				  (double)start_before;
		const double place = at * (double)n_before / (double)length_before;

		places[i] = place >= 0 && place < (double)n_before ? (size_t)place : SIZE_MAX;
	}
}

void normalize_drop_again(struct normalizer *normalizer, const struct frame *frame)
{
	const struct region *region = &frame->region, *before = &normalizer->dropped_region;
	const size_t width = frame->width, height = frame->height;
	const size_t width_before = normalizer->dropped_width;
	uint8_t *dropped = normalizer->keep;
	size_t columns[WORK_SIDE], rows[WORK_SIDE];

	if (width_before == 0)
		return;
	find_places(region->x, region->width, width, before->x, before->width, width_before,
		    columns);
	find_places(region->y, region->height, height, before->y, before->height,
		    normalizer->dropped_height, rows);
	for (size_t y = 0; y < height; y++)
		for (size_t x = 0; x < width; x++) {
			const size_t i = y * width + x;

			dropped[i] = rows[y] != SIZE_MAX && columns[x] != SIZE_MAX &&
				     normalizer->dropped[rows[y] * width_before + columns[x]];
			normalizer->ink[i] = dropped[i] ? 0 : normalizer->ink[i];
		}
	memcpy(normalizer->dropped, dropped, width * height);
	drop_in(normalizer, frame);
}
