/*
 * heat.h - the scale of heat maps.
 */
#ifndef DRAW_HEAT_H
#define DRAW_HEAT_H

#include "../emnist.h"

/* The level of the least share that is told apart, and of all below it but none. */
#define HEAT_LEAST 0.1

/* That share. */
#define HEAT_LEAST_SHARE 0.001

#endif
