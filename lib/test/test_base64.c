/*
 * test_base64.c - the test vectors of RFC 4648, all bytes, and texts that are not base64.
 */
#include "../base/base64.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const struct {
	const char *text, *bytes;
} vectors[] = {
	{"", ""},
	{"Zg==", "f"},
	{"Zm8=", "fo"},
	{"Zm9v", "foo"},
	{"Zm9vYg==", "foob"},
	{"Zm9vYmE=", "fooba"},
	{"Zm9vYmFy", "foobar"},
	{"Zg", "f"},
	{"Zm8", "fo"},
	{" Zm9v\r\nYm\tFy ", "foobar"},
	{"Zm8 = \n", "fo"},
	{"Zg= =", "f"},
};

static void texts_are_decoded(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(vectors) / sizeof(vectors[0]); i++) {
		char bytes[32];
		size_t nbytes = 99;

		assert_true(
			base64_decode(vectors[i].text, strlen(vectors[i].text), bytes, &nbytes));
		assert_int_equal(nbytes, strlen(vectors[i].bytes));
		assert_memory_equal(bytes, vectors[i].bytes, nbytes);
	}
}

/* All groups of three bytes with one of 256 values each, as far as they differ in a digit. */
static void every_digit_is_decoded(void **state)
{
	static const char digits[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

	(void)state;
	for (uint32_t i = 0; i < 64 * 4; i++) {
		const uint32_t group = (i / 4) << i % 4 * 6;
		char text[4];
		uint8_t bytes[BASE64_MOST(4)];
		size_t nbytes;

		for (size_t k = 0; k < 4; k++)
			text[k] = digits[group >> (18 - 6 * k) & 63];
		assert_true(base64_decode(text, 4, bytes, &nbytes));
		assert_int_equal(nbytes, 3);
		assert_int_equal(bytes[0] << 16 | bytes[1] << 8 | bytes[2], group);
	}
}

static void text_may_be_overwritten(void **state)
{
	char text[] = " Zm9v YmFy";
	size_t nbytes;

	(void)state;
	assert_true(base64_decode(text, strlen(text), text, &nbytes));
	assert_int_equal(nbytes, 6);
	assert_memory_equal(text, "foobar", 6);
}

static void other_texts_are_refused(void **state)
{
	static const char *const texts[] = {
		"Z",        "Zm9vY", "Zg=",  "Zm8==", "Zm9v=",   "=",
		"Zg==Zg==", "Zm-v",  "Zm_v", "Zm9v.", "Zm\xffz", "Z=g="};

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		char bytes[32];
		size_t nbytes = 99;

		if (base64_decode(texts[i], strlen(texts[i]), bytes, &nbytes))
			fail_msg("'%s' was decoded", texts[i]);
		assert_int_equal(nbytes, 99);
	}
	assert_false(base64_decode("Zm9\0", 4, (char[8]){0}, &(size_t){0}));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(texts_are_decoded),
		cmocka_unit_test(every_digit_is_decoded),
		cmocka_unit_test(text_may_be_overwritten),
		cmocka_unit_test(other_texts_are_refused),
	};

	return cmocka_run_group_tests_name("base64", tests, NULL, NULL);
}
