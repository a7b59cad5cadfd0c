/* font.h - a small bitmap font for captions and axes. */
#ifndef DRAW_FONT_H
#define DRAW_FONT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The size of a character's cell; pixels on the right and at the top stay empty. */
#define FONT_WIDTH    6
#define FONT_HEIGHT   13

#define FONT_ELLIPSIS 0x2026

/* Spells nbytes bytes of UTF-8 in characters of the font: others become U+XXXX, bytes that are not
 * UTF-8 \xHH. Writes at most n_max codes, with an ellipsis last if there are more. Returns their
 * number. */
size_t font_spell(const char *text, size_t nbytes, uint16_t *codes, size_t n_max);

/* Whether a pixel of a character from font_spell() is ink. */
bool font_ink(uint16_t code, size_t x, size_t y);

#endif
