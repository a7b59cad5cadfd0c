/*
 * eval_pictures.c - the few images of an evaluation that are shown.
 */
#include "eval_pictures.h"

#include <string.h>

void eval_pictures_add(struct eval_pictures *pictures, float confidence,
		       const struct emnist_answer *answer, const struct emnist_answer *other,
		       const uint8_t *pixels)
{
	struct eval_picture *items = pictures->items;
	size_t place = pictures->n;

	while (place > 0 && items[place - 1].confidence < confidence)
		place--;
	if (place == EVAL_N_PICTURES)
		return;
	if (pictures->n < EVAL_N_PICTURES)
		pictures->n++;
	memmove(items + place + 1, items + place, (pictures->n - place - 1) * sizeof(*items));
	items[place].confidence = confidence;
	items[place].answer = *answer;
	items[place].other = other ? *other : (struct emnist_answer){0};
	memcpy(items[place].pixels, pixels, EMNIST_VECTOR_LENGTH);
}
