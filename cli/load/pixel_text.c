/*
 * pixel_text.c - pixels as the numbers that other programs send.
 *
 * There are only 256 of them, so they are written once. Each copy has a fixed size, and the next
 * one overwrites its end.
 */
#include "pixel_text.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* "0.00392156862745098, " is the longest but for 17 digits. */
#define ROOM 32

static struct pixel {
	char text[ROOM];
	size_t nbytes;
} pixels_as_text[256];

static pthread_once_t is_written = PTHREAD_ONCE_INIT;

/* The fewest digits that read back as the same number. */
static void write_pixels(void)
{
	for (int value = 0; value < 256; value++) {
		struct pixel *pixel = &pixels_as_text[value];
		int n_digits = 0;

		do
			snprintf(pixel->text, ROOM - 4, "%.*g", ++n_digits, value / 255.0);
		while (strtod(pixel->text, NULL) != value / 255.0);
		strcat(pixel->text, strchr(pixel->text, '.') ? ", " : ".0, ");
		pixel->nbytes = strlen(pixel->text);
	}
}

/* Pixels at a time, for which room is made at once. */
#define N_AT_ONCE 128

void pixel_text_put(struct text *text, const uint8_t *pixels, size_t n)
{
	char room[(N_AT_ONCE + 1) * ROOM];

	pthread_once(&is_written, write_pixels);
	for (size_t i = 0; i < n;) {
		const size_t end = n - i < N_AT_ONCE ? n : i + N_AT_ONCE;
		char *p = room;

		for (; i < end; i++) {
			const struct pixel *pixel = &pixels_as_text[pixels[i]];

			memcpy(p, pixel->text, ROOM);
			p += pixel->nbytes;
		}
		text_add(text, room, (size_t)(p - room) - (i == n ? 2 : 0));
	}
}

void pixel_floats_put(struct text *text, const uint8_t *pixels, size_t n)
{
	uint8_t room[4 * N_AT_ONCE];

	for (size_t i = 0; i < n;) {
		size_t n_bytes = 0;

		for (; i < n && n_bytes < sizeof(room); i++) {
			const float value = (float)pixels[i] / 255.0F;
			uint32_t bits;

			memcpy(&bits, &value, sizeof(bits));
			for (unsigned shift = 0; shift < 32; shift += 8)
				room[n_bytes++] = (uint8_t)(bits >> shift);
		}
		text_add(text, room, n_bytes);
	}
}
