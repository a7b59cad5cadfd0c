/*
 * lanes.h - vectors of eight values.
 *
 * Parameters and results are pointers, since passing vectors by value differs between processors.
 */
#ifndef PREPROCESS_LANES_H
#define PREPROCESS_LANES_H

#include <stdint.h>

#define LANES 8
typedef float lanes __attribute__((vector_size(4 * LANES), may_alias, aligned(4)));
typedef int32_t mask_lanes __attribute__((vector_size(4 * LANES), may_alias, aligned(4)));

/* Raises each of *most to at least its value. */
static inline void lanes_raise(lanes *most, const lanes *values)
{
	const mask_lanes above = *values > *most;

	*most = (lanes)((above & (mask_lanes)*values) | (~above & (mask_lanes)*most));
}

/* The most of them, or 0. */
static inline float lanes_most(const lanes *values)
{
	float most = 0;

	for (int k = 0; k < LANES; k++)
		most = (*values)[k] > most ? (*values)[k] : most;
	return most;
}

#endif
