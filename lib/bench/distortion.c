/*
 * distortion.c - a table of distortions, and combinations of them.
 */
#include "distortion.h"

#include <math.h>
#include <string.h>

enum kind {
	KIND_SIZE,
	KIND_PEN,
	KIND_VIEW,
	KIND_INK,
	KIND_LIGHT,
	KIND_CAMERA,
	KIND_FRAME,
	KIND_RULING,
	N_KINDS,
	KIND_LAST, /* left out of combinations */
};

/* The long side of EMNIST's ink, in its pixels: what pens are a share of. */
#define INK_SIDE 22.25

static double between(struct random *random, double from, double to)
{
	return from + (to - from) * random_unit(random);
}

static double sign(struct random *random)
{
	return random_unit(random) < 0.5 ? -1 : 1;
}

/* A distortion that has nothing to draw by chance is one assignment. */
#define FIXED(name, assignment)                                                                    \
	static void name(struct photograph *p, struct random *random)                              \
	{                                                                                          \
		(void)random;                                                                      \
		assignment;                                                                        \
	}

FIXED(enlarge_4, p->zoom = 4)
FIXED(enlarge_8, p->zoom = 8)
FIXED(enlarge_16, p->zoom = 16)
FIXED(enlarge_40, p->zoom = 40)
FIXED(enlarge_softly, p->pen.grey = true)
FIXED(thin_little, p->pen.thicker = -0.5)
FIXED(thin_much, p->pen.thicker = -1)
FIXED(thicken_little, p->pen.thicker = 0.5)
FIXED(thicken_much, p->pen.thicker = 1)
FIXED(pen_2, p->pen.width = 0.02 * INK_SIDE)
FIXED(pen_4, p->pen.width = 0.04 * INK_SIDE)
FIXED(pen_8, p->pen.width = 0.08 * INK_SIDE)
FIXED(pen_16, p->pen.width = 0.16 * INK_SIDE)
FIXED(pen_24, p->pen.width = 0.24 * INK_SIDE)
FIXED(compress, p->jpeg_quality = 30)
FIXED(blur_little, p->blur = 0.7)
FIXED(blur_much, p->blur = 1.2)
FIXED(make_noise, p->noise = 20)
FIXED(be_transparent, p->transparent = true)
FIXED(rule_baseline, p->ruling = RULING_BASELINE)
FIXED(rule_edge, p->ruling = RULING_EDGE)
FIXED(rule_corner, p->ruling = RULING_CORNER)
FIXED(rule_box, p->ruling = RULING_BOX)
FIXED(rule_foot, p->ruling = RULING_FOOT)

FIXED(stay_plain, (void)p)
FIXED(put_in_frame, p->surround = SURROUND_FRAME)
FIXED(put_in_circle, p->surround = SURROUND_CIRCLE)
FIXED(underline, p->surround = SURROUND_UNDERLINE)
FIXED(put_in_comb, p->surround = SURROUND_COMB)

/* A cell of a form, cut out at its lines: 60 pixels with lines of 2. */
static void cut_cell(struct photograph *p, enum surround lines)
{
	p->square = 38;
	p->zoom = 60 / p->square;
	p->line = 2 / p->zoom;
	p->surround = lines;
}

FIXED(cut_at_left, cut_cell(p, SURROUND_LEFT))
FIXED(cut_at_corner, cut_cell(p, SURROUND_LEFT_TOP))
FIXED(cut_at_three, cut_cell(p, SURROUND_LEFT_RIGHT_TOP))
FIXED(cut_at_box, cut_cell(p, SURROUND_ALL))
FIXED(cut_outside_box, cut_cell(p, SURROUND_INSIDE))
FIXED(frame_edge, p->surround = SURROUND_ALL)

static void put_in_pale_frame(struct photograph *p, struct random *random)
{
	p->surround = SURROUND_FRAME;
	p->shade = between(random, 0.2, 0.7);
}

static void punch(struct photograph *p, struct random *random)
{
	p->surround = SURROUND_HOLE;
	p->shade = between(random, 0.5, 1);
	p->margins[0] = 10;
}

static void write_on_grid(struct photograph *p, struct random *random)
{
	p->surround = SURROUND_GRID;
	p->line = 0.2;
	p->shade = between(random, 0.15, 0.6);
}

/* A photograph of 32 pixels of one of a row of digits, with parts of its neighbors, in ink of that
 * contrast, of which the blur leaves two thirds. */
static void take_small_of(struct photograph *p, struct random *random, double least, double most)
{
	const double paper = between(random, 90, 220), ink = paper - between(random, least, most);

	p->square = between(random, 24, 30);
	p->zoom = 32 / p->square;
	for (int c = 0; c < 3; c++) {
		p->paper[c] = paper;
		p->ink[c] = ink;
	}
	p->gradient[0] = random_within(random, 0.06);
	p->gradient[1] = random_within(random, 0.06);
	p->blur = between(random, 0.4, 1);
	p->noise = between(random, 1, 3);
	p->jpeg_quality = 60 + (unsigned)random_below(random, 31);
	for (int k = 0; k < 2; k++)
		p->gaps[k] = random_unit(random) < 0.5 ? between(random, 0.1, 0.3) : 0;
}

FIXED(take_small, take_small_of(p, random, 25, 45))
FIXED(take_small_faint, take_small_of(p, random, 16, 26))

static void crop_small(struct photograph *p, struct random *random)
{
	for (int k = 0; k < 4; k++)
		p->margins[k] = between(random, 0, 0.5);
	p->zoom = 30 / INK_SIDE;
}

/* Drawn on a canvas of 50 pixels. */
static void draw_small(struct photograph *p, struct random *random)
{
	p->square = between(random, 25, 33);
	p->zoom = 50 / p->square;
	p->pen.width = between(random, 1, 2) / p->zoom;
}

/* Strokes end at the upper and the lower border, with paper at their sides. */
static void cut_above_and_below(struct photograph *p, struct random *random)
{
	for (int k = 0; k < 4; k++)
		p->margins[k] = k < 2 ? between(random, 5, 12) : between(random, 0, 0.3);
	p->zoom = between(random, 2, 6);
}

/* Ink of that width along a side, which the character touches. */
static void touch_band(struct photograph *p, struct random *random, int side, double width)
{
	p->bands[side] = width;
	p->margins[side] = width - between(random, 0.2, 1);
}

/* A cell of a form whose line is the border of the picture. */
static void touch_line(struct photograph *p, struct random *random)
{
	p->zoom = between(random, 2, 6);
	touch_band(p, random, (int)random_below(random, 4), between(random, 0.7, 1.3));
}

/* A scan that shows what lies beyond the sheet, at one side or two. */
static void touch_edges(struct photograph *p, struct random *random)
{
	const uint64_t side = random_below(random, 4), turn = random_below(random, 4);

	p->zoom = between(random, 1.5, 4);
	touch_band(p, random, (int)side, between(random, 2, 6));
	if (turn > 0)
		p->bands[(side + turn) % 4] = between(random, 2, 6);
}

/* The same, with paper between. */
static void stay_off_edges(struct photograph *p, struct random *random)
{
	touch_edges(p, random);
	for (int k = 0; k < 4; k++)
		p->margins[k] = p->bands[k] + between(random, 0.5, 6);
}

static void show_neighbors_near(struct photograph *p, struct random *random)
{
	const uint64_t sides = 1 + random_below(random, 3);

	for (int k = 0; k < 2; k++)
		if (sides >> k & 1)
			p->gaps[k] = between(random, 0.05, 0.15);
	p->zoom = between(random, 2, 6);
	p->shown = between(random, 0.05, 0.3);
}

static void turn_light(struct photograph *p, struct random *random);

/* A letter of a printed sign, cut out with some of those beside it. */
static void cut_from_sign(struct photograph *p, struct random *random)
{
	const uint64_t sides = 1 + random_below(random, 3);

	for (int k = 0; k < 4; k++)
		p->margins[k] = between(random, 0, 2.5);
	for (int k = 0; k < 2; k++)
		if (sides >> k & 1)
			p->gaps[k] = between(random, 0.04, 0.25);
	p->shown = between(random, 0.05, 0.4);
	p->pen.width = between(random, 0.12, 0.2) * INK_SIDE;
	p->zoom = between(random, 1.2, 4);
	p->blur = between(random, 0.2, 0.8);
	p->slant = random_within(random, 0.15);
	p->jpeg_quality = 60 + (unsigned)random_below(random, 31);
	if (random_unit(random) < 0.5)
		turn_light(p, random);
}

/* A letter of a word in cursive at 28 pixels: joined to those beside it, which are in the picture,
 * or near them. */
static void cut_from_word(struct photograph *p, struct random *random)
{
	const uint64_t joined = random_below(random, 4), near = random_below(random, 4);

	for (int k = 0; k < 4; k++)
		p->margins[k] = between(random, 0.5, 3);
	p->line = 2;
	for (int k = 0; k < 2; k++) {
		if (joined >> k & 1)
			p->links[k] = between(random, 0.6, 0.95);
		if (near >> k & 1)
			p->gaps[k] = between(random, 0.06, 0.2);
	}
	p->shown = between(random, 0.03, 0.15);
	p->zoom = between(random, 0.9, 1.1);
	p->slant = between(random, -0.2, 0);
}

/* A character whose parts are loose, with nothing beside it. */
static void loosen(struct photograph *p, struct random *random)
{
	const double split = between(random, 0.1, 0.4);

	for (int k = 0; k < 4; k++)
		p->margins[k] =
			random_unit(random) < 0.7 ? between(random, 0, 0.5) : between(random, 0, 4);
	p->slit = between(random, 0.5, 2.5);
	p->split = random_unit(random) < 0.5 ? split : 1 - split;
	p->zoom = between(random, 1.2, 4);
}

static void rotate(struct photograph *p, struct random *random)
{
	p->rotation = random_within(random, 10);
}

static void slant(struct photograph *p, struct random *random)
{
	p->slant = random_within(random, 0.25);
}

static void tilt(struct photograph *p, struct random *random)
{
	p->tilt[0] = random_within(random, 0.4);
	p->tilt[1] = random_within(random, 0.4);
}

static void turn_light(struct photograph *p, struct random *random)
{
	for (int c = 0; c < 3; c++) {
		p->paper[c] = between(random, 5, 60);
		p->ink[c] = between(random, 190, 250);
	}
}

/* Luma 29 to 77 apart at least: blue, red or green on white, yellow, pink. */
static void take_colors(struct photograph *p, struct random *random)
{
	static const double inks[][3] = {
		{20, 40, 160}, {180, 20, 30}, {10, 110, 50}, {110, 40, 140}, {70, 70, 75}};
	static const double papers[][3] = {{250, 240, 180},
					   {250, 205, 215},
					   {200, 230, 250},
					   {215, 245, 205},
					   {190, 170, 140}};
	const uint64_t ink = random_below(random, 5), paper = random_below(random, 5);

	for (int c = 0; c < 3; c++) {
		p->ink[c] = inks[ink][c];
		p->paper[c] = papers[paper][c];
	}
}

static void fade(struct photograph *p, struct random *random)
{
	const double paper = between(random, 150, 250), ink = paper - between(random, 45, 70);

	for (int c = 0; c < 3; c++) {
		p->paper[c] = paper;
		p->ink[c] = ink;
	}
}

static void slope_light(struct photograph *p, struct random *random)
{
	p->gradient[0] = between(random, 0.2, 0.6) * sign(random);
	p->gradient[1] = between(random, 0.2, 0.6) * sign(random);
}

/* Where light slopes, the camera takes less of it: what is brightest has this value in the middle,
 * and up to 1.6 times as much, more than there is, where there is most light. */
static void expose_for_slope(struct photograph *p)
{
	static const double exposed = 170;
	double brightest = 0;

	if (p->gradient[0] == 0)
		return;
	for (int c = 0; c < 3; c++)
		brightest = fmax(brightest, fmax(p->paper[c], p->ink[c]));
	for (int c = 0; c < 3; c++) {
		p->paper[c] *= exposed / brightest;
		p->ink[c] *= exposed / brightest;
	}
}

static void shade_corners(struct photograph *p, struct random *random)
{
	p->vignette = between(random, 0.3, 0.6);
}

static void cast_shadow(struct photograph *p, struct random *random)
{
	p->shadow = between(random, 0.2, 0.5);
	p->shadow_softness = between(random, 0.15, 0.4);
}

static void crop_tightly(struct photograph *p, struct random *random)
{
	for (int k = 0; k < 4; k++)
		p->margins[k] = between(random, 0, 0.5);
}

static void leave_margins(struct photograph *p, struct random *random)
{
	for (int k = 0; k < 4; k++)
		p->margins[k] = between(random, 20, 60);
	p->zoom = 5;
}

static void move_aside(struct photograph *p, struct random *random)
{
	for (int k = 0; k < 4; k++)
		p->margins[k] = random_unit(random) < 0.5 ? between(random, 0.5, 3)
							  : between(random, 10, 40);
}

/* Wood, slate, a blue cloth, a green mat: any brightness below the paper's, and rough. */
static void choose_table(struct photograph *p, struct random *random)
{
	static const double hues[][3] = {
		{170, 115, 70}, {100, 100, 105}, {70, 95, 150}, {75, 120, 90}};
	const double *hue = hues[random_below(random, 4)];
	const double luma = 0.299 * hue[0] + 0.587 * hue[1] + 0.114 * hue[2];
	const double brightness = between(random, 10, 140) / luma;
	const double turned = random_within(random, 0.05); /* 3 degrees */

	for (int c = 0; c < 3; c++)
		p->table_color[c] = brightness * hue[c];
	p->roughness = between(random, 3, 15);
	for (int k = 0; k < 4; k++) {
		p->margins[k] = between(random, 10, 16);
		p->table_slopes[k] = turned + random_within(random, 0.015);
	}
}

static void show_table_beside(struct photograph *p, struct random *random)
{
	choose_table(p, random);
	p->table[random_below(random, 4)] = between(random, 0.03, 0.14);
}

static void show_table_around(struct photograph *p, struct random *random)
{
	choose_table(p, random);
	for (int k = 0; k < 4; k++)
		p->table[k] = between(random, 0.03, 0.14);
}

static void show_neighbors(struct photograph *p, struct random *random)
{
	const uint64_t sides = 1 + random_below(random, 3); /* left, right or both: bits */

	for (int k = 0; k < 2; k++)
		if (sides >> k & 1)
			p->gaps[k] = between(random, 0.15, 0.4);
	p->shown = between(random, 0.1, 0.6);
}

/* Luma 1 to 10 apart: red on green, green on red, orange on green, violet on blue, red on grey. */
static void take_colors_alike(struct photograph *p, struct random *random)
{
	static const double pairs[][2][3] = {{{200, 50, 45}, {70, 125, 65}},
					     {{60, 150, 60}, {200, 60, 70}},
					     {{230, 140, 40}, {110, 190, 90}},
					     {{150, 60, 170}, {60, 110, 190}},
					     {{210, 60, 50}, {112, 110, 108}}};
	const uint64_t pair = random_below(random, 5);

	memcpy(p->ink, pairs[pair][0], sizeof(p->ink));
	memcpy(p->paper, pairs[pair][1], sizeof(p->paper));
}

#define COMBINED 4 /* combinations differ more than single distortions do */

/* A distortion, and the exact negatives of its pictures. */
#define WITH_NEGATIVE(name, apply)                                                                 \
	{name, KIND_LAST, apply, 1, false},                                                        \
	{                                                                                          \
		name ", negative", KIND_LAST, apply, 1, true                                       \
	}

/* Chance goes by the place in this table: what is new stands last. */
const struct distortion distortions[] = {
	{"enlarged x4", KIND_SIZE, enlarge_4, 1, false},
	{"enlarged x8", KIND_SIZE, enlarge_8, 1, false},
	{"enlarged x16", KIND_SIZE, enlarge_16, 1, false},
	{"enlarged x40", KIND_LAST, enlarge_40, 1, false},
	{"enlarged x10, soft", KIND_SIZE, enlarge_softly, 1, false},
	{"strokes 1 px thinner", KIND_PEN, thin_little, 1, false},
	{"strokes 2 px thinner", KIND_PEN, thin_much, 1, false},
	{"strokes 1 px thicker", KIND_PEN, thicken_little, 1, false},
	{"strokes 2 px thicker", KIND_PEN, thicken_much, 1, false},
	{"pen 2 % of height", KIND_PEN, pen_2, 1, false},
	{"pen 4 % of height", KIND_PEN, pen_4, 1, false},
	{"pen 8 % of height", KIND_PEN, pen_8, 1, false},
	{"pen 16 % of height", KIND_PEN, pen_16, 1, false},
	{"pen 24 % of height", KIND_LAST, pen_24, 1, false},
	{"rotated to 10 degrees", KIND_VIEW, rotate, 1, false},
	{"slanted to 0.25", KIND_VIEW, slant, 1, false},
	{"perspective", KIND_VIEW, tilt, 1, false},
	{"light on dark", KIND_INK, turn_light, 1, false},
	{"colored", KIND_INK, take_colors, 1, false},
	{"faint", KIND_INK, fade, 1, false},
	{"transparent", KIND_LAST, be_transparent, 1, false},
	{"gradient of light", KIND_LIGHT, slope_light, 1, false},
	{"dark corners", KIND_LIGHT, shade_corners, 1, false},
	{"soft shadow", KIND_LIGHT, cast_shadow, 1, false},
	{"JPEG at quality 30", KIND_CAMERA, compress, 1, false},
	{"blur 0.7 px", KIND_CAMERA, blur_little, 1, false},
	{"blur 1.2 px", KIND_CAMERA, blur_much, 1, false},
	{"noise of 20 levels", KIND_CAMERA, make_noise, 1, false},
	{"tight crop", KIND_FRAME, crop_tightly, 1, false},
	{"wide margins", KIND_FRAME, leave_margins, 1, false},
	{"off center", KIND_FRAME, move_aside, 1, false},
	{"ruled line", KIND_RULING, rule_baseline, 1, false},
	{"edge of a box", KIND_RULING, rule_edge, 1, false},
	{"corner of a box", KIND_RULING, rule_corner, 1, false},
	{"box", KIND_RULING, rule_box, 1, false},
	{"3 to 5 at random", KIND_LAST, NULL, COMBINED, false},
	{"table at one side", KIND_LAST, show_table_beside, 1, false},
	{"table all around", KIND_LAST, show_table_around, 1, false},
	{"neighbor beside", KIND_LAST, show_neighbors, 1, false},
	{"colored, one grey", KIND_LAST, take_colors_alike, 1, false},
	WITH_NEGATIVE("plain", stay_plain),
	WITH_NEGATIVE("rule", rule_baseline),
	WITH_NEGATIVE("pencil", fade),
	WITH_NEGATIVE("board", turn_light),
	WITH_NEGATIVE("cell, line left", cut_at_left),
	WITH_NEGATIVE("cell, left and top", cut_at_corner),
	WITH_NEGATIVE("cell, left, right, top", cut_at_three),
	WITH_NEGATIVE("cell, box", cut_at_box),
	WITH_NEGATIVE("cell, box inside", cut_outside_box),
	WITH_NEGATIVE("frame at the edge", frame_edge),
	WITH_NEGATIVE("frame", put_in_frame),
	WITH_NEGATIVE("pale frame", put_in_pale_frame),
	WITH_NEGATIVE("circled", put_in_circle),
	WITH_NEGATIVE("underlined", underline),
	WITH_NEGATIVE("comb", put_in_comb),
	WITH_NEGATIVE("punched hole", punch),
	WITH_NEGATIVE("graph paper", write_on_grid),
	WITH_NEGATIVE("32 px, 20 levels", take_small),
	WITH_NEGATIVE("tight crop, 30 px", crop_small),
	WITH_NEGATIVE("thin pen, 50 px", draw_small),
	WITH_NEGATIVE("cut above and below", cut_above_and_below),
	WITH_NEGATIVE("written on a rule", rule_foot),
	WITH_NEGATIVE("line at the border, touched", touch_line),
	WITH_NEGATIVE("black edges, touched", touch_edges),
	WITH_NEGATIVE("neighbor near", show_neighbors_near),
	WITH_NEGATIVE("letter of a sign", cut_from_sign),
	WITH_NEGATIVE("letter of a word", cut_from_word),
	WITH_NEGATIVE("loose parts", loosen),
	WITH_NEGATIVE("black edges", stay_off_edges),
	WITH_NEGATIVE("32 px, 12 levels", take_small_faint),
};

const size_t n_distortions = sizeof(distortions) / sizeof(*distortions);

/* One of the distortions of a kind. */
static const struct distortion *choose(int kind, struct random *random)
{
	const struct distortion *chosen = NULL;
	uint64_t n = 0;

	for (size_t d = 0; d < n_distortions; d++)
		if (distortions[d].kind == kind && random_below(random, ++n) == 0)
			chosen = &distortions[d];
	return chosen;
}

/* A tight crop of a picture with lines would cut them off; the lines have the margins they need. */
static void combine(struct photograph *photograph, struct random *random)
{
	uint64_t n_wanted = 3 + random_below(random, 3);

	for (int kind = 0; kind < N_KINDS; kind++) {
		const uint64_t n_left = (uint64_t)(N_KINDS - kind);

		if (kind == KIND_RULING && photograph->margins[0] != 7)
			continue;
		if (random_below(random, n_left) < n_wanted) {
			choose(kind, random)->apply(photograph, random);
			n_wanted--;
		}
	}
}

struct photograph distortion_draw(size_t d, uint64_t seed, uint64_t glyph, unsigned draw)
{
	const size_t place = d - distortions[d].negative;
	struct random random = random_stream(seed, RANDOM_AUGMENT, glyph, 64 * place + draw);
	struct photograph photograph = photograph_plain();

	photograph.seed = random_next(&random);
	if (distortions[d].apply)
		distortions[d].apply(&photograph, &random);
	else
		combine(&photograph, &random);
	expose_for_slope(&photograph);
	photograph.negative = distortions[d].negative;
	return photograph;
}

/* ------------------------------------------------------------ to learn from */

static void vary_pen(struct photograph *p, struct random *random)
{
	if (random_unit(random) < 0.5)
		p->pen.thicker = random_within(random, 1);
	else
		p->pen.width = between(random, 0.02, 0.24) * INK_SIDE;
}

/* Pixels of the picture to one of EMNIST's. */
#define MOST_ZOOM 20

/* The thick ones, which a network finds hardest, as often as all others. */
static void choose_pen(struct photograph *p, struct random *random)
{
	if (random_unit(random) < 0.5)
		vary_pen(p, random);
	else if (random_unit(random) < 0.5)
		p->pen.thicker = between(random, 0.4, 1.1);
	else
		p->pen.width = between(random, 0.16, 0.26) * INK_SIDE;
}

static void vary_blur(struct photograph *p, struct random *random)
{
	p->blur = between(random, 0.2, 1.4);
}

static void vary_noise(struct photograph *p, struct random *random)
{
	p->noise = between(random, 5, 25);
}

static void vary_compression(struct photograph *p, struct random *random)
{
	p->jpeg_quality = 20 + (unsigned)random_below(random, 51);
}

static void vary_rulings(struct photograph *p, struct random *random)
{
	p->ruling = (enum ruling)(RULING_BASELINE + random_below(random, 4));
}

/* What changes the ink most in the network's eyes stands more than once. */
static const struct {
	enum kind kind;
	void (*apply)(struct photograph *photograph, struct random *random);
} variations[] = {
	{KIND_PEN, vary_pen},
	{KIND_PEN, vary_pen},
	{KIND_PEN, vary_pen},
	{KIND_VIEW, rotate},
	{KIND_VIEW, slant},
	{KIND_VIEW, tilt},
	{KIND_CAMERA, vary_blur},
	{KIND_CAMERA, vary_blur},
	{KIND_CAMERA, vary_noise},
	{KIND_CAMERA, vary_compression},
	{KIND_INK, turn_light},
	{KIND_INK, take_colors},
	{KIND_INK, fade},
	{KIND_LIGHT, slope_light},
	{KIND_LIGHT, shade_corners},
	{KIND_LIGHT, cast_shadow},
	{KIND_FRAME, crop_tightly},
	{KIND_FRAME, move_aside},
	{KIND_RULING, vary_rulings},
};

struct photograph distortion_mix(uint64_t seed, uint64_t glyph, uint64_t draw, double least,
				 unsigned n_most, bool always_pen)
{
	struct random random = random_stream(seed, RANDOM_SHUFFLE, glyph, draw);
	const uint64_t n = random_below(&random, (uint64_t)n_most + 1);
	struct photograph photograph = photograph_plain();
	bool done[N_KINDS] = {false};

	photograph.seed = random_next(&random);
	photograph.zoom = least * pow(MOST_ZOOM / least, random_unit(&random));
	photograph.pen.grey = random_unit(&random) < 0.25 && !always_pen;
	if (always_pen) {
		choose_pen(&photograph, &random);
		done[KIND_PEN] = true;
	}
	for (uint64_t i = 0; i < n; i++) {
		const size_t k = random_below(&random, sizeof(variations) / sizeof(*variations));
		const enum kind kind = variations[k].kind;
		/* A tight crop would cut lines off. */
		const bool fits = !(kind == KIND_RULING && done[KIND_FRAME]) &&
				  !(kind == KIND_FRAME && done[KIND_RULING]);

		if (!done[kind] && fits)
			variations[k].apply(&photograph, &random);
		photograph.pen.grey &= kind != KIND_PEN;
		done[kind] = true;
	}
	expose_for_slope(&photograph);
	return photograph;
}
