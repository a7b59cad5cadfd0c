/* normalize_pieces.c - the components of the ink as lists of pixels, and their shapes. */
#include "normalize_pieces.h"

#include <math.h>

/* A frame has this share of its pixels along the edges of its box: in bands of this share of the
 * box's shorter side, and two pixels. A circle has 82 %. */
#define OUTLINE_SHARE 0.9
#define BAND          0.09

/* A piece has a base if this share of its columns have ink in a band along the lower edge, of this
 * height. */
#define MIN_BASE  0.9
#define BASE_BAND 0.04

/* A straight line: minimum length per thickness; minimum share of length times thickness that it
 * fills; most thickness as a share of the picture's longer side, plus a pixel; most slope. */
#define MIN_LENGTH    5
#define MIN_FILL      0.75
#define MAX_THICKNESS 0.08
#define MAX_SLOPE     0.2

/* Thin lines fill at most this share of their box. */
#define MAX_OPEN 0.4

/* A disc fills this share of its box, which is hardly longer than it is wide, and a ring no more
 * than the next. */
#define MIN_DISC   0.7
#define MAX_RING   0.6
#define MAX_ASPECT 1.25

/* Sums over the pixels of a piece. */
struct moments {
	double x, y, xx, xy, yy;
};

struct box box_join(const struct box *a, const struct box *b)
{
	return (struct box){fmin(a->left, b->left), fmin(a->top, b->top), fmax(a->right, b->right),
			    fmax(a->bottom, b->bottom)};
}

/* The piece with that root; created if there is none, which includes having no root. */
static struct piece *piece_of(struct pieces *pieces, uint32_t root)
{
	for (size_t k = 0; k < pieces->n; k++)
		if (pieces->pieces[k].root == root)
			return &pieces->pieces[k];
	pieces->pieces[pieces->n] =
		(struct piece){.root = root, .box = {.left = INFINITY, .top = INFINITY}};
	return &pieces->pieces[pieces->n++];
}

static void list_spots(const struct normalizer *normalizer, const struct frame *frame,
		       struct pieces *pieces)
{
	const uint32_t *parents = normalizer->parents;

	for (size_t y = 0; y < frame->height; y++) {
		const uint8_t *row = normalizer->keep + y * frame->width, *end = row + frame->width;
		struct piece *piece = NULL;

		for (const uint8_t *p = row;
		     p < end && (p = memchr(p, 1, (size_t)(end - p))) != NULL; p++) {
			const size_t x = (size_t)(p - row);

			/* The pixel before is of the same piece. */
			if (x == 0 || !p[-1])
				piece = piece_of(
					pieces, normalize_component(
							parents, (uint32_t)(p - normalizer->keep)));
			pieces->spots[pieces->n_spots++] = (struct spot){
				(uint8_t)x, (uint8_t)y, (uint8_t)(piece - pieces->pieces)};
		}
	}
}

static void measure_boxes(struct pieces *pieces, struct moments moments[MAX_PIECES])
{
	memset(moments, 0, MAX_PIECES * sizeof(*moments));
	for (size_t i = 0; i < pieces->n_spots; i++) {
		const struct spot *spot = &pieces->spots[i];
		const double x = spot->x, y = spot->y;
		struct piece *piece = &pieces->pieces[spot->piece];
		struct moments *sums = &moments[spot->piece];

		piece->area++;
		piece->box = box_join(&piece->box, &(struct box){x, y, x + 1, y + 1});
		sums->x += x;
		sums->y += y;
		sums->xx += x * x;
		sums->xy += x * y;
		sums->yy += y * y;
	}
}

/* By its moments: of a line that is evenly thick. */
static void measure_line(struct piece *piece, const struct moments *sums, double most_thickness)
{
	const double n = piece->area, x = sums->x / n, y = sums->y / n;
	const double xx = sums->xx / n - x * x, yy = sums->yy / n - y * y;
	const double xy = sums->xy / n - x * y;
	const double mean = (xx + yy) / 2, off = hypot((xx - yy) / 2, xy);
	const double angle = 0.5 * atan2(2 * xy, xx - yy);

	/* The variance of n pixels in a row is (n^2 - 1) / 12. */
	piece->length = sqrt(12 * (mean + off) + 1);
	piece->thickness = sqrt(fmax(0, 12 * (mean - off)) + 1);
	piece->along_x = fabs(cos(angle));
	piece->along_y = fabs(sin(angle));
	piece->straight = piece->length >= MIN_LENGTH * piece->thickness &&
			  n >= MIN_FILL * piece->length * piece->thickness &&
			  piece->thickness <= most_thickness &&
			  fmin(piece->along_x, piece->along_y) <= MAX_SLOPE;
}

static void measure_outlines(struct pieces *pieces)
{
	size_t n_along[MAX_PIECES] = {0};

	for (size_t i = 0; i < pieces->n_spots; i++) {
		const struct spot *spot = &pieces->spots[i];
		const struct box *box = &pieces->pieces[spot->piece].box;
		const double x = spot->x, y = spot->y;
		const double band = 2 + BAND * fmin(box_width(box), box_height(box));

		n_along[spot->piece] += fmin(x - box->left, box->right - 1 - x) < band ||
					fmin(y - box->top, box->bottom - 1 - y) < band;
	}
	for (size_t k = 0; k < pieces->n; k++)
		pieces->pieces[k].outline =
			(double)n_along[k] >= OUTLINE_SHARE * pieces->pieces[k].area;
}

/* Whether the middle third of its box is empty. */
static void measure_hollows(struct pieces *pieces)
{
	for (size_t k = 0; k < pieces->n; k++)
		pieces->pieces[k].hollow = true;
	for (size_t i = 0; i < pieces->n_spots; i++) {
		const struct spot *spot = &pieces->spots[i];
		struct piece *piece = &pieces->pieces[spot->piece];
		const double x = fabs(2 * spot->x + 1 - piece->box.left - piece->box.right);
		const double y = fabs(2 * spot->y + 1 - piece->box.top - piece->box.bottom);

		piece->hollow &= 3 * x > box_width(&piece->box) || 3 * y > box_height(&piece->box);
	}
}

static void measure_bases(struct pieces *pieces)
{
	uint8_t columns[MAX_PIECES][WORK_SIDE] = {{0}};

	for (size_t i = 0; i < pieces->n_spots; i++) {
		const struct spot *spot = &pieces->spots[i];
		const struct box *box = &pieces->pieces[spot->piece].box;

		columns[spot->piece][spot->x] |=
			box->bottom - 1 - spot->y < 2 + BASE_BAND * box_width(box);
	}
	for (size_t k = 0; k < pieces->n; k++) {
		size_t n = 0;

		for (size_t x = 0; x < WORK_SIDE; x++)
			n += columns[k][x];
		pieces->pieces[k].based = (double)n >= MIN_BASE * box_width(&pieces->pieces[k].box);
	}
}

void pieces_find(struct normalizer *normalizer, const struct frame *frame, struct pieces *pieces)
{
	const double side = fmax((double)frame->width, (double)frame->height);
	struct moments moments[MAX_PIECES];

	pieces->n = pieces->n_spots = 0;
	/* The paper is not needed any more. */
	pieces->spots = (struct spot *)(void *)normalizer->paper;
	list_spots(normalizer, frame, pieces);
	measure_boxes(pieces, moments);
	measure_outlines(pieces);
	measure_hollows(pieces);
	measure_bases(pieces);
	for (size_t k = 0; k < pieces->n; k++)
		measure_line(&pieces->pieces[k], &moments[k], 1 + MAX_THICKNESS * side);
}

bool piece_is_open(const struct piece *piece)
{
	return piece->area <= MAX_OPEN * box_width(&piece->box) * box_height(&piece->box);
}

static bool is_square(const struct box *box)
{
	return box_width(box) <= MAX_ASPECT * box_height(box) &&
	       box_height(box) <= MAX_ASPECT * box_width(box);
}

bool piece_is_disc(const struct piece *piece)
{
	return is_square(&piece->box) &&
	       piece->area >= MIN_DISC * box_width(&piece->box) * box_height(&piece->box);
}

bool piece_is_ring(const struct piece *piece)
{
	return is_square(&piece->box) && piece->hollow &&
	       piece->area <= MAX_RING * box_width(&piece->box) * box_height(&piece->box);
}
