/*
 * font.h - a small font of bitmaps, for what is written under pictures and along axes.
 */
#ifndef DRAW_FONT_H
#define DRAW_FONT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Each character takes as many pixels; those on the right and above are left free. */
#define FONT_WIDTH    6
#define FONT_HEIGHT   13

#define FONT_ELLIPSIS 0x2026

/* Spells nbytes bytes of UTF-8 with characters that the font has: any other is written U+XXXX, a
 * byte that is not UTF-8 \xHH. At most n_max codes are written; where there are more, the last one
 * is an ellipsis. Returns their number. */
size_t font_spell(const char *text, size_t nbytes, uint16_t *codes, size_t n_max);

/* Whether the pixel of a character that font_spell() wrote is ink. */
bool font_ink(uint16_t code, size_t x, size_t y);

#endif
