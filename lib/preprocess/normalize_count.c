/*
 * normalize_count.c - counts characters side by side.
 *
 * Pieces whose columns overlap belong to one character, such as the halves of an = and the dots of
 * an Ö. Other pieces count if they are about as high as the rest and clearly apart. The stem of a K
 * may be apart from its arms, but is closer to them than to the next character.
 */
#include "normalize_pieces.h"

#include <math.h>

/* Lengths are shares of the tallest one's height. A character is at least this high, and this far
 * from the one before; farther if one of them is no wider than the last share of its own height,
 * like a stem. */
#define MIN_HEIGHT   0.6
#define MIN_GAP      0.04
#define MIN_GAP_STEM 0.15
#define STEM_WIDTH   0.25

/* Boxes from the left, no two with a column in common. */
struct boxes {
	struct box boxes[MAX_PIECES];
	size_t n;
};

/* Adds the box, merged with those whose columns overlap it. */
static void add_box(struct boxes *boxes, struct box box)
{
	size_t n = 0, at = 0;

	for (size_t k = 0; k < boxes->n; k++) {
		const struct box other = boxes->boxes[k];

		if (other.left < box.right && box.left < other.right) {
			box = box_join(&box, &other);
			continue;
		}
		at += other.left < box.left;
		boxes->boxes[n++] = other;
	}
	memmove(boxes->boxes + at + 1, boxes->boxes + at, (n - at) * sizeof(box));
	boxes->boxes[at] = box;
	boxes->n = n + 1;
}

static double tallest_of(const struct boxes *boxes)
{
	double tallest = 0;

	for (size_t k = 0; k < boxes->n; k++)
		tallest = fmax(tallest, box_height(&boxes->boxes[k]));
	return tallest;
}

/* Whether a dropped piece may be a character after all; taller ones are brackets or frames. */
static bool may_be_character(const struct piece *piece, double tallest)
{
	const double height = box_height(&piece->box);

	return !piece->neighbor && !piece->straight && !piece_is_disc(piece) && height <= tallest &&
	       height >= MIN_HEIGHT * tallest;
}

static bool is_stem(const struct box *box)
{
	return box_width(box) <= STEM_WIDTH * box_height(box);
}

static bool is_apart(const struct box *left, const struct box *right, double tallest)
{
	return right->left - left->right >=
	       tallest * (is_stem(left) || is_stem(right) ? MIN_GAP_STEM : MIN_GAP);
}

size_t normalize_count_characters(const struct pieces *pieces)
{
	struct boxes boxes = {.n = 0};
	struct box last = {0};
	double tallest;
	size_t n = 0;

	for (size_t k = 0; k < pieces->n; k++)
		if (!pieces->pieces[k].dropped)
			add_box(&boxes, pieces->pieces[k].box);
	tallest = tallest_of(&boxes);
	for (size_t k = 0; k < pieces->n; k++)
		if (pieces->pieces[k].dropped && may_be_character(&pieces->pieces[k], tallest))
			add_box(&boxes, pieces->pieces[k].box);
	for (size_t k = 0; k < boxes.n; k++) {
		const struct box *box = &boxes.boxes[k];

		if (box_height(box) < MIN_HEIGHT * tallest)
			continue;
		if (n > 0 && !is_apart(&last, box, tallest)) {
			last = box_join(&last, box);
			continue;
		}
		last = *box;
		n++;
	}
	return n;
}
