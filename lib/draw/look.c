/* look.c - how a character is drawn. */
#include "look.h"

#include <math.h>

/* Measured on originals of NIST's Special Database 19: the longer side of the ink has a median of
 * 37 pixels, and its 5th and 95th percentiles are these; the pen's width has a median of 15 % of
 * that, and percentiles of 9 and 24 %. */
#define USUAL_SIDE  37
#define LEAST_SIDE  24.0
#define MOST_SIDE   ((double)LOOK_MOST_SIDE)
#define USUAL_PEN   0.15
#define LEAST_PEN   0.07
#define MOST_PEN    0.22
#define LEAST_WIDTH 3.2 /* pixels; EMNIST has hardly any thinner lines */

/* Limits of what is drawn at random, uniformly around none. */
#define MAX_ROTATION 0.17 /* radians */
#define MAX_SLANT    0.25 /* of the height */
#define MAX_STRETCH  0.2  /* of the logarithm of width / height */
#define MAX_PRESSURE 0.25
#define MAX_MISPLACE 0.03

static double between(struct random *random, double least, double most)
{
	return least + (most - least) * random_unit(random);
}

struct look look_usual(void)
{
	return (struct look){.side = USUAL_SIDE, .width = USUAL_PEN * USUAL_SIDE, .xx = 1, .yy = 1};
}

struct look look_draw(struct random *random)
{
	const double angle = random_within(random, MAX_ROTATION);
	const double slant = random_within(random, MAX_SLANT);
	const double stretch = exp(random_within(random, MAX_STRETCH) / 2);
	const double c = cos(angle), s = sin(angle);
	struct look look = {
		.xx = c * stretch,
		.xy = (c * -slant - s) / stretch,
		.yx = s * stretch,
		.yy = (s * -slant + c) / stretch,
		.pressure = MAX_PRESSURE,
		.misplace = MAX_MISPLACE,
	};

	look.side = exp(between(random, log(LEAST_SIDE), log(MOST_SIDE)));
	look.width = look.side * exp(between(random, log(LEAST_PEN), log(MOST_PEN)));
	look.width = fmax(look.width, LEAST_WIDTH);
	return look;
}
