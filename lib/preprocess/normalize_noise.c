/*
 * normalize_noise.c - decides whether the ink found is the noise of an empty page.
 *
 * Noise is scattered: however strong it is, its pixels are in components of a few. Those of a
 * stroke are in one component, or in two or three. So the criterion is the size of the component
 * that a pixel of ink is in, averaged over all of them.
 */
#include "normalize.h"

/* The share of its level above which a pixel is ink. */
#define INK 0.5f

/* Measured on empty pages of 28 to 600 pixels a side, white to dark, lit evenly and not, with noise
 * of a standard deviation of 1 to 5 levels, before and after JPEG of quality 25 to 95; and on
 * training images in ink of 10 to 45 levels under the same noise. On the pages a pixel's component
 * has at most 36 pixels on average (17 at 28x28), on the images at least 37 (of 99.5 % of them),
 * and the contrast is at most 6.2 times the noise. */
#define NOISE_PIXELS 36.0f
#define NOISE_SHARE  0.03f /* of the frame, if it is small */
#define NOISE_SIGMAS 8.0f

/* The same where faint ink was searched: on 4 of 6,000 such pages there is more. */
#define FAINT_PIXELS 300.0f
#define FAINT_SHARE  0.08f

/* In stretched images, a reduced pixel's average below this share of one level is no ink. */
#define LEAST_LEVEL 0.5f

/* In stretched images noise may be so dense that its components merge. But neighbors of noise are
 * ink no more often than other pixels, up to this share; for a line one pixel wide it is a quarter.
 * Specks are counted, too: without them any rest would be dense. */
#define LEAST_TOGETHER 0.1f
#define ENOUGH_INK     30

static bool is_ink(const struct normalizer *normalizer, size_t i)
{
	return normalizer->keep[i] && normalizer->ink[i] > INK;
}

/* The mean size of the component that a pixel of ink is in. */
static float mean_component(const struct normalizer *normalizer, const uint32_t *areas, size_t n)
{
	double sum = 0, n_ink = 0;

	for (size_t i = 0; i < n; i++)
		if (is_ink(normalizer, i)) {
			sum += areas[normalize_component(normalizer->parents, (uint32_t)i)];
			n_ink++;
		}
	return n_ink > 0 ? (float)(sum / n_ink) : 0;
}

/* In noise, about as many of the four following neighbors of ink are ink as of all pixels. The last
 * row and the outer columns lack such neighbors and do not count. */
bool normalize_is_random(const float *ink, const struct frame *frame)
{
	const size_t width = frame->width, height = frame->height;
	size_t n_ink = 0, n_neighbors = 0;
	float share;

	for (size_t y = 0; y + 1 < height; y++)
		for (size_t i = y * width + 1; i + 1 < (y + 1) * width; i++) {
			if (ink[i] <= INK)
				continue;
			n_ink++;
			n_neighbors += (size_t)(ink[i + 1] > INK) + (ink[i + width - 1] > INK) +
				       (ink[i + width] > INK) + (ink[i + width + 1] > INK);
		}
	if (n_ink < ENOUGH_INK)
		return false;
	share = (float)n_ink / (float)((width - 2) * (height - 1));
	return (float)n_neighbors < 4 * (float)n_ink * (share + LEAST_TOGETHER * (1 - share));
}

/* The least mean size that is no noise: a share of the frame, and so many pixels at most. */
static float least_component(const struct frame *frame, float share, float most)
{
	const float scattered = share * (float)(frame->width * frame->height);

	return scattered < most ? scattered : most;
}

bool normalize_is_faint_noise(const struct normalizer *normalizer, const struct frame *frame,
			      const uint32_t *areas)
{
	const float size = mean_component(normalizer, areas, frame->width * frame->height);

	return frame->grain > 0 || size < NOISE_PIXELS ||
	       size < least_component(frame, FAINT_SHARE, FAINT_PIXELS) ||
	       normalize_crosses(normalizer, frame);
}

bool normalize_is_noise(const struct normalizer *normalizer, const struct frame *frame,
			const uint32_t *areas, float level, float noise)
{
	const size_t n = frame->width * frame->height;
	const bool stretched = frame->grain > 0;
	float size;

	if (level < LEAST_LEVEL * frame->grain)
		return true;
	if (!stretched && level > NOISE_SIGMAS * noise)
		return false;
	size = mean_component(normalizer, areas, n);
	/* Noise cannot be measured if it is clipped at black, or below one level. */
	if (stretched && level > NOISE_SIGMAS * noise)
		size *= (float)(frame->step_x * frame->step_y);
	return size < least_component(frame, NOISE_SHARE, NOISE_PIXELS);
}
