/* heat.c - the scale of heat maps: from counts to levels to colors. */
#include "heat.h"

#include <math.h>

/*
 * Every eighth color of "devon" by Fabio Crameri, reversed, from Scientific color maps (MIT
 * License, Copyright (c) 2020 Fabio Crameri, doi:10.5281/zenodo.1243862). Lightness falls in equal
 * steps, so that equal ratios look alike, in print and for color-blind readers.
 */
static const uint8_t devon[][3] = {
	{255, 255, 255}, {248, 248, 254}, {242, 240, 252}, {235, 233, 251}, {228, 226, 250},
	{222, 219, 248}, {215, 212, 247}, {209, 205, 245}, {202, 198, 244}, {196, 191, 243},
	{190, 184, 242}, {183, 177, 240}, {175, 170, 238}, {166, 163, 235}, {154, 155, 231},
	{140, 149, 226}, {126, 143, 221}, {111, 136, 215}, {95, 128, 207},  {79, 121, 198},
	{66, 114, 188},  {57, 107, 177},  {50, 101, 166},  {44, 95, 154},   {41, 88, 143},
	{39, 80, 132},   {39, 71, 123},   {40, 63, 114},   {41, 56, 106},   {41, 48, 99},
	{42, 41, 91},    {43, 33, 84},    {44, 26, 76},
};
#define LAST (sizeof(devon) / sizeof(devon[0]) - 1)

void heat_color(double level, uint8_t rgb_ret[3])
{
	const double at = (level > 0 ? level < 1 ? level : 1 : 0) * LAST;
	const size_t i = at < LAST ? (size_t)at : LAST - 1;

	for (size_t k = 0; k < 3; k++)
		rgb_ret[k] = (uint8_t)lround(
			(double)devon[i][k] +
			(at - (double)i) * ((double)devon[i + 1][k] - (double)devon[i][k]));
}

double heat_level(uint64_t part, uint64_t whole)
{
	double share, level;

	if (!part || !whole)
		return 0;
	share = (double)part / (double)whole;
	level = 1 - (1 - HEAT_LEAST) * log(share) / log(HEAT_LEAST_SHARE);
	return level < HEAT_LEAST ? HEAT_LEAST : level < 1 ? level : 1;
}
