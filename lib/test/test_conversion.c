/*
 * test_conversion.c - EMNIST's own conversion: recorded pixels of pictures of our own
 * (testdata/generate_conversion.py).
 */
#include "../draw/conversion.h"
#include "tables.h"

#define MAX_LINE 8192

static size_t scan_hexadecimal(const char *text, uint8_t *bytes)
{
	size_t n = 0;

	for (unsigned value; sscanf(text, "%2x", &value) == 1; text += 2)
		bytes[n++] = (uint8_t)value;
	return n;
}

static void test_recorded(void **state)
{
	FILE *table = open_table("testdata/conversion.tsv");
	char line[MAX_LINE], *fields[5];
	size_t n = 0;

	(void)state;
	for (; next_line(table, line, sizeof(line), fields, 5); n++) {
		static uint8_t bits[MAX_LINE], mask[128 * 128];
		uint8_t wanted[784], pixels[784];
		const size_t width = strtoul(fields[1], NULL, 10);
		const size_t height = strtoul(fields[2], NULL, 10);

		assert_int_equal(scan_hexadecimal(fields[3], bits), (width * height + 7) / 8);
		assert_int_equal(scan_hexadecimal(fields[4], wanted), sizeof(wanted));
		for (size_t i = 0; i < width * height; i++)
			mask[i] = bits[i / 8] >> (7 - i % 8) & 1;
		conversion_apply(mask, width, height, pixels);
		assert_memory_equal(pixels, wanted, sizeof(pixels));
	}
	fclose(table);
	assert_int_equal(n, 7);
}

static void test_place_does_not_matter(void **state)
{
	uint8_t large[40 * 50] = {0}, small[6 * 9], pixels[784], moved[784];

	(void)state;
	for (size_t y = 0; y < 9; y++)
		for (size_t x = 0; x < 6; x++) {
			small[y * 6 + x] = x == y / 2 || y == 8;
			large[(y + 23) * 40 + x + 31] = small[y * 6 + x] ? 200 : 0;
		}
	conversion_apply(small, 6, 9, pixels);
	conversion_apply(large, 40, 50, moved);
	assert_memory_equal(pixels, moved, sizeof(pixels));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_recorded),
		cmocka_unit_test(test_place_does_not_matter),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
