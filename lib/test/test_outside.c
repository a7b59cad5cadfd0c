/*
 * test_outside.c - what comes in at the border of a picture is left out, a sheet of paper is found
 * on its table, and what a crop has cut of the character itself stays.
 */
#include "letters.h"

#define SIDE 400

/* Fills columns [left, right) and rows [top, bottom). */
static void fill(struct image *image, size_t left, size_t top, size_t right, size_t bottom,
		 uint8_t value)
{
	for (size_t y = top; y < bottom; y++)
		memset(image->pixels.data + y * image->width + left, value, right - left);
}

static void draw_d(struct image *image)
{
	draw(image, SIDE, SIDE, LETTER(letter_d), 100, 100, 200, 230, 40);
}

/* The table along the sides whose bits are set, 0 to 3 from the left to the bottom. */
static void lay_on_table(struct image *image, unsigned sides, uint8_t table)
{
	static const size_t boxes[4][4] = {{0, 0, 35, SIDE},
					   {SIDE - 28, 0, SIDE, SIDE},
					   {0, 0, SIDE, 20},
					   {0, SIDE - 30, SIDE, SIDE}};

	for (unsigned k = 0; k < 4; k++)
		if (sides >> k & 1)
			fill(image, boxes[k][0], boxes[k][1], boxes[k][2], boxes[k][3], table);
}

static void the_table_is_no_ink(void **state)
{
	static const unsigned sides[] = {1, 2, 4, 8, 1 | 8, 2 | 4};
	static const uint8_t tables[] = {15, 60, 130};
	struct image image = {0};

	(void)state;
	for (size_t k = 0; k < sizeof(sides) / sizeof(*sides); k++)
		for (size_t l = 0; l < sizeof(tables); l++) {
			draw_d(&image);
			lay_on_table(&image, sides[k], tables[l]);
			assert_like_d(&image, 0.01f);
		}
	/* Where half of it has faded. */
	draw_d(&image);
	fill(&image, 0, 0, 60, 260, 60);
	assert_like_d(&image, 0.01f);
	draw_d(&image);
	fill(&image, 150, SIDE - 55, SIDE, SIDE, 60);
	assert_like_d(&image, 0.01f);
	image_clear(&image);
}

/* Pencil that is paler than half of the table; a stroke that fills a side is none. */
static void pencil_is_found_beside_a_dark_table(void **state)
{
	struct image image = {0};
	float alone[N], beside[N];

	(void)state;
	for (unsigned side = 0; side < 4; side++) {
		draw(&image, SIDE, SIDE, LETTER(letter_d), 100, 100, 200, 230, 180);
		preprocess(&image, EMNIST_PREPROCESS_AUTO, alone);
		lay_on_table(&image, 1U << side, 10);
		preprocess(&image, EMNIST_PREPROCESS_AUTO, beside);
		if (mean_difference(alone, beside) > 0.01f)
			fail_msg("%u differs by %.4f", side,
				 (double)mean_difference(alone, beside));
	}
	fill(&image, 0, 0, SIDE, SIDE, 230);
	fill(&image, 0, 0, 100, SIDE, 40);
	preprocess(&image, EMNIST_PREPROCESS_AUTO, alone);
	assert_false(emnist_vector_is_blank(alone));
	/* A faint speck beside it is none either. */
	fill(&image, 250, 200, 262, 212, 215);
	preprocess(&image, EMNIST_PREPROCESS_AUTO, beside);
	assert_true(mean_difference(alone, beside) < 0.01f);
	image_clear(&image);
}

/* All but a sheet, whose sides lean by `slope`, and which reaches the left border or does not. */
static void lay_sheet(struct image *image, double slope, bool at_border, uint8_t table)
{
	for (size_t i = 0; i < image->pixels.nbytes; i++) {
		const double x = (double)(i % SIDE), y = (double)(i / SIDE);

		if ((x < 40 - slope * (y - SIDE / 2) && !at_border) ||
		    x > SIDE - 55 - slope * (y - SIDE / 2) || y < 45 + slope * (x - SIDE / 2) ||
		    y > SIDE - 60 + slope * (x - SIDE / 2))
			image->pixels.data[i] = table;
	}
}

static void sheets_are_found_on_tables(void **state)
{
	static const uint8_t tables[] = {15, 60, 120};
	static const double slopes[] = {0, 0.05, -0.08};
	struct image image = {0};

	(void)state;
	for (size_t k = 0; k < sizeof(slopes) / sizeof(*slopes); k++)
		for (size_t l = 0; l < sizeof(tables); l++)
			for (int at_border = 0; at_border < 2; at_border++) {
				draw_d(&image);
				lay_sheet(&image, slopes[k], at_border, tables[l]);
				assert_like_d(&image, 0.01f);
			}
	image_clear(&image);
}

/* Thin strokes need room to be widened. */
static void thin_pens_have_room_on_sheets(void **state)
{
	struct image image = {0};
	float plain[N], on_table[N];

	(void)state;
	picture_make(&image, SIDE, SIDE, 1);
	draw_strokes(image.pixels.data, SIDE, SIDE, LETTER(letter_d), 100, 100, 200, 6, 230, 40);
	preprocess(&image, EMNIST_PREPROCESS_AUTO, plain);
	lay_sheet(&image, 0.05, false, 60);
	preprocess(&image, EMNIST_PREPROCESS_AUTO, on_table);
	assert_true(mean_difference(plain, on_table) < 0.01f);
	image_clear(&image);
}

/* A picture comes to the same in its negative: nothing bright in it is taken for a sheet. */
static void assert_no_sheet(struct image *image)
{
	float dark[N], light[N];

	preprocess(image, EMNIST_PREPROCESS_AUTO, dark);
	for (size_t i = 0; i < image->pixels.nbytes; i++)
		image->pixels.data[i] = (uint8_t)(255 - image->pixels.data[i]);
	preprocess(image, EMNIST_PREPROCESS_AUTO, light);
	assert_true(mean_difference(dark, light) < 0.01f);
}

static const struct point letter_z[] = {
	{.1f, .1f, true}, {.9f, .1f, false}, {.1f, .9f, false}, {.9f, .9f, false}};

static void light_letters_are_no_sheets(void **state)
{
	struct image image = {0};

	(void)state;
	draw_d(&image);
	assert_no_sheet(&image);
	draw(&image, SIDE, SIDE, LETTER(letter_z), 20, 20, 360, 240, 20);
	assert_no_sheet(&image);
	/* Up to the border: four sides that are straight where they are followed. */
	draw_strokes(image.pixels.data, SIDE, SIDE, LETTER(letter_z), -20, -30, 440, 30, 240, 20);
	assert_no_sheet(&image);
	image_clear(&image);
}

/* Shapes that have something of a sheet each. */
static void light_shapes_are_no_sheets(void **state)
{
	struct image image = {0};

	(void)state;
	picture_make(&image, SIDE, SIDE, 1);
	/* A ring with corners, more hole than ring. */
	fill(&image, 0, 0, SIDE, SIDE, 240);
	fill(&image, 80, 60, 320, 340, 20);
	fill(&image, 130, 110, 270, 290, 240);
	assert_no_sheet(&image);
	/* A thick bar, and one with a speck. */
	fill(&image, 0, 0, SIDE, SIDE, 240);
	fill(&image, 120, 30, 280, 370, 20);
	assert_no_sheet(&image);
	fill(&image, 0, 0, SIDE, SIDE, 240);
	fill(&image, 120, 30, 280, 370, 20);
	fill(&image, 190, 100, 210, 120, 240);
	assert_no_sheet(&image);
	/* A disc with a slit. */
	for (size_t i = 0; i < image.pixels.nbytes; i++) {
		const double x = (double)(i % SIDE) - SIDE / 2, y = (double)(i / SIDE) - SIDE / 2;

		image.pixels.data[i] = x * x + y * y < 150 * 150 ? 20 : 240;
	}
	fill(&image, 185, 140, 215, 260, 240);
	assert_no_sheet(&image);
	image_clear(&image);
}

/* Their rests beside the letter, as thick as it, larger ones farther away, and below it. */
static void neighbors_are_no_ink(void **state)
{
	static const size_t rests[][4] = {
		{0, 120, 30, 280},           {0, 60, 25, 340},
		{SIDE - 40, 150, SIDE, 250}, {0, 0, 25, SIDE / 2},
		{130, SIDE - 30, 220, SIDE}, {150, 0, 250, 30},
	};
	struct image image = {0};

	(void)state;
	for (size_t k = 0; k < sizeof(rests) / sizeof(*rests); k++) {
		draw_d(&image);
		fill(&image, rests[k][0], rests[k][1], rests[k][2], rests[k][3], 40);
		assert_like_d(&image, 0.01f);
	}
	draw_d(&image);
	fill(&image, 0, 140, 30, 260, 40);
	fill(&image, SIDE - 20, 120, SIDE, 300, 40);
	assert_like_d(&image, 0.01f);
	image_clear(&image);
}

/* What is above a wide letter is no dot, nor is what is wide, or aside, above a stem. */
static void what_is_above_is_no_dot(void **state)
{
	static const struct {
		size_t letter[2][4], above[4];
	} pictures[] = {
		{{{100, 100, 300, 140}, {180, 140, 220, 320}}, {180, 0, 220, 30}},
		{{{180, 80, 220, 300}}, {120, 0, 280, 25}},
		{{{180, 80, 220, 300}}, {60, 0, 110, 30}},
	};
	struct image image = {0};
	float alone[N], below[N];

	(void)state;
	for (size_t k = 0; k < sizeof(pictures) / sizeof(*pictures); k++) {
		const size_t *above = pictures[k].above;

		picture_make(&image, SIDE, SIDE, 1);
		memset(image.pixels.data, 230, image.pixels.nbytes);
		for (size_t l = 0; l < 2; l++)
			fill(&image, pictures[k].letter[l][0], pictures[k].letter[l][1],
			     pictures[k].letter[l][2], pictures[k].letter[l][3], 40);
		preprocess(&image, EMNIST_PREPROCESS_AUTO, alone);
		fill(&image, above[0], above[1], above[2], above[3], 40);
		preprocess(&image, EMNIST_PREPROCESS_AUTO, below);
		if (mean_difference(alone, below) > 0.01f)
			fail_msg("%zu differs by %.4f", k, (double)mean_difference(alone, below));
	}
	image_clear(&image);
}

/* What is at the border comes to the same when there is more paper beyond it. */
static void assert_stays(const struct image *image, size_t number)
{
	const size_t margin = 60, side = SIDE + 2 * margin;
	struct image wider = {0};
	float cut[N], whole[N];

	picture_make(&wider, (uint32_t)side, (uint32_t)side, 1);
	memset(wider.pixels.data, 230, wider.pixels.nbytes);
	for (size_t y = 0; y < SIDE; y++)
		memcpy(wider.pixels.data + (y + margin) * side + margin,
		       image->pixels.data + y * SIDE, SIDE);
	preprocess(image, EMNIST_PREPROCESS_AUTO, cut);
	preprocess(&wider, EMNIST_PREPROCESS_AUTO, whole);
	if (mean_difference(cut, whole) > 0.02f)
		fail_msg("%zu differs by %.4f", number, (double)mean_difference(cut, whole));
	image_clear(&wider);
}

/* Boxes of ink: of the character, and of what the border has cut. */
struct cut {
	size_t character[2][4], rests[3][4];
};

static void draw_boxes(struct image *image, const size_t boxes[][4], size_t n)
{
	for (size_t k = 0; k < n; k++)
		fill(image, boxes[k][0], boxes[k][1], boxes[k][2], boxes[k][3], 40);
}

static void draw_cut(struct image *image, const struct cut *cut)
{
	picture_make(image, SIDE, SIDE, 1);
	memset(image->pixels.data, 230, image->pixels.nbytes);
	draw_boxes(image, cut->character, 2);
	draw_boxes(image, cut->rests, 3);
}

static void near_neighbors_are_no_ink(void **state)
{
	static const struct cut pictures[] = {
		/* room at the other side: a left and a right neighbor, and one in two pieces */
		{{{100, 10, 140, 390}, {100, 180, 300, 220}}, {{0, 100, 80, 300}}},
		{{{260, 10, 300, 390}, {100, 180, 300, 220}}, {{325, 100, SIDE, 300}}},
		{{{100, 10, 140, 390}, {100, 180, 300, 220}},
		 {{0, 60, 80, 120}, {0, 300, 80, 340}}},
		/* as high as the character, but no stem */
		{{{100, 10, 140, 390}, {100, 180, 300, 220}},
		 {{0, 20, 20, 380}, {20, 340, 80, 380}}},
		/* at both sides of a character that is cut above and below */
		{{{70, 0, 110, SIDE}, {70, 180, 330, 220}},
		 {{0, 120, 50, 280}, {350, 120, SIDE, 280}}},
		/* less than a stroke, beside a character that is cut itself */
		{{{40, 0, 90, SIDE}, {40, 180, SIDE, 260}}, {{0, 100, 20, 300}}},
		/* far away, likewise */
		{{{140, 0, 180, SIDE}, {140, 180, SIDE, 220}}, {{0, 100, 80, 300}}},
		/* cut in two places, beside a character that is cut itself */
		{{{0, 10, 40, 390}, {0, 180, 250, 220}},
		 {{290, 20, 330, 380}, {330, 20, SIDE, 60}, {330, 340, SIDE, 380}}},
		/* below what overhangs it */
		{{{40, 10, 300, 60}, {180, 10, 220, 390}}, {{0, 300, 70, 380}}},
	};
	struct image image = {0};
	float alone[N], beside[N];

	(void)state;
	for (size_t k = 0; k < sizeof(pictures) / sizeof(*pictures); k++) {
		struct cut whole = pictures[k];

		memset(whole.rests, 0, sizeof(whole.rests));
		draw_cut(&image, &whole);
		preprocess(&image, EMNIST_PREPROCESS_AUTO, alone);
		draw_cut(&image, &pictures[k]);
		preprocess(&image, EMNIST_PREPROCESS_AUTO, beside);
		if (mean_difference(alone, beside) > 0.01f)
			fail_msg("%zu differs by %.4f", k, (double)mean_difference(alone, beside));
	}
	image_clear(&image);
}

static void loose_parts_at_the_border_stay(void **state)
{
	static const struct cut pictures[] = {
		/* the stem of a K in a tight crop */
		{{{80, 180, SIDE, 220}, {340, 20, SIDE, 380}}, {{0, 20, 60, 380}}},
		/* or in one that is tight at its side */
		{{{80, 180, 300, 220}, {260, 20, 300, 380}}, {{0, 20, 60, 380}}},
		/* too near, for all the room at the other side */
		{{{88, 10, 128, 390}, {88, 180, 300, 220}}, {{0, 100, 80, 300}}},
		/* too wide, for all its distance */
		{{{260, 0, 340, SIDE}, {260, 100, SIDE, 300}}, {{0, 150, 200, 250}}},
		/* the character is lower than what is at its sides */
		{{{110, 0, 170, 280}, {170, 220, 290, 280}},
		 {{0, 200, 50, SIDE}, {350, 200, SIDE, SIDE}}},
		/* the bar of a 5 */
		{{{120, 60, 160, 260}, {120, 230, 360, 390}}, {{260, 20, SIDE, 55}}},
	};
	struct image image = {0};

	(void)state;
	for (size_t k = 0; k < sizeof(pictures) / sizeof(*pictures); k++) {
		draw_cut(&image, &pictures[k]);
		assert_stays(&image, k);
	}
	image_clear(&image);
}

static void parts_of_the_character_stay(void **state)
{
	/* Strokes of 40 that a crop has cut, in boxes that make up a character each. */
	static const size_t characters[][3][4] = {
		/* i, by its dot and by its stem */
		{{180, 0, 225, 35}, {180, 80, 220, 300}},
		{{180, 90, 240, 140}, {180, 190, 220, SIDE}},
		/* K, its bar apart from the rest */
		{{0, 60, 40, 340}, {60, 180, 300, 220}, {260, 60, 300, 340}},
		/* the same, with little of the bar, and with more of it a little farther away */
		{{0, 140, 40, 260}, {60, 180, 360, 220}, {320, 60, 360, 340}},
		{{0, 60, 50, 340}, {100, 60, 140, 340}},
		/* a bar that fills the side, close to the rest */
		{{0, 0, 50, SIDE}, {56, 180, 300, 220}, {260, 60, 300, 340}},
		/* 5, its bar apart and above */
		{{100, 0, 300, 35}, {120, 60, 160, 180}, {120, 180, 300, 330}},
		/* 5, its bar apart from the rest */
		{{200, 60, SIDE, 95}, {120, 130, 260, 170}, {220, 130, 260, 330}},
		/* a bar on the left that is more than what is right of it */
		{{0, 30, 60, 370}, {200, 180, 330, 220}},
	};
	struct image image = {0};

	(void)state;
	for (size_t k = 0; k < sizeof(characters) / sizeof(*characters); k++) {
		picture_make(&image, SIDE, SIDE, 1);
		memset(image.pixels.data, 230, image.pixels.nbytes);
		for (size_t l = 0; l < 3; l++)
			fill(&image, characters[k][l][0], characters[k][l][1], characters[k][l][2],
			     characters[k][l][3], 40);
		assert_stays(&image, k);
	}
	image_clear(&image);
}

/* Where nothing is clear of the border, what is at it is all there is. */
static void what_fills_the_picture_stays(void **state)
{
	struct image image = {0};

	(void)state;
	picture_make(&image, SIDE, SIDE, 1);
	memset(image.pixels.data, 230, image.pixels.nbytes);
	fill(&image, 0, 0, 60, SIDE, 40);
	fill(&image, 0, SIDE - 60, SIDE, SIDE, 40);
	fill(&image, 300, 100, 312, 112, 40);
	assert_stays(&image, 0);
	image_clear(&image);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_table_is_no_ink),
		cmocka_unit_test(pencil_is_found_beside_a_dark_table),
		cmocka_unit_test(sheets_are_found_on_tables),
		cmocka_unit_test(thin_pens_have_room_on_sheets),
		cmocka_unit_test(light_letters_are_no_sheets),
		cmocka_unit_test(light_shapes_are_no_sheets),
		cmocka_unit_test(neighbors_are_no_ink),
		cmocka_unit_test(what_is_above_is_no_dot),
		cmocka_unit_test(near_neighbors_are_no_ink),
		cmocka_unit_test(loose_parts_at_the_border_stay),
		cmocka_unit_test(parts_of_the_character_stay),
		cmocka_unit_test(what_fills_the_picture_stays),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
